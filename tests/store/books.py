"""Small workbooks for the tests of the store: made by XlsxWriter, or part by part."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

import openpyxl
import xlsxwriter
from lxml import etree
from python_calamine import CalamineWorkbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
SHEET = "xl/worksheets/sheet1.xml"
TABLE = "xl/tables/table1.xml"
HEADERS = ("編號", "名稱", "日期", "金額", "小計")

_TYPES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/{SHEET}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
<Override PartName="/{TABLE}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"/>
<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/>
</Types>"""  # noqa: E501
_STYLES = f"""<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts>
<fills count="1"><fill><patternFill patternType="none"/></fill></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0" fontId="0"/><xf numFmtId="14" fontId="0"/>
<xf numFmtId="2" fontId="0"><alignment horizontal="right"/></xf></cellXfs></styleSheet>"""
ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>鍵</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>值</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>00123</t></is></c><c r="B2"><v>1</v></c></row>'
)


def relations(*entries: tuple[str, str], base: str = DOCUMENT, mode: str = "") -> str:
    """Return a relations part: kind and target of each."""
    items = "".join(
        f'<Relationship Id="rId{number}" Type="{base}/{kind}" Target="{target}"{mode}/>'
        for number, (kind, target) in enumerate(entries, 1)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{items}</Relationships>'


def worksheet(rows: str, before: str = "", after: str = "") -> str:
    """Return a sheet part in the usual layout."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def table_part(ref: str = "A1:B2", columns: str = "", **attributes: str) -> str:
    """Return a table part with a filter, columns 鍵 and 值 unless others are given."""
    columns = columns or '<tableColumn id="1" name="鍵"/><tableColumn id="2" name="值"/>'
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<table xmlns="{MAIN}" id="1" name="t" displayName="t" ref="{ref}"{more}>'
        f'<autoFilter ref="{ref}"/><tableColumns count="2">{columns}</tableColumns></table>'
    )


def parts(
    sheet: str | bytes, table: str | None = None, workbook: str = "", calc: str = ""
) -> dict[str, str | bytes]:
    """Return the parts of a small book with one sheet 表 and perhaps a Table ``t``."""
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{workbook}'
        f'<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>{calc}</workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")
        ),
        "xl/styles.xml": _STYLES,
        SHEET: sheet,
    }
    if table is not None:
        found["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("table", "../tables/table1.xml"))
        found[TABLE] = table
    return found


def write_parts(path: Path, content: Mapping[str, str | bytes]) -> Path:
    """Write parts as a zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def handmade(folder: Path, sheet: str | bytes, table: str | None = None, **more: str) -> Path:
    """Write a small book with the given sheet part."""
    return write_parts(folder / "book.xlsx", parts(sheet, table, **more))


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write a book again with its parts changed."""
    content = dict(members(path))
    change(content)
    return write_parts(path, content)


def members(path: Path) -> dict[str, bytes]:
    """Return all parts of a book, inflated."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def raw_members(path: Path) -> dict[str, bytes]:
    """Return all parts of a book as they are compressed."""
    data, found = path.read_bytes(), {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            sizes = data[info.header_offset + 26 : info.header_offset + 30]
            start = (
                info.header_offset
                + 30
                + sum(int.from_bytes(sizes[n : n + 2], "little") for n in (0, 2))
            )
            found[info.filename] = data[start : start + info.compress_size]
    return found


def values(path: Path, sheet: int = 0) -> list[list[object]]:
    """Return what calamine reads."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)


def canonical(sheet: bytes, without: Iterable[str] = ()) -> bytes:
    """Return a sheet in canonical XML without some cells, row spans and the dimension."""
    root = etree.fromstring(sheet)
    skipped = set(without)
    for element in list(root.iter("{*}c")):
        if element.get("r") in skipped:
            element.getparent().remove(element)
    for element in root.iter("{*}row"):
        element.attrib.pop("spans", None)
    for element in list(root.iter("{*}dimension")):
        root.remove(element)
    return etree.tostring(root, method="c14n")


def cell_xml(path: Path, address: str, part: str = SHEET) -> str:
    """Return the XML of a cell; empty if it is not there."""
    found = re.search(
        rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', members(path)[part].decode(), re.DOTALL
    )
    return found[0] if found else ""


def staff_book(path: Path, rows: int = 3, blank: int = 0) -> Path:
    """Write a book as staff have it: Table, formats, validation, comment, link, picture, formula.

    The Table ``customer`` stands on 客戶!B4:F…, its field names in row 3; 小計 is calculated.
    """
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd", "border": 1})
    money = book.add_format({"num_format": "#,##0.00", "border": 1})
    plain = book.add_format({"border": 1})
    sheet = book.add_worksheet("客戶")
    other = book.add_worksheet("總覽")
    sheet.write_row(2, 1, ["id", "name", "day", "amount", "subtotal"])
    last = 3 + rows + blank
    for number in range(rows):
        row = 4 + number
        sheet.set_row(row, 21)
        sheet.write_string(row, 1, f"C-{number + 1:06d}", plain)
        sheet.write_string(row, 2, f"客戶{number + 1}", plain)
        sheet.write_datetime(row, 3, date(2026, 1, number + 1), day)
        sheet.write_number(row, 4, 100.5 * (number + 1), money)
    for row in range(4 + rows, last + 1):
        for column, style in enumerate((plain, plain, day, money), 1):
            sheet.write_blank(row, column, None, style)
    columns: list[dict[str, object]] = [{"header": header} for header in HEADERS]
    columns[4] |= {"formula": "=customer[[#This Row],[金額]]*2", "format": money}
    sheet.add_table(3, 1, last, 5, {"name": "customer", "columns": columns})
    sheet.data_validation(4, 1, last, 1, {"validate": "length", "criteria": ">", "value": 1})
    sheet.conditional_format(4, 4, last, 4, {"type": "cell", "criteria": ">", "value": 9})
    sheet.conditional_format(4, 4, last, 4, {"type": "data_bar", "data_bar_2010": True})
    sheet.write_comment(4, 2, "備註")
    sheet.write_url(0, 7, "https://example.com/", string="連結")
    sheet.insert_textbox(10, 8, "說明")
    other.write_formula(0, 0, "=SUM(customer[金額])", None, 100.5)
    other.write_string(1, 0, "其他")
    book.define_name("甲", "=客戶!$E$5")
    book.close()
    return path


def openpyxl_book(path: Path) -> openpyxl.Workbook:
    """Load a book with a second, independent reader."""
    return openpyxl.load_workbook(path)
