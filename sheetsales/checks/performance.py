"""PER: what people are judged by is computed as said, rated by others, and counted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from sheetsales.checks.rules import Context, Finding, rule
from sheetsales.scores.decimals import decimal_of, round4

if TYPE_CHECKING:
    from datetime import date

_SATISFACTION = "CSAT"
_RATED = frozenset({"calibrating", "appeal", "closed"})
_SCORED = ("performance", "rank", "rank_score", "attitude", "service", "total", "grade")
_EXTREMES = frozenset({1, 5})
_FEWEST_RATEES = 2


@rule("PER-02", clause="三-4-a")
def find_unproven_actuals(context: Context) -> Iterator[Finding]:
    """A computed actual is what today's data give, a manual one has evidence."""
    computed = _records(context.evidence.kpi_actuals, ("employee_id", "kpi_id", "period"))
    names = ("employee_id", "kpi_id", "period", "actual", "source", "evidence")
    for position, employee, kpi, period, actual, source, evidence in context.rows(
        "kpi_actual", *names
    ):
        if source == "manual" and not evidence:
            yield Finding("kpi_actual", position, "evidence", "evidence", {"kpi": kpi or ""})
        known = computed.get((employee, kpi, period))
        if source != "computed" or known is None or actual is None:
            continue
        recomputed = _number(known.get("actual"))
        if recomputed is None or round4(recomputed) != round4(actual):
            shown = "—" if recomputed is None else round4(recomputed)
            arguments = {"actual": actual, "recomputed": shown, "kpi": kpi, "period": period}
            yield Finding("kpi_actual", position, "actual", "differs", arguments)


@rule("PER-03", clause="三-4-b")
def find_wrong_raters(context: Context) -> Iterator[Finding]:
    """Nobody rates himself but in a self-rating, and peers rate in numbers or not at all.

    Too few peers are no problem once the appraisal carries a remark saying that their part was
    left out.
    """
    names = ("cycle_id", "employee_id", "rater_id", "rater_type")
    peers: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for position, cycle, employee, rater, kind in context.rows("attitude_rating", *names):
        if None in (employee, rater, kind):
            continue
        if (kind == "self") != (employee == rater):
            variant = "other" if kind == "self" else "self"
            yield Finding("attitude_rating", position, "rater_id", variant, {"kind": kind})
        elif kind == "peer":
            peers[cycle, employee].setdefault(rater, position)
    states = context.lookup("cycle", "cycle_id", "state")
    rated = {key: found for key, found in peers.items() if states.get(key[0]) in _RATED}
    needed = context.params.integer("min_peers") if rated else 0
    remarks = {
        (cycle, employee): remark
        for _, cycle, employee, remark in context.rows(
            "appraisal", "cycle_id", "employee_id", "remark"
        )
    }
    for key, found in rated.items():
        if len(found) < needed and not remarks.get(key):
            arguments = {"employee": key[1], "count": len(found), "needed": needed}
            yield Finding("attitude_rating", min(found.values()), "rater_type", "few", arguments)


@rule("PER-04", clause="三-4")
def find_altered_appraisals(context: Context) -> Iterator[Finding]:
    """A final appraisal is what its stored inputs give."""
    computed = _records(context.evidence.appraisals, ("cycle_id", "employee_id"))
    names = ("cycle_id", "employee_id", "state", *_SCORED)
    for position, cycle, employee, state, *stored in context.rows("appraisal", *names):
        known = computed.get((cycle, employee))
        if state != "final" or known is None:
            continue
        for field, value in zip(_SCORED, stored, strict=True):
            if field in known and not _same(value, known[field]):
                arguments = {"stored": _shown(value), "recomputed": _shown(known[field])}
                yield Finding("appraisal", position, field, "", arguments)


@rule("PER-06", clause="三-4-b", severity="warning")
def find_careless_ratings(context: Context) -> Iterator[Finding]:
    """Best and worst marks are backed by facts, and a rater tells people apart."""
    names = ("cycle_id", "employee_id", "rater_id", "rating", "comment")
    given: dict[tuple[str, str], dict[str, list[tuple[int, int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for position, cycle, employee, rater, rating, comment in context.rows(
        "attitude_rating", *names
    ):
        if rating in _EXTREMES and not comment:
            yield Finding("attitude_rating", position, "comment", "extreme", {"rating": rating})
        if None not in (rating, employee) and rater != employee:
            given[cycle, rater][employee].append((position, rating))
    for (_, rater), by_ratee in given.items():
        marks = [mark for found in by_ratee.values() for mark in found]
        if len(by_ratee) >= _FEWEST_RATEES and len({rating for _, rating in marks}) == 1:
            position, rating = min(marks)
            arguments = {"rater": rater, "rating": rating, "count": len(by_ratee)}
            yield Finding("attitude_rating", position, "rating", "spread", arguments)


@rule("PER-07", clause="三-4")
def find_doubled_indicators(context: Context) -> Iterator[Finding]:
    """Satisfaction counts in the scheme or in the service part of the cycle, not in both."""
    cycles = [
        (name or "", weight, end)
        for _, name, weight, end, state in context.rows(
            "cycle", "name", "w_service", "end_on", "state"
        )
        if weight and state != "closed" and end is not None
    ]
    names = ("scheme_id", "kpi_id", "weight_pct", "valid_from")
    for position, scheme, kpi, weight, since in context.rows("kpi_scheme", *names):
        if kpi != _SATISFACTION or not weight or since is None:
            continue
        cycle = _first_since(cycles, since)
        if cycle is not None:
            arguments = {"scheme": scheme, "weight": weight, "cycle": cycle[0], "share": cycle[1]}
            yield Finding("kpi_scheme", position, "kpi_id", "", arguments)


def _first_since(
    cycles: list[tuple[str, Decimal, date]], since: date
) -> tuple[str, Decimal, date] | None:
    return next((cycle for cycle in cycles if cycle[2] >= since), None)


def _records(
    frame: pd.DataFrame | None, key: tuple[str, ...]
) -> Mapping[tuple[Any, ...], Mapping[Any, Any]]:
    if frame is None:
        return {}
    return {tuple(row[name] for name in key): row for row in frame.to_dict("records")}


def _number(value: object) -> Decimal | None:
    return None if value is None or pd.isna(value) else decimal_of(value)  # type: ignore[call-overload]


def _same(stored: object, recomputed: object) -> bool:
    if isinstance(stored, str) or isinstance(recomputed, str):
        return stored == recomputed
    one, other = _number(stored), _number(recomputed)
    return one == other if one is None or other is None else round4(one) == round4(other)


def _shown(value: object) -> object:
    return value if isinstance(value, str) else (_number(value) or "—")
