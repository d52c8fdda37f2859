from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from sheetsales.errors import WorkbookError
from sheetsales.store import CellChange, CellError, Formula, Plan, RowChange, Workbook
from tests.store.books import staff_book

VALUES = (
    None, True, 1, 1.5, "甲", Decimal("1.50"), date(2026, 1, 2),
    datetime(2026, 1, 2, 3, 4), time(5), timedelta(hours=30),  # noqa: DTZ001
    CellError("#N/A"), Formula("A1", "甲"), Formula("A1"),
)  # fmt: skip


def test_a_plan_says_what_changes_where(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    with Workbook.open(path) as book:
        book.table("customer", key=["編號"]).update({"C-000002": {"名稱": "新", "金額": 5}})
        book.sheet("客戶").set("A6", "註")
        plan = book.changes
        assert plan == book.save()
        assert not book.changes
    assert (plan.book, len(plan.digest)) == ("book.xlsx", 64)
    assert plan.rows == (
        RowChange("客戶", 6, "set", (CellChange("A6", "", None, "註"),)),
        RowChange(
            "客戶",
            6,
            "update",
            (CellChange("C6", "名稱", "客戶2", "新"), CellChange("E6", "金額", 201.0, 5)),
            "customer",
            ("C-000002",),
            ("編號",),
        ),
    )


def test_a_shrinking_table_says_what_it_clears(tmp_path: Path) -> None:
    with Workbook.open(staff_book(tmp_path / "book.xlsx")) as book:
        book.table("customer").replace([])
        kinds = {(row.row, row.kind) for row in book.changes.rows}
        cleared = [cell.old for row in book.changes.rows if row.row == 7 for cell in row.cells]
    assert kinds == {(5, "replace"), (6, "clear"), (7, "clear")}
    assert cleared == ["C-000003", "客戶3", date(2026, 1, 3), 301.5, 0.0]


def test_a_plan_goes_to_json_and_back() -> None:
    cells = tuple(CellChange("A1", "甲", old, VALUES[-1]) for old in VALUES)
    plan = Plan("book.xlsx", "0" * 64, (RowChange("表", 1, "update", cells, "t", (Decimal(1),)),))
    again = Plan.from_json(json.loads(str(plan)))
    assert again == plan
    kinds = [type(cell.old) for cell in again.rows[0].cells]
    assert kinds == [type(value) for value in VALUES]
    assert not Plan("book.xlsx", "")


def test_numbers_and_texts_of_other_libraries_go_to_json_too() -> None:
    values = (np.int64(5), np.float64(0.5), np.str_("甲"), np.float32(0.5))
    cells = tuple(CellChange("A1", "", None, value) for value in values)
    plan = Plan("book.xlsx", "", (RowChange("表", 1, "set", cells),))
    again = Plan.from_json(json.loads(str(plan)))
    assert [cell.new for cell in again.rows[0].cells] == [5, 0.5, "甲", 0.5]


def test_a_plan_keeps_its_id_and_is_told_by_its_hash() -> None:
    rows = (RowChange("表", 1, "set", (CellChange("A1", "", 1, 2),)),)
    plan = Plan("book.xlsx", "0" * 64, rows, "abc")
    assert Plan.from_json(plan.to_json()).id == "abc"
    assert plan.hash == Plan("book.xlsx", "1" * 64, rows).hash != Plan("book.xlsx", "").hash


def test_what_is_computed_can_be_left_out() -> None:
    kinds = ("set", "update", "append", "replace", "clear")
    rows = tuple(RowChange("表", row, kind, ()) for row, kind in enumerate(kinds))
    assert [row.kind for row in Plan("b", "", rows).without_refreshes().rows] == list(kinds[:3])


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"book": "b", "digest": "", "rows": [{}]},
        {"book": "b", "digest": "", "rows": 5},
        {
            "book": "b",
            "digest": "",
            "rows": [
                {"sheet": "", "row": 1, "kind": "set", "table": "", "key": [], "cells": [[1]]}
            ],
        },
        {
            "book": "b",
            "digest": "",
            "rows": [
                {
                    "sheet": "",
                    "row": 1,
                    "kind": "set",
                    "table": "",
                    "key": [],
                    "cells": [["A1", "", None, {"decimal": "x"}]],
                }
            ],
        },
    ],
)
def test_what_is_no_plan_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(WorkbookError) as caught:
        Plan.from_json(data)
    assert caught.value.code == "workbook-plan-unreadable"


@pytest.mark.parametrize("name", ["none", ""])
def test_a_table_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    book = Workbook.open(staff_book(tmp_path / "book.xlsx"))
    with pytest.raises(WorkbookError) as caught:
        book.table(name)
    assert caught.value.code == "book-table-missing"
