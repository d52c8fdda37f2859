from __future__ import annotations

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import recompute
from sheetsales.scores.strategy import explain_strategy, score_strategies
from tests.builders import frames
from tests.scores.world import AS_OF, Row, only, params, shown


def _tables(baseline: float, goal: float, actual: float | None) -> dict[str, pd.DataFrame]:
    row: Row = {
        "strategy_id": "ST-000001",
        "baseline": baseline,
        "goal": goal,
        "actual": actual,
    }
    return frames(strategy=[row])


def _effect(baseline: float, goal: float, actual: float | None) -> Row:
    return only(score_strategies(_tables(baseline, goal, actual), params(), as_of=AS_OF))


def test_14_on_the_way_from_12_to_15_is_66_67() -> None:
    assert shown(_effect(12, 15, 14)["effect_score"]) == "66.67"


def test_a_goal_below_the_baseline_is_a_way_too() -> None:
    assert shown(_effect(10, 6, 7)["effect_score"]) == "75.00"


@pytest.mark.parametrize(("actual", "score"), [(11, "0.00"), (99, "120.00")])
def test_the_effect_stays_between_the_bounds(actual: float, score: str) -> None:
    assert shown(_effect(12, 15, actual)["effect_score"]) == score


@pytest.mark.parametrize(
    ("goal", "actual", "reason"), [(15, None, "no-actual"), (12, 14, "no-distance")]
)
def test_no_effect_has_a_reason(goal: float, actual: float | None, reason: str) -> None:
    found = _effect(12, goal, actual)
    assert (found["effect_score"], found["reason"]) == (None, reason)


def test_a_strategy_without_key_is_left_out() -> None:
    tables = frames(strategy=[{"baseline": 1, "goal": 2, "actual": 2}])
    assert score_strategies(tables, params(), as_of=AS_OF).empty


def test_the_explanation_folds_to_the_effect() -> None:
    derivation = explain_strategy(_tables(12, 15, 14), params(), "ST-000001", as_of=AS_OF)
    assert recompute(derivation) == derivation.value
    assert derivation.formula == "F33"
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_strategy(_tables(12, 15, 14), params(), "ST-000009", as_of=AS_OF)
