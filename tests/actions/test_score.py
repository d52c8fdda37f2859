from __future__ import annotations

from datetime import date

import pytest

from sheetsales.actions.fill import fill
from sheetsales.actions.score import score
from sheetsales.errors import ScoreError, WorkspaceError
from sheetsales.workspace import Workspace
from sheetsales.workspace.runs import stored_derivations
from tests.small import AS_OF, state_of

CYCLE = {
    "cycle_id": "CY-000001",
    "name": "第三季",
    "start_on": date(2026, 7, 1),
    "end_on": date(2026, 9, 30),
    "w_performance": 60,
    "w_attitude": 25,
    "w_service": 15,
    "state": "scoring",
}
RATINGS = [
    {
        "cycle_id": "CY-000001",
        "employee_id": "E-000001",
        "rater_id": "E-000002",
        "rater_type": "supervisor",
        "item_id": f"AI-00000{item}",
        "rating": rating,
    }
    for item, rating in ((1, 5), (2, 4), (3, 4))
]


APPRAISAL = {
    "cycle_id": "CY-000001",
    "employee_id": "E-000001",
    "appeal": "none",
    "state": "draft",
}
RATED = {"cycle": [CYCLE], "attitude_rating": RATINGS, "appraisal": [APPRAISAL]}


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


@pytest.fixture
def rated(workspace):
    fill(workspace, RATED)
    return workspace


def test_named_scores_are_written_and_no_others(workspace):
    run = score(workspace, ("orders",), as_of=AS_OF)
    assert [(one.name, one.rows, one.without, one.changed) for one in run.scores] == [
        ("orders", 2, 0, 6)
    ]
    assert workspace.frames["order"]["total"].tolist() == [30000, 15000]
    assert workspace.frames["order_line"]["amount"].isna().all()


def test_a_dry_run_counts_and_writes_nothing(workspace, small):
    before = state_of(small)
    run = score(workspace, (), as_of=AS_OF, dry_run=True)
    assert sum(one.changed for one in run.scores) > 6
    assert state_of(small) == before


def test_an_appraisal_is_written_kept_and_measured(rated):
    run = score(rated, ("appraisal",), as_of=AS_OF)
    (appraisal,) = rated.frames["appraisal"].to_dict("records")
    assert (appraisal["attitude"], appraisal["total"], appraisal["grade"]) == (88, 88, "B")
    assert run.example == ("appraisal", "CY-000001/E-000001")
    assert "CY-000001/E-000001" in stored_derivations(rated, "appraisal")
    (metric,) = rated.frames["metric"].to_dict("records")
    assert (metric["run_id"], metric["subject"]) == (run.run, "appraisal:CY-000001/E-000001")
    assert (metric["period"], metric["value"]) == ("2026Q3", appraisal["total"])


def test_only_the_cycles_of_a_period_are_appraised(rated):
    other = {**CYCLE, "cycle_id": "CY-000002", "start_on": date(2026, 4, 1)}
    other["end_on"] = date(2026, 6, 30)
    earlier = [{**one, "cycle_id": "CY-000002"} for one in RATINGS]
    row = {**APPRAISAL, "cycle_id": "CY-000002"}
    fill(rated, {"cycle": [other], "attitude_rating": earlier, "appraisal": [row]})
    score(rated, ("appraisal",), as_of=AS_OF, period="2026Q3")
    totals = rated.frames["appraisal"].set_index("cycle_id")["total"]
    assert totals.dropna().to_dict() == {"CY-000001": 88}


@pytest.mark.parametrize("period", ["2026Q1", "soon"])
def test_a_period_without_cycle_is_refused(rated, period):
    with pytest.raises(WorkspaceError) as refused:
        score(rated, ("appraisal",), as_of=AS_OF, period=period)
    assert refused.value.arguments == {"period": period}


def test_an_unknown_score_is_refused(workspace):
    with pytest.raises(ScoreError) as refused:
        score(workspace, ("fame",), as_of=AS_OF)
    assert refused.value.code == "score-unknown"
