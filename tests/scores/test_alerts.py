from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import recompute
from sheetsales.scores.alerts import explain_alert, score_alerts
from tests.builders import frames
from tests.scores.world import (
    AS_OF,
    PLAN,
    Row,
    actual,
    joined,
    only,
    params,
    people,
    scheme,
    shipped,
    shown,
    target,
)

SIX = (110, 105, 100, 98, 95, 62)


def _month(period: str, *scores: float | None) -> dict[str, list[Row]]:
    keys = [f"E-{place:06d}" for place in range(1, len(scores) + 1)]
    return {
        "target": [target(key, "SALES", period, 100) for key in keys],
        "kpi_actual": [
            actual(key, "SALES", period, one) for key, one in zip(keys, scores, strict=True)
        ],
    }


def _tables(*parts: dict[str, list[Row]], count: int = 6) -> dict[str, pd.DataFrame]:
    keys = [f"E-{place:06d}" for place in range(1, count + 1)]
    base: dict[str, list[Row]] = {
        "kpi": shipped("kpi"),
        "kpi_scheme": scheme(SALES=100),
        "sales_plan": [PLAN],
    }
    return frames(**joined(base, people(*keys), *parts))


def _alert(tables: dict[str, pd.DataFrame], employee: str, as_of: date = AS_OF) -> Row:
    return only(score_alerts(tables, params(), as_of=as_of), employee_id=employee)


def test_62_among_six_is_4_99_deviations_below_and_95_is_not() -> None:
    tables = _tables(_month("202603", *SIX))
    last = _alert(tables, "E-000006")
    assert (shown(last["median"]), shown(last["mad"]), shown(last["z"])) == (
        "99.00",
        "5.00",
        "-4.99",
    )
    assert last["is_alert"] is True
    fifth = _alert(tables, "E-000005")
    assert (shown(fifth["z"]), fifth["is_alert"]) == ("-0.54", False)


def test_the_last_month_that_has_ended_is_looked_at() -> None:
    tables = _tables(_month("202603", *SIX))
    assert _alert(tables, "E-000006", date(2026, 4, 29))["period"] == "202603"
    assert score_alerts(tables, params(), as_of=date(2026, 3, 30)).empty


def test_in_a_small_group_two_months_below_80_percent_of_the_mean_warn() -> None:
    scores = (110, 100, 62)
    tables = _tables(_month("202603", *scores), _month("202602", *scores), count=3)
    found = _alert(tables, "E-000003")
    assert (found["z"], found["months_below"], found["is_alert"]) == (None, 2, True)
    assert _alert(tables, "E-000002")["is_alert"] is False


def test_one_month_below_the_mean_is_not_enough() -> None:
    tables = _tables(_month("202603", 110, 100, 62), _month("202602", 100, 100, 100), count=3)
    assert _alert(tables, "E-000003")["is_alert"] is False


def test_without_the_month_before_nothing_can_be_said() -> None:
    tables = _tables(_month("202603", 110, 100, 62), count=3)
    found = _alert(tables, "E-000003")
    assert (found["is_alert"], found["reason"]) == (None, "no-performance")


def test_without_deviation_the_mean_decides() -> None:
    scores = (100, 100, 100, 100, 100, 62)
    tables = _tables(_month("202603", *scores), _month("202602", *scores))
    found = _alert(tables, "E-000006")
    assert (found["mad"], found["z"], found["is_alert"]) == (0, None, True)


def test_people_who_left_or_have_no_performance_are_not_compared() -> None:
    tables = _tables(_month("202603", *SIX[:5], None), _month("202602", *SIX))
    tables["employee"].loc[0, "status"] = "left"
    found = score_alerts(tables, params(), as_of=AS_OF)
    assert list(found["employee_id"]) == ["E-000002", "E-000003", "E-000004", "E-000005"]
    assert set(found["peers"]) == {4}


def test_the_explanation_folds_to_the_alert() -> None:
    tables = _tables(_month("202603", *SIX), _month("202602", *SIX))
    derivation = explain_alert(tables, params(), "E-000006", as_of=AS_OF)
    assert derivation.value is recompute(derivation) is True
    assert derivation.formula == "F26"
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_alert(tables, params(), "E-000099", as_of=AS_OF)
