from __future__ import annotations

import pytest

from sheetsales.locale.tax_ids import is_valid_tax_id


@pytest.mark.parametrize("number", ["00501503", "22099131", "04595257", "10458570", "10458575"])
def test_valid_numbers_of_taiwan(number):
    assert is_valid_tax_id(number, "zh-TW")


@pytest.mark.parametrize(
    "number", ["12345678", "0450152", "045952577", "0459525A", "０4595257", ""]
)
def test_invalid_numbers_of_taiwan(number):
    assert not is_valid_tax_id(number, "zh-TW")


def test_a_seven_in_the_seventh_place_may_count_one_more():
    sums = {
        number: is_valid_tax_id(f"0000{number}", "zh-TW") for number in ("0070", "0071", "0074")
    }
    assert sums == {"0070": True, "0071": False, "0074": True}


@pytest.mark.parametrize("number", ["91350100M000100Y43", "91110000600037341L"])
def test_valid_credit_codes_of_the_mainland(number):
    assert is_valid_tax_id(number, "zh-CN")
    assert not is_valid_tax_id(number[:-1] + "0", "zh-CN")


@pytest.mark.parametrize("number", ["91350100I000100Y43", "91350100m000100y43", "123"])
def test_invalid_credit_codes_of_the_mainland(number):
    assert not is_valid_tax_id(number, "zh-CN")


def test_a_business_registration_of_hong_kong_has_eight_digits():
    assert is_valid_tax_id("12345678", "zh-HK")
    assert not is_valid_tax_id("1234567", "zh-HK")


def test_where_there_is_no_rule_any_number_can_exist():
    assert is_valid_tax_id("GB 123", "en")
