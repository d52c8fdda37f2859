"""What people learnt: final score, pass and gain of each course taken (F16; 三-3, 六-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pandas as pd

from sheetsales.scores.columns import live, lookup, one_line, rows, scored_frame
from sheetsales.scores.decimals import percentage, round4
from sheetsales.scores.derivation import Component, Derivation, Input, component, unknown_key
from sheetsales.scores.formulas.governing import ATTENDED
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

COLUMNS = (
    "session_id",
    "employee_id",
    "pre_score",
    "post_score",
    "practical_score",
    "gain",
    "final_score",
    "passed",
    "reason",
)
"""Columns of :func:`score_training`."""
SESSION_COLUMNS = (
    "session_id",
    "enrolled",
    "attended",
    "passed",
    "attendance_rate",
    "pass_rate",
    "reason",
)
"""Columns of :func:`score_sessions`."""

_SCORES = ("pre_score", "post_score", "practical_score")


def score_training(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return final score, pass and gain of every enrolment (F16; 三-3-a).

    The final score weighs post-test and practical by ``training_weights`` over those present;
    passed is who took part (present or late) and reached the course's pass score. The gain is
    (post − pre) ÷ (100 − pre). Who did not take part has no score and has not passed.

    Args:
        tables: needs enrollment, session and course.
        params: training_weights.
        as_of: not used: results stand as recorded.

    Returns:
        One row per enrolment: :data:`COLUMNS`.

    Raises:
        ScoreError: the parameter is missing.
    """
    del as_of
    return scored_frame([_row(*one) for one in _derivations(tables, params)], COLUMNS)


def score_sessions(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return attendance and pass rate of every session (F16; 三-3-a, 六-2).

    Attendance is who took part in percent of who was enrolled; the pass rate is who passed in
    percent of who took part.

    Args:
        tables: needs enrollment, session and course.
        params: training_weights.
        as_of: not used: results stand as recorded.

    Returns:
        One row per session with enrolments: :data:`SESSION_COLUMNS`.

    Raises:
        ScoreError: the parameter is missing.
    """
    scored = score_training(tables, params, as_of=as_of)
    passed = dict(
        zip(
            zip(scored["session_id"], scored["employee_id"], strict=True),
            scored["passed"],
            strict=True,
        )
    )
    found: dict[str, list[tuple[bool, bool]]] = {}
    names = ("session_id", "employee_id", "attendance")
    for session, employee, attendance in rows(live(tables["enrollment"]), *names):
        if (session, employee) in passed:
            one = (attendance in ATTENDED, bool(passed[session, employee]))
            found.setdefault(session, []).append(one)
    return scored_frame([_session_row(*one) for one in sorted(found.items())], SESSION_COLUMNS)


def explain_training(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how the result of an enrolment came about.

    Raises:
        ScoreError: there is no enrolment of this key, or the parameter is missing.
    """
    del as_of
    for derivation, _ in _derivations(tables, params):
        if derivation.key == key:
            return derivation
    raise unknown_key("training", key)


def _derivations(tables: Frames, params: Params) -> Iterator[tuple[Derivation, tuple[str, str]]]:
    courses = lookup(tables["session"], "session_id", "course_id")
    pass_scores = lookup(tables["course"], "course_id", "pass_score")
    names = ("session_id", "employee_id", "attendance", *_SCORES)
    for session, employee, attendance, *scores in rows(tables["enrollment"], *names):
        if session is None or employee is None:
            continue
        key = one_line(session, employee)
        cells = {
            name: Input("enrollment", key, name, value)
            for name, value in zip(_SCORES, scores, strict=True)
        }
        presence = Input("enrollment", key, "attendance", attendance)
        course = str(courses.get(session))
        needed = Input("course", course, "pass_score", pass_scores.get(course))
        final = _final(params, presence, cells)
        passed = component(
            "passed",
            "F16-passed",
            children=(final,),
            inputs=(presence, needed),
            reason="no-pass-score",
        )
        gain = component(
            "gain",
            "F16-gain",
            inputs=(cells["pre_score"], cells["post_score"]),
            reason="no-pre-test",
        )
        yield Derivation("training", key, (final, passed), (gain,)), (session, employee)


def _final(params: Params, presence: Input, cells: dict[str, Input]) -> Component:
    weights = zip(_SCORES[1:], params.decimals("training_weights"), strict=True)
    source = params.input("training_weights")
    parts = tuple(
        component(name, "value", inputs=(cells[name],)).weighing(weight, source)
        for name, weight in weights
    )
    reason = "no-test"
    if presence.value not in ATTENDED:
        reason = "not-held" if presence.value is None else "absent"
    return component("final_score", "F16-final", children=parts, inputs=(presence,), reason=reason)


def _row(derivation: Derivation, parts: tuple[str, str]) -> dict[str, object]:
    scores = {cell.field: cell.value for cell in derivation.inputs if cell.field in _SCORES}
    nodes = (*derivation.fields, *derivation.shown)
    return {
        "session_id": parts[0],
        "employee_id": parts[1],
        **scores,
        **{node.name: node.value for node in nodes},
        "reason": derivation.reason or derivation.node("passed").reason,
    }


def _session_row(session: str, people: list[tuple[bool, bool]]) -> dict[str, object]:
    attended = sum(came for came, _ in people)
    passed = sum(came and made_it for came, made_it in people)
    rate = percentage(Decimal(attended), Decimal(len(people)))
    pass_rate = percentage(Decimal(passed), Decimal(attended))
    return {
        "session_id": session,
        "enrolled": len(people),
        "attended": attended,
        "passed": passed,
        "attendance_rate": None if rate is None else round4(rate),
        "pass_rate": None if pass_rate is None else round4(pass_rate),
        "reason": "nobody-attended" if pass_rate is None else "",
    }
