from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sheetsales.scores.collection import ALL_CUSTOMERS, due_dates, score_collection
from sheetsales.scores.ledger import build_ledger
from tests.builders import frames
from tests.scores.world import AS_OF, Row, joined, only, params, sale, shown

JANUARY = date(2026, 1, 10)


def _customer(terms: str | None, number: int = 1) -> dict[str, list[Row]]:
    return {"customer": [{"customer_id": f"C-{number:06d}", "payment_terms": terms}]}


def _due(terms: str | None, **rows: list[Row]) -> date:
    order = sale(1, JANUARY, (1, 100), contract_id="CON-000001", promised_on=date(2026, 2, 1))
    tables = frames(**joined(order, _customer(terms), rows))
    return due_dates(tables, build_ledger(tables, as_of=AS_OF).counted)["SO-000001"]


def test_900k_open_on_2700k_in_90_days_are_30_days() -> None:
    rows = joined(
        sale(1, JANUARY, (27, 100_000)),
        sale(2, JANUARY, (1, 500_000), customer_id="C-000002"),
        _customer("net60"),
        _customer("prepaid", 2),
        {
            "receipt": [
                {
                    "receipt_id": "RC-000001",
                    "order_id": "SO-000001",
                    "kind": "receipt",
                    "received_on": date(2026, 3, 1),
                    "amount": 1_800_000,
                }
            ]
        },
    )
    found = score_collection(frames(**rows), params(), as_of=AS_OF, start=date(2026, 1, 1))
    everybody = only(found, customer_id=ALL_CUSTOMERS)
    assert shown(everybody["dso"]) == "30.00"
    assert (everybody["receivable"], everybody["credit_sales"]) == (900_000, 2_700_000)
    assert everybody["overdue"] == 900_000
    assert only(found, customer_id="C-000001")["collected_pct"] == Decimal("66.6667")
    assert only(found, customer_id="C-000002")["reason"] == "no-credit-sales"


def test_without_orders_there_is_no_rate() -> None:
    found = score_collection(frames(), params(), as_of=AS_OF, start=JANUARY)
    assert only(found)["reason"] == "zero-total"


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("net30", date(2026, 2, 9)),
        ("net90", date(2026, 4, 10)),
        ("prepaid", JANUARY),
        ("cod", JANUARY),
        (None, JANUARY),
        ("instalment", date(2026, 2, 1)),
    ],
)
def test_an_order_is_due_by_the_terms_of_its_customer(terms: str | None, due: date) -> None:
    assert _due(terms) == due


def test_instalments_are_due_with_the_last_payment_of_the_contract() -> None:
    milestones: list[Row] = [
        {"contract_id": "CON-000001", "kind": "payment", "due_on": date(2026, 6, 30)},
        {"contract_id": "CON-000001", "kind": "payment", "due_on": date(2026, 9, 30)},
        {"contract_id": "CON-000001", "kind": "acceptance", "due_on": date(2026, 12, 31)},
        {"contract_id": "CON-000001", "kind": "payment", "due_on": None},
    ]
    assert _due("instalment", milestone=milestones) == date(2026, 9, 30)
