"""The sample's customers and their contacts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sheetsales.checks.duplicates import find_alike
from sheetsales.sample.names import FIRM_FIELDS, FIRM_HEADS, GIVEN, JOB_TITLES, SURNAMES, TOWNS
from sheetsales.sample.organisation import TEAM_SIZES, representatives
from sheetsales.sample.setting import Row, Setting, numbered

CUSTOMER_COUNT = 240
BUYER_COUNT = 172
"""How many of the customers have ever ordered."""
_ALIKE = 85
"""Similarity of names, in per cent, from which on two firms are not both made."""


def build_customers(setting: Setting) -> None:
    """Add customer and contact; the first ``BUYER_COUNT`` customers are those who order."""
    names = _firm_names(setting)
    tax_ids = _tax_ids(setting)
    for number in range(1, CUSTOMER_COUNT + 1):
        head, field = next(names)
        row = _customer(setting, number, head, field, next(tax_ids))
        setting.add("customer", row)
        _add_contacts(setting, row, number)
    _add_key_accounts(setting)


def buyers(setting: Setting) -> list[Row]:
    """Return the customers who order."""
    return setting.rows["customer"][:BUYER_COUNT]


def _firm_names(
    setting: Setting,
) -> Iterator[tuple[tuple[str, str], tuple[str, str, str]]]:
    pairs = [(head, field) for head in FIRM_HEADS for field in FIRM_FIELDS]
    setting.random.shuffle(pairs)
    # Names that read alike by chance would be suspected of being the same firm.
    names = [setting.say(head[0] + field[0], f"{head[1]} {field[1]}") for head, field in pairs]
    alike = {one.position for one in find_alike([name.casefold() for name in names], _ALIKE)}
    return (pair for position, pair in enumerate(pairs) if position not in alike)


def _tax_ids(setting: Setting) -> Iterator[str]:
    """Yield distinct valid tax ids of Taiwan (weighted digit sum divisible by five)."""
    seen: set[str] = {"04595257"}
    while True:
        stem = f"{setting.random.randint(10_000_00, 99_999_99):07d}"
        for last in "0123456789":
            candidate = stem + last
            if candidate[6] != "7" and _digit_sum(candidate) % 10 == 0 and candidate not in seen:
                seen.add(candidate)
                yield candidate
                break


def _digit_sum(tax_id: str) -> int:
    products = (
        int(digit) * weight for digit, weight in zip(tax_id, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)
    )
    return sum(product // 10 + product % 10 for product in products)


def _customer(
    setting: Setting,
    number: int,
    head: tuple[str, str],
    field: tuple[str, str, str],
    tax_id: str,
) -> Row:
    town_zh, town_en, region = setting.random.choice(TOWNS)
    door = setting.random.randint(2, 480)
    is_buyer = number <= BUYER_COUNT
    return {
        "customer_id": numbered("C", number),
        "name": setting.say(f"{head[0]}{field[0]}股份有限公司", f"{head[1]} {field[1]} Co., Ltd."),
        "short_name": setting.say(head[0] + field[0], f"{head[1]} {field[1]}"),
        "tax_id": tax_id,
        "customer_type": "dealer" if number % 17 == 0 else "company",
        "industry": field[2],
        "size_band": setting.random.choice(["s2", "s3", "s3", "s4", "s4", "s5", "s6"]),
        "business_scope": setting.say(
            f"{field[0]}相關產品之製造與銷售", f"Makes and sells {field[1].lower()} products"
        ),
        "address": setting.say(f"{town_zh} {door} 號", f"No. {door}, {town_en}"),
        "phone": f"0{setting.random.choice([2, 3, 4, 6, 7])}-{setting.random.randint(2000, 8999)}-{setting.random.randint(1000, 9999)}",
        "source": setting.random.choice(["referral", "website", "cold", "exhibition", "existing"]),
        "territory_id": numbered("T", 2 + region),
        "channel_id": numbered("CH", 2 if number % 17 == 0 else 3 if number % 29 == 0 else 1),
        "owner_id": _owner(setting, region, number),
        "payment_terms": setting.random.choice(["net30", "net30", "net60", "net90"]),
        "status": "active" if is_buyer else "prospect",
        "need_class": "leader" if number % 41 == 0 else None,
    }


def _owner(setting: Setting, region: int, number: int) -> str:
    first = sum(TEAM_SIZES[:region])
    member = first + number % TEAM_SIZES[region]
    return str(representatives(setting)[member]["employee_id"])


def _add_contacts(setting: Setting, customer: Row, number: int) -> None:
    for index in range(2 if number % 3 == 0 else 1):
        surname, given = setting.random.choice(SURNAMES), setting.random.choice(GIVEN)
        title = setting.random.choice(JOB_TITLES)
        key = len(setting.rows.get("contact", [])) + 1
        setting.add(
            "contact",
            {
                "contact_id": numbered("CT", key),
                "customer_id": customer["customer_id"],
                "name": setting.say(surname[0] + given[0], f"{given[1]} {surname[1]}"),
                "title": setting.say(*title),
                "phone": f"09{setting.random.randint(10, 89)}-{setting.random.randint(100, 999)}-{setting.random.randint(100, 999)}",
                "email": f"contact{key}@customer{number}.example",
                "decision_role": "decision_maker" if index == 0 else "influencer",
                "is_primary": index == 0,
                "consent": "yes" if number % 5 else "no",
                "status": "active",
            },
        )


def _add_key_accounts(setting: Setting) -> None:
    for index, customer in enumerate(buyers(setting)[4:100:8]):
        marked = setting.quarters[3].start + timedelta(days=11 * index)
        setting.add(
            "key_account",
            {
                "key_id": numbered("KA", index + 1),
                "customer_id": customer["customer_id"],
                "criteria": "frequent" if index % 3 else "high_value",
                "marked_on": marked,
                "account_manager_id": customer["owner_id"],
                "sponsor_id": "E-000001",
                "review_due": marked + timedelta(days=360),
                "state": "candidate" if index == 11 else "confirmed",
            },
        )
