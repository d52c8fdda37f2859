from __future__ import annotations

import pytest

from sheetsales.store.formulas import has_relative_rows, moved


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A1+$B$1+C$2+$D4", "A3+$B$1+C$2+$D6"),
        ("SUM(A1:B9)", "SUM(A3:B11)"),
        ("SUM(2:5)+SUM($2:$5)", "SUM(4:7)+SUM($2:$5)"),
        ("SUM(A:C)", "SUM(A:C)"),
        ('"A1"&A1', '"A1"&A3'),
        ("'A1 甲'!B2", "'A1 甲'!B4"),
        ("甲!B2", "甲!B4"),
        ("t[[#This Row],[A1]]*2", "t[[#This Row],[A1]]*2"),
        ("t['[A1]+A1", "t['[A1]+A3"),
        ("LOG10(A1)", "LOG10(A3)"),
        ("ABC_1+A1.5", "ABC_1+A1.5"),
        ("t[A1", "t[A1"),
        ("1E+5+A1", "1E+5+A3"),
    ],
)
def test_only_relative_rows_move(before: str, after: str) -> None:
    assert moved(before, 2) == after
    assert has_relative_rows(before) == (before != after)
