from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import recompute
from sheetsales.scores.training import explain_training, score_sessions, score_training
from tests.builders import frames
from tests.scores.world import AS_OF, Row, only, params, shown


def _enrolled(number: int = 1, attendance: str | None = "present", **scores: float) -> Row:
    return {
        "session_id": "TS-000001",
        "employee_id": f"E-{number:06d}",
        "attendance": attendance,
        **scores,
    }


def _tables(*enrolments: Row, pass_score: float | None = 70) -> dict[str, pd.DataFrame]:
    return frames(
        course=[{"course_id": "CO-000001", "pass_score": pass_score}],
        session=[{"session_id": "TS-000001", "course_id": "CO-000001"}],
        enrollment=enrolments,
    )


def _score(*enrolments: Row, pass_score: float | None = 70) -> Row:
    return only(score_training(_tables(*enrolments, pass_score=pass_score), params(), as_of=AS_OF))


def test_82_after_and_90_in_practice_are_85_20_and_a_gain_of_0_60() -> None:
    found = _score(_enrolled(pre_score=55, post_score=82, practical_score=90))
    assert shown(found["final_score"]) == "85.20"
    assert shown(found["gain"]) == "0.60"
    assert found["passed"] is True


def test_18_of_20_attended_and_15_of_18_passed() -> None:
    came = [_enrolled(number, post_score=90 if number <= 15 else 10) for number in range(1, 19)]
    missed = [_enrolled(number, "absent") for number in (19, 20)]
    found = only(score_sessions(_tables(*came, *missed), params(), as_of=AS_OF))
    assert (found["enrolled"], found["attended"], found["passed"]) == (20, 18, 15)
    assert (shown(found["attendance_rate"]), shown(found["pass_rate"])) == ("90.00", "83.33")


def test_a_missing_test_leaves_its_weight_to_the_other() -> None:
    assert _score(_enrolled(practical_score=90))["final_score"] == 90


@pytest.mark.parametrize(("score", "passed"), [(70, True), (Decimal("69.9999"), False)])
def test_the_pass_score_itself_passes(score: float, passed: bool) -> None:
    assert _score(_enrolled(post_score=score))["passed"] is passed


@pytest.mark.parametrize(
    ("attendance", "passed", "reason"),
    [("absent", False, "absent"), ("leave", False, "absent"), (None, None, "not-held")],
)
def test_who_did_not_take_part_has_no_score(
    attendance: str | None, passed: bool | None, reason: str
) -> None:
    found = _score(_enrolled(1, attendance, post_score=99))
    assert (found["final_score"], found["passed"], found["reason"]) == (None, passed, reason)


def test_late_is_present() -> None:
    assert _score(_enrolled(1, "late", post_score=80))["passed"] is True


def test_without_test_there_is_no_score() -> None:
    found = _score(_enrolled())
    assert (found["final_score"], found["passed"], found["reason"]) == (None, None, "no-test")


def test_without_pass_score_nobody_knows_who_passed() -> None:
    found = _score(_enrolled(post_score=80), pass_score=None)
    assert (found["passed"], found["reason"]) == (None, "no-pass-score")


def test_from_a_full_score_nothing_can_be_gained() -> None:
    assert _score(_enrolled(pre_score=100, post_score=100))["gain"] is None


def test_a_session_that_nobody_attended_has_no_pass_rate() -> None:
    found = only(score_sessions(_tables(_enrolled(1, "absent")), params(), as_of=AS_OF))
    assert (found["attendance_rate"], found["pass_rate"]) == (0, None)
    assert found["reason"] == "nobody-attended"


def test_rows_without_key_are_left_out() -> None:
    tables = _tables({"session_id": "TS-000001", "attendance": "present"})
    assert score_training(tables, params(), as_of=AS_OF).empty
    assert score_sessions(tables, params(), as_of=AS_OF).empty


def test_the_explanation_folds_to_the_score() -> None:
    tables = _tables(_enrolled(2, post_score=50), _enrolled(post_score=82, practical_score=90))
    derivation = explain_training(tables, params(), "TS-000001/E-000001", as_of=AS_OF)
    assert recompute(derivation) == derivation.value == Decimal("85.2")
    assert derivation.parameters == (("training_weights", "2024-01-01", "0.6;0.4"),)
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_training(tables, params(), "TS-000001/E-000009", as_of=AS_OF)
