from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.schema import load_regulation
from sheetsales.scores import recompute
from sheetsales.scores.audit import FURTHER_AREAS, WEIGHTED_AREAS, explain_audit, score_audits
from sheetsales.scores.formulas.governing import OPINIONS
from tests.builders import frames
from tests.scores.world import AS_OF, Row, only, params, shown


def _check(
    area: str, *results: str, weight: float = 1, critical: bool = False
) -> tuple[Row, list[Row]]:
    key = f"AC/{area}/{len(results)}/{weight}/{critical}/{'-'.join(results)}"
    return (
        {"check_id": key, "area": area, "weight": weight, "is_critical": critical},
        [
            {"audit_id": "AU-000001", "check_id": key, "sample_ref": f"s{place}", "result": one}
            for place, one in enumerate(results)
        ],
    )


def _worth(area: str, percent: int) -> list[tuple[Row, list[Row]]]:
    """Two checks that are worth so many percent together."""
    return [
        _check(area, "conform", weight=percent),
        _check(area, "nonconform", weight=100 - percent),
    ]


def _tables(*checks: tuple[Row, list[Row]], **audit: object) -> dict[str, pd.DataFrame]:
    return frames(
        audit=[{"audit_id": "AU-000001", "state": "fieldwork", **audit}],
        audit_check=[check for check, _ in checks],
        audit_result=[result for _, results in checks for result in results],
    )


def _audit(*checks: tuple[Row, list[Row]], **audit: object) -> Row:
    return only(score_audits(_tables(*checks, **audit), params(), as_of=AS_OF))


def test_3_conforming_2_partial_2_not_and_1_not_applicable_are_57_14() -> None:
    found = _audit(
        _check("kpi", "conform", weight=3),
        _check("kpi", "partial", weight=2),
        _check("kpi", "nonconform", weight=2),
        _check("kpi", "na", weight=1),
    )
    assert shown(found["area_kpi"]) == "57.14"


def test_85_82_60_by_40_30_30_are_76_60_and_acceptable() -> None:
    found = _audit(*_worth("kpi", 85), *_worth("csat", 82), *_worth("strategy", 60))
    assert shown(found["score"]) == "76.60"
    assert found["suggested_opinion"] == "acceptable"


def test_a_critical_failure_caps_its_area() -> None:
    found = _audit(
        _check("kpi", "conform", weight=99),
        _check("kpi", "conform", "nonconform", weight=1, critical=True),
        _check("csat", "conform", critical=True),
    )
    assert shown(found["area_kpi"]) == "59.00"
    assert shown(found["area_csat"]) == "100.00"
    assert found["has_critical"] is True


def test_the_cap_lifts_nothing() -> None:
    found = _audit(_check("kpi", "nonconform", critical=True))
    assert shown(found["area_kpi"]) == "0.00"


def test_samples_of_one_check_share_its_weight() -> None:
    found = _audit(
        _check("kpi", "conform", "conform", "conform", "nonconform"), _check("kpi", "conform")
    )
    assert shown(found["area_kpi"]) == "87.50"


def test_an_area_without_results_leaves_its_weight_to_the_others() -> None:
    found = _audit(*_worth("kpi", 90), *_worth("strategy", 60), _check("csat", "na"))
    assert found["area_csat"] is None
    assert shown(found["score"]) == "77.14"


def test_further_areas_are_shown_but_do_not_count() -> None:
    found = _audit(*_worth("kpi", 90), *_worth("contract", 10))
    assert shown(found["area_contract"]) == "10.00"
    assert shown(found["score"]) == "90.00"


def test_an_audit_without_results_has_no_score() -> None:
    found = _audit(_check("contract", "conform"))
    assert (found["score"], found["reason"]) == (None, "no-results")
    assert found["suggested_opinion"] is None


@pytest.mark.parametrize(
    ("percent", "opinion"),
    [(90, "satisfactory"), (75, "acceptable"), (60, "needs_improvement"), (59, "unsatisfactory")],
)
def test_the_opinion_follows_the_cuts(percent: int, opinion: str) -> None:
    assert _audit(*_worth("kpi", percent))["suggested_opinion"] == opinion


@pytest.mark.parametrize(
    ("state", "score", "frozen"),
    [("closed", 80, True), ("closed", None, False), ("fieldwork", 80, False)],
)
def test_a_reported_audit_is_frozen_once_it_has_a_score(
    state: str, score: float | None, frozen: bool
) -> None:
    assert _audit(*_worth("kpi", 90), state=state, score=score)["frozen"] is frozen


def test_rows_without_key_or_result_are_left_out() -> None:
    tables = frames(
        audit=[{"state": "fieldwork"}, {"audit_id": "AU-000001"}],
        audit_check=[{"area": "kpi", "weight": 1}, {"check_id": "AC-000001", "area": "kpi"}],
        audit_result=[{"audit_id": "AU-000001", "check_id": "AC-000001"}],
    )
    assert only(score_audits(tables, params(), as_of=AS_OF))["reason"] == "no-results"


def test_the_explanation_folds_to_the_score() -> None:
    tables = _tables(*_worth("kpi", 85), *_worth("csat", 82), *_worth("strategy", 60))
    derivation = explain_audit(tables, params(), "AU-000001", as_of=AS_OF)
    assert recompute(derivation) == derivation.value == Decimal("76.6")
    assert derivation.node("area_strategy").value == 60
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_audit(tables, params(), "AU-000009", as_of=AS_OF)


def test_areas_and_opinions_are_those_of_the_regulation() -> None:
    enumerations = load_regulation().enumerations
    assert {*WEIGHTED_AREAS, *FURTHER_AREAS} == set(enumerations["audit_area"].codes)
    assert enumerations["audit_opinion"].codes == OPINIONS
