from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from sheetsales.errors import WorkbookError
from sheetsales.store import read_tables
from tests.store.books import (
    HEADERS,
    ROWS,
    handmade,
    parts,
    staff_book,
    table_part,
    worksheet,
    write_parts,
)


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
