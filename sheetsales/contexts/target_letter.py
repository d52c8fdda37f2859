"""Context of the target letter (D21): what an employee takes on in a sales plan.

Keys are ``plan/employee``, e.g. ``SP-000001/E-000004``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import TypeAlias

from sheetsales.contexts.base import (
    DASH,
    Letterhead,
    Source,
    Writer,
    build_letterhead,
)
from sheetsales.contexts.rows import Row, rows_where
from sheetsales.errors import SheetsalesError
from sheetsales.locale.periods import Period, parse_period
from sheetsales.schema import KEY_JOINER, Regulation
from sheetsales.scores.decimals import mean
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

_IN_FORCE = ("approved", "executing")
_SUMMED = "F09-"
_MONEY = frozenset({"F09-amount", "F09-profit"})
_REVENUE = "F09-amount"
_GRADES = "ABCDE"

_Measure: TypeAlias = tuple[str, str | None]
"""An indicator and the product category it is limited to."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of the targets: an indicator, perhaps for one product category."""

    name: str
    category: str
    unit: str


@dataclass(frozen=True, slots=True)
class PeriodTargets:
    """The targets of one month, in the order of the measures."""

    period: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """How one indicator counts in the appraisal."""

    kpi: str
    direction: str
    weight: str
    method: str
    attainment_share: str
    floor: str
    cap: str


@dataclass(frozen=True, slots=True)
class CycleShares:
    """An appraisal cycle within the plan and what the total score is made of."""

    name: str
    start: str
    end: str
    performance: str
    attitude: str
    service: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and the total score that it takes."""

    grade: str
    label: str
    score: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs or is addressed."""

    id: str
    name: str
    position: str
    unit: str


@dataclass(frozen=True, slots=True)
class TargetLetter:
    """Everything that the target letter shows.

    Attributes:
        category_given: whether a measure is limited to a product category.
        totals: over all months: the sum, or the mean of a rate.
        stretch: the same of the stretch values; empty if none is set.
    """

    letterhead: Letterhead
    plan_no: str
    plan_name: str
    plan_version: str
    plan_unit: str
    period: str
    start_on: str
    end_on: str
    strategy: str
    product_strategy: str
    promo_plan: str
    assumptions: str
    employee: Person
    level: str
    hired_on: str
    supervisor: Person
    measures: tuple[Measure, ...]
    category_given: bool
    months: tuple[PeriodTargets, ...]
    totals: tuple[str, ...]
    stretch: tuple[str, ...]
    revenue: str
    revenue_capital: str
    scheme: str
    weights: tuple[Weight, ...]
    weight_total: str
    cycles: tuple[CycleShares, ...]
    grades: tuple[Grade, ...]
    appeal_days: str


def build_target_letter(
    tables: Frames,
    key: str,
    *,
    regulation: Regulation,
    locale: str,
    as_of: date,
    document_no: str,
) -> TargetLetter:
    """Return the context of the letter about a plan and an employee.

    Raises:
        SheetsalesError: there is no such plan or employee, or no company.
        ScoreError: a parameter is missing.
    """
    source = Source(tables, regulation)
    writer = Writer.of(source, locale)
    plan_id, _, employee_id = key.partition(KEY_JOINER)
    plan = source.subject("sales_plan", plan_id)
    employee = source.subject("employee", employee_id)
    period = parse_period(plan["period"], source.company["fiscal_start_month"] or 1)
    params = Params.of(tables, as_of)
    targets = _Targets.of(source, writer, plan_id, employee_id)
    weights = _scheme(source, employee["position_id"], max(period.start, as_of))
    counted = [row["weight_pct"] for row in weights if row["weight_pct"] is not None]
    return TargetLetter(
        letterhead=build_letterhead(source, writer, document_no, as_of),
        plan_no=plan_id,
        plan_name=writer.text(plan["name"]),
        plan_version=writer.number(plan["version"]),
        plan_unit=source.name("org_unit", plan["unit_id"]),
        period=writer.period(plan["period"]),
        start_on=writer.date(period.start),
        end_on=writer.date(period.end),
        strategy=source.name("strategy", plan["strategy_id"]),
        product_strategy=writer.text(plan["product_strategy"]),
        promo_plan=writer.text(plan["promo_plan"]),
        assumptions=writer.text(plan["assumptions"]),
        employee=_person(source, employee),
        level=source.name("sales_level", employee["level_id"]),
        hired_on=writer.date(employee["hire_date"]),
        supervisor=_person(source, source.row("employee", employee["reports_to"])),
        measures=targets.headings(),
        category_given=any(category for _, category in targets.measures),
        months=targets.months(),
        totals=targets.totals("target_value"),
        stretch=targets.totals("stretch_value") if targets.stretched else (),
        revenue=writer.money(targets.revenue),
        revenue_capital=writer.capital(targets.revenue),
        scheme=weights[0]["scheme_id"] if weights else DASH,
        weights=tuple(_weight(source, writer, row) for row in weights),
        weight_total=writer.percent(sum(counted, Decimal()), 0),
        cycles=_cycles(source, writer, period),
        grades=_grades(writer, params),
        appeal_days=writer.number(params.integer("appeal_days")),
    )


def select_target_letters(tables: Frames, *, as_of: date) -> tuple[str, ...]:
    """Return plan and employee of everybody in service with targets in a plan in force."""
    del as_of
    plans = {row["plan_id"] for row in rows_where(tables["sales_plan"], state=_IN_FORCE)}
    targets = rows_where(tables["target"], subject_type="employee", plan_id=plans)
    employees = {
        row["employee_id"] for row in rows_where(tables["employee"]) if row["status"] != "left"
    }
    return tuple(
        sorted(
            {
                f"{row['plan_id']}{KEY_JOINER}{row['subject_id']}"
                for row in targets
                if row["subject_id"] in employees
            }
        )
    )


def _period(row: Row, fiscal_start: int) -> Period:
    try:
        return parse_period(str(row["period"]), fiscal_start)
    except ValueError as error:
        raise SheetsalesError(
            "document-value", table="target", key=row["target_id"], value=row["period"]
        ) from error


@dataclass(frozen=True)
class _Targets:
    """The targets of one employee in one plan."""

    source: Source
    writer: Writer
    rows: Sequence[Row]
    periods: Sequence[Period]
    measures: Sequence[_Measure]
    kpis: dict[str, Row]

    @classmethod
    def of(cls, source: Source, writer: Writer, plan_id: str, employee_id: str) -> _Targets:
        """Return them; where months are set, longer periods are their sums and left out.

        Raises:
            SheetsalesError: the employee has no targets in the plan, or one whose period is none.
        """
        found = source.rows(
            "target", plan_id=plan_id, subject_type="employee", subject_id=employee_id
        )
        if not found:
            raise SheetsalesError(
                "document-subject", table="target", key=f"{plan_id}{KEY_JOINER}{employee_id}"
            )
        fiscal = source.company["fiscal_start_month"] or 1
        periods = {row["period"]: _period(row, fiscal) for row in found}
        shortest = min(len(period.months) for period in periods.values())
        kept = [row for row in found if len(periods[row["period"]].months) == shortest]
        kpis = {row["kpi_id"]: row for row in source.rows("kpi")}
        order = {kpi: position for position, kpi in enumerate(kpis)}
        measures = sorted(
            {(row["kpi_id"], row["category_id"]) for row in kept},
            key=lambda measure: (order.get(measure[0], len(order)), measure[0], measure[1] or ""),
        )
        used = sorted({row["period"] for row in kept}, key=lambda text: periods[text].start)
        return cls(source, writer, kept, [periods[text] for text in used], measures, kpis)

    @property
    def stretched(self) -> bool:
        """Whether a stretch value is set."""
        return any(row["stretch_value"] is not None for row in self.rows)

    @property
    def revenue(self) -> Decimal | None:
        """Sum of the revenue targets over all categories."""
        found = [
            row["target_value"]
            for row in self.rows
            if self._formula(row["kpi_id"]) == _REVENUE and row["target_value"] is not None
        ]
        return sum(found, Decimal()) if found else None

    def headings(self) -> tuple[Measure, ...]:
        """Return the columns."""
        return tuple(
            Measure(
                name=self.source.name("kpi", kpi),
                category=self.source.name("category", category) if category else DASH,
                unit=self.writer.text(self.kpis.get(kpi, {}).get("unit")),
            )
            for kpi, category in self.measures
        )

    def months(self) -> tuple[PeriodTargets, ...]:
        """Return the rows."""
        cells = {
            (row["period"], row["kpi_id"], row["category_id"]): row["target_value"]
            for row in self.rows
        }
        return tuple(
            PeriodTargets(
                period=self.writer.period(period.text),
                values=tuple(
                    self._shown(kpi, cells.get((period.text, kpi, category)))
                    for kpi, category in self.measures
                ),
            )
            for period in self.periods
        )

    def totals(self, field: str) -> tuple[str, ...]:
        """Return what each column comes to: the sum, or the mean of a rate."""
        return tuple(self._total(measure, field) for measure in self.measures)

    def _total(self, measure: _Measure, field: str) -> str:
        values = [
            row[field]
            for row in self.rows
            if (row["kpi_id"], row["category_id"]) == measure and row[field] is not None
        ]
        summed = self._formula(measure[0]).startswith(_SUMMED)
        found = (sum(values, Decimal()) if values else None) if summed else mean(values)
        return self._shown(measure[0], found)

    def _shown(self, kpi: str, value: Decimal | None) -> str:
        if self._formula(kpi) in _MONEY:
            return self.writer.amount(value)
        return self.writer.quantity(value)

    def _formula(self, kpi: str) -> str:
        return str(self.kpis.get(kpi, {}).get("formula_id") or "")


def _person(source: Source, employee: Row | None) -> Person:
    if employee is None:
        return Person(DASH, DASH, DASH, DASH)
    return Person(
        id=employee["employee_id"],
        name=employee["name"] or DASH,
        position=source.name("position", employee["position_id"]),
        unit=source.name("org_unit", employee["unit_id"]),
    )


def _scheme(source: Source, position_id: str | None, day: date) -> list[Row]:
    """Return the rows of the scheme in force for a position: the one that began last."""
    rows = [
        row
        for row in source.rows("kpi_scheme", position_id=position_id)
        if row["valid_from"] is not None and row["valid_from"] <= day
    ]
    rows.sort(key=lambda row: row["scheme_id"])
    schemes = [list(group) for _, group in groupby(rows, key=lambda row: row["scheme_id"])]
    return max(schemes, key=lambda group: max(row["valid_from"] for row in group), default=[])


def _weight(source: Source, writer: Writer, row: Row) -> Weight:
    kpi = source.row("kpi", row["kpi_id"]) or {}
    alpha = {"attainment": Decimal(1), "ranking": Decimal()}.get(row["method"], row["alpha"])
    return Weight(
        kpi=source.name("kpi", row["kpi_id"]),
        direction=writer.label("direction", kpi.get("direction")),
        weight=writer.percent(row["weight_pct"], 0),
        method=writer.label("score_method", row["method"]),
        attainment_share=writer.percent(None if alpha is None else alpha * 100, 0),
        floor=writer.quantity(kpi.get("score_floor")),
        cap=writer.quantity(kpi.get("score_cap")),
    )


def _cycles(source: Source, writer: Writer, period: Period) -> tuple[CycleShares, ...]:
    found = [
        row
        for row in source.rows("cycle")
        if row["start_on"] and row["end_on"]
        if row["start_on"] <= period.end and row["end_on"] >= period.start
    ]
    return tuple(
        CycleShares(
            name=writer.text(row["name"]),
            start=writer.date(row["start_on"]),
            end=writer.date(row["end_on"]),
            performance=writer.percent(row["w_performance"], 0),
            attitude=writer.percent(row["w_attitude"], 0),
            service=writer.percent(row["w_service"], 0),
        )
        for row in sorted(found, key=lambda row: row["start_on"])
    )


def _grades(writer: Writer, params: Params) -> tuple[Grade, ...]:
    cuts = [writer.quantity(cut) for cut in params.decimals("grade_cuts")]
    ranges = [
        f"≥ {cuts[0]}",
        *(f"{low} – < {high}" for high, low in pairwise(cuts)),
    ]
    ranges.append(f"< {cuts[-1]}")
    return tuple(
        Grade(grade, writer.label("grade", grade), score)
        for grade, score in zip(_GRADES, ranges, strict=True)
    )
