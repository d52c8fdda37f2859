"""The limits, just below and just above; and the true extent of a sheet, however it is written."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sheetsales.errors import WorkbookError
from sheetsales.store import preflight
from sheetsales.store.preflight import Extent
from tests.store.books import worksheet

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Entry:
    """A member of a zip file, as far as the preflight asks."""

    name: str
    compressed: int = 10
    size: int = 10
    offset: int = 0
    data: int = 30


def laid_out(*entries: Entry) -> list[Entry]:
    """Return the entries one behind the other."""
    found, offset = [], 0
    for entry in entries:
        found.append(Entry(entry.name, entry.compressed, entry.size, offset, offset + 30))
        offset += 30 + entry.compressed
    return found


def refusal(*entries: Entry) -> str:
    with pytest.raises(WorkbookError) as caught:
        preflight.check_members(entries, "book.xlsx")
    assert "book.xlsx" in str(caught.value)
    return caught.value.code


def test_plain_members_pass() -> None:
    preflight.check_members(laid_out(Entry("a.xml"), Entry("xl/b.xml"), Entry("xl/")), "book")


def test_a_sheet_of_a_million_rows_passes() -> None:
    sheet = Entry("xl/worksheets/sheet1.xml", 90 * MEGABYTE, 563 * MEGABYTE)
    preflight.check_members(laid_out(sheet), "book")


@pytest.mark.parametrize(
    "name",
    ["", "/a", "a\\b", "..", "../a", "a/../b", "a/..", "C:/a", "a\nb", "a\0"],
)
def test_a_name_that_no_workbook_has_is_refused(name: str) -> None:
    assert refusal(Entry(name)) == "workbook-broken"


@pytest.mark.parametrize(
    "name", ["a..b", "..a/b", "a.../b", "[Content_Types].xml", "客戶.xml", " a"]
)
def test_an_odd_but_harmless_name_passes(name: str) -> None:
    preflight.check_members([Entry(name)], "book")


def test_members_of_one_name_or_one_place_are_refused() -> None:
    assert refusal(*laid_out(Entry("a"), Entry("a"))) == "workbook-broken"
    assert refusal(Entry("a"), Entry("b")) == "workbook-broken"
    assert refusal(Entry("a", 100), Entry("b", offset=129, data=159)) == "workbook-broken"
    preflight.check_members([Entry("a", 100), Entry("b", offset=130, data=160)], "book")
    preflight.check_members(laid_out(Entry("a"), Entry("A")), "book")


@pytest.mark.parametrize(
    ("compressed", "size", "passes"),
    [
        (1, 10 * MEGABYTE, True),
        (1, 10 * MEGABYTE + 1, False),
        (MEGABYTE, 200 * MEGABYTE, True),
        (MEGABYTE, 200 * MEGABYTE + 1, False),
        (0, 11 * MEGABYTE, False),
        (1 << 30, 4 << 30, True),
        (1 << 30, (4 << 30) + 1, False),
    ],
)
def test_size_and_ratio_have_a_limit(compressed: int, size: int, *, passes: bool) -> None:
    entry = Entry("a", compressed, size)
    if passes:
        preflight.check_members([entry], "book")
    else:
        assert refusal(entry) == "workbook-too-large"


def test_there_are_at_most_10000_members() -> None:
    preflight.check_count(10_000, "book")
    with pytest.raises(WorkbookError) as caught:
        preflight.check_count(10_001, "book")
    assert caught.value.arguments["limit"] == "10,001 > 10,000"


@pytest.mark.parametrize(
    ("data", "passes"),
    [
        (b"<a>" * 200 + b"</a>" * 200, True),
        (b"<a>" * 201 + b"</a>" * 201, False),
        (b"<a>" + b"<b></b>" * 300 + b"</a>", True),
        (b"<a>" + b"<b/>" * 599_999 + b"</a>", True),
        (b"<a>" + b"<b/>" * 600_000 + b"</a>", False),
        (b"<a>" + b"<b c='1'/>" * 300_001 + b"</a>", False),
    ],
)
def test_a_tree_is_neither_too_deep_nor_too_large(data: bytes, *, passes: bool) -> None:
    if passes:
        preflight.check_tree(data, "part")
        return
    with pytest.raises(WorkbookError) as caught:
        preflight.check_tree(data, "part")
    assert caught.value.code == "workbook-too-large"


def test_shared_texts_cannot_claim_more_than_they_are() -> None:
    preflight.check_texts(b'<sst count="4294967295" uniqueCount="1"><si/></sst>', "part")
    for claim in (b'uniqueCount="99999"', b"uniqueCount = ' 99999'", b'a=">" uniqueCount="99999"'):
        with pytest.raises(WorkbookError):
            preflight.check_texts(b"<x:sst " + claim + b"><si/></x:sst>", "part")


def extent(rows: str) -> tuple[int, int]:
    found = Extent(worksheet(rows).encode(), "part")
    return found.rows, found.columns


def cell(address: str) -> str:
    return f'<c r="{address}"><v>1</v></c>'


def test_a_small_extent_is_bounded_from_above() -> None:
    assert extent('<row r="7">' + cell("C7") + "</row>") == (9, 3)
    assert extent("") == (preflight.LAST_ROW, 0)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576">' + cell("XFD1048576") + "</row>",
        '<row r="1">' + cell("XFD1048576") + "</row>",
        '<row r="1048576">' + cell("XFD1048576") + '</row><row r="1048577"/>'[:6],
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row>',
        '<row\nr="1048576"><c\nr="XFD1048576"><is><t>a</t></is></c></row>',
        '<!-- a --><row r="1048576">' + cell("XFD1048576") + "</row>",
    ],
)
def test_the_last_corner_is_seen_in_any_layout(rows: str) -> None:
    found = Extent(worksheet(rows).encode(), "part")
    assert (found.rows, found.columns, found.is_sprawling) == (1_048_576, 16_384, True)


def test_empty_cells_do_not_count() -> None:
    blanks = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 50))
    far = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert extent('<row r="1">' + cell("B1") + "</row>" + blanks + far) == (1, 2)


def test_cells_without_addresses_are_counted() -> None:
    unusual = "<row><c><v>1</v></c><c/><c><v>1</v></c></row><row/><row><c><v>1</v></c></row>"
    assert extent(unusual) == (3, 3)


def test_a_prefix_changes_nothing() -> None:
    xml = worksheet('<row r="1048576">' + cell("XFD1048576") + "</row>").replace(
        "xmlns=", "xmlns:x="
    )
    for name in ("worksheet", "sheetData", "row", "c", "v"):
        for opening in ("<", "</"):
            for end in (" ", ">"):
                xml = xml.replace(f"{opening}{name}{end}", f"{opening}x:{name}{end}")
    assert Extent(xml.encode(), "part").is_sprawling


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048577">' + cell("A1048577") + "</row>",
        '<row r="1">' + cell("XFE1") + "</row>",
        '<row r="1">' + cell("AAAA1") + "</row>",
        "<row>" + "<c/>" * 16_384 + "<c><v>1</v></c></row>",
    ],
)
def test_what_lies_behind_the_last_row_or_column_is_damage(rows: str) -> None:
    with pytest.raises(WorkbookError) as caught:
        Extent(worksheet(rows).encode(), "part")
    assert caught.value.code == "workbook-part"


def test_many_filled_cells_may_spread_wide() -> None:
    rows = "".join(
        f'<row r="{row}">' + "".join(cell(f"{column}{row}") for column in "ABCDEFGHIJ") + "</row>"
        for row in range(1, 60_001)
    )
    assert not Extent(worksheet(rows).encode(), "part").is_sprawling
    stray = '<row r="60001">' + cell("GQ60001") + "</row>"
    assert not Extent(worksheet(rows + stray).encode(), "part").is_sprawling
    stray = '<row r="60001">' + cell("XFD60001") + "</row>"
    assert Extent(worksheet(rows + stray).encode(), "part").is_sprawling


def test_what_stands_behind_the_rows_is_measured_over_the_borders_of_blocks() -> None:
    size = 65 * MEGABYTE
    split = [(0, b"<sheetData></shee"), (17, b"tData>" + b" " * (size - 23))]
    whole = [(0, b"<sheetData></sheetData>" + b" " * (size - 23))]
    for blocks in (split, whole):
        with pytest.raises(WorkbookError):
            preflight.check_behind_rows(size, blocks, "part")
    late = [(0, b" " * (size - 20)), (size - 20, b"</shee"), (size - 14, b"tData></worksheet>")]
    preflight.check_behind_rows(size, late, "part")
