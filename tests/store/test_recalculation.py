"""Excel is told to compute anew where there is something to compute, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetsales.store import Formula, Workbook
from sheetsales.store import recalculation as module
from sheetsales.store.content import Memory
from tests.store.books import ROWS, handmade, members, parts, relations, worksheet, write_parts

BOOK = "xl/workbook.xml"
FORMULA = '<row r="5"><c r="C5"><f>B2*2</f><v>2</v></c></row>'
TOLD = b'fullCalcOnLoad="1"'


def edited(path: Path, value: object = 7) -> bytes:
    """Return the workbook part after one cell was set."""
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", value)
        book.save()
    return members(path)[BOOK]


def two_sheets(folder: Path, second: str) -> Path:
    content = parts(worksheet(ROWS))
    content[BOOK] = str(content[BOOK]).replace(
        "</sheets>", '<sheet name="二" sheetId="2" r:id="rId3"/></sheets>'
    )
    content["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        ("worksheet", "worksheets/sheet2.xml"),
    )
    content["xl/worksheets/sheet2.xml"] = second
    return write_parts(folder / "book.xlsx", content)


def test_a_book_with_formulas_is_computed_anew(tmp_path: Path) -> None:
    assert TOLD in edited(handmade(tmp_path, worksheet(ROWS + FORMULA)))


def test_a_book_without_formulas_is_left_alone(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS))
    before = members(path)[BOOK]
    assert edited(path) == before


def test_a_formula_that_is_written_counts(tmp_path: Path) -> None:
    assert TOLD in edited(handmade(tmp_path, worksheet(ROWS)), Formula("1+1"))


@pytest.mark.parametrize("tag", ["<f>B2</f>", '<f t="shared" si="0"/>'])
def test_formulas_of_other_sheets_count(tmp_path: Path, tag: str) -> None:
    second = worksheet(f'<row r="1"><c r="A1">{tag}<v>1</v></c></row>')
    assert TOLD in edited(two_sheets(tmp_path, second))


def test_prefixed_formulas_of_other_sheets_count(tmp_path: Path) -> None:
    second = worksheet('<row r="1"><c r="A1"><f>B2</f></c></row>')
    second = second.replace("</", "\0").replace("<?", "\1").replace("<", "<x:")
    second = second.replace("\0", "</x:").replace("\1", "<?").replace(" xmlns=", " xmlns:x=")
    assert TOLD in edited(two_sheets(tmp_path, second))


def test_text_about_formulas_is_no_formula(tmp_path: Path) -> None:
    second = worksheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&lt;f&gt;</t></is></c></row>')
    path = two_sheets(tmp_path, second)
    before = members(path)[BOOK]
    assert edited(path) == before


@pytest.mark.parametrize("calc", ['<calcPr calcMode="manual"/>', '<calcPr fullCalcOnLoad="1"/>'])
def test_a_book_that_says_so_itself_is_left_alone(tmp_path: Path, calc: str) -> None:
    path = handmade(tmp_path, worksheet(ROWS + FORMULA), calc=calc)
    before = members(path)[BOOK]
    assert edited(path) == before


def test_a_book_too_large_to_be_searched_is_computed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_SEARCHED", 10)
    assert TOLD in edited(two_sheets(tmp_path, worksheet("")))


def test_formulas_are_counted_in_all_sheets(tmp_path: Path) -> None:
    second = worksheet(
        '<row r="1"><c r="A1"><f>1</f></c><c r="B1"><f t="shared" si="0"/></c>'
        '<c r="C1" t="inlineStr"><is><t>&lt;f&gt; &lt;f /</t></is></c></row>',
        after='<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>1'
        "</formula></cfRule></conditionalFormatting>",
    )
    path = two_sheets(tmp_path, second)
    with Workbook.open(path) as book:
        assert book.formula_cells == 2


def test_a_tag_that_two_blocks_share_counts_once() -> None:
    class Blocks(Memory):
        def blocks(self):
            yield 0, b"<c><f>1</f></c><c><"
            yield 19, b"f>2</f></c><c><f"
            yield 35, b" t='shared'/></c>"

    pieces = list(module._pieces(Blocks(b"")))
    assert sum(len(module._FORMULA.findall(piece)) for piece in pieces) == 3
