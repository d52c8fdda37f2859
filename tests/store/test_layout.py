"""Where rows stand is the same, found by pattern or by a parser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import EditRefusedError, WorkbookError
from sheetsales.store import layout as layout_module
from sheetsales.store.content import Memory
from sheetsales.store.layout import Layout, exact_layout, usual_layout
from sheetsales.store.ranges import LAST_ROW
from sheetsales.store.rows import RowIndex
from sheetsales.store.sheet_xml import SheetXml
from tests.store.books import MAIN, worksheet

CELLS = (
    "",
    '<c r="A{row}"><v>1</v></c>',
    '<c r="B{row}" t="inlineStr"><is><t>now r="3" &lt;row r="4"&gt;</t></is></c>',
    '<c r="C{row}"><f>A1+1</f><v>2</v></c>',
    '<c r="D{row}"><f t="array" ref="D{row}:E{row}">1</f><v>2</v></c>',
    '<c r="F{row}"><f t="shared" si="0"/><v>2</v></c>',
)
ROW = st.tuples(st.integers(1, 5), st.lists(st.sampled_from(CELLS), max_size=3), st.booleans())


def written(rows: list[tuple[int, list[str], bool]], prefix: str) -> bytes:
    """Return a sheet with rows at given distances."""
    found, number = [], 0
    for distance, cells, is_closed in rows:
        number += distance
        tag = f'<row r="{number}" spans="1:6"'
        content = "".join(cells).format(row=number)
        found.append(f"{tag}/>" if is_closed and not cells else f"{tag}>{content}</row>")
    sheet = worksheet("".join(found), '<cols><col min="1" max="2"/></cols>', "<rowBreaks/>")
    if prefix:
        sheet = sheet.replace("xmlns=", f"xmlns:{prefix}=", 1)
        for name in ("worksheet", "sheetData", "row", "c", "v", "f", "is", "t", "rowBreaks"):
            for end in (" ", ">", "/"):
                sheet = sheet.replace(f"<{name}{end}", f"<{prefix}:{name}{end}")
            sheet = sheet.replace(f"</{name}>", f"</{prefix}:{name}>")
    return sheet.encode()


def spans(data: bytes, layout: Layout) -> dict[int, tuple[int, int]]:
    index = RowIndex(Memory(data), layout, "p")
    numbers = index.numbers_between(0, LAST_ROW)
    asked = sorted({*numbers, *(n + 1 for n in numbers), *(n - 1 for n in numbers), 0, 99})
    return {number: index.span(number) for number in asked}


@given(st.lists(ROW, max_size=40), st.sampled_from(["", "x"]), st.sampled_from([60, 300, 1 << 15]))
def test_pattern_and_parser_find_the_same_rows(
    rows: list[tuple[int, list[str], bool]], prefix: str, block: int
) -> None:
    data = written(rows, prefix)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout_module, "_BLOCK", block)
        usual = usual_layout(Memory(data), "p")
    exact = exact_layout(data, "p")
    assert usual is not None
    for name in ("prefix", "opening", "end", "head", "tail", "formulas", "arrays"):
        assert getattr(usual, name) == getattr(exact, name), name
    assert spans(data, usual) == spans(data, exact)


@pytest.mark.parametrize(
    "rows",
    [
        "<row/>",
        '<row r="1"/><row/>',
        '<row spans="1:2" r="1"/>',
        "<row r='1'/>",
        '<row r="007"/>',
        '<row r="99999999999"/>',
        '<!-- --><row r="1"/>',
        '<row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row>',
        '<?x?><row r="1"/>',
    ],
)
def test_any_other_layout_is_left_to_the_parser(rows: str) -> None:
    assert usual_layout(Memory(worksheet(rows).encode()), "p") is None


@pytest.mark.parametrize("number", ["0", "-1", "99999999999", "x"])
def test_a_row_number_that_makes_no_sense_is_refused(number: str) -> None:
    data = worksheet(f"<row r='{number}'/>").encode()
    with pytest.raises(WorkbookError) as caught:
        SheetXml(Memory(data), "p")
    assert caught.value.code == "workbook-part"


@pytest.mark.parametrize("rows", ['<row r="2"/><row r="1"/>', '<row r="2"/><row r="2"/>'])
def test_rows_that_do_not_ascend_are_refused(rows: str) -> None:
    with pytest.raises(EditRefusedError) as caught:
        SheetXml(Memory(worksheet(rows).encode()), "p")
    assert caught.value.code == "sheet-row-order"


def test_a_large_sheet_is_noted_by_blocks_of_rows() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 50_001))
    data = worksheet(rows).encode()
    layout = usual_layout(Memory(data), "p")
    assert layout is not None
    assert len(layout.firsts) == len(layout.starts) < 100
    index = RowIndex(Memory(data), layout, "p")
    assert index.last == 50_000
    assert [*index.numbers_between(30_000, 30_002)] == [30_000, 30_001, 30_002]
    start, end = index.span(43_210)
    assert data[start:end] == b'<row r="43210"><c r="A43210"><v>43210</v></c></row>'


@pytest.mark.parametrize("change", [("43210", "43209"), ("43210", "43212"), ("43210", "9")])
def test_disorder_in_a_large_sheet_is_refused_where_it_is(change: tuple[str, str]) -> None:
    rows = "".join(f'<row r="{n}"><c><v>{n}</v></c></row>' for n in range(1, 50_001))
    data = worksheet(rows).encode().replace(*(f'<row r="{n}"'.encode() for n in change))
    index = SheetXml(Memory(data), "p").index
    assert index.row(1) is not None
    with pytest.raises(EditRefusedError) as caught:
        index.span(43_210)
    assert caught.value.code == "sheet-row-order"


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        (f'<chartsheet xmlns="{MAIN}"/>', "worksheet"),
        (f'<worksheet xmlns="{MAIN}"><cols/></worksheet>', "sheetData"),
    ],
)
def test_what_is_no_sheet_with_rows_is_refused(sheet: str, reason: str) -> None:
    with pytest.raises(WorkbookError) as caught:
        SheetXml(Memory(sheet.encode()), "p")
    assert caught.value.arguments["reason"] == reason
