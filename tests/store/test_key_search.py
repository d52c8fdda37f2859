"""Rows found by their key in the bytes of a sheet are those that reading the Table gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import EditRefusedError
from sheetsales.store import Workbook, table
from sheetsales.store.values import plain_value
from tests.store.books import MAIN, parts, relations, table_part, worksheet, write_parts

TEXTS = ("甲", "C-1", "C-2", "C-2 ", "a&b", "_x0041_", "A", "x y", "富", "01", "1", "#N/A", "=1")
STRINGS = (
    "<si><t>甲</t></si>",
    "<si><t>C-1</t></si>",
    '<si><t xml:space="preserve">C-2</t></si>',
    "<si><t>a&amp;b</t></si>",
    "<si><t>_x005F_x0041_</t></si>",
    "<si><t>_x0041_</t></si>",
    "<si><r><t>x</t></r><r><t xml:space='preserve'> y</t></r></si>",
    "<si><t>富</t><rPh sb='0' eb='1'><t>とみ</t></rPh></si>",
    "<si><t>甲</t></si>",
    "<si><t> C-1 </t></si>",
    "<si>\n<t>C-2</t>\n</si>",
    "<si><t>&#67;-1</t></si>",
    "<si><t>01</t></si>",
    "<si><t/></si>",
    "<si><t>C-1 </t></si>",
    '<si><t xml:space="preserve">C-2 </t></si>',
)
CELLS = (
    *(f't="s"><v>{number}</v>' for number in range(len(STRINGS))),
    't="inlineStr"><is><t>C-1</t></is>',
    't="inlineStr"><is><t> C-1</t></is>',
    't="inlineStr"><is><t xml:space="preserve">C-2</t></is>',
    't="inlineStr"><is><r><t>C</t></r><r><t>-2</t></r></is>',
    't="inlineStr"><is><t>a&amp;b</t></is>',
    't="inlineStr"><is><t>_x005F_x0041_</t></is>',
    't="str"><v>C-1</v>',
    't="str"><f>A1&amp;"x"</f><v>C-2</v>',
    't="str"><f t="shared" si="0"/><v>01</v>',
    't="e"><v>#N/A</v>',
    't="b"><v>1</v>',
    "><v>1</v>",
    "><v>1.0</v>",
    "><v>2.5</v>",
    's="1"><v>46024</v>',
    's="1"><v>46024.5</v>',
    's="1"><v>1</v>',
    't="d"><v>2026-01-02</v>',
    "><f>1</f>",
    "/",
    "",
)


def keyed_book(folder: Path, cells: list[tuple[str, str]], prefix: str = "") -> Path:
    """Write a Table of two columns whose cells are given without their address."""
    rows = "".join(
        f'<row r="{row}" spans="1:2">{_cell("A", row, first)}{_cell("B", row, second)}</row>'
        for row, (first, second) in enumerate(cells, 2)
    )
    sheet = worksheet(rows)
    if prefix:
        sheet = sheet.replace("xmlns=", f"xmlns:{prefix}=", 1)
        for name in ("worksheet", "sheetData", "row", "c", "v", "f", "is", "t", "r"):
            for end in (" ", ">", "/"):
                sheet = sheet.replace(f"<{name}{end}", f"<{prefix}:{name}{end}")
            sheet = sheet.replace(f"</{name}>", f"</{prefix}:{name}>")
    content = parts(sheet, table_part(f"A1:B{len(cells) + 1}"))
    content["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{"".join(STRINGS)}</sst>'
    content["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        ("sharedStrings", "sharedStrings.xml"),
    )
    return write_parts(folder / "book.xlsx", content)


def _cell(column: str, row: int, cell: str) -> str:
    if not cell:
        return ""
    if cell == "/":
        return f'<c r="{column}{row}" s="2"/>'
    return f'<c r="{column}{row}" {cell}</c>'


def verdicts(book: Workbook, fields: list[str], keys: list[object], key_of: Callable) -> list[str]:
    """Return for every key what updating its row comes to: the row, or the code of the refusal."""
    found = []
    for key in keys:
        each = book.table("t", key=fields, key_of=key_of)
        wanted = key if isinstance(key, tuple) else (key,)
        try:
            found.append(str(each._one_row(wanted, each._rows_of({wanted}))))
        except EditRefusedError as error:
            found.append(error.code)
    return found


def both(path: Path, fields: list[str], keys: list[object], key_of: Callable) -> None:
    """Compare the search in the bytes with a list of all keys as the Table is read."""
    with Workbook.open(path) as book, pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_MOST_SEARCHES", 1_000)
        searched = verdicts(book, fields, keys, key_of)
        patch.setattr(table, "_MOST_SEARCHES", 0)
        assert searched == verdicts(book, fields, keys, key_of)


def shortened(value: object) -> object:
    """Return the beginning of a text, as keys with a label have it."""
    return str(value)[:1] if value != "" else None


KEYS: list[object] = [*TEXTS, 1, 1.0, 2.5, True, False, date(2026, 1, 2), None, "", "C", 46024]
ONE = st.sampled_from(CELLS)


@given(st.lists(st.tuples(ONE, ONE), min_size=1, max_size=12), st.sampled_from(["", "", "x"]))
def test_a_search_finds_what_reading_finds(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]], prefix: str
) -> None:
    path = keyed_book(tmp_path_factory.mktemp("keys"), cells, prefix)
    both(path, ["鍵"], KEYS, plain_value)
    both(path, ["值"], KEYS, shortened)
    pairs = [(first, second) for first in KEYS[:6] for second in (*KEYS[:6], None, 1)]
    both(path, ["鍵", "值"], pairs, plain_value)


@pytest.mark.parametrize("cell", CELLS)
def test_each_kind_of_cell_is_found_by_its_value(tmp_path: Path, cell: str) -> None:
    path = keyed_book(tmp_path, [(cell, "><v>1</v>"), ('t="s"><v>12</v>', "")])
    both(path, ["鍵"], KEYS, plain_value)


def test_a_key_that_stands_under_two_indexes_is_no_name_of_one_row(tmp_path: Path) -> None:
    path = keyed_book(tmp_path, [('t="s"><v>0</v>', ""), ('t="s"><v>8</v>', "")])
    with Workbook.open(path) as book, pytest.raises(EditRefusedError) as caught:
        book.table("t", key=["鍵"]).update({"甲": {"值": 1}})
    assert caught.value.code == "row-duplicate"


def test_what_a_column_far_right_holds_is_not_taken_for_a_key(tmp_path: Path) -> None:
    rows = (
        '<row r="2"><c r="A2" t="inlineStr"><is><t>k</t></is></c>'
        '<c r="AA3" t="inlineStr"><is><t>k</t></is></c></row>'
        '<row r="3"><c r="AA3" t="inlineStr"><is><t>k</t></is></c></row>'
    )
    path = write_parts(tmp_path / "a.xlsx", parts(worksheet(rows), table_part("A1:B3")))
    with Workbook.open(path) as book:
        book.table("t", key=["鍵"]).update({"k": {"值": 1}})
        assert [row.row for row in book.changes.rows] == [2]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c t="inlineStr"><is><t>k</t></is></c></row>',
        '<row r="2"><c t="inlineStr" r="A2"><is><t>k</t></is></c></row>',
        '<row><c r="A1"><v>0</v></c></row><row><c t="inlineStr"><is><t>k</t></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t><![CDATA[k]]></t></is></c></row>',
        '<!-- A2 --><row r="2"><c r="A2" t="inlineStr"><is><t>k</t></is></c></row>',
    ],
)
def test_keys_are_found_in_every_layout(tmp_path: Path, rows: str) -> None:
    path = write_parts(tmp_path / "a.xlsx", parts(worksheet(rows), table_part()))
    with Workbook.open(path) as book:
        book.table("t", key=["鍵"]).update({"k": {"值": 1}})
        assert [row.row for row in book.changes.rows] == [2]


def test_who_asks_often_is_answered_from_a_list(tmp_path: Path) -> None:
    cells = [(f't="inlineStr"><is><t>k{n}</t></is>', "") for n in range(9)]
    with Workbook.open(keyed_book(tmp_path, cells)) as book:
        keyed = book.table("t", key=["鍵"])
        for number in range(9):
            keyed.update({f"k{number}": {"值": number}})
        assert [row.row for row in book.changes.rows] == list(range(2, 11))
        assert [row.cells[0].new for row in book.changes.rows] == list(range(9))
