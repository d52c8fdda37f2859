from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sheetsales.schema import load_regulation
from sheetsales.scores.ledger import COUNTED_STATES, build_ledger, merged_customers
from tests.builders import frames
from tests.scores.world import AS_OF, Row, joined, sale

MARCH = date(2026, 3, 10)


def _receipt(number: int, amount: float, **fields: object) -> Row:
    return {
        "receipt_id": f"RC-{number:06d}",
        "kind": "receipt",
        "received_on": MARCH,
        "amount": amount,
        **fields,
    }


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("draft", False),
        ("submitted", False),
        ("cancelled", False),
        ("confirmed", True),
        ("on_hold", True),
        ("returning", True),
        (None, False),
    ],
)
def test_an_order_counts_from_its_confirmation_unless_cancelled(
    state: str | None, counts: bool
) -> None:
    ledger = build_ledger(frames(**sale(1, MARCH, (1, 100), state=state)), as_of=AS_OF)
    assert bool(ledger.counted) is counts


def test_every_counted_state_is_a_state() -> None:
    assert set(load_regulation().enumerations["order_state"].codes) >= COUNTED_STATES


def test_inactive_and_later_orders_do_not_count() -> None:
    rows = joined(
        sale(1, MARCH, (1, 100), inactive=True),
        sale(2, date(2026, 4, 1), (1, 100)),
        sale(3, MARCH, (1, 100)),
    )
    ledger = build_ledger(frames(**rows), as_of=AS_OF)
    assert [order.order_id for order in ledger.counted] == ["SO-000003"]
    assert len(ledger.orders) == 3


def test_credits_without_share_are_left_out() -> None:
    rows = sale(1, MARCH, (1, 100), credited={"E-000001": 70, "E-000002": 30})
    rows["order_credit"][1]["share_pct"] = None
    (order,) = build_ledger(frames(**rows), as_of=AS_OF).counted
    assert order.credits == [("E-000001", Decimal(70))]


def test_lines_without_order_are_left_out() -> None:
    rows = sale(1, MARCH, (1, 100))
    rows["order"] = []
    assert build_ledger(frames(**rows), as_of=AS_OF).orders == {}


def test_refunds_and_returns_are_taken_off() -> None:
    rows = sale(1, MARCH, (10, 100))
    rows["order_line"][0]["returned_qty"] = 2
    rows["receipt"] = [
        _receipt(1, 900, order_id="SO-000001"),
        _receipt(2, 100, order_id="SO-000001", kind="refund"),
        _receipt(3, 50, order_id="SO-000001", received_on=date(2026, 4, 1)),
        _receipt(4, 50, order_id="SO-000009"),
        _receipt(5, 50, order_id="SO-000001", inactive=True),
    ]
    (order,) = build_ledger(frames(**rows), as_of=AS_OF).counted
    assert (order.net_amount, order.net_qty, order.collected) == (800, 8, 800)


def test_a_receipt_without_order_is_that_of_the_contracts_only_one() -> None:
    rows = joined(
        sale(1, MARCH, (1, 100), contract_id="CON-000001"),
        sale(2, MARCH, (1, 100), contract_id="CON-000002"),
        sale(3, MARCH, (1, 100), contract_id="CON-000002"),
        {
            "receipt": [
                _receipt(1, 60, contract_id="CON-000001"),
                _receipt(2, 60, contract_id="CON-000002"),
            ]
        },
    )
    found = build_ledger(frames(**rows), as_of=AS_OF).orders
    assert [order.collected for order in found.values()] == [60, 0, 0]


def test_lines_without_price_or_cost_add_nothing() -> None:
    rows = sale(1, MARCH, (1, 100), (1, 50))
    rows["order_line"][0]["price"] = None
    rows["order_line"][1]["unit_cost"] = None
    (order,) = build_ledger(frames(**rows), as_of=AS_OF).counted
    assert (order.net_amount, order.net_profit) == (50, 0)


def test_orders_of_a_merged_customer_are_those_of_the_other_one() -> None:
    rows = sale(1, MARCH, (1, 100))
    rows["customer"] = [
        {"customer_id": "C-000001", "merged_into": "C-000002"},
        {"customer_id": "C-000002", "merged_into": "C-000003"},
        {"customer_id": "C-000003"},
    ]
    ledger = build_ledger(frames(**rows), as_of=AS_OF)
    assert list(ledger.by_customer) == ["C-000003"]


def test_customers_merged_in_a_circle_end_somewhere() -> None:
    rows = [
        {"customer_id": "C-000001", "merged_into": "C-000002"},
        {"customer_id": "C-000002", "merged_into": "C-000001"},
    ]
    assert set(merged_customers(frames(customer=rows))) == {"C-000001", "C-000002"}


def test_orders_and_lines_without_key_are_left_out() -> None:
    rows = joined(sale(1, MARCH, (1, 100), (1, 50)), {"order": [{"order_on": MARCH}]})
    rows["order_line"][1]["line_no"] = None
    ledger = build_ledger(frames(**rows), as_of=AS_OF)
    assert list(ledger.orders) == ["SO-000001"]
    assert ledger.counted[0].net_amount == 100


def test_orders_without_customer_count_for_nobody() -> None:
    ledger = build_ledger(frames(**sale(1, MARCH, (1, 100), customer_id=None)), as_of=AS_OF)
    assert len(ledger.counted) == 1
    assert ledger.by_customer == {}
