"""Splits the targets of a sales plan over months, units and people (F08; 四-1-b)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

import pandas as pd

from sheetsales.errors import ScoreError
from sheetsales.locale.periods import parse_period
from sheetsales.scores.columns import live, lookup, rows
from sheetsales.scores.organisation import subtree
from sheetsales.scores.targets import PlannedTarget, Share, score_targets
from sheetsales.tables import Frames

FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "target_revenue": "F09-amount",
        "target_profit": "F09-profit",
        "target_new_customers": "F09-new",
    }
)
"""Figures of a plan, and the formula of the indicator that each is a target of."""

OPEN_STATES = frozenset({"draft", "submitted"})
"""States in which the targets of a plan may still change."""

Subject = tuple[str, str]
_PLACES = 4
"""Decimals of a month's weight that are kept."""
_KEY = ("plan_id", "subject_type", "subject_id", "kpi_id", "category_id", "period")


def split_plan(tables: Frames, plan_id: str, *, fiscal_start: int = 1) -> pd.DataFrame:
    """Return the target rows that a plan's figures come to (F08; 四-1-b).

    Each figure goes to the plan's unit, from there to the units and people below. Those who have
    targets of the plan already keep their shares, and are the only ones who get any; where nobody
    has, everybody below who manages no unit gets the same. Months keep their weights, where there
    are any; otherwise all weigh the same. Who manages a unit and has targets gets those of the
    unit.

    Args:
        tables: typed frames.
        plan_id: key of the plan.
        fiscal_start: first month of the fiscal year.

    Returns:
        One row per subject, indicator and month: the columns of ``score_targets``.

    Raises:
        ScoreError: ``plan-missing``, ``plan-closed``, ``plan-empty`` (it has no figure, or nobody
            to give it to), or a figure is no whole number.
    """
    unit, period, state, *figures = _plan(tables, plan_id)
    if state not in OPEN_STATES:
        raise ScoreError("plan-closed", plan=plan_id, state=state)
    formulas = lookup(live(tables["kpi"]), "kpi_id", "formula_id")
    kpis = {formula: kpi for kpi, formula in formulas.items()}
    months = parse_period(period, fiscal_start).months
    found = [
        _Split(tables, plan_id, unit, kpis[formula], months).frame(total)
        for formula, total in zip(FIGURES.values(), figures, strict=True)
        if total is not None and formula in kpis
    ]
    if not found:
        raise ScoreError("plan-empty", plan=plan_id)
    every = pd.concat(found, ignore_index=True)
    every["month_weight_pct"] = [round(weight, _PLACES) for weight in every["month_weight_pct"]]
    return every


def target_key(row: Mapping[str, object]) -> tuple[object, ...]:
    """Return what makes a target row the one it is: its key but for the number."""
    return tuple(None if row[name] in ("", None) else row[name] for name in _KEY)


def _plan(tables: Frames, plan_id: str) -> tuple[str, str, str, *tuple[Decimal | None, ...]]:
    names = ("plan_id", "unit_id", "period", "state", *FIGURES)
    for key, *values in rows(live(tables["sales_plan"]), *names):
        if key == plan_id:
            if None in values[:2]:
                raise ScoreError("plan-empty", plan=plan_id)
            return (values[0], values[1], values[2], *values[3:])
    raise ScoreError("plan-missing", plan=plan_id)


@dataclass(frozen=True)
class _Split:
    """One figure of one plan."""

    tables: Frames
    plan_id: str
    unit: str
    kpi: str
    months: tuple[str, ...]

    def frame(self, total: Decimal) -> pd.DataFrame:
        """Return the rows of all subjects and months."""
        root = self._share("unit", self.unit, Decimal(1), {self.unit})
        if root is None:
            raise ScoreError("plan-empty", plan=self.plan_id)
        planned = PlannedTarget(self.plan_id, self.kpi, total)
        found = score_targets(planned, root, self._month_weights)
        return pd.concat([found, *self._managers(found)], ignore_index=True)

    def _share(self, kind: str, subject: str, weight: Decimal, seen: set[str]) -> Share | None:
        """Return a subject with those below it; a unit without anybody has no share."""
        if kind == "employee":
            return Share(kind, subject, weight)
        parts = [
            share
            for part in self._parts(subject, seen)
            if (share := self._share(*part, self._weight(part), seen)) is not None
        ]
        return Share(kind, subject, weight, tuple(parts)) if parts else None

    def _parts(self, unit: str, seen: set[str]) -> Iterator[Subject]:
        """Yield the units and people right below a unit that take part."""
        for below in self._units.get(unit, ()):
            if below not in seen and self._heads(below):
                seen.add(below)
                yield "unit", below
        yield from (("employee", one) for one in self._people.get(unit, ()) if self._sells(one))

    def _weight(self, subject: Subject) -> Decimal:
        kind, key = subject
        if subject in self._known:
            return self._known[subject]
        if self._is_shared:
            return sum(self._known_below(key), Decimal())
        return Decimal(1 if kind == "employee" else self._heads(key))

    @cached_property
    def _is_shared(self) -> bool:
        """Whether people have targets of the plan already; those of managers repeat a unit's."""
        return any(kind == "employee" and key not in self._managed for kind, key in self._known)

    def _known_below(self, unit: str) -> Iterator[Decimal]:
        for below in self._subtree(unit):
            for one in self._people.get(below, ()):
                if self._sells(one):
                    yield self._known.get(("employee", one), Decimal())

    def _heads(self, unit: str) -> int:
        return sum(
            map(
                self._sells,
                (one for below in self._subtree(unit) for one in self._people.get(below, ())),
            )
        )

    def _sells(self, employee: str) -> bool:
        has_share = not self._is_shared or ("employee", employee) in self._known
        return has_share and employee not in self._managed

    def _subtree(self, unit: str) -> frozenset[str]:
        return subtree(self._parents, unit)

    def _managers(self, found: pd.DataFrame) -> Iterator[pd.DataFrame]:
        """Yield the rows of those who manage a unit of the split and have targets of their own."""
        for manager, unit in self._managed.items():
            if ("employee", manager) in self._known:
                own = found[(found["subject_type"] == "unit") & (found["subject_id"] == unit)]
                yield own.assign(subject_type="employee", subject_id=manager)

    @cached_property
    def _month_weights(self) -> dict[str, Decimal]:
        known = {
            period: weight
            for kind, subject, period, _, weight in self._targets
            if (kind, subject) == ("unit", self.unit) and weight is not None
        }
        if sum(known.get(month, Decimal()) for month in self.months) > 0:
            return {month: known.get(month, Decimal()) for month in self.months}
        return dict.fromkeys(self.months, Decimal(1))

    @cached_property
    def _known(self) -> dict[Subject, Decimal]:
        """What the subjects have of the plan already."""
        found: dict[Subject, Decimal] = defaultdict(Decimal)
        for kind, subject, _, value, _ in self._targets:
            if value is not None and kind is not None and subject is not None:
                found[kind, subject] += value
        return {subject: value for subject, value in found.items() if value > 0}

    @cached_property
    def _targets(self) -> list[tuple[str, str, str, Decimal | None, Decimal | None]]:
        names = ("subject_type", "subject_id", "period", "target_value", "month_weight_pct")
        every = rows(live(self.tables["target"]), "plan_id", "kpi_id", "category_id", *names)
        wanted = (self.plan_id, self.kpi, None)
        return [
            (kind, subject, period, value, weight)
            for plan, kpi, category, kind, subject, period, value, weight in every
            if (plan, kpi, category or None) == wanted
        ]

    @cached_property
    def _parents(self) -> dict[str, str | None]:
        return lookup(live(self.tables["org_unit"]), "unit_id", "parent_unit_id")

    @cached_property
    def _units(self) -> dict[str | None, list[str]]:
        below: dict[str | None, list[str]] = defaultdict(list)
        for unit, above in self._parents.items():
            below[above].append(unit)
        return below

    @cached_property
    def _people(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for employee, unit in rows(live(self.tables["employee"]), "employee_id", "unit_id"):
            if employee is not None and unit is not None:
                found[unit].append(employee)
        return found

    @cached_property
    def _managed(self) -> dict[str, str]:
        """The unit of each manager; of several the one that is written last."""
        managers = lookup(live(self.tables["org_unit"]), "unit_id", "manager_id")
        return {manager: unit for unit, manager in managers.items() if manager is not None}
