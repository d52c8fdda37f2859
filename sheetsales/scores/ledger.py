"""Orders with their lines, credits and receipts, joined once for the scores that count them.

An order counts once it is confirmed and as long as it is not cancelled; drafts and orders that
wait for confirmation do not count. Rows marked inactive and days after the date of reference do
not exist for a score. Orders of a merged customer are those of the customer it was merged into.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from sheetsales.locale.periods import month_of
from sheetsales.scores.columns import live, lookup, one_line, rows
from sheetsales.scores.derivation import Input
from sheetsales.scores.formulas.selling import delivered_qty
from sheetsales.scores.money import line_amount, line_profit, net_amount, net_profit
from sheetsales.tables import Frames

COUNTED_STATES = frozenset(
    {
        "confirmed",
        "processing",
        "partially_shipped",
        "shipped",
        "delivered",
        "completed",
        "returning",
        "on_hold",
    }
)
"""Order states that count as sales."""

_ZERO = Decimal()
_LINE_FIELDS = (
    "order_id",
    "line_no",
    "product_id",
    "qty",
    "price",
    "unit_cost",
    "delivered_qty",
    "returned_qty",
)


@dataclass(slots=True, eq=False)
class Line:
    """One line of an order; amounts are in the order's currency."""

    order: Order
    line_no: int
    product_id: str | None
    qty: Decimal | None
    price: Decimal | None
    unit_cost: Decimal | None
    recorded: Decimal | None
    returned: Decimal | None

    @property
    def order_id(self) -> str:
        """Key of the order."""
        return self.order.order_id

    @property
    def currency(self) -> str | None:
        """Currency of the order."""
        return self.order.currency

    @property
    def key(self) -> str:
        """One-line key of the row."""
        return one_line(self.order_id, self.line_no)

    @property
    def amount(self) -> Decimal | None:
        """Quantity times price."""
        return line_amount(self.qty, self.price, self.currency)

    @property
    def profit(self) -> Decimal | None:
        """Amount less cost of the ordered quantity."""
        return line_profit(self.qty, self.price, self.unit_cost, self.currency)

    @property
    def delivered(self) -> Decimal | None:
        """What the customer has received; None where nothing says it."""
        return delivered_qty(self.order.state, self.qty, self.recorded)

    @property
    def delivered_amount(self) -> Decimal | None:
        """What the customer has received, at the price of the line."""
        return line_amount(self.delivered, self.price, self.currency)

    @property
    def net_amount(self) -> Decimal | None:
        """Amount less returns."""
        return net_amount(self.qty, self.returned, self.price, self.currency)

    @property
    def net_qty(self) -> Decimal | None:
        """Quantity less returns."""
        return None if self.qty is None else self.qty - (self.returned or _ZERO)

    @property
    def net_profit(self) -> Decimal | None:
        """Gross profit less that of returns."""
        return net_profit(self.qty, self.returned, self.price, self.unit_cost, self.currency)

    def inputs(self, *fields: str) -> tuple[Input, ...]:
        """Return cells of the line, and the currency of its order, as inputs."""
        values = {
            "qty": self.qty,
            "price": self.price,
            "unit_cost": self.unit_cost,
            "returned_qty": self.returned,
        }
        cells = (Input("order_line", self.key, name, values[name]) for name in fields)
        return (*cells, Input("order", self.order_id, "currency", self.currency))


@dataclass(slots=True)
class Payment:
    """One receipt or refund; amounts are positive, the kind says the direction."""

    receipt_id: str
    kind: str
    amount: Decimal


@dataclass(eq=False)
class Order:
    """One order and everything that hangs on it."""

    order_id: str
    customer_id: str | None
    contract_id: str | None
    agent_id: str | None
    order_on: date | None
    promised_on: date | None
    currency: str | None
    state: str | None
    lines: list[Line] = field(default_factory=list)
    credits: list[tuple[str, Decimal]] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    @property
    def month(self) -> str:
        """Month of the order date."""
        assert self.order_on is not None
        return month_of(self.order_on)

    @cached_property
    def net_amount(self) -> Decimal:
        """Amount of all lines less returns."""
        return total(line.net_amount for line in self.lines)

    @cached_property
    def net_qty(self) -> Decimal:
        """Quantity of all lines less returns."""
        return total(line.net_qty for line in self.lines)

    @cached_property
    def net_profit(self) -> Decimal:
        """Gross profit of all lines less that of returns."""
        return total(line.net_profit for line in self.lines)

    @cached_property
    def collected(self) -> Decimal:
        """Receipts less refunds."""
        return total(
            payment.amount if payment.kind == "receipt" else -payment.amount
            for payment in self.payments
        )


@dataclass(frozen=True, eq=False)
class Ledger:
    """All orders, those that count, and who is credited.

    Attributes:
        orders: every order by key.
        counted: the orders that count, by order date and key.
    """

    orders: Mapping[str, Order]
    counted: Sequence[Order]

    @cached_property
    def by_customer(self) -> Mapping[str, Sequence[Order]]:
        """Counted orders by customer, oldest first."""
        found: dict[str, list[Order]] = defaultdict(list)
        for order in self.counted:
            if order.customer_id is not None:
                found[order.customer_id].append(order)
        return found

    @cached_property
    def first_orders(self) -> frozenset[str]:
        """Keys of the orders that are their customer's first counted one."""
        return frozenset(orders[0].order_id for orders in self.by_customer.values())


def build_ledger(frames: Frames, *, as_of: date) -> Ledger:
    """Return the orders with their lines, credits and receipts up to a date."""
    orders = dict(_orders(frames))
    _add_lines(frames, orders)
    for order_id, employee_id, share in rows(
        live(frames["order_credit"]), "order_id", "employee_id", "share_pct"
    ):
        if order_id in orders and employee_id is not None and share is not None:
            orders[order_id].credits.append((employee_id, share))
    _add_payments(frames, orders, as_of)
    return Ledger(orders, _counted(frames, orders, as_of))


def total(values: Iterator[Decimal | None]) -> Decimal:
    """Return the sum of the values that there are."""
    return sum((value for value in values if value is not None), _ZERO)


def merged_customers(frames: Frames) -> dict[str, str]:
    """Return, for each customer that was merged, the one that it lives on in."""
    direct = {
        one: into
        for one, into in lookup(frames["customer"], "customer_id", "merged_into").items()
        if into is not None
    }
    final = {}
    for one, into in direct.items():
        seen, here = {one}, into
        while here in direct and here not in seen:
            seen.add(here)
            here = direct[here]
        final[one] = here
    return final


def _orders(frames: Frames) -> Iterator[tuple[str, Order]]:
    merged = merged_customers(frames)
    names = "order_id customer_id contract_id agent_id order_on promised_on currency state".split()
    for order_id, customer_id, *rest in rows(frames["order"], *names):
        if order_id is not None:
            yield order_id, Order(order_id, merged.get(customer_id, customer_id), *rest)


def _add_lines(frames: Frames, orders: Mapping[str, Order]) -> None:
    for order_id, line_no, product_id, *numbers in rows(live(frames["order_line"]), *_LINE_FIELDS):
        order = orders.get(order_id)
        if order is not None and line_no is not None:
            order.lines.append(Line(order, line_no, product_id, *numbers))


def _add_payments(frames: Frames, orders: Mapping[str, Order], as_of: date) -> None:
    """A receipt names its order; without one it is that of the contract's only order."""
    named = [order for order in orders.values() if order.contract_id is not None]
    of_contract = Counter(order.contract_id for order in named)
    only = {
        order.contract_id: order.order_id for order in named if of_contract[order.contract_id] == 1
    }
    names = ("receipt_id", "order_id", "contract_id", "kind", "received_on", "amount")
    for key, order_id, contract_id, kind, received_on, amount in rows(
        live(frames["receipt"]), *names
    ):
        order = orders.get(order_id or only.get(contract_id, ""))
        known = None not in (kind, received_on, amount)
        if order is not None and known and received_on <= as_of:
            order.payments.append(Payment(key, kind, amount))


def _counted(frames: Frames, orders: Mapping[str, Order], as_of: date) -> list[Order]:
    active = set(live(frames["order"])["order_id"])
    found = [
        order
        for order in orders.values()
        if order.state in COUNTED_STATES
        and order.order_id in active
        and order.order_on is not None
        and order.order_on <= as_of
    ]
    return sorted(found, key=lambda order: (order.order_on or as_of, order.order_id))
