from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import recompute
from sheetsales.scores.derivation import recompute_component
from sheetsales.scores.orders import (
    explain_order_lines,
    explain_orders,
    score_order_lines,
    score_orders,
)
from tests.builders import frames
from tests.scores.world import AS_OF, Row, only, params, sale, shown

MARCH = date(2026, 3, 10)


def _receipt(amount: float, kind: str = "receipt") -> Row:
    return {
        "receipt_id": f"RC/{kind}/{amount}",
        "order_id": "SO-000001",
        "kind": kind,
        "received_on": MARCH,
        "amount": amount,
    }


def _partly(delivered: float | None, *receipts: Row, **line: object) -> dict[str, pd.DataFrame]:
    rows = sale(1, MARCH, (600, 1000), state="partially_shipped")
    rows["order_line"][0].update(delivered_qty=delivered, **line)
    rows["receipt"] = list(receipts)
    return frames(**rows)


def _order(tables: dict[str, pd.DataFrame]) -> Row:
    return only(score_orders(tables, params(), as_of=AS_OF))


def test_450k_of_600k_delivered_are_75_percent_and_400k_paid_two_thirds() -> None:
    order = _order(_partly(450, _receipt(400_000)))
    assert shown(order["delivered_pct"]) == "75.00"
    assert shown(order["collected_pct"]) == "66.67"
    assert order["total"] == 600_000
    assert order["reason"] == ""


def test_returns_and_refunds_shrink_both_sides_of_the_payment() -> None:
    order = _order(_partly(600, _receipt(500_000), _receipt(100_000, "refund"), returned_qty=100))
    assert (order["returned"], order["net"], order["collected"]) == (100_000, 500_000, 400_000)
    assert shown(order["collected_pct"]) == "80.00"


def test_more_than_everything_is_everything() -> None:
    assert shown(_order(_partly(600, _receipt(700_000)))["collected_pct"]) == "100.00"


def test_an_order_without_amount_has_no_shares() -> None:
    order = _order(_partly(450, qty=0))
    assert order["delivered_pct"] is None
    assert order["collected_pct"] is None
    assert order["reason"] == "zero-total"


@pytest.mark.parametrize(
    ("state", "delivered"),
    [("confirmed", 0), ("shipped", 0), ("delivered", 4), ("completed", 4), ("returning", 4)],
)
def test_the_state_of_an_order_says_what_is_delivered(state: str, delivered: int) -> None:
    tables = frames(**sale(1, MARCH, (4, 100), state=state))
    line = only(score_order_lines(tables, params(), as_of=AS_OF))
    assert line["delivered_qty"] == delivered


def test_nobody_knows_what_of_a_held_order_is_delivered_unless_recorded() -> None:
    unknown = frames(**sale(1, MARCH, (4, 100), state="on_hold"))
    assert only(score_order_lines(unknown, params(), as_of=AS_OF))["delivered_qty"] is None
    order = _order(unknown)
    assert order["delivered_pct"] is None
    assert order["reason"] == "no-shipments"
    assert (
        explain_orders(unknown, params(), "SO-000001", as_of=AS_OF).node("delivered_pct").reason
        == "no-shipments"
    )


def test_amount_and_profit_are_rounded_to_the_minor_unit() -> None:
    rows = sale(1, MARCH, (3, 12.5))
    rows["order_line"][0]["unit_cost"] = 9.9
    line = only(score_order_lines(frames(**rows), params(), as_of=AS_OF))
    assert (line["amount"], line["gross_profit"]) == (38, 8)
    rows["order"][0]["currency"] = "USD"
    line = only(score_order_lines(frames(**rows), params(), as_of=AS_OF))
    assert (line["amount"], line["gross_profit"]) == (Decimal("37.5"), Decimal("7.8"))


@pytest.mark.parametrize(
    ("missing", "reason"), [("price", "no-price"), ("qty", "no-price"), ("unit_cost", "no-cost")]
)
def test_a_line_without_its_numbers_says_what_is_missing(missing: str, reason: str) -> None:
    rows = sale(1, MARCH, (3, 12.5))
    rows["order_line"][0][missing] = None
    line = only(score_order_lines(frames(**rows), params(), as_of=AS_OF))
    assert line["gross_profit"] is None
    assert line["reason"] == reason


def test_the_explanation_of_an_order_names_its_cells() -> None:
    tables = _partly(450, _receipt(400_000), _receipt(10_000, "refund"))
    derivation = explain_orders(tables, params(), "SO-000001", as_of=AS_OF)
    cells = {(one.table, one.field): one.value for one in derivation.inputs}
    assert cells["order_line", "delivered_qty"] == 450
    assert cells["receipt", "amount"] == 10_000
    assert recompute(derivation) == 600_000
    assert derivation.node("collected_pct").value == Decimal(65)
    assert [recompute_component(node) for node in derivation.fields] == [
        node.value for node in derivation.fields
    ]


def test_the_explanation_of_a_line_names_quantity_price_and_cost() -> None:
    derivation = explain_order_lines(_partly(450), params(), "SO-000001/1", as_of=AS_OF)
    assert [one.field for one in derivation.root.inputs] == [
        "qty",
        "price",
        "unit_cost",
        "currency",
    ]
    assert derivation.formula == "F17"


@pytest.mark.parametrize("key", ["SO-000009/1", "SO-000001/9", "SO-000001"])
def test_an_unknown_line_is_refused(key: str) -> None:
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_order_lines(_partly(450), params(), key, as_of=AS_OF)


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_orders(_partly(450), params(), "SO-000009", as_of=AS_OF)
