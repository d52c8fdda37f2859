from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest

from sheetsales.actions.check import check
from sheetsales.actions.fill import fill
from sheetsales.actions.score import score
from sheetsales.actions.update import update
from sheetsales.errors import WorkspaceError
from sheetsales.workspace import Workspace
from sheetsales.workspace.computed import written_values
from tests.small import AS_OF, edit

SCORES = ("order_lines", "orders", "customers")


@pytest.fixture
def workspace(small):
    opened = Workspace.open(small)
    score(opened, SCORES, as_of=AS_OF)
    return opened


def reported(workspace):
    workspace.reload()
    report = check(workspace, as_of=AS_OF, tables=("order", "order_line", "customer"))
    return [
        (one.message_id, one.key, one.field, dict(one.arguments))
        for one in report
        if one.code == "COL-computed"
    ]


def total_of(workspace, key):
    workspace.reload()
    return workspace.frames["order"].set_index("order_id")["total"][key]


def test_nothing_is_known_before_the_engine_has_written(small):
    edit(small, "sales", "order", {"SO-000001": {"訂單金額": 7}})
    workspace = Workspace.open(small)
    assert written_values(workspace) == {}
    assert reported(workspace) == []


def test_what_was_written_is_known_by_key(workspace):
    assert written_values(workspace)["order"]["SO-000001"] == {
        "total": "30000",
        "delivered_pct": "100",
        "collected_pct": "0",
    }
    assert reported(workspace) == []


def test_a_value_typed_over_a_computed_one_is_told_and_restored(workspace, small):
    edit(small, "sales", "order", {"SO-000001": {"訂單金額": 99999}})
    assert reported(workspace) == [
        ("COL-computed", "SO-000001", "total", {"value": 99999, "written": 30000})
    ]
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    assert total_of(workspace, "SO-000001") == 30000
    assert reported(workspace) == []


def test_a_value_where_nothing_was_written_is_told_and_cleared(workspace, small):
    edit(small, "customer", "customer", {"C-000002": {"最近訂單日": date(2026, 1, 1)}})
    assert reported(workspace) == [
        ("COL-computed.unwritten", "C-000002", "last_order_on", {"value": "2026-01-01"})
    ]
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    assert reported(workspace) == []
    workspace.reload()
    assert pd.isna(workspace.frames["customer"]["last_order_on"][1])


def test_a_value_that_is_out_of_date_is_no_problem(workspace, small):
    edit(small, "sales", "order", {"SO-000001": {"備註": "改價"}})
    line = workspace.tables["order_line"]
    assert line.keys() == ["SO-000001/1", "SO-000002/1"]
    edit(small, "sales", "order", {"SO-000001": {"狀態": "取消"}})
    assert reported(workspace) == []


def test_an_emptied_cell_is_only_out_of_date(workspace, small):
    edit(small, "sales", "order", {"SO-000001": {"訂單金額": None}})
    assert reported(workspace) == []
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    assert total_of(workspace, "SO-000001") == 30000


def test_rows_that_are_not_scored_any_more_are_restored_to_what_was_written(workspace, small):
    path = small / ".sheetsales" / "computed" / "appraisal.json"
    path.write_text(json.dumps({"CY-000009/E-000001": {"total": "88.5", "grade": "B"}}))
    row = {"cycle_id": "CY-000009", "employee_id": "E-000001", "state": "final", "appeal": "none"}
    cycle = {"cycle_id": "CY-000009", "name": "去年"}
    fill(workspace, {"cycle": [cycle], "appraisal": [{**row, "total": 99, "grade": "A"}]})
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    workspace.reload()
    (row,) = workspace.frames["appraisal"].to_dict("records")
    assert (row["total"], row["grade"]) == (88.5, "B")


def test_a_second_update_remembers_nothing_new(workspace, small):
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    folder = small / ".sheetsales" / "computed"
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_damaged_memory_is_named(workspace, small):
    (small / ".sheetsales" / "computed" / "order.json").write_text("{")
    with pytest.raises(WorkspaceError) as refused:
        written_values(workspace)
    assert refused.value.code == "file-not-read"
