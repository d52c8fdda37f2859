from __future__ import annotations

from datetime import date

import pytest

from sheetsales.checks.duplicates import find_alike, folded_name
from tests.checks.breaches import BAND, COMPANY, CUSTOMER, MIDDLE, OTHER
from tests.checks.judge import PARAMS, findings, judge

TAILS = ("股份有限公司", "有限公司", "企業", "Co., Ltd.")


def alike(*names: str, threshold: float = 92) -> list[tuple[int, int, float]]:
    return [(one.position, one.other, one.percent) for one in find_alike(names, threshold)]


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("臺灣大同股份有限公司", "台灣大同"),
        ("大同企業股份有限公司", "大同企業"),
        ("ＡＣＭＥ　Co. Ltd", "acme"),
        ("有限公司", "有限公司"),
        ("A.C.M.E.", "acme"),
    ],
)
def test_names_are_folded_before_they_are_compared(name, folded):
    assert folded_name(name, TAILS) == folded


def test_equal_and_nearly_equal_names_are_alike():
    assert alike("大同", "聯華", "大同", "") == [(2, 0, 100.0)]
    assert alike("shengdasensing", "shengdasensingg") == [(1, 0, 96.6)]
    assert alike("shengdasensing", "mingyuansensing") == []


def test_a_name_is_reported_once_with_the_one_it_is_most_like():
    assert alike("shengdasensingsystemsa", "shengdasensingsystems", "shengdasensingsystem") == [
        (1, 0, 97.7),
        (2, 1, 97.6),
    ]


def test_every_pair_is_found_across_blocks_of_names():
    names = [f"{number:04d}{'abcdefgh' * 2}" for number in range(0, 6000, 7)]
    pairs = alike(*names, "0007abcdefghabcdefgx", threshold=95)
    assert (len(names), 1, 95.0) in pairs


def test_with_a_threshold_of_100_only_equal_names_are_alike():
    assert alike("shengdasensing", "shengdasensingg", "shengdasensing", threshold=100) == [
        (2, 0, 100.0)
    ]


def test_a_suspicion_names_the_other_customer():
    customers = [CUSTOMER, {**OTHER, "name": "大同機械有限公司"}, {"name": None}]
    (found,) = findings("CUS-02", customer=customers)
    assert found.arguments == {
        "name": "大同機械有限公司",
        "other": "C-000001",
        "other_name": "大同機械",
        "percent": 100.0,
    }


def test_the_threshold_is_a_parameter():
    customers = [{"name": "shengdasensing"}, {"name": "shengdasensingg"}]
    strict = [row for row in PARAMS if row["param_key"] != "dup_threshold"]
    strict.append({"param_key": "dup_threshold", "value": "99", "valid_from": date(2026, 1, 1)})
    assert len(judge("CUS-02", customer=customers)) == 1
    assert judge("CUS-02", customer=customers, param=strict) == []


def test_the_tax_id_of_the_company_itself_is_checked_too():
    bad = [{**COMPANY, "tax_id": "12345678"}]
    assert judge("CUS-01", company=bad) == [("company", 0, "tax_id", "invalid")]


def test_a_place_without_a_tax_id_rule_accepts_any():
    company = [{**COMPANY, "locale": "en", "tax_id": "x"}]
    assert judge("CUS-01", company=company) == []


def test_a_gap_is_shown_between_bands_that_should_be_open_only_outside():
    rules = [
        {**BAND, "class_code": "low", "high": None},
        {**MIDDLE},
        {**BAND, "class_code": "high", "low": 70},
    ]
    (found,) = findings("CUS-05", class_rule=rules)
    assert (found.position, found.arguments["high"]) == (1, "∞")


def test_a_merged_customer_may_keep_what_was_finished_before():
    merged = [{**CUSTOMER, "merged_into": "C-000002"}, OTHER]
    for table, row in {
        "contract": {"party_id": "C-000001", "state": "completed"},
        "contact": {"customer_id": "C-000001", "status": "inactive"},
        "order": {"customer_id": "C-000001", "state": "delivered"},
    }.items():
        assert judge("CUS-08", customer=merged, **{table: [row]}) == []


def test_a_merged_customer_may_not_lead_to_a_merged_one():
    customers = [{**CUSTOMER, "merged_into": "C-000002"}, {**OTHER, "merged_into": "C-000003"}]
    assert judge("CUS-08", customer=customers) == [("customer", 0, "merged_into", "chain")]
