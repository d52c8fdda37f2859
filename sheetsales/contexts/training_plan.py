"""D10 培訓計劃: what is taught to whom, when and where, how it is judged, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import pandas as pd

from sheetsales.contexts.base import (
    DASH,
    Letterhead,
    Source,
    Writer,
    build_letterhead,
)
from sheetsales.contexts.phrases import say, score_text, yes_no
from sheetsales.contexts.rows import Row
from sheetsales.locale.formats import format_quantity
from sheetsales.schema import Regulation
from sheetsales.scores.columns import live
from sheetsales.scores.decimals import mean, percentage
from sheetsales.scores.formulas.governing import ATTENDED
from sheetsales.scores.params import Params
from sheetsales.scores.training import score_training
from sheetsales.tables import Frames

_CANCELLED = "cancelled"
_Scored: TypeAlias = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session: when, where, what, by whom."""

    day: str
    time: str
    course: str
    place: str
    trainer: str
    mandatory: str
    state: str


@dataclass(frozen=True, slots=True)
class CourseCard:
    """What a course is about."""

    name: str
    kind: str
    method: str
    hours: str
    pass_score: str
    objectives: str
    content: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What came of a graded session."""

    day: str
    course: str
    enrolled: str
    attended: str
    attendance: str
    pass_rate: str
    mean_score: str
    gain: str
    reaction: str


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """All that the document shows."""

    letterhead: Letterhead
    name: str
    plan_id: str
    period: str
    owner: str
    state: str
    extent: str
    total_hours: str
    budget: str
    budget_words: str
    purpose: str
    audience: str
    sessions: tuple[SessionLine, ...]
    courses: tuple[CourseCard, ...]
    post_weight: str
    practical_weight: str
    results: tuple[ResultLine, ...]


def build_training_plan(
    tables: Frames, key: str, *, regulation: Regulation, locale: str, as_of: date, document_no: str
) -> TrainingPlan:
    """Return the context of a training plan.

    Args:
        tables: the typed tables.
        key: key of the plan.
        regulation: the descriptors.
        locale: language of the document.
        as_of: date of the document.
        document_no: number of the document.

    Raises:
        SheetsalesError: there is no such plan, or the weights of a training result are missing.
    """
    source = Source(tables, regulation)
    writer = Writer.of(source, locale)
    plan = source.subject("training_plan", key)
    sessions = _sessions_of(source, key)
    held = [session for session in sessions if session["state"] != _CANCELLED]
    hours = sum((_hours(source, session) for session in held), Decimal())
    params = Params.of(tables, as_of)
    post, practical = params.decimals("training_weights")
    scored = score_training(tables, params, as_of=as_of).to_dict("records")
    return TrainingPlan(
        letterhead=build_letterhead(source, writer, document_no, as_of),
        name=writer.text(plan["name"]),
        plan_id=key,
        period=writer.period(plan["period"]),
        owner=source.name("org_unit", plan["owner_unit_id"]),
        state=writer.label("plan_state", plan["state"]),
        extent=_extent(writer, held),
        total_hours=say(writer, "{} 小時", "{} hours").format(format_quantity(hours)),
        budget=writer.money(plan["budget"]),
        budget_words=writer.capital(plan["budget"]),
        purpose=writer.text(plan["purpose"]),
        audience=writer.text(plan["audience"]),
        sessions=tuple(_session_line(source, writer, session) for session in sessions),
        courses=tuple(_course_card(writer, course) for course in _courses_of(source, sessions)),
        post_weight=format_quantity(post),
        practical_weight=format_quantity(practical),
        results=tuple(_results(source, writer, held, scored)),
    )


def select_training_plans(tables: Frames, *, as_of: date) -> tuple[str, ...]:  # noqa: ARG001
    """Return the keys of all plans in use."""
    return tuple(live(tables["training_plan"])["training_plan_id"])


def _sessions_of(source: Source, plan: str) -> list[Row]:
    """Return the sessions of a plan in order of time; start and end keep their hour."""
    frame = source.tables["session"]
    starts = dict(zip(frame["session_id"], frame["start_at"], strict=True))
    ends = dict(zip(frame["session_id"], frame["end_at"], strict=True))
    found = [
        {
            **row,
            "start_at": _moment(starts[row["session_id"]]),
            "end_at": _moment(ends[row["session_id"]]),
        }
        for row in source.rows("session", training_plan_id=plan)
    ]
    return sorted(found, key=lambda row: (str(row["start_at"] or "~"), row["session_id"] or ""))


def _moment(value: object) -> datetime | None:
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else None


def _courses_of(source: Source, sessions: Iterable[Row]) -> list[Row]:
    keys = dict.fromkeys(session["course_id"] for session in sessions)
    found = (source.row("course", key) for key in keys)
    return [course for course in found if course is not None]


def _hours(source: Source, session: Row) -> Decimal:
    course = source.row("course", session["course_id"]) or {}
    return course.get("hours") or Decimal()


def _extent(writer: Writer, sessions: Sequence[Row]) -> str:
    courses = len({session["course_id"] for session in sessions})
    mandatory = sum(bool(session["mandatory"]) for session in sessions)
    return say(
        writer,
        f"{courses} 門課程，{len(sessions)} 個場次（必修 {mandatory}）",
        f"{courses} courses, {len(sessions)} sessions ({mandatory} mandatory)",
    )


def _session_line(source: Source, writer: Writer, session: Row) -> SessionLine:
    return SessionLine(
        day=writer.date(session["start_at"]),
        time=_time(writer, session["start_at"], session["end_at"]),
        course=source.name("course", session["course_id"]),
        place=writer.text(session["place"]),
        trainer=writer.text(session["trainer"]),
        mandatory=yes_no(writer, session["mandatory"]),
        state=writer.label("session_state", session["state"]),
    )


def _time(writer: Writer, start: datetime | None, end: datetime | None) -> str:
    if start is None or end is None:
        return DASH
    if start.date() == end.date():
        return f"{start:%H:%M}–{end:%H:%M}"
    return f"{start:%H:%M} – {writer.date(end)} {end:%H:%M}"


def _course_card(writer: Writer, course: Row) -> CourseCard:
    return CourseCard(
        name=writer.text(course["name"]),
        kind=writer.label("course_kind", course["kind"]),
        method=writer.label("teach_method", course["method"]),
        hours=writer.quantity(course["hours"]),
        pass_score=writer.quantity(course["pass_score"]),
        objectives=writer.text(course["objectives"]),
        content=writer.text(course["content"]),
    )


def _results(
    source: Source, writer: Writer, sessions: Iterable[Row], scored: Sequence[_Scored]
) -> Iterable[ResultLine]:
    for session in sessions:
        results = [row for row in scored if row["session_id"] == session["session_id"]]
        if any(row["final_score"] is not None for row in results):
            yield _result_line(source, writer, session, results)


def _result_line(
    source: Source, writer: Writer, session: Row, results: Sequence[_Scored]
) -> ResultLine:
    enrolled = source.rows("enrollment", session_id=session["session_id"])
    attended = [row for row in enrolled if row["attendance"] in ATTENDED]
    reactions = [Decimal(row["reaction"]) for row in attended if row["reaction"] is not None]
    present = Decimal(len(attended))
    passed = Decimal(sum(row["passed"] is True for row in results))
    return ResultLine(
        day=writer.date(session["start_at"]),
        course=source.name("course", session["course_id"]),
        enrolled=str(len(enrolled)),
        attended=str(len(attended)),
        attendance=writer.percent(percentage(present, Decimal(len(enrolled)))),
        pass_rate=writer.percent(percentage(passed, present)),
        mean_score=score_text(_mean(results, "final_score")),
        gain=score_text(_mean(results, "gain")),
        reaction=score_text(mean(reactions)),
    )


def _mean(results: Iterable[_Scored], name: str) -> Decimal | None:
    return mean([row[name] for row in results if row[name] is not None])
