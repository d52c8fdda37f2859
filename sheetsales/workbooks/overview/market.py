"""總覽 of the workbook market."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Is, Moment, OfRow
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
from sheetsales.workbooks.overview.selling import sales_by_product

_ACTIVE = Is("status", ("active",))
_MOST = 10


def _best_products(moment: Moment) -> list[str]:
    return [product for product, _ in sales_by_product(moment)[:_MOST]]


MARKET = Overview(
    cards=(
        Card("products", Count("product", (_ACTIVE,))),
        Card("product-drafts", Count("product", (Is("status", ("draft",)),))),
        Card("categories", Count("category")),
        Card("channels", Count("channel", (_ACTIVE,))),
    ),
    anchors=(Anchor(FIRST_MONTH, first_month),),
    panels=(
        Panel(
            "best-products",
            Picked("order_line", "product_id", _MOST, _best_products),
            (Series("sales", FromCompany("item-sales-by-product"), "money"),),
            chart="bar",
        ),
        Panel(
            "products-by-category",
            Picked("product", "category_id", _MOST, most_frequent("product", "category_id")),
            (Series("products", Count("product", (_ACTIVE, OfRow("category_id")))),),
            chart="bar",
        ),
        Panel(
            "channels-by-type",
            Options("channel_type"),
            (Series("channels", Count("channel", (_ACTIVE, OfRow("channel_type")))),),
        ),
        Panel(
            "products-by-status",
            Options("active_status"),
            (Series("products", Count("product", (OfRow("status"),))),),
        ),
    ),
    items=(
        Item(
            "item-sales-by-product",
            lambda moment: sales_by_product(moment)[:_MOST],
            "order_line",
            "product_id",
        ),
    ),
)
