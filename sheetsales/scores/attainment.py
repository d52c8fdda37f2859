"""How far a year's targets are reached, and where they will end (F09; 三-4-a, 四-4-a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import pandas as pd

from sheetsales.locale.periods import Period, month_of, parse_period, year_of
from sheetsales.scores.actuals import NEW_CUSTOMERS
from sheetsales.scores.columns import lookup, rows, scored_frame
from sheetsales.scores.decimals import round4
from sheetsales.scores.derivation import Component, Input, argument, component, given
from sheetsales.scores.ledger import Ledger, Line, Order, build_ledger, total
from sheetsales.scores.organisation import subtree, teams, unit_staff
from sheetsales.scores.params import Params
from sheetsales.scores.plans import Target, targets_in_force
from sheetsales.tables import Frames

COLUMNS = (
    "subject_type",
    "subject_id",
    "kpi_id",
    "category_id",
    "year",
    "year_target",
    "month_weights",
    "actual",
    "target",
    "attainment",
    "variance",
    "pace",
    "forecast",
    "reason",
)
"""Columns of :func:`score_attainment`."""

_HUNDRED = Decimal(100)
_LINE_MEASURES: Mapping[str, Callable[[Line], Decimal | None]] = {
    "F09-amount": lambda line: line.net_amount,
    "F09-qty": lambda line: line.net_qty,
    "F09-profit": lambda line: line.net_profit,
}

_Subject = tuple[str, str, str, str | None]


def score_attainment(
    tables: Frames, params: Params, *, as_of: date, period: str | None = None
) -> pd.DataFrame:
    """Return how far each subject has reached its targets (F09; 三-4-a, 四-4-a).

    ``actual`` and ``target`` sum the months of the period up to that of ``as_of``;
    ``attainment`` = 100·actual/target, ``variance`` = actual − target. Σw is the weight of those
    months in the period; ``pace`` = 100·actual/(whole target·Σw), ``forecast`` = actual/Σw. Where
    the targets carry no month weights, the months' share of the whole target stands for them.

    A target on a category counts the lines of the category and of all below it. Actuals come from
    orders: a person's by credited share, with those of the units he manages; a unit's are those of
    its staff; company, customers, agents, products and territories count whole orders. Rates and
    manual indicators do not add up over months: they have no row value here.

    Args:
        tables: needs target, sales_plan, kpi, the orders, product, category and the organisation.
        params: not used.
        as_of: days after it do not count.
        period: year, quarter or month; without one the fiscal year of ``as_of``.

    Returns:
        One row per subject, indicator and category with a target: :data:`COLUMNS`.
    """
    del params
    book = _Book(tables, as_of, _period(tables, as_of, period))
    return scored_frame([book.row(subject) for subject in sorted(book.targets, key=str)], COLUMNS)


def _period(tables: Frames, as_of: date, period: str | None) -> Period:
    months = [month for (month,) in rows(tables["company"], "fiscal_start_month") if month]
    start = months[0] if months else 1
    return parse_period(period or year_of(as_of, start), start)


@dataclass(eq=False)
class _Book:
    """Targets of a period, and the credited lines that count towards them."""

    tables: Frames
    as_of: date
    period: Period

    @cached_property
    def ledger(self) -> Ledger:
        return build_ledger(self.tables, as_of=self.as_of)

    @cached_property
    def past_months(self) -> frozenset[str]:
        return frozenset(month for month in self.period.months if month <= month_of(self.as_of))

    @cached_property
    def targets(self) -> Mapping[_Subject, Sequence[Target]]:
        found: dict[_Subject, list[Target]] = defaultdict(list)
        for one in targets_in_force(self.tables):
            if one.period in self.period.months:
                found[one.subject_type, one.subject_id, one.kpi_id, one.category_id].append(one)
        return found

    @cached_property
    def formulas(self) -> Mapping[str, str | None]:
        return lookup(self.tables["kpi"], "kpi_id", "formula_id")

    @cached_property
    def categories(self) -> Mapping[str, str | None]:
        """Parent by category."""
        return lookup(self.tables["category"], "category_id", "parent_id")

    @cached_property
    def category_of(self) -> Mapping[str, str | None]:
        """Category by product."""
        return lookup(self.tables["product"], "product_id", "category_id")

    @cached_property
    def teams(self) -> Mapping[str, frozenset[str]]:
        return teams(self.tables)

    def row(self, subject: _Subject) -> dict[str, object]:
        subject_type, subject_id, kpi_id, category_id = subject
        targets = self.targets[subject]
        past = tuple(one.input for one in targets if one.period in self.past_months)
        year = component("year_target", "sum", inputs=tuple(one.input for one in targets))
        target = component("target", "sum", inputs=past, reason="no-target")
        value, reason = self._actual(subject)
        actual = given("actual", value, reason=reason)
        weights = self._weights(targets, target, year)
        plan = component("plan", "F09-plan", children=(year,), inputs=(weights,))
        parts = [
            year,
            actual,
            target,
            component(
                "attainment", "F09-attainment", children=(actual, target), reason="zero-target"
            ),
            component("variance", "F09-variance", children=(actual, target)),
            component("pace", "F09-pace", children=(actual, plan), reason="zero-target"),
            component("forecast", "F09-forecast", children=(actual,), inputs=(weights,)),
        ]
        return {
            "subject_type": subject_type,
            "subject_id": subject_id,
            "kpi_id": kpi_id,
            "category_id": category_id,
            "year": self.period.text,
            "month_weights": weights.value,
            **{part.name: part.value for part in parts},
            "reason": next((part.reason for part in parts if part.reason), ""),
        }

    def _weights(self, targets: Sequence[Target], past: Component, year: Component) -> Input:
        """Σw of the months so far, in percent."""
        weights = {one.period: one.month_weight for one in targets}
        known = [weight for weight in weights.values() if weight is not None]
        if len(known) == len(weights):
            whole = sum(known, Decimal())
            part = total(weight for month, weight in weights.items() if month in self.past_months)
        else:
            whole, part = _number(year), _number(past)
        return argument("month_weights", round4(_HUNDRED * part / whole) if whole else None)

    def _actual(self, subject: _Subject) -> tuple[Decimal | None, str]:
        subject_type, subject_id, kpi_id, category_id = subject
        formula = str(self.formulas.get(kpi_id))
        if formula not in {*_LINE_MEASURES, NEW_CUSTOMERS}:
            return None, "not-from-orders"
        orders = self._orders(subject_type, subject_id)
        if orders is None:
            return None, "subject-unknown"
        if formula == NEW_CUSTOMERS:
            first = (pair for pair in orders if pair[0].order_id in self.ledger.first_orders)
            return total(share for _, share in first) / _HUNDRED, ""
        products = self._products(subject_type, subject_id, category_id)
        found = Decimal()
        for order, share in orders:
            lines = self.measured[order.order_id, formula]
            wanted = (value for product, value in lines if products is None or product in products)
            found += total(wanted) * share / _HUNDRED
        return found, ""

    @cached_property
    def past_orders(self) -> Sequence[Order]:
        """Counted orders of the months so far."""
        return [order for order in self.ledger.counted if order.month in self.past_months]

    @cached_property
    def measured(self) -> Mapping[tuple[str, str], Sequence[tuple[str | None, Decimal | None]]]:
        """Product and value of each line, by order and formula."""
        return {
            (order.order_id, formula): [(line.product_id, measure(line)) for line in order.lines]
            for order in self.past_orders
            for formula, measure in _LINE_MEASURES.items()
        }

    @cached_property
    def credited(self) -> Mapping[str, Sequence[tuple[Order, Decimal]]]:
        """Order and share by employee."""
        found: dict[str, list[tuple[Order, Decimal]]] = defaultdict(list)
        for order in self.past_orders:
            for employee, share in order.credits:
                found[employee].append((order, share))
        return found

    def _products(
        self, subject_type: str, subject_id: str, category_id: str | None
    ) -> frozenset[str] | None:
        """Products whose lines count; None for all."""
        if subject_type == "product":
            return frozenset((subject_id,))
        if category_id is None:
            return None
        below = subtree(self.categories, category_id)
        return frozenset(product for product, home in self.category_of.items() if home in below)

    def _orders(self, subject_type: str, subject_id: str) -> Sequence[tuple[Order, Decimal]] | None:
        """Orders of a subject and how many percent of each are its own; None if it has none."""
        if subject_type == "employee":
            return self._credited_to(self.teams.get(subject_id, frozenset()))
        if subject_type == "unit":
            return self._credited_to(unit_staff(self.tables, subject_id))
        customers = self._customers_in(subject_id)
        mine: Mapping[str, Callable[[Order], bool]] = {
            "company": lambda _: True,
            "product": lambda _: True,
            "customer": lambda order: order.customer_id == subject_id,
            "agent": lambda order: order.agent_id == subject_id,
            "territory": lambda order: order.customer_id in customers,
        }
        if subject_type not in mine:
            return None
        return [(order, _HUNDRED) for order in self.past_orders if mine[subject_type](order)]

    def _credited_to(self, team: frozenset[str]) -> Sequence[tuple[Order, Decimal]]:
        return [pair for employee in sorted(team) for pair in self.credited.get(employee, ())]

    @cached_property
    def _homes(self) -> Mapping[str, str | None]:
        return lookup(self.tables["customer"], "customer_id", "territory_id")

    def _customers_in(self, territory: str) -> frozenset[str]:
        parents = lookup(self.tables["territory"], "territory_id", "parent_id")
        below = subtree(parents, territory)
        return frozenset(customer for customer, home in self._homes.items() if home in below)


def _number(node: Component) -> Decimal:
    return node.value if isinstance(node.value, Decimal) else Decimal()
