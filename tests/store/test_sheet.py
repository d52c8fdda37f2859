"""Cells of one sheet: every layout that well-formed books come in, and what is refused."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import EditRefusedError, WorkbookError
from sheetsales.store import CellError, Formula, Workbook
from tests.store.books import (
    DOCUMENT,
    MAIN,
    ROWS,
    SHEET,
    STRICT,
    canonical,
    cell_xml,
    handmade,
    members,
    openpyxl_book,
    parts,
    relations,
    staff_book,
    table_part,
    values,
    worksheet,
    write_parts,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def edited(path: Path, **cells: object) -> Path:
    with Workbook.open(path) as book:
        for address, value in cells.items():
            book.sheet("表").set(address, value)
        book.save()
    return path


def refused(path: Path, cell: str, value: object = 1) -> str:
    with pytest.raises(EditRefusedError) as caught:
        edited(path, **{cell: value})
    assert caught.value.arguments["book"] == path.name
    return caught.value.code


PREFIXED = (
    f'<x:worksheet xmlns:x="{MAIN}" xmlns:r="{DOCUMENT}"><x:sheetData>'
    '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="C1" s="2"><x:v>3</x:v></x:c></x:row>'
    "</x:sheetData></x:worksheet>"
)
BARE = worksheet("<row><c><v>1</v></c><c/><c s='2'><v>3</v></c></row><row/><row r='5'/>")
SPACED = worksheet(
    '\n <row spans="1:3" r="1" >\n  <c r="A1"><v>1</v></c>\n  <c  s="2"  r="C1"><v>3</v></c>\n'
    " </row>\n"
)
ODD = worksheet(
    '<!-- <row r="1"> --><row r="1"><c r="A1"><v><![CDATA[1]]></v></c><!-- <c r="B1"/> -->'
    '<c r="C1" s="2"><v>3</v></c><extLst><ext uri="{A}"/></extLst></row><?x <row r="9">?>',
    before="<!-- <sheetData> --><sheetPr/>",
    after="<!-- </sheetData> -->",
)
LAYOUTS: dict[str, str | bytes] = {
    "usual": worksheet(
        '<row r="1" spans="1:3"><c r="A1"><v>1</v></c><c r="C1" s="2"><v>3</v></c></row>'
    ),
    "prefixed": PREFIXED,
    "without addresses": BARE,
    "white space": SPACED,
    "comments and CDATA": ODD,
    "BOM": b"\xef\xbb\xbf" + BARE.encode(),
    "BOM and prefix": b"\xef\xbb\xbf" + PREFIXED.encode(),
    "UTF-16": BARE.replace("UTF-8", "UTF-16").encode("utf-16"),
    "single quotes": worksheet(
        "<row r='1'><c r='A1'><v>1</v></c><c s='2' r='C1'><v>3</v></c></row>"
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cells_are_written_in_every_layout(tmp_path: Path, layout: str) -> None:
    path = handmade(tmp_path, LAYOUTS[layout])
    edited(path, A1="甲", B1=2, D1=4, C7=date(2026, 1, 2))
    assert values(path)[0] == ["甲", 2.0, 3.0, 4.0]
    assert values(path)[6][2] == date(2026, 1, 2)
    assert openpyxl_book(path).active["C1"].number_format == "0.00"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_rest_of_the_sheet_stays_in_every_layout(tmp_path: Path, layout: str) -> None:
    path = handmade(tmp_path, LAYOUTS[layout])
    before = canonical(members(path)[SHEET])
    edited(path, E3=5)
    prefix = "x:" if "prefix" in layout else ""
    row = f'<{prefix}row r="3"></{prefix}row>'.encode()
    assert canonical(members(path)[SHEET], ["E3"]).replace(row, b"") == before


def test_an_empty_sheet_gets_its_first_row(tmp_path: Path) -> None:
    sheet = worksheet("").replace("<sheetData></sheetData>", "<sheetData/>")
    path = edited(handmade(tmp_path, sheet), B2=1)
    assert values(path) == [["", ""], ["", 1.0]]


def test_style_stays_and_marks_of_the_old_value_go(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" s="2" t="str" cm="1" vm="2" ph="1"><v>舊</v></c>'
        '<c r="B1" s="1"><v>3</v></c></row>'
    )
    path = edited(handmade(tmp_path, worksheet(rows)), A1=5, B1=None)
    assert cell_xml(path, "A1") == '<c r="A1" s="2"><v>5</v></c>'
    assert cell_xml(path, "B1") == '<c r="B1" s="1"/>'


def test_a_blanked_cell_without_style_goes(tmp_path: Path) -> None:
    path = edited(handmade(tmp_path, worksheet(ROWS)), B2=None)
    assert cell_xml(path, "B2") == ""
    assert values(path)[1] == ["00123", ""]


def test_new_cells_take_the_style_of_row_or_column(tmp_path: Path) -> None:
    sheet = worksheet(
        '<row r="2" s="2" customFormat="1"/><row r="3" s="2"/>',
        before='<cols><col min="2" max="3" width="9" style="1"/></cols>',
    )
    path = edited(handmade(tmp_path, sheet), B2=1, B3=1, B4=1, D4=1)
    cells = [cell_xml(path, address) for address in ("B2", "B3", "B4", "D4")]
    styles = [found.group(1) if (found := re.search(r's="(\d)"', xml)) else "" for xml in cells]
    assert styles == ["2", "1", "1", ""]


def test_a_date_shows_as_a_date_whatever_the_format_was(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001
    path = handmade(tmp_path, worksheet('<row r="1"><c r="A1" s="2"/><c r="B1" s="1"/></row>'))
    edited(path, A1=date(2026, 1, 2), B1=date(2026, 1, 2), C1=moment, D1=date(2026, 1, 3))
    assert values(path)[0] == [date(2026, 1, 2), date(2026, 1, 2), moment, date(2026, 1, 3)]
    sheet = openpyxl_book(path).active
    assert sheet["A1"].alignment.horizontal == "right"
    assert cell_xml(path, "B1").startswith('<c r="B1" s="1"')
    before = members(path)["xl/styles.xml"]
    edited(path, A2=date(2026, 1, 2))
    assert members(path)["xl/styles.xml"] == before, "the format is there since the first edit"


def test_days_count_from_1904_in_such_a_book(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS), workbook='<workbookPr date1904="1"/>')
    edited(path, B2=date(2026, 1, 2))
    assert values(path)[1][1] == date(2026, 1, 2)
    assert "<v>44562</v>" in cell_xml(path, "B2")


def test_a_strict_book_is_edited(tmp_path: Path) -> None:
    namespace = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    content = parts(worksheet(ROWS).replace(MAIN, namespace))
    content["_rels/.rels"] = relations(("officeDocument", "xl/workbook.xml"), base=STRICT)
    workbook = str(content["xl/workbook.xml"])
    content["xl/workbook.xml"] = workbook.replace(MAIN, namespace).replace(DOCUMENT, STRICT)
    content["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"), base=STRICT
    )
    path = edited(write_parts(tmp_path / "a.xlsx", content), B2=7, C2="新")
    assert values(path)[1] == ["00123", 7.0, "新"]


def test_text_is_never_a_formula(tmp_path: Path) -> None:
    payloads = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/C calc'!A0", "\t=1", "＝1+1", "{=1}"]
    path = handmade(tmp_path, worksheet(""))
    edited(path, **{f"A{row}": text for row, text in enumerate(payloads, 1)})
    assert [row[0] for row in values(path)] == payloads
    assert b"<f" not in members(path)[SHEET]
    cells = [cell for row in openpyxl_book(path).active.iter_rows() for cell in row]
    assert [cell.value for cell in cells] == payloads
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_formula_is_one_and_shows_its_cached_value(tmp_path: Path) -> None:
    path = edited(handmade(tmp_path, worksheet(ROWS)), C2=Formula('HYPERLINK("#A1","甲")', "甲"))
    assert values(path)[1][2] == "甲"
    assert openpyxl_book(path).active["C2"].value == '=HYPERLINK("#A1","甲")'


def test_reading_gives_values_errors_and_nothing(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="B2" t="e"><v>#N/A</v></c><c r="C2"><v>1.5</v></c></row>'
    with Workbook.open(handmade(tmp_path, worksheet(rows))) as book:
        sheet = book.sheet("表")
        found = [sheet.get(address) for address in ("B2", "C2", "A1", "Z9")]
        assert found == ["#N/A", 1.5, None, None]
        assert isinstance(found[0], CellError)
        assert sheet.name == "表"
        sheet.set("C2", 2)
        assert sheet.get("C2") == 1.5


@pytest.mark.parametrize(
    ("sheet", "cell", "code"),
    [
        (worksheet(ROWS, after='<sheetProtection sheet="1"/>'), "B2", "sheet-protected"),
        (
            worksheet(ROWS, after='<mergeCells><mergeCell ref="B2:C3"/></mergeCells>'),
            "C2",
            "cell-merged",
        ),
        (
            worksheet('<row r="1"><c r="A1"><f t="array" ref="A1:A2">1</f><v>1</v></c></row>'),
            "A2",
            "cell-array",
        ),
        (
            worksheet('<row r="1"><c r="A1"><f t="dataTable" ref="A1:B2"/><v>1</v></c></row>'),
            "B2",
            "cell-array",
        ),
        (
            worksheet('<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">1</f></c></row>'),
            "A1",
            "cell-shared-formula",
        ),
        (
            worksheet('<row r="1"><c r="A1"><f t="shared" si="0"/><v>1</v></c></row>'),
            "A1",
            "cell-shared-formula",
        ),
        (worksheet('<row r="2"/><row r="1"/>'), "A1", "sheet-row-order"),
        (worksheet('<row r="1"><c r="B1"/><c r="A1"/></row>'), "A1", "sheet-row-order"),
    ],
)
def test_an_edit_that_would_damage_is_refused(
    tmp_path: Path, sheet: str, cell: str, code: str
) -> None:
    path = handmade(tmp_path, sheet)
    before = path.read_bytes()
    with pytest.raises(EditRefusedError) as caught:
        edited(path, **{cell: 1})
    assert caught.value.code == code
    assert path.read_bytes() == before


def test_the_anchor_of_merged_cells_may_be_written(tmp_path: Path) -> None:
    sheet = worksheet(ROWS, after='<mergeCells><mergeCell ref="B2:C3"/></mergeCells>')
    assert values(edited(handmade(tmp_path, sheet), B2=7))[1][1] == 7.0


def test_header_and_totals_of_a_table_are_refused(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS), table_part("A1:B4", totalsRowCount="1"))
    assert refused(path, "B1") == "cell-table-header"
    assert refused(path, "A4") == "cell-table-totals"


def test_pivot_tables_are_refused_with_their_filters(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS))
    content["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("pivotTable", "../p.xml"))
    content["xl/p.xml"] = (
        f'<pivotTableDefinition xmlns="{MAIN}"><location ref="D9:F12" rowPageCount="2"/>'
        "</pivotTableDefinition>"
    )
    path = write_parts(tmp_path / "a.xlsx", content)
    assert refused(path, "E10") == "cell-pivot"
    assert refused(path, "D6") == "cell-pivot"
    assert values(edited(path, D5=1))[4][3] == 1.0


@pytest.mark.parametrize(
    ("kind", "place", "code"),
    [
        ("digital-signature/origin", "_rels/.rels", "book-signed"),
        ("revisionHeaders", "xl/_rels/workbook.xml.rels", "book-shared"),
    ],
)
def test_signed_and_shared_books_are_read_but_not_edited(
    tmp_path: Path, kind: str, place: str, code: str
) -> None:
    content = parts(worksheet(ROWS))
    extra = f'<Relationship Id="x" Type="{DOCUMENT}/{kind}" Target="/xl/styles.xml"/>'
    content[place] = str(content[place]).replace("</Rel", f"{extra}</Rel")
    path = write_parts(tmp_path / "a.xlsx", content)
    with Workbook.open(path) as book:
        assert book.sheet("表").get("B2") == 1.0
    assert refused(path, "B2") == code


def test_a_refused_value_names_its_cell(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS))
    with pytest.raises(EditRefusedError) as caught:
        edited(path, B2="\x00")
    assert caught.value.arguments == {
        "book": "book.xlsx",
        "sheet": "表",
        "cell": "B2",
        "character": "U+0000",
    }


def test_sheets_are_found_by_name_and_refused_by_kind(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS))
    content["xl/_rels/workbook.xml.rels"] = relations(("chartsheet", "worksheets/sheet1.xml"))
    for path, name, code in (
        (staff_book(tmp_path / "b.xlsx"), "none", "sheet-missing"),
        (write_parts(tmp_path / "a.xlsx", content), "表", "sheet-kind"),
    ):
        with pytest.raises(WorkbookError) as caught:
            Workbook.open(path).sheet(name)
        assert caught.value.code == code


CHAIN = (
    f'<calcChain xmlns="{MAIN}"><c r="A1" i="1"/></calcChain>',
    '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><v>1</v></c></row>',
)


def with_chain(folder: Path, calc: str) -> Path:
    content = parts(worksheet(CHAIN[1]), calc=calc)
    content["xl/calcChain.xml"] = CHAIN[0]
    content["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"), ("calcChain", "calcChain.xml")
    )
    return write_parts(folder / "book.xlsx", content)


@pytest.mark.parametrize("calc", ["", '<calcPr calcId="191029"/>'])
def test_a_book_with_formulas_is_computed_anew_when_excel_opens_it(
    tmp_path: Path, calc: str
) -> None:
    path = with_chain(tmp_path, calc)
    before = members(path)
    after = members(edited(path, B1=2))
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]
    assert [n for n in before if before[n] != after[n]] == ["xl/workbook.xml", SHEET]


def test_manual_calculation_is_respected(tmp_path: Path) -> None:
    path = with_chain(tmp_path, '<calcPr calcMode="manual"/>')
    before = members(path)["xl/workbook.xml"]
    assert members(edited(path, B1=2))["xl/workbook.xml"] == before


def test_the_calculation_chain_goes_with_a_formula(tmp_path: Path) -> None:
    after = members(edited(with_chain(tmp_path, '<calcPr calcId="1"/>'), A1=5))
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"]
    assert b"calcChain" not in after["xl/_rels/workbook.xml.rels"]
    assert b"worksheets/sheet1.xml" in after["xl/_rels/workbook.xml.rels"]


def test_the_calculation_chain_stays_with_a_formula_that_changes(tmp_path: Path) -> None:
    path = with_chain(tmp_path, '<calcPr calcId="1"/>')
    after = members(edited(path, A1=Formula("1+2", 3)))
    assert "xl/calcChain.xml" in after
    assert openpyxl_book(path).active["A1"].value == "=1+2"


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1),
    st.text("_x04F1\r\n\t =+-@<&>\"'甲😀", min_size=1, max_size=12),
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**12), 10**12, places=2),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1)).map(lambda m: m.replace(microsecond=0)),  # noqa: DTZ001
    st.none(),
)


@given(st.lists(CELLS, min_size=1, max_size=30))
def test_every_value_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, cells: list[object]
) -> None:
    path = handmade(tmp_path_factory.mktemp("values"), worksheet(""))
    edited(path, **{f"A{row}": value for row, value in enumerate(cells, 1)}, B40="end")
    found = [row[0] for row in values(path)][: len(cells)]
    assert [_seen(value) for value in found] == [_seen(value) for value in cells]


def _seen(value: object) -> object:
    """Return a value as Excel knows it: a blank, a day at midnight, one kind of number."""
    if value in ("", None) and not isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime) and value.hour == value.minute == value.second == 0:
        return value.date()
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


@pytest.mark.parametrize("cell", ["", "7", "A0", "A1:B2"])
def test_what_is_no_cell_is_refused(tmp_path: Path, cell: str) -> None:
    with Workbook.open(handmade(tmp_path, worksheet(ROWS))) as book:
        for use in (book.sheet("表").get, lambda address: book.sheet("表").set(address, 1)):
            with pytest.raises(WorkbookError) as caught:
                use(cell)
            assert caught.value.code == "cell-address"


@pytest.mark.parametrize(
    ("sheet", "part"),
    [
        ("<worksheet/>", "sheetData"),
        ("<chartsheet/>", "worksheet"),
        (worksheet('<row r="x"/>'), "x"),
        (worksheet('<row r="1"><c r="1A"/></row>'), "1A"),
        (worksheet("", before='<cols><col min="x" max="1" style="1"/></cols>'), "x"),
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused(tmp_path: Path, sheet: str, part: str) -> None:
    path = handmade(tmp_path, sheet)
    with pytest.raises(WorkbookError) as caught, Workbook.open(path) as book:
        book.sheet("表").set("A1", "甲")
    assert caught.value.code == "workbook-part"
    assert part in str(caught.value.arguments["reason"])
