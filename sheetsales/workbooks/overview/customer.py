"""總覽 of the workbook customer."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Days, Is, Moment, OfRow
from sheetsales.workbooks.figures import Count, FromCompany
from sheetsales.workbooks.overview.model import (
    FIRST_MONTH,
    Anchor,
    Card,
    Item,
    Options,
    Overview,
    Panel,
    Picked,
    Series,
    first_month,
    most_frequent,
)
from sheetsales.workbooks.overview.selling import sales_by_customer

_MOST = 10
_ACTIVE = Is("status", ("active",))
_VISIT_OVERDUE = (_ACTIVE, Days("next_visit_due", high=-1))


def _best_customers(moment: Moment) -> list[str]:
    return [customer for customer, _ in sales_by_customer(moment)[:_MOST]]


CUSTOMER = Overview(
    cards=(
        Card("customers", Count("customer", (_ACTIVE,))),
        Card("prospects", Count("customer", (Is("status", ("prospect",)),))),
        Card("key-customers", Count("customer", (Is("is_key", (True,)),))),
        Card("visits-overdue", Count("customer", _VISIT_OVERDUE), alarm=True),
        Card("visits-due", Count("customer", (_ACTIVE, Days("next_visit_due", 0, 14)))),
        Card("dormant", Count("customer", (Is("status", ("dormant",)),))),
        Card(
            "key-reviews",
            Count(
                "key_account",
                (Is("state", ("confirmed", "watch")), Days("review_due", high=30)),
            ),
        ),
    ),
    anchors=(Anchor(FIRST_MONTH, first_month),),
    panels=(
        Panel(
            "customers-by-value",
            Options("value_class"),
            (
                Series("customers", Count("customer", (OfRow("value_class"),))),
                Series(
                    "visits-overdue", Count("customer", (*_VISIT_OVERDUE, OfRow("value_class")))
                ),
            ),
        ),
        Panel(
            "customers-by-status",
            Options("customer_status"),
            (Series("customers", Count("customer", (OfRow("status"),))),),
        ),
        Panel(
            "best-customers",
            Picked("order", "customer_id", _MOST, _best_customers),
            (Series("sales", FromCompany("item-sales-by-customer"), "money"),),
            chart="bar",
        ),
        Panel(
            "customers-by-owner",
            Picked("customer", "owner_id", _MOST, most_frequent("customer", "owner_id")),
            (
                Series("customers", Count("customer", (OfRow("owner_id"),))),
                Series("visits-overdue", Count("customer", (*_VISIT_OVERDUE, OfRow("owner_id")))),
            ),
            chart="bar",
        ),
    ),
    items=(
        Item(
            "item-sales-by-customer",
            lambda moment: sales_by_customer(moment)[:_MOST],
            "order",
            "customer_id",
        ),
    ),
)
