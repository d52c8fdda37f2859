"""總覽 of the workbook sales."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Days, InMonth, Is, IsNot, Moment, OfRow
from sheetsales.workbooks.figures import Count, FromCompany, Ratio, Sum, Total
from sheetsales.workbooks.overview.model import (
    FIRST_MONTH,
    MONTHS,
    Anchor,
    Card,
    Item,
    Months,
    Options,
    Overview,
    Panel,
    Picked,
    Series,
    first_month,
)
from sheetsales.workbooks.overview.selling import sales_by_customer
from sheetsales.workbooks.overview.targets import targets_by_month

_MOST = 10
_COUNTED = IsNot("state", ("draft", "submitted", "cancelled"))
_OPEN = IsNot("state", ("draft", "completed", "cancelled"))
_UNDELIVERED = Is("state", ("confirmed", "processing", "partially_shipped", "shipped"))
_RECEIVED = Is("kind", ("receipt",))
_OF_YEAR = InMonth("order_on", months=MONTHS, anchor=FIRST_MONTH)
_CUSTOMERS = (_COUNTED, _OF_YEAR, OfRow("customer_id"))
_YEAR_SALES = Total("sales-by-month", "ordered")
_YEAR_TARGET = Total("sales-by-month", "target")


def _best_customers(moment: Moment) -> list[str]:
    return [customer for customer, _ in sales_by_customer(moment)[:_MOST]]


SALES = Overview(
    cards=(
        Card("month-sales", Sum("order", "total", (_COUNTED, InMonth("order_on"))), "money"),
        Card(
            "month-receipts",
            Sum("receipt", "amount", (_RECEIVED, InMonth("received_on"))),
            "money",
        ),
        Card("orders-open", Count("order", (_OPEN,))),
        Card(
            "deliveries-overdue",
            Count("order", (_UNDELIVERED, Days("promised_on", high=-1))),
            alarm=True,
        ),
        Card("year-sales-ordered", _YEAR_SALES, "money"),
        Card("year-attainment", Ratio(_YEAR_SALES, _YEAR_TARGET), "percent"),
        Card("orders-held", Count("order", (Is("state", ("on_hold", "returning")),)), alarm=True),
    ),
    anchors=(Anchor(FIRST_MONTH, first_month),),
    panels=(
        Panel(
            "sales-by-month",
            Months(),
            (
                Series("ordered", Sum("order", "total", (_COUNTED, InMonth("order_on"))), "money"),
                Series(
                    "received",
                    Sum("receipt", "amount", (_RECEIVED, InMonth("received_on"))),
                    "money",
                ),
                Series("target", FromCompany("item-target-by-month"), "money"),
            ),
            lines=("target",),
        ),
        Panel(
            "orders-by-state",
            Options("order_state"),
            (
                Series("orders", Count("order", (OfRow("state"),))),
                Series("amount", Sum("order", "total", (OfRow("state"),)), "money"),
            ),
            chart="bar",
            undrawn=("amount",),
        ),
        Panel(
            "orders-by-customer",
            Picked("order", "customer_id", _MOST, _best_customers),
            (
                Series("amount", Sum("order", "total", _CUSTOMERS), "money"),
                Series("orders", Count("order", _CUSTOMERS)),
            ),
            chart="bar",
            undrawn=("orders",),
        ),
        Panel(
            "orders-by-risk",
            Options("level3"),
            (
                Series("orders", Count("order", (_OPEN, OfRow("risk")))),
                Series("amount", Sum("order", "total", (_OPEN, OfRow("risk"))), "money"),
            ),
            undrawn=("amount",),
        ),
    ),
    items=(Item("item-target-by-month", targets_by_month),),
)
