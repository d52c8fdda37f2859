from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from sheetsales.errors import WorkbookError
from sheetsales.store import Workbook, read_tables
from sheetsales.store.package import Package
from sheetsales.store.parts import BookParts
from sheetsales.store.reading import BookValues
from tests.store.books import (
    HEADERS,
    MAIN,
    ROWS,
    SHEET,
    handmade,
    members,
    parts,
    raw_members,
    relations,
    rewritten,
    staff_book,
    table_part,
    worksheet,
    write_parts,
)

DATA = Path(__file__).resolve().parents[1] / "data"
BOOK, RELATIONS, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
TYPED = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>鍵</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>值</t></is></c></row>'
    '<row r="2"><c r="A2" s="1"><v>45000</v></c><c r="B2" t="s"><v>0</v></c></row>'
    '<row r="4"><c r="A4" t="e"><v>#N/A</v></c><c r="B4" t="b"><v>1</v></c>'
    '<c r="D4"><v>9</v></c></row>'
)
"""A date, a shared text, an error, and a cell beside the Table."""
READ = ((date(2023, 3, 15), "", ""), ("共用", "", True))


def test_a_table_is_read_with_its_place(tmp_path: Path) -> None:
    raw = read_tables(staff_book(tmp_path / "book.xlsx", blank=1))["customer"]
    assert (raw.book, raw.sheet, raw.name) == ("book.xlsx", "客戶", "customer")
    assert raw.headers == HEADERS
    assert raw.field_row == ("id", "name", "day", "amount", "subtotal")
    assert (raw.first_row, raw.first_column) == (5, 2)
    assert raw.columns[0] == ("C-000001", "C-000002", "C-000003", "")
    assert raw.columns[2][0] == date(2026, 1, 1)
    assert raw.columns[3] == (100.5, 201.0, 301.5, "")
    assert len(raw.digest) == 64


def test_only_the_tables_asked_for_are_read(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    assert list(read_tables(path, ["CUSTOMER", "none"])) == ["customer"]
    assert read_tables(path, []) == {}


def test_text_stays_text_and_errors_are_errors(tmp_path: Path) -> None:
    rows = (
        '<row r="3"><c r="B3" t="inlineStr"><is><t>00123</t></is></c>'
        '<c r="C3" t="e"><v>#N/A</v></c></row>'
        '<row r="9"><c r="A9" t="e"><v>#REF!</v></c></row>'
    )
    raw = read_tables(handmade(tmp_path, worksheet(rows), table_part("B2:C3")))["t"]
    assert raw.columns == (("00123",), ("",))
    assert raw.errors == {(0, 1): "#N/A"}


def test_a_table_reaches_beyond_what_is_used(tmp_path: Path) -> None:
    raw = read_tables(handmade(tmp_path, worksheet(ROWS), table_part("A1:B4")))["t"]
    assert raw.columns == (("00123", "", ""), (1.0, "", ""))
    assert raw.field_row == ("", "")
    raw = read_tables(handmade(tmp_path, worksheet(""), table_part("C5:D6")))["t"]
    assert raw.columns == (("",), ("",))


def test_header_and_totals_rows_are_no_data(tmp_path: Path) -> None:
    totals = table_part("A1:B2", headerRowCount="0", totalsRowCount="1")
    raw = read_tables(handmade(tmp_path, worksheet(ROWS), totals))["t"]
    assert (raw.headers, raw.first_row, raw.columns) == (("鍵", "值"), 1, (("鍵",), ("值",)))
    assert raw.field_row == ("", "")


@pytest.mark.parametrize(("epoch", "first"), [(1900, date(2026, 1, 2)), (1904, date(2026, 1, 2))])
def test_dates_are_read_in_both_systems(tmp_path: Path, epoch: int, first: date) -> None:
    book = openpyxl.Workbook()
    if epoch == 1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(["a", "b"])
    sheet.append([first, datetime(2026, 1, 2, 3, 4, 5)])  # noqa: DTZ001
    sheet.add_table(Table(displayName="t", ref="A1:B2"))
    book.save(tmp_path / "book.xlsx")
    raw = read_tables(tmp_path / "book.xlsx")["t"]
    assert raw.columns == ((first,), (datetime(2026, 1, 2, 3, 4, 5),))  # noqa: DTZ001


def test_headers_with_line_breaks_are_decoded(tmp_path: Path) -> None:
    columns = '<tableColumn id="1" name="第一_x000a_行"/><tableColumn id="2" name="a &amp; b"/>'
    raw = read_tables(handmade(tmp_path, worksheet(ROWS), table_part(columns=columns)))["t"]
    assert raw.headers == ("第一\n行", "a & b")


def test_a_book_with_absolute_and_odd_targets_is_read(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS), table_part())
    for name in ("xl/_rels/workbook.xml.rels", "xl/worksheets/_rels/sheet1.xml.rels"):
        text = str(content[name])
        content[name] = text.replace('"worksheets/', '"/xl/worksheets/').replace(
            '"../tables/', '"..\\tables\\'
        )
    assert list(read_tables(write_parts(tmp_path / "a.xlsx", content))) == ["t"]


def test_a_few_cells_in_a_huge_area_are_refused(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    for sheet in (
        worksheet(ROWS + far),
        worksheet(ROWS + far, before='<dimension ref="A1:XFD1048576"/>'),
    ):
        with pytest.raises(WorkbookError) as caught:
            read_tables(handmade(tmp_path, sheet, table_part()))
        assert caught.value.code == "sheet-sprawl"


def test_a_long_narrow_sheet_is_read(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="B1048576"><v>1</v></c></row>'
    raw = read_tables(handmade(tmp_path, worksheet(ROWS + far), table_part()))["t"]
    assert raw.columns == (("00123",), (1.0,))


def test_a_sheet_that_breaks_off_is_refused(tmp_path: Path) -> None:
    whole = worksheet(ROWS)
    path = handmade(tmp_path, whole[: whole.index("</row>")], table_part())
    with pytest.raises(WorkbookError) as caught:
        read_tables(path)
    assert caught.value.code == "workbook-part"


def typed() -> dict[str, str | bytes]:
    """Return a book whose values cannot be read without its styles and shared texts."""
    content = parts(worksheet(TYPED), table_part("A1:B4"))
    content["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}"><si><t>共用</t></si></sst>'
    content[RELATIONS] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        ("sharedStrings", "sharedStrings.xml"),
    )
    return content


def renamed(content: dict[str, str | bytes], names: dict[str, str]) -> dict[str, str | bytes]:
    """Return a book with parts under other names."""
    return {names.get(name, name): data for name, data in content.items()}


def edited(part: str, old: str, new: str) -> dict[str, str | bytes]:
    """Return the book with a text of one part replaced."""
    content = typed()
    assert old in str(content[part])
    return content | {part: str(content[part]).replace(old, new)}


def elsewhere() -> dict[str, str | bytes]:
    """Return the book with its workbook part in another folder."""
    content = edited("_rels/.rels", BOOK, "deep/er/book.xml")
    content[RELATIONS] = str(content[RELATIONS]).replace('Target="', 'Target="/xl/')
    return renamed(content, {BOOK: "deep/er/book.xml", RELATIONS: "deep/er/_rels/book.xml.rels"})


ODD = {
    "as usual": typed,
    "the workbook elsewhere": elsewhere,
    "styles elsewhere": lambda: renamed(
        edited(RELATIONS, "styles.xml", "s/looks.xml"), {STYLES: "xl/s/looks.xml"}
    ),
    "texts elsewhere": lambda: renamed(
        edited(RELATIONS, "sharedStrings.xml", "texts.xml"),
        {"xl/sharedStrings.xml": "xl/texts.xml"},
    ),
    "a sheet without a part": lambda: edited(
        BOOK, "<sheets>", '<sheets><sheet name="Module1" sheetId="9" r:id=""/>'
    ),
    "targets with dots": lambda: edited(RELATIONS, "worksheets/", "./x/../worksheets/"),
    "targets with per cent signs": lambda: edited(RELATIONS, "sheet1.xml", "%73heet1.xml"),
    "an error of later days": lambda: edited(
        SHEET, '<c r="D4">', '<c r="C4" t="e"><v>#FOO!</v></c><c r="D4">'
    ),
    "backslashes in names": lambda: {
        name.replace("/", "\\"): data for name, data in typed().items()
    },
    "a slash before names": lambda: {f"/{name}": data for name, data in typed().items()},
    "a slash before one name": lambda: renamed(typed(), {STYLES: f"/{STYLES}"}),
    "a backslash in one name": lambda: renamed(typed(), {STYLES: "xl\\STYLES.xml"}),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_book_of_another_build_is_read_as_any_other(tmp_path: Path, kind: str) -> None:
    path = write_parts(tmp_path / "book.xlsx", ODD[kind]())
    raw = read_tables(path)["t"]
    assert raw.columns == READ
    assert raw.errors == {(2, 0): "#N/A"}
    with Workbook.open(path) as book:
        assert book.table("t").read() == raw


@pytest.mark.parametrize("kind", ODD)
def test_a_book_of_another_build_is_edited_and_keeps_its_names(tmp_path: Path, kind: str) -> None:
    path = write_parts(tmp_path / "book.xlsx", ODD[kind]())
    before, named = raw_members(path), list(members(path))
    with Workbook.open(path) as book:
        book.table("t", key=["鍵"]).update({date(2023, 3, 15): {"值": "新"}})
        book.save()
    assert read_tables(path)["t"].columns[1] == ("新", "", True)
    assert list(members(path)) == named
    changed = {name for name, data in raw_members(path).items() if data != before[name]}
    assert [name.replace("\\", "/").strip("/") for name in changed] == [SHEET]


@pytest.mark.parametrize("damage", ["</row>", "<v>45000</v>"])
def test_what_neither_reader_can_read_is_refused(tmp_path: Path, damage: str) -> None:
    content = elsewhere()
    content[SHEET] = str(content[SHEET]).replace(damage, damage.replace("</", "<"), 1)
    with pytest.raises(WorkbookError) as caught:
        read_tables(write_parts(tmp_path / "book.xlsx", content))
    assert caught.value.code == "workbook-part"


def test_of_two_sheets_of_one_name_none_is_read(tmp_path: Path) -> None:
    content = edited(BOOK, "<sheets>", '<sheets><sheet name="表" sheetId="9" r:id="rId4"/>')
    content["xl/worksheets/sheet2.xml"] = worksheet(ROWS)
    content[RELATIONS] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        ("sharedStrings", "sharedStrings.xml"),
        ("worksheet", "worksheets/sheet2.xml"),
    )
    with pytest.raises(WorkbookError) as caught:
        read_tables(write_parts(tmp_path / "book.xlsx", content))
    assert caught.value.code == "book-sheets-twice"


def test_read_cell_by_cell_a_sheet_is_the_same(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx", rows=30, blank=3)
    usual = BookValues(BookParts(Package.read(path)))
    found = {sheet.name: list(usual.rows(sheet.name)) for sheet in usual.parts.sheets}

    def move(content: dict[str, bytes]) -> None:
        content["/" + STYLES] = content.pop(STYLES)

    other = BookValues(BookParts(Package.read(rewritten(path, move))))
    assert {sheet.name: list(other.rows(sheet.name)) for sheet in other.parts.sheets} == found


@pytest.mark.parametrize(
    ("name", "sheet", "cells"),
    [
        ("apache-poi/49609.xlsx", "FAM", ["", "Cycle", "A1"]),
        ("xlsx-stream-reader/nonumfmt.xlsx", "contacts", ["comune", "nazione", "email"]),
    ],
)
def test_foreign_books_of_another_build_are_read(
    name: str, sheet: str, cells: list[object]
) -> None:
    rows = BookValues(BookParts(Package.read(DATA / name))).rows(sheet)
    assert list(rows[0][:3]) == cells
