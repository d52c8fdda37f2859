"""PLN: targets add up from the person to the company, each once, for people who are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from sheetsales.checks.rules import Context, Finding, rule
from sheetsales.locale.periods import parse_period

_ADDITIVE = "F09"
_PLAN_FIGURES = {
    "target_revenue": "F09-amount",
    "target_profit": "F09-profit",
    "target_new_customers": "F09-new",
}
_WHOLE = Decimal(100)
_SELLING_ROLES = frozenset({"rep", "supervisor", "manager"})


@dataclass(frozen=True, slots=True)
class _Target:
    """One target row.

    ``subject`` is kind and key, such as ("unit", "U-000002").
    """

    position: int
    plan: str
    subject: tuple[str, str]
    kpi: str
    category: str | None
    period: str
    value: Decimal


def _targets(context: Context) -> Iterator[_Target]:
    names = ("plan_id", "subject_type", "subject_id", "kpi_id", "period", "target_value")
    rows = context.rows("target", *names, "category_id")
    for position, plan, kind, subject, kpi, period, value, category in rows:
        if None not in (plan, kind, subject, kpi, period, value):
            yield _Target(position, plan, (kind, subject), kpi, category, period, value)


@rule("PLN-01", clause="四-1-b")
def find_broken_sums(context: Context) -> Iterator[Finding]:
    """Targets of the parts sum to the target of the whole, exactly.

    Parts are the units and people below a unit, the categories below a category, the months of a
    plan's year. Only indicators that add up (formula F09) are summed. Below a unit count the
    nearest units and people that have a target of the same plan, indicator, category and month.
    """
    formulas = context.lookup("kpi", "kpi_id", "formula_id")
    additive = [
        target
        for target in _targets(context)
        if (formulas.get(target.kpi) or "").startswith(_ADDITIVE)
    ]
    yield from _organisation_sums(additive, _Organisation(context))
    yield from _category_sums(additive, context)
    yield from _plan_sums(additive, context, formulas)


class _Organisation:
    """Who stands below whom."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @cached_property
    def units(self) -> Mapping[str | None, list[str]]:
        """Units by the unit above; the roots below None."""
        below: dict[str | None, list[str]] = defaultdict(list)
        for _, unit, above in self._context.rows("org_unit", "unit_id", "parent_unit_id"):
            if unit is not None:
                below[above].append(unit)
        return below

    @cached_property
    def managers(self) -> frozenset[str]:
        """People who manage a unit."""
        rows = self._context.rows("org_unit", "manager_id")
        return frozenset(manager for _, manager in rows if manager)

    @cached_property
    def people(self) -> Mapping[str, list[str]]:
        """People by unit."""
        found: dict[str, list[str]] = defaultdict(list)
        for unit, employee in self._context.lookup(
            "employee", "employee_id", "unit_id", "employee_id"
        ).values():
            if unit is not None:
                found[unit].append(employee)
        return found

    def parts(
        self, unit: str | None, targeted: Mapping[tuple[str, str], _Target]
    ) -> Iterator[tuple[str, str]]:
        """Yield the nearest subjects with a target below a unit, or below the company."""
        yield from self._parts(unit, targeted, set())

    def _parts(
        self, unit: str | None, targeted: Mapping[tuple[str, str], _Target], seen: set[str]
    ) -> Iterator[tuple[str, str]]:
        people = self.people.get(unit, ()) if unit else ()
        yield from (("employee", one) for one in people if ("employee", one) in targeted)
        for below in self.units.get(unit, ()):
            if below in seen:
                continue
            seen.add(below)
            if ("unit", below) in targeted:
                yield "unit", below
            else:
                yield from self._parts(below, targeted, seen)


def _organisation_sums(
    targets: Iterable[_Target], organisation: _Organisation
) -> Iterator[Finding]:
    groups: dict[tuple[Any, ...], dict[tuple[str, str], _Target]] = defaultdict(dict)
    for target in targets:
        group = groups[target.plan, target.kpi, target.category, target.period]
        group[target.subject] = target
    for group in groups.values():
        for (kind, subject), target in group.items():
            if kind in {"company", "unit"}:
                unit = subject if kind == "unit" else None
                parts = list(organisation.parts(unit, group))
                yield from _organisation_sum(target, parts, group, organisation)


def _organisation_sum(
    target: _Target,
    parts: list[tuple[str, str]],
    group: Mapping[tuple[str, str], _Target],
    organisation: _Organisation,
) -> Iterator[Finding]:
    """Compare with the parts, first without those who manage a unit.

    A manager's own target usually repeats that of the unit; where managers sell for themselves,
    theirs are parts like any other.
    """
    others = [part for part in parts if part[1] not in organisation.managers]
    sums = [sum((group[part].value for part in some), Decimal()) for some in (others, parts)]
    if parts and target.value not in sums:
        arguments = {
            "subject": target.subject[1],
            "kpi": target.kpi,
            "period": target.period,
            "value": target.value,
            "total": sums[0] if others else sums[1],
            "parts": tuple(subject for _, subject in (others or parts)),
        }
        yield Finding("target", target.position, "target_value", "organisation", arguments)


def _category_sums(targets: Iterable[_Target], context: Context) -> Iterator[Finding]:
    below: dict[str | None, list[str]] = defaultdict(list)
    for _, category, above in context.rows("category", "category_id", "parent_id"):
        below[above].append(category)
    groups: dict[tuple[Any, ...], dict[str | None, _Target]] = defaultdict(dict)
    for target in targets:
        groups[target.plan, target.subject, target.kpi, target.period][target.category] = target
    for group in groups.values():
        for category, target in group.items():
            parts = list(_categories_below(category, below, group, set()))
            total = sum((group[part].value for part in parts), Decimal())
            if parts and total != target.value:
                arguments = {
                    "subject": target.subject[1],
                    "kpi": target.kpi,
                    "period": target.period,
                    "value": target.value,
                    "total": total,
                    "parts": tuple(parts),
                }
                yield Finding("target", target.position, "target_value", "category", arguments)


def _categories_below(
    category: str | None,
    below: Mapping[str | None, list[str]],
    targeted: Mapping[str | None, _Target],
    seen: set[str],
) -> Iterator[str]:
    for part in below.get(category, ()):
        if part in seen:
            continue
        seen.add(part)
        if part in targeted:
            yield part
        else:
            yield from _categories_below(part, below, targeted, seen)


def _plan_sums(
    targets: Iterable[_Target], context: Context, formulas: Mapping[str, str]
) -> Iterator[Finding]:
    totals: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for target in targets:
        kind, subject = target.subject
        if kind == "unit" and target.category is None:
            totals[target.plan, subject, formulas[target.kpi]] += target.value
    for position, plan, unit, *figures in context.rows(
        "sales_plan", "plan_id", "unit_id", *_PLAN_FIGURES
    ):
        for (field, formula), figure in zip(_PLAN_FIGURES.items(), figures, strict=True):
            total = totals.get((plan, unit, formula))
            if figure is not None and total is not None and total != figure:
                arguments = {"unit": unit, "value": Decimal(figure), "total": total}
                yield Finding("sales_plan", position, field, "plan", arguments)


@rule("PLN-02", clause="四-1-b")
def find_repeated_targets(context: Context) -> Iterator[Finding]:
    """A plan sets a subject one target per indicator, category and month."""
    keys = context.frames["target"]["target_id"].tolist()
    first: dict[tuple[Any, ...], int] = {}
    for target in _targets(context):
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
    for target in _targets(context):
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
    names = ("plan_id", "state", "period")
    executing = {
        plan
        for _, plan, state, period in context.rows("sales_plan", *names)
        if state == "executing" and period and context.as_of in _period(context, period)
    }
    targeted = {target.subject for target in _targets(context) if target.plan in executing}
    if executing:
        yield from _untargeted(context, targeted)
    yield from _targets_of_absent(context)


def _period(context: Context, text: str) -> Any:
    starts = (month for _, month in context.rows("company", "fiscal_start_month"))
    return parse_period(text, next(starts, None) or 1)


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


def _targets_of_absent(context: Context) -> Iterator[Finding]:
    people = context.lookup("employee", "employee_id", "name", "hire_date", "leave_date")
    for target in _targets(context):
        kind, subject = target.subject
        if kind != "employee" or subject not in people:
            continue
        name, hired, left = people[subject]
        try:
            period = _period(context, target.period)
        except ValueError:
            continue
        if (hired or date.min) > period.end or (left or date.max) < period.start:
            arguments = {"name": name or subject, "period": target.period}
            yield Finding("target", target.position, "period", "absent", arguments)
