"""The sample's product categories, products and channels, with list prices and costs."""

from __future__ import annotations

from dataclasses import dataclass

from sheetsales.sample.names import (
    ADVANTAGES,
    AFTER_SALES,
    CATEGORIES,
    FEATURES,
    FUNCTIONS,
    LIMITATIONS,
    MODELS,
    UNITS_EN,
)
from sheetsales.sample.setting import Setting, numbered

PRODUCT_COUNT = 40


@dataclass(frozen=True, slots=True)
class Article:
    """A product with the prices it sells at.

    Attributes:
        key: product key.
        price: list price, currency of the company.
        cost: cost per unit.
        usual: how many pieces a customer usually orders.
    """

    key: str
    price: int
    cost: int
    usual: int


def build_catalogue(setting: Setting) -> list[Article]:
    """Add category, product and channel; return what can be sold."""
    for index, (zh, en, parent, _, _) in enumerate(CATEGORIES):
        setting.add(
            "category",
            {
                "category_id": numbered("CAT", index + 1),
                "name": setting.say(zh, en),
                "parent_id": None if parent is None else numbered("CAT", parent + 1),
            },
        )
    _add_channels(setting)
    return [_add_product(setting, number) for number in range(1, PRODUCT_COUNT + 1)]


def _add_product(setting: Setting, number: int) -> Article:
    category, series = MODELS[(number - 1) % len(MODELS)]
    zh, en, _, (low, high), unit = CATEGORIES[category]
    model = f"{series}-{100 + 10 * ((number - 1) // len(MODELS)) + number % 7}"
    key = numbered("PRD", number)
    setting.add(
        "product",
        {
            "product_id": key,
            "name": setting.say(f"{zh} {model}", f"{en.rstrip('s')} {model}"),
            "category_id": numbered("CAT", category + 1),
            "features": setting.say(*FEATURES[category]),
            "advantages": setting.say(*ADVANTAGES[category]),
            "limitations": setting.say(*LIMITATIONS[category]),
            "functions": setting.say(*FUNCTIONS[category]),
            "after_sales": setting.say(*AFTER_SALES),
            "uom": setting.say(unit, UNITS_EN[unit]),
            "is_commissionable": category != 7,
            "status": "active",
        },
    )
    price = round(setting.random.uniform(low, high) / 10) * 10
    cost = round(price * setting.random.uniform(0.55, 0.72))
    return Article(key, price, cost, usual=max(1, round(60000 / price)))


def _add_channels(setting: Setting) -> None:
    channels = [
        ("direct", "直接銷售", "Direct sales", "客製與技術支援要求高之產業客戶",
         "Industrial customers who need engineering support", "人力成本較高", "Costs more staff"),
        ("agent", "代理商銷售", "Sales through agents", "區域網絡完整、開發時間短",
         "Wide regional network, short time to market", "須分潤，價格掌握度較低",
         "Shares profit, less control of price"),
        ("ecommerce", "電商平台銷售", "Online shop", "標準品與耗材，覆蓋面廣",
         "Standard goods and spares, wide reach", "競爭激烈、推廣費用高",
         "Strong competition, costly promotion"),
    ]  # fmt: skip
    for number, (kind, zh, en, plus_zh, plus_en, minus_zh, minus_en) in enumerate(channels, 1):
        suited = ("CAT-000001", "CAT-000002", "CAT-000007") if kind == "direct" else ("CAT-000008",)
        setting.add(
            "channel",
            {
                "channel_id": numbered("CH", number),
                "name": setting.say(zh, en),
                "channel_type": kind,
                "suited_products": suited,
                "advantages": setting.say(plus_zh, plus_en),
                "limits": setting.say(minus_zh, minus_en),
                "owner_id": "E-000001",
                "status": "active",
            },
        )
