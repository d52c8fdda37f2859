"""How well people reached their indicators' targets (F10; 三-4-a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from sheetsales.scores.columns import live, one_line, rows
from sheetsales.scores.derivation import Component, Input, component
from sheetsales.scores.params import Params
from sheetsales.scores.plans import Target, targets_in_force
from sheetsales.tables import Frames

AVERAGED_UNITS = frozenset({"%", "‰"})
"""Units of indicators whose months are averaged; those of all others are added up."""

_Months = Mapping[str, Sequence[Input]]


@dataclass(frozen=True, slots=True)
class Scheme:
    """The indicators that a position is scored by, and how.

    Attributes:
        scheme_id: key of the scheme.
        weights: indicator and the cell of its weight.
        method: the cell that says attainment, ranking or mixed.
        alpha: share of attainment in a mixed score; None where the scheme leaves it open.
        is_consistent: whether all rows of the scheme say the same method and alpha.
    """

    scheme_id: str
    weights: tuple[tuple[str, Input], ...]
    method: Input
    alpha: Input | None
    is_consistent: bool


@dataclass(frozen=True, slots=True)
class _SchemeRow:
    kpi_id: str
    weight: Decimal
    method: str
    alpha: Decimal | None


@dataclass(frozen=True, eq=False)
class Evidence:
    """Targets, actuals, indicators and schemes, read once for all people and months."""

    tables: Frames
    params: Params

    @cached_property
    def positions(self) -> Mapping[str, str | None]:
        """Position by employee."""
        return dict(rows(self.tables["employee"], "employee_id", "position_id"))

    @cached_property
    def targets(self) -> Mapping[tuple[str, str], _Months]:
        """Target cells by employee and indicator, then month.

        Targets for all categories count; where somebody has none in a month, those of single
        categories do.
        """
        found: dict[tuple[str, str], dict[str, list[Target]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for target in targets_in_force(self.tables):
            if target.subject_type == "employee":
                found[target.subject_id, target.kpi_id][target.period].append(target)
        return {
            key: {month: _over_categories(targets) for month, targets in months.items()}
            for key, months in found.items()
        }

    @cached_property
    def actuals(self) -> Mapping[tuple[str, str], _Months]:
        """Cells of the actual by employee and indicator, then month."""
        found: dict[tuple[str, str], dict[str, list[Input]]] = defaultdict(dict)
        names = ("employee_id", "kpi_id", "period", "actual")
        for employee, kpi, period, actual in rows(live(self.tables["kpi_actual"]), *names):
            if None not in (employee, kpi, period, actual):
                cell = Input("kpi_actual", one_line(employee, kpi, period), "actual", actual)
                found[employee, kpi][period] = [cell]
        return found

    @cached_property
    def indicators(self) -> Mapping[str, tuple[bool, tuple[Input, ...]]]:
        """Whether months are averaged, and the cells that say how to score, by indicator."""
        names = ("kpi_id", "unit", "direction", "score_floor", "score_cap")
        return {
            kpi: (unit in AVERAGED_UNITS, self._bounds(kpi, direction, floor, cap))
            for kpi, unit, direction, floor, cap in rows(self.tables["kpi"], *names)
        }

    def _bounds(
        self, kpi: str, direction: str | None, floor: Decimal | None, cap: Decimal | None
    ) -> tuple[Input, ...]:
        given = {"direction": direction, "score_floor": floor, "score_cap": cap}
        cells = [Input("kpi", kpi, name, value) for name, value in given.items()]
        missing = [
            self.params.input(key)
            for key, value in (("kpi_floor", floor), ("kpi_cap", cap))
            if value is None
        ]
        return (*cells, *missing)

    @cached_property
    def schemes(self) -> Mapping[str, Sequence[tuple[date, Scheme]]]:
        """Schemes by position, oldest first."""
        found: dict[tuple[str, date, str], list[_SchemeRow]] = defaultdict(list)
        names = "position_id valid_from scheme_id kpi_id weight_pct method alpha".split()
        for position, since, scheme_id, *rest in rows(live(self.tables["kpi_scheme"]), *names):
            row = _SchemeRow(*rest)
            if None not in (position, since, scheme_id, row.kpi_id, row.weight, row.method):
                found[position, since, scheme_id].append(row)
        by_position: dict[str, list[tuple[date, Scheme]]] = defaultdict(list)
        for position, since, scheme_id in sorted(found):
            scheme = _scheme(scheme_id, found[position, since, scheme_id])
            by_position[position].append((since, scheme))
        return by_position

    def scheme_of(self, employee: str, on: date) -> Scheme | None:
        """Return the scheme of an employee's position that is the latest in force on a day."""
        known = self.schemes.get(str(self.positions.get(employee)), ())
        return next((scheme for since, scheme in reversed(known) if since <= on), None)

    def with_target(self, months: Sequence[str]) -> set[str]:
        """Return the employees who have a target in any of the months."""
        wanted = set(months)
        return {
            employee
            for (employee, _), found in self.targets.items()
            if employee in self.positions and not wanted.isdisjoint(found)
        }


def build_performance(
    evidence: Evidence, employee: str, months: Sequence[str], on: date
) -> Component:
    """Return the performance score of an employee over months (F10; 三-4-a).

    Each indicator of the scheme in force on a day compares the actuals of the months that have
    both a target and an actual with those targets: 100·A/T, or 100·(2 − A/T) where lower is
    better, between the indicator's floor and cap. Months are added up, rates averaged. The score
    is the mean by the scheme's weights over the indicators that have one.
    """
    scheme = evidence.scheme_of(employee, on)
    if scheme is None:
        return component("performance", "F10-total", reason="no-scheme")
    if not scheme.is_consistent:
        return component("performance", "F10-total", reason="scheme-methods-differ")
    parts = tuple(
        _indicator(evidence, employee, kpi, months).weighing(_weight(cell), cell)
        for kpi, cell in scheme.weights
    )
    return component("performance", "F10-total", children=parts, reason="zero-weight")


def _indicator(evidence: Evidence, employee: str, kpi: str, months: Sequence[str]) -> Component:
    targets = evidence.targets.get((employee, kpi), {})
    actuals = evidence.actuals.get((employee, kpi), {})
    averaged, cells = evidence.indicators.get(kpi, (False, ()))
    both = [month for month in months if month in targets and month in actuals]
    have_target = any(month in targets for month in months)
    operation = "mean" if averaged else "sum"
    actual = component(
        "actual",
        operation,
        inputs=tuple(cell for month in both for cell in actuals[month]),
        reason="no-actual" if have_target else "no-target",
    )
    target = component(
        "target", operation, inputs=tuple(cell for month in both for cell in targets[month])
    )
    return component(
        kpi,
        "F10",
        children=(actual, target),
        inputs=cells,
        subject=f"kpi:{kpi}",
        reason="zero-target",
    )


def _over_categories(targets: Sequence[Target]) -> list[Input]:
    for_all = [target.input for target in targets if target.category_id is None]
    return for_all or [target.input for target in targets]


def _weight(cell: Input) -> Decimal | None:
    return cell.value if isinstance(cell.value, Decimal) else None


def _scheme(scheme_id: str, found: Sequence[_SchemeRow]) -> Scheme:
    first = found[0]
    key = one_line(scheme_id, first.kpi_id)
    return Scheme(
        scheme_id,
        tuple((row.kpi_id, _weight_input(scheme_id, row)) for row in found),
        Input("kpi_scheme", key, "method", first.method),
        None if first.alpha is None else Input("kpi_scheme", key, "alpha", first.alpha),
        len({(row.method, row.alpha) for row in found}) == 1,
    )


def _weight_input(scheme_id: str, row: _SchemeRow) -> Input:
    return Input("kpi_scheme", one_line(scheme_id, row.kpi_id), "weight_pct", row.weight)
