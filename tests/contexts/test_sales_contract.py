from __future__ import annotations

from typing import Any

import pytest

from sheetsales.contexts import keys_of
from sheetsales.contexts.base import DASH, FILL_IN
from sheetsales.contexts.sales_contract import (
    Deadline,
    Payment,
    SalesContract,
    SoldLine,
    Warranty,
    build_sales_contract,
)
from sheetsales.errors import SheetsalesError
from sheetsales.schema import load_regulation
from tests.contexts.scene import AS_OF, scene


def contract(key: str = "CON-000001", locale: str = "zh-Hant", **fields: Any) -> SalesContract:
    tables = scene(contract={key: fields})
    return build_sales_contract(
        tables, key, regulation=load_regulation(), locale=locale, as_of=AS_OF, document_no="D-1"
    )


def test_lines_stand_in_their_order_with_their_amounts() -> None:
    assert contract().lines == (
        SoldLine(
            "1",
            "三次元量測儀 CMM-500",
            "行程 500×400×300 mm，含測頭與軟體",
            "1 台",
            "1,000,000",
            "1,000,000",
        ),
        SoldLine(
            "2", "數位卡尺 DC-150", "量程 0–150 mm，解析度 0.01 mm", "100 支", "2,500", "250,000"
        ),
    )


def test_the_amount_is_what_is_paid_and_holds_the_tax() -> None:
    found = contract().price
    assert (found.net, found.tax_rate, found.tax, found.total) == (
        "NT$ 1,190,476",
        "5%",
        "NT$ 59,524",
        "NT$ 1,250,000",
    )
    assert found.capital == "新臺幣壹佰貳拾伍萬元整"


@pytest.mark.parametrize(
    ("rate", "currency", "net", "tax"),
    [
        (0, "TWD", "NT$ 1,250,000", "NT$ 0"),
        (5, "USD", "US$ 1,190,476.19", "US$ 59,523.81"),
        (None, "TWD", DASH, DASH),
    ],
)
def test_tax_is_rounded_to_the_currency_and_never_guessed(
    rate: float | None, currency: str, net: str, tax: str
) -> None:
    found = contract(tax_rate=rate, currency=currency).price
    assert (found.net, found.tax) == (net, tax)


def test_payments_are_dated_shares_of_the_amount_also_in_words() -> None:
    assert contract().payments == (
        Payment("1", "民國115年1月15日", "30.0%", "375,000", "新臺幣參拾柒萬伍仟元整"),
        Payment("2", "民國115年3月10日", "70.0%", "875,000", "新臺幣捌拾柒萬伍仟元整"),
    )


def test_other_milestones_are_deadlines() -> None:
    assert contract().deadlines == (
        Deadline("交貨", "民國115年2月1日"),
        Deadline("驗收", "民國115年2月10日"),
    )


def test_products_bring_their_after_sales_conditions() -> None:
    assert contract().warranties[1] == Warranty(
        "數位卡尺 DC-150", "保固十二個月，送修七個工作日內完成。"
    )


def test_products_of_the_same_conditions_share_a_row() -> None:
    after_sales = {"after_sales": "保固一年"}
    tables = scene(product={"PD-000001": after_sales, "PD-000002": after_sales})
    found = build_sales_contract(
        tables,
        "CON-000001",
        regulation=load_regulation(),
        locale="zh-Hant",
        as_of=AS_OF,
        document_no="D-1",
    )
    assert found.warranties == (Warranty("三次元量測儀 CMM-500、數位卡尺 DC-150", "保固一年"),)


def test_both_sides_are_named_with_their_signatories() -> None:
    found = contract()
    assert (found.seller.representative, found.seller.signatory) == ("王建國", "林志明　銷售經理")
    assert (found.seller.contact, found.seller.email) == ("陳怡君", "chen@morning.example")
    assert (found.buyer.name, found.buyer.tax_id) == ("宏遠機械工業股份有限公司", "22099131")
    assert (found.buyer.contact, found.buyer.signatory) == ("黃美玲", "王大明 總經理")


def test_what_is_not_known_before_signing_is_left_to_write_by_hand() -> None:
    found = contract("CON-000002", "en")
    assert (found.seller.signatory, found.buyer.signatory) == (FILL_IN, FILL_IN)
    assert (found.term.signed_on, found.term.end_on, found.special_terms) == ("", "", "")
    assert found.buyer.contact == DASH
    assert (found.lines, found.payments, found.deadlines, found.warranties) == ((), (), (), ())


def test_draft_framework_and_parent_are_said() -> None:
    found = contract("CON-000002", "en")
    assert (found.is_draft, found.is_framework, found.is_electronic) == (True, True, True)
    assert (found.parent_no, found.parent_title) == ("SC-2026-0001", "2026 年度測量儀器採購合同")
    assert (contract().is_draft, contract().is_framework, contract().parent_no) == (
        False,
        False,
        "",
    )


def test_dates_and_words_follow_the_locale() -> None:
    found = contract(locale="en")
    assert (found.term.start_on, found.term.end_on) == ("5 January 2026", "31 December 2026")
    assert found.price.capital.startswith("New Taiwan dollars one million")
    assert found.price.currency == "New Taiwan dollar (TWD)"


def test_only_taiwan_dates_by_the_republic() -> None:
    tables = scene(company={"C1": {"locale": "zh-CN"}})
    found = build_sales_contract(
        tables,
        "CON-000001",
        regulation=load_regulation(),
        locale="zh-Hant",
        as_of=AS_OF,
        document_no="D-1",
    )
    assert (found.law, found.term.start_on) == ("zh-CN", "2026年1月5日")


@pytest.mark.parametrize("key", ["CON-000009", ""])
def test_an_unknown_contract_is_an_error(key: str) -> None:
    with pytest.raises(SheetsalesError, match="document-subject"):
        build_sales_contract(
            scene(), key, regulation=load_regulation(), locale="en", as_of=AS_OF, document_no="D-1"
        )


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        ({}, ("CON-000001",)),
        ({"state": "approved"}, ()),
        ({"state": "completed"}, ("CON-000001",)),
        ({"contract_type": "framework"}, ("CON-000001",)),
        ({"contract_type": "nda"}, ()),
        ({"inactive": True}, ()),
    ],
)
def test_a_batch_holds_the_signed_sales_contracts(
    fields: dict[str, object], chosen: tuple[str, ...]
) -> None:
    tables = scene(contract={"CON-000001": fields})
    assert keys_of("sales_contract", tables, as_of=AS_OF) == chosen
