"""The appraisal of a cycle: performance, rank, attitude, service, total and grade (F13; 三-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import pandas as pd

from sheetsales.errors import ScoreError
from sheetsales.locale.periods import months_between
from sheetsales.scores.attitude import RATER_TYPES, Ratings, build_attitude
from sheetsales.scores.columns import live, one_line, rows, scored_frame, whole_number
from sheetsales.scores.decimals import percentage, round4
from sheetsales.scores.derivation import Component, Derivation, Input, component, unknown_key
from sheetsales.scores.params import Params
from sheetsales.scores.performance import Evidence, build_performance
from sheetsales.scores.ranking import build_ranking
from sheetsales.tables import Frames

SERVICE_KPI = "CSAT"
"""Indicator whose actuals are the service part."""
COLUMNS = (
    "cycle_id",
    "employee_id",
    "performance",
    "rank",
    "rank_score",
    "performance_part",
    *RATER_TYPES,
    "attitude",
    "service",
    "market_adj",
    "total",
    "grade",
    "performance_reason",
    "attitude_reason",
    "service_reason",
    "reason",
    "frozen",
)
"""Columns of :func:`score_appraisals`."""
INDICATOR_COLUMNS = (
    "cycle_id",
    "employee_id",
    "kpi_id",
    "weight_pct",
    "target",
    "actual",
    "attainment",
    "score",
    "contribution",
    "reason",
)
"""Columns of :func:`score_performance`."""

_PARTS = ("performance", "attitude", "service")


@dataclass(frozen=True, slots=True)
class _Cycle:
    cycle_id: str
    start_on: date
    end_on: date
    weights: tuple[Decimal | None, ...]
    state: str | None


@dataclass(frozen=True, slots=True)
class _Stored:
    cycle_id: str
    employee_id: str
    market_adj: Decimal | None
    total: Decimal | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One scored appraisal.

    Attributes:
        cycle_id: the cycle.
        employee_id: who is appraised.
        derivation: all fields.
        is_frozen: whether the stored scores are final.
    """

    cycle_id: str
    employee_id: str
    derivation: Derivation
    is_frozen: bool


def score_appraisals(
    tables: Frames, params: Params, *, as_of: date, cycle_id: str | None = None
) -> pd.DataFrame:
    """Return the appraisals of a cycle, or of all that have begun (F10 to F13; 三-4).

    Appraised is who has a row in ``appraisal``, or a target in the cycle's months. Performance is
    F10 over the months of the cycle up to that of ``as_of``; rank and rank score compare it with
    all of the same position in the cycle (F11); ``performance_part`` is what enters the total:
    attainment, rank score, or their mix by the scheme. Attitude is F12, service the mean of the
    CSAT actuals of the months. The total is their mean by the cycle's weights over those present,
    plus the market adjustment (at most ``market_adj_cap`` either way), between ``kpi_floor`` and
    ``kpi_cap``; the grade follows ``grade_cuts``. A final appraisal, and one of a closed cycle,
    is frozen once it has a total.

    Args:
        tables: needs cycle, appraisal, employee, kpi, kpi_scheme, kpi_actual, target, sales_plan,
            attitude_item and attitude_rating.
        params: rater_weights, min_peers, alpha, market_adj_cap, kpi_floor, kpi_cap, grade_cuts.
        as_of: months after its own do not count.
        cycle_id: one cycle only.

    Returns:
        One row per cycle and employee: :data:`COLUMNS`.

    Raises:
        ScoreError: there is no such cycle, or a parameter is missing.
    """
    found = build_appraisals(tables, params, as_of=as_of, cycle_id=cycle_id)
    return scored_frame([_row(one) for one in found.values()], COLUMNS)


def score_performance(
    tables: Frames, params: Params, *, as_of: date, cycle_id: str | None = None
) -> pd.DataFrame:
    """Return the indicators behind the performance of each appraisal (F10; 三-4-a).

    ``attainment`` is 100·actual/target without floor and cap; ``contribution`` what the
    indicator adds to the performance, its weight renormalised over the indicators with a score.

    Returns:
        One row per cycle, employee and indicator of his scheme: :data:`INDICATOR_COLUMNS`.

    Raises:
        ScoreError: there is no such cycle, or a parameter is missing.
    """
    found = build_appraisals(tables, params, as_of=as_of, cycle_id=cycle_id)
    return scored_frame(
        [row for one in found.values() for row in _indicator_rows(one)], INDICATOR_COLUMNS
    )


def explain_appraisal(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how an appraisal came about, down to targets, actuals and ratings.

    Raises:
        ScoreError: nobody of this key is appraised, or a parameter is missing.
    """
    cycle_id = key.split("/", 1)[0]
    if cycle_id not in {cycle.cycle_id for cycle in _cycles(tables, as_of, None)}:
        raise unknown_key("appraisal", key)
    found = build_appraisals(tables, params, as_of=as_of, cycle_id=cycle_id)
    if key not in found:
        raise unknown_key("appraisal", key)
    return found[key].derivation


def build_appraisals(
    tables: Frames, params: Params, *, as_of: date, cycle_id: str | None = None
) -> dict[str, Appraisal]:
    """Return the appraisals with their derivations by key; see :func:`score_appraisals`."""
    book = _Book(tables, params, as_of)
    return {
        one.derivation.key: one
        for cycle in _cycles(tables, as_of, cycle_id)
        for one in book.appraisals(cycle)
    }


def _cycles(tables: Frames, as_of: date, cycle_id: str | None) -> list[_Cycle]:
    names = ("cycle_id", "start_on", "end_on", "w_performance", "w_attitude", "w_service", "state")
    found = [
        _Cycle(key, start, end, tuple(weights), state)
        for key, start, end, *weights, state in rows(live(tables["cycle"]), *names)
        if None not in (key, start, end)
    ]
    if cycle_id is None:
        return [cycle for cycle in found if cycle.start_on <= as_of and cycle.state != "setup"]
    chosen = [cycle for cycle in found if cycle.cycle_id == cycle_id]
    if not chosen:
        raise ScoreError("cycle-unknown", cycle=cycle_id)
    return chosen


@dataclass(frozen=True, eq=False)
class _Book:
    tables: Frames
    params: Params
    as_of: date

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.tables, self.params)

    @cached_property
    def ratings(self) -> Ratings:
        return Ratings(self.tables, self.params)

    @cached_property
    def stored(self) -> Mapping[str, _Stored]:
        """The rows of ``appraisal`` by key."""
        names = ("cycle_id", "employee_id", "market_adj", "total", "state")
        return {
            one_line(cycle, employee): _Stored(cycle, employee, *rest)
            for cycle, employee, *rest in rows(live(self.tables["appraisal"]), *names)
            if None not in (cycle, employee)
        }

    def appraisals(self, cycle: _Cycle) -> Iterable[Appraisal]:
        """Return the appraisals of a cycle in the order of the employees."""
        last = min(cycle.end_on, max(self.as_of, cycle.start_on))
        months = months_between(cycle.start_on, last)
        performances = {
            employee: build_performance(self.evidence, employee, months, cycle.end_on)
            for employee in self._subjects(cycle, months)
        }
        for employee, ranked in self._ranked(cycle, performances).items():
            fields = self._fields(cycle, employee, months, ranked)
            key = one_line(cycle.cycle_id, employee)
            derivation = Derivation("appraisal", key, fields)
            yield Appraisal(cycle.cycle_id, employee, derivation, self._is_frozen(cycle, key))

    def _is_frozen(self, cycle: _Cycle, key: str) -> bool:
        row = self.stored.get(key)
        if row is None or row.total is None:
            return False
        return row.state == "final" or cycle.state == "closed"

    def _subjects(self, cycle: _Cycle, months: Sequence[str]) -> list[str]:
        stored = {row.employee_id for row in self.stored.values() if row.cycle_id == cycle.cycle_id}
        return sorted(stored | self.evidence.with_target(months))

    def _ranked(
        self, cycle: _Cycle, performances: Mapping[str, Component]
    ) -> dict[str, tuple[Component, Component, Component]]:
        """Performance, rank and rank score by employee."""
        groups: dict[str | None, dict[str, Component]] = defaultdict(dict)
        for employee, node in performances.items():
            groups[self.evidence.positions.get(employee)][employee] = node
        found: dict[str, tuple[Component, Component, Component]] = {}
        for members in groups.values():
            cells = {
                employee: Input(
                    "appraisal", one_line(cycle.cycle_id, employee), "performance", node.value
                )
                for employee, node in members.items()
            }
            for employee, ranked in build_ranking(members, cells).items():
                found[employee] = (members[employee], *ranked)
        return dict(sorted(found.items()))

    def _fields(
        self,
        cycle: _Cycle,
        employee: str,
        months: Sequence[str],
        ranked: tuple[Component, Component, Component],
    ) -> tuple[Component, ...]:
        performance, rank, rank_score = ranked
        entering = self._entering(cycle, employee, performance, rank_score)
        attitude = build_attitude(self.ratings, cycle.cycle_id, employee)
        service = self._service(employee, months)
        total = self._total(cycle, employee, (entering, attitude, service))
        grade = component(
            "grade", "F13-grade", children=(total,), inputs=(self.params.input("grade_cuts"),)
        )
        return total, performance, rank, rank_score, attitude, service, grade

    def _entering(
        self, cycle: _Cycle, employee: str, performance: Component, rank_score: Component
    ) -> Component:
        """The performance that enters the total, by the scheme's method."""
        scheme = self.evidence.scheme_of(employee, cycle.end_on)
        if scheme is None:
            return component("performance_part", "value", children=(performance,))
        alpha = scheme.alpha or self.params.input("alpha")
        return component(
            "performance_part",
            "F11-mixed",
            children=(performance, rank_score),
            inputs=(scheme.method, alpha),
        )

    def _service(self, employee: str, months: Sequence[str]) -> Component:
        actuals = self.evidence.actuals.get((employee, SERVICE_KPI), {})
        cells = tuple(cell for month in months for cell in actuals.get(month, ()))
        return component("service", "mean", inputs=cells, reason="no-csat")

    def _total(
        self, cycle: _Cycle, employee: str, parts: tuple[Component, Component, Component]
    ) -> Component:
        weighed = tuple(
            part.weighing(weight, Input("cycle", cycle.cycle_id, f"w_{name}", weight))
            for name, part, weight in zip(_PARTS, parts, cycle.weights, strict=True)
        )
        key = one_line(cycle.cycle_id, employee)
        row = self.stored.get(key)
        return component(
            "total",
            "F13",
            children=weighed,
            inputs=(
                Input("appraisal", key, "market_adj", row.market_adj if row else None),
                *(self.params.input(name) for name in ("market_adj_cap", "kpi_floor", "kpi_cap")),
            ),
            reason="zero-weight",
        )


def _row(appraisal: Appraisal) -> dict[str, object]:
    derivation = appraisal.derivation
    performance, attitude, service = (derivation.node(name) for name in _PARTS)
    found: dict[str, object] = {
        node.name: node.value for node in (*derivation.fields, *attitude.children)
    }
    found.update(
        cycle_id=appraisal.cycle_id,
        employee_id=appraisal.employee_id,
        rank=whole_number(derivation.node("rank").value),
        performance_part=derivation.root.children[0].value,
        market_adj=derivation.root.inputs[0].value,
        performance_reason=performance.reason,
        attitude_reason=attitude.reason,
        service_reason=service.reason,
        reason=derivation.reason,
        frozen=appraisal.is_frozen,
    )
    return found


def _indicator_rows(appraisal: Appraisal) -> Iterable[dict[str, object]]:
    performance = appraisal.derivation.node("performance")
    scored = [node.weight for node in performance.children if node.value is not None]
    whole = sum((weight for weight in scored if weight is not None), Decimal())
    for node in performance.children:
        actual, target = (child.value for child in node.children)
        yield {
            "cycle_id": appraisal.cycle_id,
            "employee_id": appraisal.employee_id,
            "kpi_id": node.name,
            "weight_pct": node.weight,
            "target": target,
            "actual": actual,
            "attainment": _rate(actual, target),
            "score": node.value,
            "contribution": _contribution(node, whole),
            "reason": node.reason,
        }


def _rate(part: object, whole: object) -> Decimal | None:
    if isinstance(part, Decimal) and isinstance(whole, Decimal):
        found = percentage(part, whole)
        return None if found is None else round4(found)
    return None


def _contribution(node: Component, whole: Decimal) -> Decimal | None:
    if isinstance(node.value, Decimal) and node.weight is not None and whole:
        return round4(node.value * node.weight / whole)
    return None
