"""What the company trades with one customer: orders, products, receivables, contracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sheetsales.contexts.base import Source, Writer
from sheetsales.contexts.charts import ChartData, Series
from sheetsales.contexts.ledgers import ledger_of
from sheetsales.contexts.rows import Row
from sheetsales.locale.labels import written
from sheetsales.locale.periods import Period, parse_period, quarter_of, shift_period
from sheetsales.scores.decimals import percentage
from sheetsales.scores.ledger import Line, Order, merged_customers

_TOP = 5
_QUARTERS = 4
_ENDED = frozenset({"void", "rejected"})
_NOT_DUE = frozenset({"draft", "reviewing", "rejected", "void", "terminated"})
_CHART_WORDS = {
    "zh-Hant": ("各季訂單", "訂單金額", "毛利"),
    "en": ("Orders by quarter", "Order amount", "Gross profit"),
}


@dataclass(frozen=True, slots=True)
class Quarter:
    """Orders of one calendar quarter, up to the date of the card."""

    name: str
    start: str
    end: str
    orders: str
    amount: str
    profit: str


@dataclass(frozen=True, slots=True)
class TopProduct:
    """A product that the customer spends most on."""

    rank: str
    product: str
    quantity: str
    amount: str
    share: str


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """An instalment that is not paid yet."""

    contract_no: str
    due: str
    amount: str
    overdue: str


@dataclass(frozen=True, slots=True)
class CustomerContract:
    """A contract with the customer."""

    contract_no: str
    title: str
    kind: str
    start: str
    end: str
    amount: str
    state: str


@dataclass(frozen=True, slots=True)
class Trade:
    """Orders of the last four quarters, receivables and contracts of one customer.

    Amounts are net of returns, in the company's currency.

    Attributes:
        foreign_orders: how many orders are in other currencies and left out; empty for none.
        ordered: amount of all orders so far.
        receivable: that less what was received.
        credit_left: credit limit less the receivable.
    """

    currency: str
    quarters: tuple[Quarter, ...]
    orders: str
    amount: str
    profit: str
    chart: ChartData
    foreign_orders: str
    products: tuple[TopProduct, ...]
    ordered: str
    received: str
    receivable: str
    credit_limit: str
    credit_left: str
    open_payments: tuple[OpenPayment, ...]
    contracts: tuple[CustomerContract, ...]
    last_order_on: str


def build_trade(source: Source, writer: Writer, customer: Row, as_of: date) -> Trade:
    """Return what is traded with a customer, those merged into it included."""
    keys = _merged_keys(source, customer["customer_id"])
    booked = _booked(source, keys, as_of)
    orders = [order for order in booked if order.currency == writer.currency]
    contracts = source.rows("contract", party_type="customer", party_id=keys)
    contracts.sort(key=lambda row: (row["start_on"] or date.min, row["contract_id"]), reverse=True)
    periods = _quarters(source, as_of)
    recent = [order for order in orders if order.order_on and order.order_on >= periods[0].start]
    ordered = _sum(order.net_amount for order in orders)
    received = _received(source, orders, contracts, as_of)
    limit: Decimal | None = customer["credit_limit"]
    return Trade(
        currency=writer.label("currency", writer.currency),
        quarters=tuple(_quarter(writer, period, recent, as_of) for period in periods),
        orders=writer.number(len(recent)),
        amount=writer.amount(_sum(order.net_amount for order in recent)),
        profit=writer.amount(_sum(order.net_profit for order in recent)),
        chart=_chart(writer, periods, recent),
        foreign_orders=str(len(booked) - len(orders)) if len(booked) > len(orders) else "",
        products=_top_products(source, writer, recent),
        ordered=writer.money(ordered),
        received=writer.money(received),
        receivable=writer.money(ordered - received),
        credit_limit=writer.money(limit),
        credit_left=writer.money(None if limit is None else limit - (ordered - received)),
        open_payments=_open_payments(source, writer, contracts, as_of),
        contracts=_contracts(writer, contracts),
        last_order_on=writer.date(booked[-1].order_on if booked else None),
    )


def _merged_keys(source: Source, customer_id: str) -> tuple[str, ...]:
    merged = merged_customers(source.tables)
    return (customer_id, *(one for one, into in merged.items() if into == customer_id))


def _booked(source: Source, keys: Sequence[str], as_of: date) -> Sequence[Order]:
    """Return the orders of a customer that count, oldest first."""
    ids = {row["order_id"] for row in source.rows("order", customer_id=keys)}
    counted = ledger_of(source.tables, as_of).counted
    return [order for order in counted if order.order_id in ids]


def _quarters(source: Source, as_of: date) -> list[Period]:
    fiscal = source.company["fiscal_start_month"] or 1
    this = quarter_of(as_of, fiscal)
    return [
        parse_period(shift_period(this, step, fiscal), fiscal) for step in range(1 - _QUARTERS, 1)
    ]


def _quarter(writer: Writer, period: Period, orders: Iterable[Order], as_of: date) -> Quarter:
    within = _within(orders, period)
    return Quarter(
        name=writer.period(period.text),
        start=writer.date(period.start),
        end=writer.date(min(period.end, as_of)),
        orders=writer.number(len(within)),
        amount=writer.amount(_sum(order.net_amount for order in within)),
        profit=writer.amount(_sum(order.net_profit for order in within)),
    )


def _within(orders: Iterable[Order], period: Period) -> list[Order]:
    return [order for order in orders if order.order_on is not None and order.order_on in period]


def _chart(writer: Writer, periods: Sequence[Period], orders: Sequence[Order]) -> ChartData:
    heading, amount, profit = (
        written(word, writer.locale)
        for word in _CHART_WORDS["en" if writer.locale == "en" else "zh-Hant"]
    )
    found = [_within(orders, period) for period in periods]
    return ChartData(
        title=heading,
        categories=tuple(writer.period(period.text) for period in periods),
        series=(
            Series(amount, tuple(float(_sum(one.net_amount for one in part)) for part in found)),
            Series(profit, tuple(float(_sum(one.net_profit for one in part)) for part in found)),
        ),
        kind="bar",
        unit=writer.label("currency", writer.currency),
    )


def _top_products(
    source: Source, writer: Writer, orders: Iterable[Order]
) -> tuple[TopProduct, ...]:
    lines: dict[str, list[Line]] = defaultdict(list)
    for order in orders:
        for line in order.lines:
            if line.product_id is not None:
                lines[line.product_id].append(line)
    amounts = {key: _sum(line.net_amount for line in found) for key, found in lines.items()}
    ranked = sorted(amounts, key=lambda key: (-amounts[key], key))[:_TOP]
    everything = _sum(amounts.values())
    return tuple(
        TopProduct(
            rank=str(rank),
            product=source.name("product", key),
            quantity=writer.quantity(
                _sum(line.net_qty for line in lines[key]),
                (source.row("product", key) or {}).get("uom") or "",
            ),
            amount=writer.amount(amounts[key]),
            share=writer.percent(percentage(amounts[key], everything), 1),
        )
        for rank, key in enumerate(ranked, start=1)
    )


def _received(
    source: Source, orders: Iterable[Order], contracts: Iterable[Row], as_of: date
) -> Decimal:
    """Return receipts less refunds, of the customer's orders and contracts."""
    of_order = {order.order_id for order in orders}
    of_contract = {row["contract_id"] for row in contracts}
    receipts = {
        row["receipt_id"]: row
        for row in (
            *source.rows("receipt", order_id=of_order),
            *source.rows("receipt", contract_id=of_contract),
        )
        if row["received_on"] and row["received_on"] <= as_of and row["amount"] is not None
    }
    return _sum(
        -row["amount"] if row["kind"] == "refund" else row["amount"] for row in receipts.values()
    )


def _open_payments(
    source: Source, writer: Writer, contracts: Iterable[Row], as_of: date
) -> tuple[OpenPayment, ...]:
    numbers = {
        row["contract_id"]: row["contract_no"]
        for row in contracts
        if row["state"] not in _NOT_DUE and row["currency"] == writer.currency
    }
    found = [
        row
        for row in source.rows("milestone", contract_id=set(numbers), kind="payment")
        if row["done_on"] is None and row["status"] not in {"done", "waived"}
    ]
    found.sort(key=lambda row: (row["due_on"] or date.max, row["milestone_id"]))
    return tuple(
        OpenPayment(
            contract_no=writer.text(numbers[row["contract_id"]]),
            due=writer.date(row["due_on"]),
            amount=writer.amount(row["amount"]),
            overdue=writer.number(_days_overdue(row["due_on"], as_of)),
        )
        for row in found
    )


def _days_overdue(due: date | None, as_of: date) -> int | None:
    return (as_of - due) // timedelta(days=1) if due is not None and due < as_of else None


def _contracts(writer: Writer, contracts: Iterable[Row]) -> tuple[CustomerContract, ...]:
    return tuple(
        CustomerContract(
            contract_no=writer.text(row["contract_no"]),
            title=writer.text(row["title"]),
            kind=writer.label("contract_type", row["contract_type"]),
            start=writer.date(row["start_on"]),
            end=writer.date(row["end_on"]),
            amount=writer.of_currency(row["currency"]).money(row["amount"]),
            state=writer.label("contract_state", row["state"]),
        )
        for row in contracts
        if row["state"] not in _ENDED
    )


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal())
