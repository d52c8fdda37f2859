from __future__ import annotations

import pandas as pd
import pytest

from sheetsales.actions.fill import fill
from sheetsales.scores import SCORES, Params, ScoreResult
from sheetsales.workspace import Workspace
from sheetsales.workspace.results import owned_changes, write_result
from sheetsales.workspace.writing import Writer
from tests.small import AS_OF


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def result_of(workspace, name):
    params = Params.of(workspace.frames, AS_OF)
    return SCORES[name].result(workspace.frames, params, as_of=AS_OF)


def written(workspace, result):
    writer = Writer(workspace)
    count = write_result(writer, workspace, result)
    writer.save()
    workspace.reload()
    return count


def test_only_what_differs_is_written(workspace):
    assert written(workspace, result_of(workspace, "orders")) == 6
    assert written(workspace, result_of(workspace, "orders")) == 0


def test_fields_that_the_staff_fill_are_left_alone(workspace):
    frame = pd.DataFrame({"customer_id": ["C-000001"], "name": ["另名"], "is_key": [True]})
    result = ScoreResult("customers", "customer", ("customer_id",), ("is_key", "name"), frame)
    assert owned_changes(workspace, result) == {0: {"is_key": True}}


def test_frozen_rows_are_left_alone(workspace):
    columns = {"customer_id": ["C-000001", "C-000003"], "is_key": [True, True]}
    frame = pd.DataFrame({**columns, "frozen": [True, False]})
    result = ScoreResult("customers", "customer", ("customer_id",), ("is_key",), frame)
    assert owned_changes(workspace, result) == {2: {"is_key": True}}


def test_rows_whose_key_stands_twice_are_left_alone(workspace):
    fill(workspace, {"customer": [{"customer_id": "C-000001", "name": "甲"}] * 2})
    fill(workspace, {"customer": [{"customer_id": "C-000009", "name": "乙"}] * 2})
    frame = pd.DataFrame({"customer_id": ["C-000009", "C-000003"], "is_key": [True, True]})
    result = ScoreResult("customers", "customer", ("customer_id",), ("is_key",), frame)
    assert set(owned_changes(workspace, result)) == {2}


def test_rows_that_a_score_adds_are_appended(workspace):
    added = written(workspace, result_of(workspace, "classes"))
    assert added > 0
    assert workspace.tables["class_result"].keys() == [
        "C-000001/2026-10-15",
        "C-000002/2026-10-15",
        "C-000003/2026-10-15",
    ]
    assert written(workspace, result_of(workspace, "classes")) == 0
