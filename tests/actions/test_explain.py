from __future__ import annotations

from decimal import Decimal

import pytest

from sheetsales.actions.explain import explain
from sheetsales.actions.fill import fill
from sheetsales.actions.score import score
from sheetsales.errors import ScoreError
from sheetsales.workspace import Workspace
from tests.actions.test_score import RATED
from tests.small import AS_OF, edit


@pytest.fixture
def workspace(small):
    opened = Workspace.open(small)
    fill(opened, RATED)
    return opened


def told(workspace, name, key, locale="zh-Hant"):
    return explain(workspace, name, key, as_of=AS_OF, locale=locale)


def test_a_score_is_told_down_to_its_cells(workspace):
    explanation = told(workspace, "orders", "SO-000001")
    total = explanation.nodes[0]
    assert (total.title, total.shown) == ("訂單金額", "30,000")
    (line,) = total.children
    assert [(cell.title, cell.shown, str(cell.place)) for cell in line.inputs] == [
        ("訂單明細 SO-000001/1・數量", "10", "sales.xlsm!訂單明細!D4"),
        ("訂單明細 SO-000001/1・單價", "3,000", "sales.xlsm!訂單明細!E4"),
        ("訂單 SO-000001・幣別", "新臺幣", "sales.xlsm!訂單!J4"),
    ]


def test_weights_and_missing_parts_are_told(workspace):
    total = told(workspace, "appraisal", "CY-000001/E-000001", "en").nodes[0]
    weights = {node.step.name: (node.weight, node.reason) for node in total.children}
    assert weights["attitude"] == ("weight 25 %", "")
    assert weights["service"][0] == "weight 15 %"
    assert weights["service"][1].startswith("no customer")


def test_the_row_is_called_by_its_people(workspace):
    assert told(workspace, "appraisal", "CY-000001/E-000001").title == "第三季・林一"


def test_the_object_holds_exact_values(workspace):
    node = told(workspace, "orders", "SO-000001").as_object()["nodes"][0]
    assert (node["name"], node["operation"], Decimal(node["value"])) == ("total", "tally", 30000)
    cell = node["children"][0]["inputs"][1]
    assert (cell["field"], cell["value"], cell["cell"]) == ("price", "3000.0", "E4")


def test_parameters_come_with_their_day(workspace):
    explanation = told(workspace, "appraisal", "CY-000001/E-000001")
    assert ("kpi_cap", "2024-01-01", "120") in explanation.parameters


def test_what_changed_since_the_score_was_kept_is_told(workspace, small):
    assert told(workspace, "appraisal", "CY-000001/E-000001").changes == ()
    score(workspace, ("appraisal",), as_of=AS_OF)
    edit(small, "performance", "cycle", {"CY-000001": {"態度占比%": 20}})
    workspace.reload()
    (change,) = told(workspace, "appraisal", "CY-000001/E-000001").changes
    assert change == {"where": "performance.xlsm!考核週期!F4", "old": "25 %", "new": "20 %"}


@pytest.mark.parametrize(
    ("name", "key", "code"),
    [("fame", "X", "score-unknown"), ("orders", "SO-000404", "score-key-unknown")],
)
def test_what_there_is_not_is_refused(workspace, name, key, code):
    with pytest.raises(ScoreError) as refused:
        told(workspace, name, key)
    assert refused.value.code == code
