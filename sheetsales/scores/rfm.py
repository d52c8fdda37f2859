"""What customers bought, and their RFM score (F20; 五-3-a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from sheetsales.scores.derivation import Component, Input, as_of_input, component, given
from sheetsales.scores.ledger import Ledger, Order, total
from sheetsales.scores.params import Params


@dataclass(frozen=True, eq=False)
class Purchases:
    """Counted orders of all customers, seen from a day.

    Attributes:
        ledger: the orders.
        params: rfm_window_days, the rfm cuts and weights, new_product_days.
        as_of: the day; the window is the days up to it.
        with_rows: whether the nodes list the orders they sum up.
    """

    ledger: Ledger
    params: Params
    as_of: date
    with_rows: bool = False

    @cached_property
    def window(self) -> timedelta:
        """Length of the window."""
        return timedelta(days=self.params.integer("rfm_window_days"))

    def orders(self, customer: str) -> Sequence[Order]:
        """Return all counted orders of a customer, oldest first."""
        return self.ledger.by_customer.get(customer, ())

    def recent(self, customer: str) -> list[Order]:
        """Return the orders of the window."""
        return [order for order in self.orders(customer) if self._age(order) < self.window]

    def earlier(self, customer: str) -> list[Order]:
        """Return the orders of the window before."""
        return [
            order
            for order in self.orders(customer)
            if self.window <= self._age(order) < 2 * self.window
        ]

    def profit_node(self, name: str, orders: Sequence[Order]) -> Component:
        """Return the gross profit of orders, less that of returns, as a node."""
        fields = ("qty", "price", "unit_cost", "returned_qty")
        return self._sum_node(name, orders, "F09-profit", fields)

    def amount_node(self, name: str, orders: Sequence[Order]) -> Component:
        """Return the amount of orders, less returns, as a node."""
        return self._sum_node(name, orders, "F09-amount", ("qty", "price", "returned_qty"))

    def metrics(self, customer: str) -> Mapping[str, Decimal | None]:
        """Return what class rules may look at besides the RFM score and its parts."""
        recent = self.recent(customer)
        return {
            "purchase_qty": total(order.net_qty for order in recent),
            "cum_profit_share": self._cumulative_shares.get(customer),
            "new_product_share": self._new_product_share(recent),
        }

    def _age(self, order: Order) -> timedelta:
        assert order.order_on is not None
        return self.as_of - order.order_on

    def _sum_node(
        self, name: str, orders: Sequence[Order], formula: str, fields: tuple[str, ...]
    ) -> Component:
        if not self.with_rows:
            profit = formula == "F09-profit"
            return given(
                name,
                total(order.net_profit if profit else order.net_amount for order in orders),
            )
        lines = tuple(
            component(
                "line", formula, inputs=line.inputs(*fields), subject=f"order_line:{line.key}"
            )
            for order in orders
            for line in order.lines
        )
        return component(name, "tally", children=lines)

    @cached_property
    def _cumulative_shares(self) -> Mapping[str, Decimal]:
        """Percent of the window's profit that the customer and all above him bring."""
        profits = {
            customer: max(Decimal(), total(order.net_profit for order in self.recent(customer)))
            for customer in self.ledger.by_customer
        }
        whole = sum(profits.values(), Decimal())
        found, so_far = {}, Decimal()
        for customer, profit in sorted(profits.items(), key=lambda pair: (-pair[1], pair[0])):
            so_far += profit
            if whole:
                found[customer] = 100 * so_far / whole
        return found

    @cached_property
    def _new_products(self) -> frozenset[str] | None:
        """Products first sold within ``new_product_days``; None while orders do not reach back."""
        since = self.as_of - timedelta(days=self.params.integer("new_product_days"))
        first: dict[str, date] = {}
        for order in self.ledger.counted:
            for line in order.lines:
                if line.product_id is not None and order.order_on is not None:
                    first.setdefault(line.product_id, order.order_on)
        if not first or min(first.values()) > since:
            return None
        return frozenset(product for product, day in first.items() if day > since)

    def _new_product_share(self, orders: Sequence[Order]) -> Decimal | None:
        new = self._new_products
        sums: dict[bool, Decimal] = defaultdict(Decimal)
        for line in (line for order in orders for line in order.lines if new is not None):
            sums[new is not None and line.product_id in new] += line.net_amount or Decimal()
        whole = sums[True] + sums[False]
        return 100 * sums[True] / whole if whole else None


def build_rfm(purchases: Purchases, customer: str) -> Component:
    """Return the RFM score of a customer (F20; 五-3-a).

    Recency (days since the last order), frequency (orders in the window) and monetary value (gross
    profit of the window less returns) are scored from 1 up by their cuts; the score is 100 times
    the weighted mean of (score − 1) ÷ (highest score − 1). Who never ordered has none.
    """
    params = purchases.params
    recent = purchases.recent(customer)
    recency = component(
        "recency_days",
        "F20-days",
        inputs=(*_days_of(purchases.orders(customer)[-1:]), as_of_input(purchases.as_of)),
        reason="no-orders",
    )
    frequency = component("frequency", "F20-count", inputs=_days_of(recent))
    monetary = purchases.profit_node("monetary", recent)
    cuts = {name: params.input(f"rfm_{name}_cuts") for name in ("recency", "frequency", "monetary")}
    scores = (
        component("r_score", "F20-recency", children=(recency,), inputs=(cuts["recency"],)),
        component("f_score", "F20-frequency", children=(frequency,), inputs=(cuts["frequency"],)),
        component("m_score", "F20-monetary", children=(monetary,), inputs=(cuts["monetary"],)),
    )
    return component(
        "rfm_score",
        "F20-score",
        children=scores,
        inputs=(*cuts.values(), params.input("rfm_weights")),
    )


def _days_of(orders: Sequence[Order]) -> tuple[Input, ...]:
    return tuple(Input("order", order.order_id, "order_on", order.order_on) for order in orders)
