"""What customers owe and how fast they pay (F17; 四-3-b, 六-1/3.1)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd

from sheetsales.scores.columns import live, lookup, rows, scored_frame
from sheetsales.scores.decimals import percentage, ratio, round4
from sheetsales.scores.ledger import Order, build_ledger, total
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

COLUMNS = (
    "customer_id",
    "net",
    "collected",
    "collected_pct",
    "receivable",
    "overdue",
    "credit_sales",
    "days",
    "dso",
    "reason",
)
"""Columns of :func:`score_collection`."""
ALL_CUSTOMERS = "*"
"""Key of the row that sums up all customers."""

_CASH_TERMS = frozenset({"prepaid", "cod"})
_CREDIT_DAYS = re.compile(r"net(\d+)")


def score_collection(tables: Frames, params: Params, *, as_of: date, start: date) -> pd.DataFrame:
    """Return what each customer has paid and owes, and his days of sales outstanding (F17).

    Over the counted orders up to ``as_of``: net amount, receipts less refunds, and the share
    collected. The receivable is what is open on orders sold on credit, overdue the part of it that
    is due. ``dso`` is receivable ÷ credit sales of the period · days of the period.

    Args:
        tables: needs the orders, customer and milestone.
        params: not used.
        as_of: last day of the period.
        start: first day of the period.

    Returns:
        One row per customer with orders and one for all (``*``): :data:`COLUMNS`.
    """
    del params
    ledger = build_ledger(tables, as_of=as_of)
    due = due_dates(tables, ledger.counted)
    terms = lookup(tables["customer"], "customer_id", "payment_terms")

    def row(customer: str, orders: Sequence[Order]) -> dict[str, object]:
        on_credit = [
            order for order in orders if terms.get(str(order.customer_id)) not in _CASH_TERMS
        ]
        open_amounts = {order.order_id: order.net_amount - order.collected for order in on_credit}
        recent = [order for order in on_credit if order.order_on and order.order_on >= start]
        return _collection_row(
            customer,
            net=total(order.net_amount for order in orders),
            collected=total(order.collected for order in orders),
            receivable=sum(open_amounts.values(), Decimal()),
            overdue=total(amount for key, amount in open_amounts.items() if due[key] < as_of),
            credit_sales=total(order.net_amount for order in recent),
            days=Decimal((as_of - start).days + 1),
        )

    found = [row(customer, orders) for customer, orders in sorted(ledger.by_customer.items())]
    return scored_frame([*found, row(ALL_CUSTOMERS, ledger.counted)], COLUMNS)


def due_dates(tables: Frames, orders: Iterable[Order]) -> dict[str, date]:
    """Return when each order is to be paid, by its customer's payment terms.

    ``net30`` and the like count days from the order; prepaid and cash on delivery are due with the
    order; instalments with the last payment milestone of the contract, without one on the
    promised day.
    """
    terms = lookup(tables["customer"], "customer_id", "payment_terms")
    last_payment = _last_payments(tables)
    found = {}
    for order in orders:
        assert order.order_on is not None
        found[order.order_id] = _due(
            order, order.order_on, str(terms.get(str(order.customer_id))), last_payment
        )
    return found


def _due(order: Order, ordered: date, terms: str, last_payment: Mapping[str | None, date]) -> date:
    if match := _CREDIT_DAYS.fullmatch(terms):
        return ordered + timedelta(days=int(match[1]))
    if terms == "instalment":
        return last_payment.get(order.contract_id) or order.promised_on or ordered
    return ordered


def _last_payments(tables: Frames) -> Mapping[str | None, date]:
    found: dict[str | None, date] = defaultdict(lambda: date.min)
    names = ("contract_id", "kind", "due_on")
    for contract, kind, due in rows(live(tables["milestone"]), *names):
        if kind == "payment" and due is not None and contract is not None:
            found[contract] = max(found[contract], due)
    return dict(found)


def _collection_row(customer: str, **amounts: Decimal) -> dict[str, object]:
    dso = ratio(amounts["receivable"] * amounts["days"], amounts["credit_sales"])
    share = percentage(amounts["collected"], amounts["net"])
    reason = "zero-total" if share is None else "" if dso is not None else "no-credit-sales"
    return {
        "customer_id": customer,
        **{name: round4(value) for name, value in amounts.items()},
        "collected_pct": None if share is None else round4(share),
        "dso": None if dso is None else round4(dso),
        "reason": reason,
    }
