from __future__ import annotations

import pytest

from sheetsales.schema import load_regulation
from sheetsales.workbooks.columns import columns_of
from sheetsales.workbooks.lists import lists_of
from sheetsales.workbooks.validations import MESSAGE_LIMIT, TITLE_LIMIT, Validation, validation_of
from sheetsales.workbooks.wording import Wording
from tests.workbooks.test_columns import column

REGULATION = load_regulation()


def validation(table: str, field: str, locale: str = "zh-Hant") -> Validation:
    stem = REGULATION.tables[table].workbook
    lists = {(one.kind, one.name): one for one in lists_of(REGULATION, stem)}
    return validation_of(column(table, field, locale), lists)


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_every_column_tells_the_staff_what_to_enter_within_the_limits(locale: str) -> None:
    wording = Wording(REGULATION, locale)
    for table in REGULATION.tables.values():
        for one in columns_of(table, wording):
            found = validation(table.name, one.field.name, locale)
            assert 0 < len(found["input_title"]) <= TITLE_LIMIT
            assert 0 < len(found["input_message"]) <= MESSAGE_LIMIT
            assert len(found.get("error_title", "")) <= TITLE_LIMIT
            assert len(found.get("error_message", "")) <= MESSAGE_LIMIT
            assert "{" not in found.get("error_message", "")


def test_a_closed_list_stops_typing_and_an_open_one_does_not() -> None:
    closed = validation("customer", "status")
    assert (closed["validate"], closed["source"]) == ("list", "=list_enum_customer_status")
    assert closed.get("show_error", True)
    assert REGULATION.enumerations["industry"].open
    assert validation("customer", "industry")["show_error"] is False


def test_references_and_several_values_never_stop_typing() -> None:
    reference = validation("customer", "owner_id")
    assert reference["source"] == "=list_table_employee"
    assert reference["show_error"] is False
    assert validation("audit", "methods")["show_error"] is False
    assert validation("channel", "suited_products")["show_error"] is False


def test_a_computed_column_refuses_typing_with_a_reason() -> None:
    found = validation("order", "total")
    assert (found["validate"], found["value"]) == ("custom", "=FALSE")
    assert "系統" in found["error_message"]


def test_yes_or_no_is_chosen_in_the_words_of_the_locale() -> None:
    assert validation("contact", "is_primary")["source"] == ["是", "否"]
    assert validation("contact", "is_primary", "en")["source"] == ["Yes", "No"]


def test_a_number_keeps_the_limits_of_its_column() -> None:
    found = validation("company", "fiscal_start_month")
    assert (found["validate"], found["minimum"], found["maximum"]) == ("integer", 1, 12)
    assert "1 與 12" in found["error_message"]
    money = validation("contract", "amount")
    assert (money["validate"], money["minimum"]) == ("decimal", 0)


def test_a_number_without_limits_names_none() -> None:
    assert validation("appraisal", "market_adj")["error_message"].startswith("請輸入數字")


def test_a_day_is_a_day_and_a_text_has_its_length() -> None:
    assert validation("order", "order_on")["validate"] == "date"
    assert validation("session", "start_at", "en")["error_message"].endswith("14:30.")
    name = validation("customer", "name")
    assert (name["validate"], name["value"]) == ("length", 255)


def test_required_locked_and_several_values_are_said_below_the_help() -> None:
    assert validation("customer", "name", "en")["input_message"].endswith("\n[required]")
    assert "[filled by the system]" in validation("order", "total", "en")["input_message"]
    assert "「;」" in validation("channel", "suited_products")["input_message"]
