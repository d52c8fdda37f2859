"""Who falls behind the others of his position (F26; 六-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

import pandas as pd

from sheetsales.locale.periods import month_of, parse_period, shift_period
from sheetsales.scores.columns import live, lookup, scored_frame, whole_number
from sheetsales.scores.derivation import (
    Component,
    Derivation,
    Input,
    argument,
    component,
    unknown_key,
)
from sheetsales.scores.params import Params
from sheetsales.scores.performance import Evidence, build_performance
from sheetsales.tables import Frames

COLUMNS = (
    "employee_id",
    "period",
    "position_id",
    "value",
    "peers",
    "median",
    "mad",
    "z",
    "mean",
    "months_below",
    "is_alert",
    "reason",
)
"""Columns of :func:`score_alerts`."""


def score_alerts(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return who falls behind in the last whole month up to a day (F26; 六-3).

    Compared is the performance (F10) of the month among the active employees of one position. With
    at least ``alert_min_n`` of them and a median absolute deviation above zero, z = .6745·(value −
    median)/MAD warns at ``alert_z`` or below. Else a value below ``alert_ratio`` percent of the
    mean warns if it was so in each of the last ``alert_months`` months.

    Args:
        tables: needs employee, kpi, kpi_scheme, kpi_actual, target and sales_plan.
        params: alert_min_n, alert_z, alert_ratio, alert_months, kpi_floor, kpi_cap.
        as_of: the month is the last one that has ended by this day.

    Returns:
        One row per employee with a performance in the month: :data:`COLUMNS`.

    Raises:
        ScoreError: a parameter is missing.
    """
    book = _Book(tables, params, as_of)
    return scored_frame([book.row(one) for one in book.derivations()], COLUMNS)


def explain_alert(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return why an employee is warned, or is not.

    Raises:
        ScoreError: the employee has no performance in the month, or a parameter is missing.
    """
    for derivation in _Book(tables, params, as_of).derivations():
        if derivation.key == key:
            return derivation
    raise unknown_key("alerts", key)


@dataclass(frozen=True, eq=False)
class _Month:
    """Performances of a group in a month, and the same as inputs."""

    month: str
    performances: Mapping[str, Component]
    peers: tuple[Input, ...]


@dataclass(frozen=True, eq=False)
class _Book:
    tables: Frames
    params: Params
    as_of: date

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.tables, self.params)

    @cached_property
    def months(self) -> Sequence[str]:
        """The last whole months, the latest first."""
        running = month_of(self.as_of + timedelta(days=1))
        count = max(1, self.params.integer("alert_months"))
        return [shift_period(running, -back) for back in range(1, count + 1)]

    @cached_property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Active employees by position."""
        status = lookup(live(self.tables["employee"]), "employee_id", "status")
        found: dict[str, list[str]] = defaultdict(list)
        for employee, position in sorted(self.evidence.positions.items()):
            if position is not None and status.get(employee) == "active":
                found[position].append(employee)
        return found

    def derivations(self) -> Iterator[Derivation]:
        """Yield one derivation per employee with a performance in the last month."""
        for position in sorted(self.groups):
            by_month = [self._month(position, month) for month in self.months]
            for employee in by_month[0].performances:
                yield Derivation("alerts", employee, (self._alert(employee, by_month),))

    def _month(self, position: str, month: str) -> _Month:
        end = parse_period(month).end
        found = {
            employee: build_performance(self.evidence, employee, (month,), end)
            for employee in self.groups[position]
        }
        known = {employee: node for employee, node in found.items() if node.value is not None}
        return _Month(month, known, tuple(_peer(*pair) for pair in known.items()))

    def _alert(self, employee: str, by_month: Sequence[_Month]) -> Component:
        below = [self._below(employee, month) for month in by_month]
        return component(
            "is_alert",
            "F26",
            children=(*below, self._z(employee, by_month[0])),
            inputs=(self.params.input("alert_z"), self.params.input("alert_months")),
        )

    def _z(self, employee: str, month: _Month) -> Component:
        count = argument("peers", Decimal(len(month.peers)))
        return component(
            "z",
            "F26-z",
            children=(
                component("value", "value", children=(month.performances[employee],)),
                component("median", "F26-median", inputs=month.peers),
                component("mad", "F26-mad", inputs=month.peers),
            ),
            inputs=(count, self.params.input("alert_min_n")),
            reason="group-too-small-or-even",
        )

    def _below(self, employee: str, month: _Month) -> Component:
        own = (month.performances[employee],) if employee in month.performances else ()
        value = component("value", "value", children=own, reason="no-performance")
        mean = component("mean", "F26-mean", inputs=month.peers)
        return component(
            month.month,
            "F26-below",
            children=(value, mean),
            inputs=(self.params.input("alert_ratio"),),
        )

    def row(self, derivation: Derivation) -> dict[str, object]:
        """Return the row of a derivation."""
        *below, z = derivation.components
        value, middle, deviation = z.children
        return {
            "employee_id": derivation.key,
            "period": self.months[0],
            "position_id": self.evidence.positions[derivation.key],
            "value": value.value,
            "peers": whole_number(z.inputs[0].value),
            "median": middle.value,
            "mad": deviation.value,
            "z": z.value,
            "mean": below[0].children[1].value,
            "months_below": sum(node.value is True for node in below),
            "is_alert": derivation.value,
            "reason": derivation.reason,
        }


def _peer(employee: str, node: Component) -> Input:
    return Input("employee", employee, "performance", node.value)
