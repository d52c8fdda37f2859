from __future__ import annotations

import pytest

from sheetsales.store.formulas import has_relative_rows, moved, references


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


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("SUM(B2:B11)", [("", "B2:B11", True)]),
        ("Sheet1!B11+'My ''S'!$B$2:$C$4", [("Sheet1", "B11", True), ("My 'S", "B2:C4", False)]),
        ("'[1]x'!A1+[1]Sheet1!A1", []),
        ("t[[#Totals],[A1]]+LOG10(A$1)", [("", "A1", True)]),
        ('"A1"&$2:$5&B:B', [("", "A2:XFD5", False)]),
        ("SUM(Sheet1:Sheet3!A1)", [("Sheet1:Sheet3", "A1", True)]),
        ("資料!$A$1", [("資料", "A1", False)]),
        ("name1+x.A1", []),
    ],
)
def test_references_are_what_a_formula_names_by_address(
    formula: str, found: list[tuple[str, str, bool]]
) -> None:
    assert [(each.sheet, str(each.area), each.is_relative) for each in references(formula)] == found
