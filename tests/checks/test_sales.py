from __future__ import annotations

from datetime import date

from tests.checks.breaches import CONTRACT, CUSTOMER, LINE, ORDER
from tests.checks.judge import findings, judge

LIMITED = [{**CUSTOMER, "credit_limit": 1000}]


def test_shares_that_only_floats_cannot_sum_are_100():
    shares = [{"order_id": "SO-000001", "share_pct": share} for share in (33.4, 33.3, 33.3)]
    assert judge("SAL-01", order=[ORDER], order_credit=shares) == []


def test_returns_are_held_against_what_was_ordered_until_deliveries_are_known():
    assert judge("SAL-07", order_line=[{**LINE, "returned_qty": 10}]) == []
    assert judge("SAL-07", order_line=[{**LINE, "returned_qty": 10.5}]) == [
        ("order_line", 0, "returned_qty", "returned")
    ]


def test_returns_and_receipts_lower_what_is_owed_and_refunds_raise_it():
    rows = {"customer": LIMITED, "order": [ORDER], "contract": [CONTRACT]}
    line = {**LINE, "qty": 12}
    paid = {"contract_id": "CON-000001", "kind": "receipt", "amount": 200}
    refund = {"contract_id": "CON-000001", "kind": "refund", "amount": 1}
    assert len(judge("SAL-09", **rows, order_line=[line])) == 1
    assert judge("SAL-09", **rows, order_line=[{**line, "returned_qty": 2}]) == []
    assert judge("SAL-09", **rows, order_line=[line], receipt=[paid]) == []
    assert len(judge("SAL-09", **rows, order_line=[line], receipt=[paid, refund])) == 1


def test_the_newest_undelivered_order_is_reported_and_a_pending_one_for_itself():
    orders = [
        {**ORDER, "order_on": date(2026, 7, 2)},
        {**ORDER, "order_id": "SO-000002"},
        {**ORDER, "order_id": "SO-000003", "state": "draft"},
        {**ORDER, "order_id": "SO-000004", "state": "draft", "customer_id": "C-000002"},
        {**ORDER, "order_id": "SO-000005", "customer_id": "C-000002"},
    ]
    found = findings("SAL-09", customer=LIMITED, order=orders, order_line=[{**LINE, "qty": 11}])
    assert [(one.position, one.variant) for one in found] == [(0, "owed"), (2, "pending")]


def test_a_pending_order_may_use_up_the_limit():
    pending = [{**ORDER, "state": "submitted"}]
    assert judge("SAL-09", customer=LIMITED, order=pending, order_line=[LINE]) == []


def test_a_customer_without_a_limit_may_owe_anything():
    line = {**LINE, "qty": 1e6}
    assert judge("SAL-09", customer=[CUSTOMER], order=[ORDER], order_line=[line]) == []


def test_receipts_that_nobody_can_place_are_passed_over():
    receipt = [{"kind": "receipt", "amount": 5}, {"contract_id": "CON-000001", "kind": "receipt"}]
    rows = {"customer": LIMITED, "order": [ORDER], "contract": [CONTRACT], "receipt": receipt}
    assert judge("SAL-09", **rows) == []
