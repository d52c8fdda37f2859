from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.store.ranges import (
    LAST_COLUMN,
    LAST_ROW,
    Range,
    cell_name,
    column_letters,
    find_range,
    parse_cell,
)


@given(st.integers(1, LAST_ROW), st.integers(1, LAST_COLUMN))
def test_an_address_is_read_as_it_is_written(row: int, column: int) -> None:
    assert parse_cell(cell_name(row, column)) == (row, column)


def test_columns_count_like_excel() -> None:
    assert [column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "7", "B", "B0", "B1048577", "XFE1", "ABCD1", "甲1", "B7:C8"])
def test_what_is_no_cell_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no cell"):
        parse_cell(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A1:C9", Range(1, 1, 9, 3)),
        ("$C$9:$A$1", Range(1, 1, 9, 3)),
        ("B2", Range(2, 2, 2, 2)),
        ("A:C", Range(1, 1, LAST_ROW, 3)),
        ("$2:$5", Range(2, 1, 5, LAST_COLUMN)),
        ("#REF!", None),
        ("", None),
    ],
)
def test_ranges_of_every_kind_are_read(text: str, found: Range | None) -> None:
    assert find_range(text) == found


def test_ranges_overlap_where_they_share_a_cell() -> None:
    area = Range.parse("B2:D4")
    assert area.overlaps(Range.parse("D4:E9"))
    assert not area.overlaps(Range.parse("E2:F4"))
    assert not area.overlaps(Range.parse("B5:D5"))
    assert (2, 2) in area
    assert (5, 2) not in area
    assert str(area.ending_at(9)) == "B2:D9"
