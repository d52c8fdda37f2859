"""What people achieved, month by month, recomputed from orders and receipts (F09, F17; 三-4-a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import pandas as pd

from sheetsales.locale.periods import month_of
from sheetsales.scores.collection import due_dates
from sheetsales.scores.columns import lookup, one_line, rows, scored_frame
from sheetsales.scores.decimals import percentage, round4
from sheetsales.scores.derivation import Component, Derivation, Input, component, unknown_key
from sheetsales.scores.ledger import Ledger, Line, Order, build_ledger
from sheetsales.scores.orders import collected_component, net_component
from sheetsales.scores.organisation import teams
from sheetsales.scores.params import Params
from sheetsales.scores.plans import targets_in_force
from sheetsales.tables import Frames

COLUMNS = ("employee_id", "kpi_id", "period", "actual", "source", "locked", "frozen", "reason")
"""Columns of :func:`score_actuals`."""
COLLECTED = "F17-collect"
"""Formula of the collection rate."""
NEW_CUSTOMERS = "F09-new"
"""Formula of the number of new customers."""

_HUNDRED = Decimal(100)
_MEASURES: Mapping[str, tuple[Callable[[Order], Decimal], tuple[str, ...]]] = {
    "F09-amount": (lambda order: order.net_amount, ("qty", "price", "returned_qty")),
    "F09-qty": (lambda order: order.net_qty, ("qty", "returned_qty")),
    "F09-profit": (lambda order: order.net_profit, ("qty", "price", "unit_cost", "returned_qty")),
}
COMPUTED_FORMULAS = frozenset({*_MEASURES, NEW_CUSTOMERS, COLLECTED})
"""Formulas of indicators that are recomputed here."""

Tally = dict[tuple[str, str, str], Decimal]
"""Formula, employee and month to a credited sum."""


def score_actuals(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return the recomputed actual of every computed indicator (F09, F17; 三-4-a, 四-4-a).

    Sales, quantity and profit are Σ (order lines less returns) times the credited share, over the
    counted orders of the month; a new customer counts in the month of his first counted order, by
    share. The collection rate is receipts less refunds in percent of the net amount of the month's
    orders that are due by ``as_of``. Who manages units has the totals of all their staff.

    Rows: those of ``kpi_actual`` with source computed, and those that a target in force asks for
    up to the month of ``as_of``.

    Args:
        tables: needs kpi, kpi_actual, target, sales_plan, the orders, the organisation.
        params: not used.
        as_of: days after it do not count.

    Returns:
        :data:`COLUMNS`; ``actual`` is None with a ``reason``; ``frozen`` rows are locked.
    """
    del params
    book = _Book(tables, as_of)
    found = []
    for (employee, kpi, period), locked in _wanted(tables, book, as_of).items():
        actual, reason = book.actual(employee, book.formulas[kpi], period)
        found.append(
            {
                "employee_id": employee,
                "kpi_id": kpi,
                "period": period,
                "actual": actual,
                "source": "computed",
                "locked": locked,
                "frozen": locked,
                "reason": reason,
            }
        )
    return scored_frame(found, COLUMNS)


def explain_actuals(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how a computed actual came about, down to the order lines.

    Raises:
        ScoreError: no actual of this key is computed.
    """
    del params
    book = _Book(tables, as_of)
    wanted = {one_line(*parts): parts for parts in _wanted(tables, book, as_of)}
    if key not in wanted:
        raise unknown_key("actuals", key)
    employee, kpi, period = wanted[key]
    node = book.explained(employee, book.formulas[kpi], period)
    return Derivation("actuals", key, (node,))


def _wanted(tables: Frames, book: _Book, as_of: date) -> dict[tuple[str, str, str], bool]:
    """Keys of the rows to compute, and whether they are locked."""
    found: dict[tuple[str, str, str], bool] = {}
    names = ("employee_id", "kpi_id", "period", "source", "locked")
    for employee, kpi, period, source, locked in rows(tables["kpi_actual"], *names):
        if source == "computed" and kpi in book.formulas and None not in (employee, period):
            found[employee, kpi, period] = bool(locked)
    for target in targets_in_force(tables):
        if (
            target.subject_type == "employee"
            and target.kpi_id in book.formulas
            and target.subject_id in book.teams
            and target.period <= month_of(as_of)
        ):
            found.setdefault((target.subject_id, target.kpi_id, target.period), False)
    return dict(sorted(found.items()))


@dataclass(eq=False)
class _Book:
    """Everything that actuals are computed from, joined once."""

    tables: Frames
    as_of: date

    @cached_property
    def ledger(self) -> Ledger:
        return build_ledger(self.tables, as_of=self.as_of)

    @cached_property
    def teams(self) -> Mapping[str, frozenset[str]]:
        return teams(self.tables)

    @cached_property
    def formulas(self) -> Mapping[str, str | None]:
        """Formula by computed indicator."""
        sources = lookup(self.tables["kpi"], "kpi_id", "source")
        return {
            kpi: formula
            for kpi, formula in lookup(self.tables["kpi"], "kpi_id", "formula_id").items()
            if sources[kpi] == "computed"
        }

    @cached_property
    def due(self) -> frozenset[str]:
        """Keys of the counted orders that are due."""
        days = due_dates(self.tables, self.ledger.counted)
        return frozenset(key for key, day in days.items() if day <= self.as_of)

    @cached_property
    def tally(self) -> Tally:
        """Credited sums by formula, employee and month."""
        found: Tally = defaultdict(Decimal)
        for order in self.ledger.counted:
            for employee, share in order.credits:
                for formula, value in self._measured(order):
                    found[formula, employee, order.month] += _credited(value, share)
        return found

    def _measured(self, order: Order) -> Iterable[tuple[str, Decimal]]:
        for formula, (measure, _) in _MEASURES.items():
            yield formula, measure(order)
        if order.order_id in self.ledger.first_orders:
            yield NEW_CUSTOMERS, Decimal(1)
        if order.order_id in self.due:
            yield "collected", order.collected
            yield "due", order.net_amount

    def actual(self, employee: str, formula: str | None, period: str) -> tuple[Decimal | None, str]:
        """Return an actual, or None and why."""
        reason = self._refusal(formula, period)
        if reason:
            return None, reason
        if formula == COLLECTED:
            rate = percentage(
                self._of_team("collected", employee, period), self._of_team("due", employee, period)
            )
            return (None, "nothing-due") if rate is None else (round4(rate), "")
        return round4(self._of_team(str(formula), employee, period)), ""

    def _refusal(self, formula: str | None, period: str) -> str:
        if formula not in COMPUTED_FORMULAS:
            return "formula-unknown"
        return "period-ahead" if period > month_of(self.as_of) else ""

    def _of_team(self, formula: str, employee: str, period: str) -> Decimal:
        team = self.teams.get(employee, frozenset((employee,)))
        return sum((self.tally.get((formula, one, period), Decimal()) for one in team), Decimal())

    def explained(self, employee: str, formula: str | None, period: str) -> Component:
        """Return the node of an actual with everything below it."""
        reason = self._refusal(formula, period)
        if reason:
            return component("actual", "sum", reason=reason)
        orders = [order for order in self.ledger.counted if order.month == period]
        if formula == COLLECTED:
            due = [order for order in orders if order.order_id in self.due]
            parts = (
                self._credits("collected", due, employee, collected_component),
                self._credits("due", due, employee, net_component),
            )
            return component("actual", "percent", children=parts, reason="nothing-due")
        if formula == NEW_CUSTOMERS:
            first = [order for order in orders if order.order_id in self.ledger.first_orders]
            return self._credits("actual", first, employee, None)
        return self._credits(
            "actual", orders, employee, lambda order: _lines_component(order, str(formula))
        )

    def _credits(
        self,
        name: str,
        orders: Iterable[Order],
        employee: str,
        below: Callable[[Order], Component] | None,
    ) -> Component:
        team = self.teams.get(employee, frozenset((employee,)))
        credited = tuple(
            component(
                "credit",
                "F09-new" if below is None else "F09-credit",
                inputs=(Input("order_credit", one_line(order.order_id, one), "share_pct", share),),
                children=() if below is None else (below(order),),
                subject=f"order_credit:{one_line(order.order_id, one)}",
            )
            for order in orders
            for one, share in order.credits
            if one in team
        )
        return component(name, "F09-actual", children=credited)


def _credited(value: Decimal, share: Decimal) -> Decimal:
    return round4(value * share / _HUNDRED)


def _lines_component(order: Order, formula: str) -> Component:
    fields = _MEASURES[formula][1]

    def line_component(line: Line) -> Component:
        return component(
            "line", formula, inputs=line.inputs(*fields), subject=f"order_line:{line.key}"
        )

    return component(
        "order",
        "tally",
        children=tuple(line_component(line) for line in order.lines),
        subject=f"order:{order.order_id}",
    )
