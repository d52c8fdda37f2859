from __future__ import annotations

from typing import Any

import pytest

from sheetsales.contexts import keys_of
from sheetsales.contexts.base import DASH
from sheetsales.contexts.customer_card import CustomerCard, build_customer_card
from sheetsales.contexts.customer_trade import OpenPayment, Quarter, TopProduct
from sheetsales.errors import SheetsalesError
from sheetsales.schema import load_regulation
from tests.contexts.scene import AS_OF, scene


def card(key: str = "C-000001", locale: str = "zh-Hant", **changes: Any) -> CustomerCard:
    return build_customer_card(
        scene(**changes),
        key,
        regulation=load_regulation(),
        locale=locale,
        as_of=AS_OF,
        document_no="D-1",
    )


def test_master_data_shows_labels_names_and_dashes() -> None:
    found = card(locale="en").customer
    assert (found.customer_type, found.source, found.payment_terms) == (
        "Company",
        "Exhibition",
        "Net 30 days",
    )
    assert (found.owner, found.territory, found.philosophy) == ("陳怡君", "北區", DASH)


def test_contacts_without_consent_cannot_be_reached_from_the_card() -> None:
    first, second = card().contacts
    assert (first.name, first.is_primary, first.phone) == ("黃美玲", True, "0912-345-678")
    assert (second.consented, second.phone, second.email) == (False, DASH, DASH)


def test_quarters_count_confirmed_orders_less_returns_up_to_the_day() -> None:
    trade = card().trade
    assert [(one.name, one.orders, one.amount, one.profit) for one in trade.quarters] == [
        ("2025年第2季", "1", "90,000", "36,000"),
        ("2025年第3季", "1", "150,000", "60,000"),
        ("2025年第4季", "0", "0", "0"),
        ("2026年第1季", "1", "1,250,000", "400,000"),
    ]
    assert trade.quarters[-1] == Quarter(
        "2026年第1季", "2026年1月1日", "2026年3月13日", "1", "1,250,000", "400,000"
    )
    assert (trade.orders, trade.amount, trade.profit) == ("3", "1,490,000", "496,000")
    assert trade.chart.series[0].values == (90000.0, 150000.0, 0.0, 1250000.0)


def test_quarters_follow_the_fiscal_year() -> None:
    found = card(company={"C1": {"fiscal_start_month": 4}}).trade.quarters
    assert [one.name for one in found] == [
        "2025年第1季",
        "2025年第2季",
        "2025年第3季",
        "2025年第4季",
    ]


def test_orders_of_a_merged_customer_are_those_of_the_one_it_lives_on_in() -> None:
    assert card(customer={"C-000002": {"merged_into": None}}).trade.orders == "2"
    assert card("C-000003").trade.orders == "0"


def test_orders_in_other_currencies_are_named_and_not_added() -> None:
    assert card().trade.foreign_orders == "1"
    assert card(order={"SO-000005": {"currency": "TWD"}}).trade.foreign_orders == ""


def test_top_products_are_ranked_by_amount() -> None:
    assert card().trade.products == (
        TopProduct("1", "三次元量測儀 CMM-500", "1 台", "1,000,000", "67.1%"),
        TopProduct("2", "數位卡尺 DC-150", "196 支", "490,000", "32.9%"),
    )


def test_the_receivable_is_what_was_ordered_less_what_came_in_by_the_day() -> None:
    trade = card().trade
    assert (trade.ordered, trade.received, trade.receivable) == (
        "NT$ 1,490,000",
        "NT$ 465,000",
        "NT$ 1,025,000",
    )
    assert (trade.credit_limit, trade.credit_left) == ("NT$ 2,000,000", "NT$ 975,000")
    assert card("C-000003").trade.credit_left == DASH


def test_open_payments_say_how_late_they_are() -> None:
    assert card().trade.open_payments == (
        OpenPayment("SC-2026-0001", "2026年3月10日", "875,000", "3"),
    )
    later = card(milestone={"MS-000002": {"due_on": AS_OF}}).trade.open_payments
    assert later[0].overdue == DASH
    assert card(milestone={"MS-000002": {"status": "waived"}}).trade.open_payments == ()
    assert card(contract={"CON-000001": {"state": "terminated"}}).trade.open_payments == ()


def test_contracts_are_listed_in_their_own_currency() -> None:
    assert [one.amount for one in card("C-000003").trade.contracts] == ["US$ 500.00"]
    assert card("C-000003", contract={"CON-000002": {"state": "void"}}).trade.contracts == ()


def test_the_latest_classification_up_to_the_day_is_shown() -> None:
    found = card().classification
    assert (found.rfm_score, found.r_score, found.value_class) == ("75.00", "4", "高價值")
    changed = card(class_result={"C-000001": {"override_class": "low", "override_reason": "停產"}})
    assert (changed.classification.value_class, changed.classification.override_reason) == (
        "低價值",
        "停產",
    )
    assert card("C-000003").classification.rfm_score == DASH


def test_a_key_account_is_listed_while_it_is_one() -> None:
    assert [one.sponsor for one in card().key_accounts] == ["林志明"]
    assert card(key_account={"KA-000001": {"state": "removed"}}).key_accounts == ()


def test_an_overdue_visit_is_said() -> None:
    assert card().visit_overdue
    assert not card(customer={"C-000001": {"next_visit_due": AS_OF}}).visit_overdue
    assert card("C-000003").next_visit_due == DASH


def test_an_unknown_customer_is_an_error() -> None:
    with pytest.raises(SheetsalesError, match="document-subject"):
        card("C-000009")


def test_a_batch_holds_every_customer_in_use() -> None:
    assert keys_of("customer_card", scene(), as_of=AS_OF) == ("C-000001", "C-000003")
