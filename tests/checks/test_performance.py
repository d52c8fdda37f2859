from __future__ import annotations

import pytest

from sheetsales.checks import Evidence
from tests.checks.breaches import ACTUAL, CYCLE, RATING, evidence_of
from tests.checks.judge import findings, judge

APPRAISAL = {"cycle_id": "CY-000001", "employee_id": "E-000001", "state": "final"}


def test_an_actual_that_can_no_longer_be_computed_differs():
    evidence = Evidence(kpi_actuals=evidence_of([{**ACTUAL, "actual": None}]))
    (found,) = findings("PER-02", evidence, kpi_actual=[ACTUAL])
    assert found.arguments["recomputed"] == "—"


def test_an_actual_without_a_recomputation_is_not_judged():
    evidence = Evidence(kpi_actuals=evidence_of([{**ACTUAL, "period": "202606"}]))
    assert judge("PER-02", evidence, kpi_actual=[ACTUAL, {**ACTUAL, "actual": None}]) == []


@pytest.mark.parametrize(
    ("stored", "recomputed", "fields"),
    [
        ({"grade": "A", "total": 90}, {"grade": "B", "total": 90.0}, ["grade"]),
        ({"total": 90}, {"total": None}, ["total"]),
        ({"total": None, "rank": 1}, {"total": 90, "rank": 1}, ["total"]),
        ({"service": None}, {"service": float("nan")}, []),
    ],
)
def test_each_altered_part_of_an_appraisal_is_found(stored, recomputed, fields):
    evidence = Evidence(appraisals=evidence_of([{**APPRAISAL, **recomputed}]))
    found = findings("PER-04", evidence, appraisal=[{**APPRAISAL, **stored}])
    assert [one.field for one in found] == fields


def test_too_few_peers_are_settled_by_a_remark():
    rows = {
        "cycle": [{**CYCLE, "state": "closed"}],
        "attitude_rating": [RATING, {"rater_type": "peer"}],
    }
    assert len(judge("PER-03", **rows)) == 1
    assert judge("PER-03", **rows, appraisal=[{**APPRAISAL, "remark": "同儕不足，不計"}]) == []


def test_peers_are_counted_once_ratings_are_in():
    assert judge("PER-03", cycle=[{**CYCLE, "state": "rating"}], attitude_rating=[RATING]) == []


def test_satisfaction_without_weight_is_counted_once():
    scheme = {"scheme_id": "REP-2026", "kpi_id": "CSAT", "valid_from": None, "weight_pct": 10}
    assert judge("PER-07", cycle=[CYCLE], kpi_scheme=[scheme, {**scheme, "weight_pct": 0}]) == []
