"""PLN-01: targets add up, from the person to the company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from sheetsales.checks.rules import Context, Finding, rule
from sheetsales.checks.targets import Target, read_targets
from sheetsales.scores.splitting import FIGURES

_ADDITIVE = "F09"


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
        for target in read_targets(context)
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
        self, unit: str | None, targeted: Mapping[tuple[str, str], Target]
    ) -> Iterator[tuple[str, str]]:
        """Yield the nearest subjects with a target below a unit, or below the company."""
        yield from self._parts(unit, targeted, {unit})

    def _parts(
        self, unit: str | None, targeted: Mapping[tuple[str, str], Target], seen: set[str | None]
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


def _organisation_sums(targets: Iterable[Target], organisation: _Organisation) -> Iterator[Finding]:
    groups: dict[tuple[Any, ...], dict[tuple[str, str], Target]] = defaultdict(dict)
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
    target: Target,
    parts: list[tuple[str, str]],
    group: Mapping[tuple[str, str], Target],
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


def _category_sums(targets: Iterable[Target], context: Context) -> Iterator[Finding]:
    below: dict[str | None, list[str]] = defaultdict(list)
    for _, category, above in context.rows("category", "category_id", "parent_id"):
        if category is not None:
            below[above].append(category)
    groups: dict[tuple[Any, ...], dict[str | None, Target]] = defaultdict(dict)
    for target in targets:
        groups[target.plan, target.subject, target.kpi, target.period][target.category] = target
    for group in groups.values():
        for category, target in group.items():
            parts = list(_categories_below(category, below, group, {category}))
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
    targeted: Mapping[str | None, Target],
    seen: set[str | None],
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
    targets: Iterable[Target], context: Context, formulas: Mapping[str, str]
) -> Iterator[Finding]:
    totals: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for target in targets:
        kind, subject = target.subject
        if kind == "unit" and target.category is None:
            totals[target.plan, subject, formulas[target.kpi]] += target.value
    for position, plan, unit, *figures in context.rows(
        "sales_plan", "plan_id", "unit_id", *FIGURES
    ):
        for (field, formula), figure in zip(FIGURES.items(), figures, strict=True):
            total = totals.get((plan, unit, formula))
            if figure is not None and total is not None and total != figure:
                arguments = {"unit": unit, "value": Decimal(figure), "total": total}
                yield Finding("sales_plan", position, field, "plan", arguments)
