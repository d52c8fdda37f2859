"""PLN: targets are set once, spread over the whole year, for everybody who sells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sheetsales.checks.rules import Context, Finding, rule
from sheetsales.checks.targets import read_targets
from sheetsales.locale.periods import Period, parse_period

_WHOLE = Decimal(100)
_SELLING_ROLES = frozenset({"rep", "supervisor", "manager"})


@rule("PLN-02", clause="四-1-b")
def find_repeated_targets(context: Context) -> Iterator[Finding]:
    """A plan sets a subject one target per indicator, category and month."""
    keys = context.frames["target"]["target_id"].tolist()
    first: dict[tuple[Any, ...], int] = {}
    for target in read_targets(context):
        identity = (target.plan, target.subject, target.kpi, target.category, target.period)
        other = first.setdefault(identity, target.position)
        if other != target.position:
            arguments = {
                "subject": target.subject[1],
                "kpi": target.kpi,
                "period": target.period,
                "other": keys[other] or "",
            }
            yield Finding("target", target.position, "subject_id", "", arguments)


@rule("PLN-03", clause="四-1-b")
def find_unbalanced_months(context: Context) -> Iterator[Finding]:
    """Month weights of a year sum to 100, and a stretch target lies beyond the target."""
    directions = context.lookup("kpi", "kpi_id", "direction")
    rows = context.rows("target", "month_weight_pct", "stretch_value", "target_id")
    extras = {position: (weight, stretch) for position, weight, stretch, _ in rows}
    weights: dict[tuple[Any, ...], list[tuple[int, Decimal]]] = defaultdict(list)
    for target in read_targets(context):
        weight, stretch = extras[target.position]
        if weight is not None:
            year = target.period[:4]
            identity = (target.plan, target.subject, target.kpi, target.category, year)
            weights[identity].append((target.position, weight))
        if stretch is not None:
            beyond = stretch - target.value
            if (-beyond if directions.get(target.kpi) == "lower" else beyond) < 0:
                arguments = {"stretch": stretch, "value": target.value}
                yield Finding("target", target.position, "stretch_value", "stretch", arguments)
    for identity, months in weights.items():
        total = sum((weight for _, weight in months), Decimal())
        if total != _WHOLE:
            _, subject, kpi, _, year = identity
            arguments = {"subject": subject[1], "kpi": kpi, "year": year, "total": total}
            yield Finding("target", months[0][0], "month_weight_pct", "weights", arguments)


@rule("PLN-05", clause="四-1-b", severity="warning")
def find_missing_and_idle_targets(context: Context) -> Iterator[Finding]:
    """Everybody who sells has a target in the plan being executed, and only while employed."""
    periods = _Periods(context)
    names = ("plan_id", "state", "period")
    executing = {
        plan
        for _, plan, state, text in context.rows("sales_plan", *names)
        if state == "executing" and (period := periods.of(text)) and context.as_of in period
    }
    targeted = {target.subject for target in read_targets(context) if target.plan in executing}
    if executing:
        yield from _untargeted(context, targeted)
    yield from _targets_of_absent(context, periods)


class _Periods:
    """The days of periods in the company's fiscal year, each worked out once."""

    def __init__(self, context: Context) -> None:
        starts = (month for _, month in context.rows("company", "fiscal_start_month"))
        self._start = next(starts, None) or 1
        self._known: dict[str, Period | None] = {}

    def of(self, text: str | None) -> Period | None:
        """Return the period of a text; None if it is none, which is a problem of its own."""
        if text is not None and text not in self._known:
            try:
                self._known[text] = parse_period(text, self._start)
            except ValueError:
                self._known[text] = None
        return None if text is None else self._known[text]


def _untargeted(context: Context, targeted: set[tuple[str, str]]) -> Iterator[Finding]:
    led = {
        manager
        for _, unit, manager in context.rows("org_unit", "unit_id", "manager_id")
        if ("unit", unit) in targeted
    }
    names = ("employee_id", "name", "role_code", "status", "hire_date")
    for position, key, name, role, status, hired in context.rows("employee", *names):
        selling = role in _SELLING_ROLES and status == "active"
        there = hired is not None and hired <= context.as_of
        if selling and there and ("employee", key) not in targeted and key not in led:
            yield Finding("employee", position, "employee_id", "missing", {"name": name or ""})


def _targets_of_absent(context: Context, periods: _Periods) -> Iterator[Finding]:
    people = context.lookup("employee", "employee_id", "name", "hire_date", "leave_date")
    for target in read_targets(context):
        kind, subject = target.subject
        if kind != "employee" or subject not in people:
            continue
        name, hired, left = people[subject]
        period = periods.of(target.period)
        if period and not (
            (hired or date.min) <= period.end and period.start <= (left or date.max)
        ):
            arguments = {"name": name or subject, "period": target.period}
            yield Finding("target", target.position, "period", "absent", arguments)
