"""What orders and their lines amount to, how far they are delivered and paid (F17; 四-3-b)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from sheetsales.scores.columns import scored_frame
from sheetsales.scores.decimals import round4
from sheetsales.scores.derivation import (
    Component,
    Derivation,
    Input,
    component,
    unknown_key,
)
from sheetsales.scores.formulas.selling import bounded_share
from sheetsales.scores.ledger import Line, Order, build_ledger, total
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

LINE_COLUMNS = ("order_id", "line_no", "amount", "gross_profit", "delivered_qty", "reason")
"""Columns of :func:`score_order_lines`."""
ORDER_COLUMNS = (
    "order_id",
    "total",
    "returned",
    "net",
    "delivered",
    "delivered_pct",
    "collected",
    "collected_pct",
    "reason",
)
"""Columns of :func:`score_orders`."""


def score_order_lines(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return amount, gross profit and delivered quantity of every order line (四-3-b, F17).

    Amount is quantity times price, gross profit the amount less quantity times cost, both rounded
    to the currency's minor unit and before returns. What is delivered follows from the state of
    the order; of a partly shipped or held one it is what the line says. It is shown, not written.

    Args:
        tables: needs order and order_line.
        params: not used.
        as_of: not used by lines.

    Returns:
        One row per line: :data:`LINE_COLUMNS`.
    """
    del params
    ledger = build_ledger(tables, as_of=as_of)
    return scored_frame(
        [
            {
                "order_id": line.order_id,
                "line_no": line.line_no,
                "amount": _kept(line.amount),
                "gross_profit": _kept(line.profit),
                "delivered_qty": _kept(line.delivered),
                "reason": _line_reason(line),
            }
            for order in ledger.orders.values()
            for line in order.lines
        ],
        LINE_COLUMNS,
    )


def score_orders(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return what every order amounts to and how much of it is delivered and paid (F17; 四-3-b).

    ``total`` is the sum of the lines before returns; ``delivered_pct`` is the delivered part of
    it; ``collected_pct`` is receipts less refunds up to ``as_of`` in percent of the total less
    returns. Both shares lie between 0 and 100.

    Args:
        tables: needs order, order_line, order_credit, receipt and customer.
        params: not used.
        as_of: receipts after this day do not count.

    Returns:
        One row per order: :data:`ORDER_COLUMNS`; ``reason`` says why a share is missing.
    """
    del params
    ledger = build_ledger(tables, as_of=as_of)
    return scored_frame([_order_row(order) for order in ledger.orders.values()], ORDER_COLUMNS)


def explain_order_lines(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how the fields of an order line came about.

    Raises:
        ScoreError: there is no line of this key.
    """
    del params
    order_id = key.rsplit("/", 1)[0]
    order = build_ledger(tables, as_of=as_of).orders.get(order_id)
    for line in order.lines if order is not None else ():
        if line.key == key:
            cost = line.inputs("qty", "price", "unit_cost")
            return Derivation(
                "order_lines",
                key,
                (
                    component("amount", "F17-amount", inputs=cost, reason=_line_reason(line)),
                    component("gross_profit", "F17-profit", inputs=cost, reason=_line_reason(line)),
                ),
                (_delivered_qty(line),),
            )
    raise unknown_key("order_lines", key)


def explain_orders(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how the fields of an order came about.

    Raises:
        ScoreError: there is no order of this key.
    """
    del params
    order = build_ledger(tables, as_of=as_of).orders.get(key)
    if order is None:
        raise unknown_key("orders", key)
    return _order_derivation(order)


def net_component(order: Order) -> Component:
    """Return the node of an order's amount less returns."""
    return component(
        "net",
        "tally",
        subject=f"order:{order.order_id}",
        children=tuple(
            component(
                "line",
                "F09-amount",
                inputs=line.inputs("qty", "price", "returned_qty"),
                subject=f"order_line:{line.key}",
            )
            for line in order.lines
        ),
    )


def collected_component(order: Order) -> Component:
    """Return the node of an order's receipts less refunds."""

    def cells(kind: str) -> tuple[Input, ...]:
        found = (payment for payment in order.payments if payment.kind == kind)
        return tuple(Input("receipt", one.receipt_id, "amount", one.amount) for one in found)

    receipts = component("receipts", "tally", inputs=cells("receipt"))
    refunds = component("refunds", "tally", inputs=cells("refund"))
    return component(
        "collected",
        "difference",
        children=(receipts, refunds),
        subject=f"order:{order.order_id}",
    )


def _kept(value: Decimal | None) -> Decimal | None:
    return None if value is None else round4(value)


def _line_reason(line: Line) -> str:
    if line.amount is None:
        return "no-price"
    return "no-cost" if line.profit is None else ""


def _order_row(order: Order) -> dict[str, object]:
    amount = total(line.amount for line in order.lines)
    delivered = _delivered_amount(order)
    collected = order.collected
    return {
        "order_id": order.order_id,
        "total": round4(amount),
        "returned": round4(amount - order.net_amount),
        "net": round4(order.net_amount),
        "delivered": _kept(delivered),
        "delivered_pct": _kept(bounded_share(delivered, amount)),
        "collected": round4(collected),
        "collected_pct": _kept(bounded_share(collected, order.net_amount)),
        "reason": _order_reason(order, amount, delivered),
    }


def _order_reason(order: Order, amount: Decimal, delivered: Decimal | None) -> str:
    if not amount or not order.net_amount:
        return "zero-total"
    return "no-shipments" if delivered is None else ""


def _delivered_amount(order: Order) -> Decimal | None:
    """What is delivered; None where the order says only that it is some."""
    parts = [line.delivered_amount for line in order.lines]
    return total(iter(parts)) if any(part is not None for part in parts) else None


def _delivered_qty(line: Line) -> Component:
    return component(
        "delivered_qty",
        "F17-delivered_qty",
        inputs=(
            Input("order", line.order_id, "state", line.order.state),
            Input("order_line", line.key, "qty", line.qty),
            Input("order_line", line.key, "delivered_qty", line.recorded),
        ),
        reason="no-shipments",
    )


def _order_derivation(order: Order) -> Derivation:
    amounts = component(
        "total",
        "tally",
        children=tuple(
            component(
                "line",
                "F17-amount",
                inputs=line.inputs("qty", "price"),
                subject=f"order_line:{line.key}",
            )
            for line in order.lines
        ),
    )
    delivered = component(
        "delivered",
        "sum",
        children=tuple(
            component(
                "line",
                "F17-delivered_amount",
                children=(_delivered_qty(line),),
                inputs=line.inputs("price"),
                subject=f"order_line:{line.key}",
            )
            for line in order.lines
        ),
        reason="no-shipments",
    )
    net, collected = net_component(order), collected_component(order)
    returned = component("returned", "difference", children=(amounts, net))
    fields = (
        amounts,
        component(
            "delivered_pct", "F17-delivered", children=(delivered, amounts), reason="zero-total"
        ),
        component("collected_pct", "F17-collected", children=(collected, net), reason="zero-total"),
    )
    return Derivation("orders", order.order_id, fields, (returned, net, delivered, collected))
