"""Styles that a value needs: the quote mark for text that begins like a formula."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sheetsales.store import Formula, Workbook
from sheetsales.store.styles import needs_quote
from tests.store.books import handmade, members, openpyxl_book, rewritten, worksheet

STYLES = "xl/styles.xml"
XF = '<xf numFmtId="0" fontId="0"/>'
CELLS = "".join(f'<c r="{letter}1" s="{n}"/>' for n, letter in enumerate("ABCDEF"))


def quoted_book(folder: Path) -> Path:
    """Return a book whose styles 3, 4, 5 are: quoted, text, own text format."""
    added = (
        '<xf numFmtId="2" fontId="0" quotePrefix="1"/><xf numFmtId="49" fontId="0"/>'
        '<xf numFmtId="164" fontId="0"/></cellXfs>'
    )
    codes = '<numFmts count="1"><numFmt numFmtId="164" formatCode="@"/></numFmts><fonts '

    def change(found: dict[str, bytes]) -> None:
        text = found[STYLES].decode().replace("</cellXfs>", added, 1)
        found[STYLES] = text.replace("<fonts ", codes, 1).encode()

    return rewritten(handmade(folder, worksheet(f'<row r="1">{CELLS}</row>')), change)


def edited(path: Path, **cells: object) -> Path:
    with Workbook.open(path) as book:
        for cell, value in cells.items():
            book.sheet("表").set(cell, value)
        book.save()
    return path


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A1", "'x", "\tx", "＝1", "＋1", "－1", "＠x"])
def test_text_that_begins_like_a_formula_needs_a_quote(tmp_path: Path, text: str) -> None:
    assert needs_quote(text)
    path = edited(quoted_book(tmp_path), C1=text)
    cell = openpyxl_book(path)["表"]["C1"]
    assert (cell.value, cell.quotePrefix, cell.number_format) == (text, True, "0.00")
    assert cell.alignment.horizontal == "right"


@pytest.mark.parametrize("text", ["甲", "1-1", "00123", " =1", "2026/1/2", "a=b"])
def test_other_text_keeps_the_style(tmp_path: Path, text: str) -> None:
    assert not needs_quote(text)
    path = quoted_book(tmp_path)
    before = members(path)[STYLES]
    assert members(edited(path, C1=text))[STYLES] == before


@pytest.mark.parametrize("cell", ["D1", "E1", "F1"])
def test_quoted_and_text_styles_are_enough(tmp_path: Path, cell: str) -> None:
    path = quoted_book(tmp_path)
    before = members(path)[STYLES]
    assert members(edited(path, **{cell: "=1"}))[STYLES] == before


@pytest.mark.parametrize("value", [1, True, date(2026, 1, 2), Formula("1+1", 2)])
def test_what_is_no_text_loses_the_quote(tmp_path: Path, value: object) -> None:
    path = edited(quoted_book(tmp_path), D1=value)
    assert not openpyxl_book(path)["表"]["D1"].quotePrefix


def test_a_blank_keeps_the_quote(tmp_path: Path) -> None:
    path = edited(edited(quoted_book(tmp_path), D1="=1"), D1=None)
    assert openpyxl_book(path)["表"]["D1"].quotePrefix


def test_a_style_is_added_once_for_many_cells_and_saves(tmp_path: Path) -> None:
    path = edited(quoted_book(tmp_path), A1="=1", A2="-2", B1="x")
    before = members(path)[STYLES]
    edited(path, A3="=3", A4="@4")
    assert members(path)[STYLES] == before
    assert before.count(b'quotePrefix="1"') == 2


def test_a_quoted_style_can_become_a_date_and_back(tmp_path: Path) -> None:
    path = edited(quoted_book(tmp_path), A1="=1")
    edited(path, A1=date(2026, 1, 2))
    cell = openpyxl_book(path)["表"]["A1"]
    assert (cell.is_date, cell.quotePrefix) == (True, False)
    edited(path, A1="=1")
    assert openpyxl_book(path)["表"]["A1"].quotePrefix


def test_a_book_without_formats_keeps_its_cells_as_they_are(tmp_path: Path) -> None:
    def change(found: dict[str, bytes]) -> None:
        del found[STYLES]
        name = "xl/_rels/workbook.xml.rels"
        found[name] = found[name].replace(b"/styles", b"/other")

    path = rewritten(handmade(tmp_path, worksheet('<row r="1"><c r="A1"/></row>')), change)
    assert openpyxl_book(edited(path, A1="=1"))["表"]["A1"].value == "=1"
