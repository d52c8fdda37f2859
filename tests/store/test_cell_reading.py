"""A cell read from its own XML is what calamine reads; where not, the difference is listed here."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineError, CalamineWorkbook

from sheetsales.errors import WorkbookError
from sheetsales.store import CellError, Workbook
from sheetsales.store.number_formats import Shown, shown_by_code
from sheetsales.store.ranges import cell_name, column_letters
from tests.store.books import (
    MAIN,
    handmade,
    parts,
    relations,
    staff_book,
    values,
    worksheet,
    write_parts,
)

DATA = Path(__file__).parents[1] / "data"
MOST_ROWS, MOST_COLUMNS = 500, 100
SERIALS = (
    "0 0.5 -0.25 -1.5 0.3 0.7 -0 1e-9 0.000011574 0.99999 -44000.5 1 2 59 59.5 60 60.5 61 44000 "
    "44000.5 44000.9999999 44000.123456789 -1 1e5 2958465 2958466 3000000 0.999999999 1.5 "
    "44000.00001157407 59.999999999999"
).split()
FORMATS = (*range(60), 164, 165, 166, 167, 168)
CODES = ("yyyy/m/d", "[h]:mm", '0.00"d"', "#,##0*y", "上午/下午h")
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts>'
    + "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for n, code in enumerate(CODES)
    )
    + "</numFmts><cellXfs>"
    + "".join(f'<xf numFmtId="{number}"/>' for number in FORMATS)
    + "</cellXfs></styleSheet>"
)
STRINGS = (
    "<si><t>甲</t></si>"
    "<si><t> 不留 </t></si>"
    '<si><t xml:space="preserve"> 留 </t></si>'
    "<si><r><t>一</t></r><r><rPr><b/></rPr><t>二</t></r></si>"
    '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>'
    "<si><t>a&amp;b&#10;c&#x7532;</t></si>"
    "<si><t>_x005F_x0041_ _x000D_</t></si>"
    "<si><t/></si>"
    "<si/>"
    "\n<si>\n<t>換行</t>\n</si>\n"
)
PLAIN = (
    *(f't="s"><v>{number}</v>' for number in range(10)),
    't="b"><v>1</v>',
    't="b"><v>0</v>',
    't="b"><v>true</v>',
    't="e"><v>#N/A</v>',
    't="e"><v>#DIV/0!</v>',
    't="str"><v>a_x000D_b &amp; _x005F_x0041_</v>',
    't="str"><v> a </v>',
    't="str"><v>a\r\nb\rc</v>',
    't="str"><v></v>',
    't="str"><f>A1</f>',
    't="str"><f>A1</f><v>甲</v>',
    't="str"><v>1<!-- c -->2</v>',
    "><f>1</f>",
    "><v/>",
    "><v>abc</v>",
    "><v> 5 </v>",
    "><v>1_0</v>",
    "><v>１</v>",
    "><v>0x10</v>",
    "><v>+5</v>",
    "><v>.5</v>",
    "><v>5.</v>",
    "><v>-1.5E-3</v>",
    "><v>1E400</v>",
    "><v>123456789012345678</v>",
    't="n"><v></v>',
    's="99"><v>2</v>',
    's="-1"><v>2</v>',
    "><is><t>沒有類型</t></is>",
    't="d"><v>2026-01-02</v>',
    't="d"><v>2026-01-02T03:04:05</v>',
    't="d"><v>2026-01-02T03:04:05.678</v>',
    't="d"><v>03:04:05</v>',
    't="d"><v>PT1H</v>',
    't="d"><v>2026-01-02T03:04:05Z</v>',
    't="d"><v>2026-13-45</v>',
    't="inlineStr"><is><t>a_x000D_b _x005F_x0041_</t></is>',
    't="inlineStr"><is><t> a </t></is>',
    't="inlineStr"><is><t>　全形　</t></is>',
    't="inlineStr"><is><t xml:space="preserve"> a </t></is>',
    't="inlineStr"><is><r><t>a</t></r><r><t> b</t></r><rPh sb="0" eb="1"><t>zz</t></rPh></is>',
    't="inlineStr"><is><t/></is>',
    't="inlineStr"><is/>',
    't="inlineStr"><v>q</v>',
    't="inlineStr"><is><t>&#10;b&lt;&quot;&apos;&gt;</t></is>',
    't="inlineStr"><is><t><![CDATA[x<y&]]>z</t></is>',
)


def book_of(folder: Path, cells: list[str], **more: str) -> Path:
    """Write a book of one column whose cells are given without their address."""
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" {cell}</c></row>'
        for number, cell in enumerate(cells, 1)
    )
    content = parts(worksheet(rows), **more)
    content["xl/styles.xml"] = STYLES
    content["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{STRINGS}</sst>'
    content["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        ("sharedStrings", "sharedStrings.xml"),
    )
    return write_parts(folder / "book.xlsx", content)


def differences(path: Path) -> Iterator[tuple[str, object, object]]:
    """Yield place, our value and calamine's of all cells that are not read alike."""
    with Workbook.open(path) as book:
        for number, name in enumerate(book.sheets):
            sheet = book.sheet(name)
            for row, cells in enumerate(values(path, number), 1):
                for column, theirs in enumerate(cells, 1):
                    ours = sheet.get(cell_name(row, column))
                    if shown(ours) != shown(theirs):
                        yield f"{name}!{column_letters(column)}{row}", ours, theirs


def shown(value: object) -> tuple[str, object]:
    """Return a value as calamine has it, with its type: no blank, no error, no kinds of zero."""
    if value is None or isinstance(value, CellError):
        return "str", ""
    return type(value).__name__, str(value)


@pytest.mark.parametrize("epoch", ["", '<workbookPr date1904="1"/>'])
def test_numbers_are_what_their_format_shows(tmp_path: Path, epoch: str) -> None:
    cells = [f's="{n}"><v>{serial}</v>' for serial in SERIALS for n in range(len(FORMATS))]
    assert list(differences(book_of(tmp_path, cells, workbook=epoch))) == []


@pytest.mark.parametrize("cell", PLAIN)
def test_every_kind_of_cell_is_read_as_calamine_reads_it(tmp_path: Path, cell: str) -> None:
    assert list(differences(book_of(tmp_path, [cell, "><v>1</v>"]))) == []


def test_all_cells_of_a_book_are_read_as_calamine_reads_them(tmp_path: Path) -> None:
    assert list(differences(staff_book(tmp_path / "book.xlsx", rows=30, blank=3))) == []


def test_cdata_in_a_value_is_read_where_calamine_gives_nothing(tmp_path: Path) -> None:
    path = book_of(tmp_path, ['t="str"><v><![CDATA[x<y]]></v>', "><v>1</v>"])
    assert list(differences(path)) == [("表!A1", "x<y", "")]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('t="e"><v>#FOO!</v>', CellError("#FOO!")),
        ('t="b"><v>2</v>', True),
        ('s="46"><v>9999999999999</v>', 9999999999999.0),
        ('t="str"><v>_xD83D__xDE00_</v>', "😀"),
    ],
)
def test_a_cell_that_calamine_cannot_read_is_still_read(
    tmp_path: Path, cell: str, value: object
) -> None:
    with Workbook.open(book_of(tmp_path, [cell])) as book:
        found = book.sheet("表").get("A1")
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("cell", ['t="s"><v>99</v>', 't="q"><v>1</v>', 't="n"><v>x</v>'])
def test_a_cell_that_makes_no_sense_is_refused_by_name(tmp_path: Path, cell: str) -> None:
    book = Workbook.open(book_of(tmp_path, [cell]))
    with pytest.raises(WorkbookError) as caught:
        book.sheet("表").get("A1")
    assert caught.value.code == "workbook-part"
    assert "sheet1.xml" in str(caught.value) or "sharedStrings.xml" in str(caught.value)


def test_a_book_without_shared_strings_has_no_shared_text(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'))
    with Workbook.open(path) as book, pytest.raises(WorkbookError) as caught:
        book.sheet("表").get("A1")
    assert caught.value.code == "workbook-part"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DD/MM/YY", Shown.MOMENT),
        ("H:MM:SS;@", Shown.MOMENT),
        ('m"M"d"D";@', Shown.MOMENT),
        ('[$-404]e"年"m"月"d"日"', Shown.MOMENT),
        ("ha/p\\\\m", Shown.MOMENT),
        ("*-yyyy-mm-dd", Shown.MOMENT),
        ("a/p", Shown.MOMENT),
        ("[h]:mm:ss", Shown.SPAN),
        ("[s].000", Shown.SPAN),
        ("[Blue]\\+[h]:mm;[Red]\\-[h]:mm", Shown.SPAN),
        ("[>=100][Magenta][s].00", Shown.SPAN),
        ("General", Shown.NUMBER),
        ("#,##0\\ [$₽-46D]", Shown.NUMBER),
        ('"Y: "0.00"m";"Y: "-0.00"m"', Shown.NUMBER),
        ('"$"#,##0_);[Red]("$"#,##0)', Shown.NUMBER),
        ("\\Y000000", Shown.NUMBER),
        ("#,##0*y", Shown.NUMBER),
        ('0;"d"d', Shown.NUMBER),
        ('0"d', Shown.NUMBER),
        ("[>=100][Magenta].00", Shown.NUMBER),
    ],
)
def test_a_format_code_tells_dates_from_numbers(code: str, kind: Shown) -> None:
    assert shown_by_code(code) is kind


def test_days_before_the_leap_day_that_never_was_are_true(tmp_path: Path) -> None:
    path = book_of(tmp_path, ['s="14"><v>59</v>', 's="14"><v>61</v>', 's="46"><v>1.5</v>'])
    with Workbook.open(path) as book:
        found = [book.sheet("表").get(f"A{row}") for row in (1, 2, 3)]
    assert found == [date(1900, 2, 28), date(1900, 3, 1), timedelta(hours=36)]


def test_a_moment_is_true_to_the_millisecond(tmp_path: Path) -> None:
    with Workbook.open(book_of(tmp_path, ['s="22"><v>44000.123456789</v>'])) as book:
        found = book.sheet("表").get("A1")
    assert found == datetime(2020, 6, 18, 2, 57, 46, 667000)  # noqa: DTZ001
    assert not math.isnan(found.timestamp())


def foreign_books() -> list[Path]:
    """Return the workbooks that others made."""
    return sorted(path for path in DATA.rglob("*") if path.suffix in (".xlsx", ".xlsm"))


def not_alike(paths: list[Path]) -> tuple[int, list[tuple[str, object, object]]]:
    """Return how many cells were compared, and those that calamine reads otherwise.

    Books that calamine or the store refuse have tests of their own.
    """
    compared, found = 0, []
    for path in paths:
        with suppress(WorkbookError, CalamineError):
            other = CalamineWorkbook.from_path(str(path))
            book = Workbook.open(path)
            for name in book.sheets:
                with suppress(WorkbookError):
                    sheet = book.sheet(name)
                    rows = other.get_sheet_by_name(name)
                    theirs = rows.to_python(skip_empty_area=False, nrows=MOST_ROWS)
                    for row, cells in enumerate(theirs, 1):
                        for column, their in enumerate(cells[:MOST_COLUMNS], 1):
                            our = sheet.get(cell_name(row, column))
                            compared += 1
                            if shown(our) != shown(their):
                                found.append((f"{path.name}!{name}!{row},{column}", our, their))
    return compared, found


def test_cells_of_foreign_workbooks_are_read_as_calamine_reads_them() -> None:
    compared, found = not_alike(foreign_books()[::20])
    assert found == []
    assert compared > 10_000


@pytest.mark.long
def test_cells_of_all_foreign_workbooks_are_read_as_calamine_reads_them() -> None:
    compared, found = not_alike(foreign_books())
    assert found == []
    assert compared > 200_000
