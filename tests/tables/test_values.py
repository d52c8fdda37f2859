from __future__ import annotations

from datetime import date, datetime, time

import numpy as np
import pandas as pd
import pytest

from sheetsales.schema import load_regulation
from sheetsales.tables.suggestions import shown, suggested_date, suggested_number
from sheetsales.tables.values import type_column

TABLES = load_regulation().tables
TEXT = TABLES["customer"].by_name["name"]
NUMBER = TABLES["customer"].by_name["credit_limit"]
DATE = TABLES["customer"].by_name["last_order_on"]
BOOLEAN = TABLES["customer"].by_name["is_key"]
INTEGER = TABLES["class_result"].by_name["frequency"]
MOMENT = TABLES["session"].by_name["start_at"]


def typed(field, *raws, strict=False):
    series, faults = type_column(field, list(raws), strict=strict)
    values = [None if value is pd.NA or value is pd.NaT else value for value in series]
    found = [(fault.position, fault.code, fault.variant) for fault in faults]
    return values, found, faults


def test_texts_are_trimmed_and_in_nfc():
    values, faults, _ = typed(TEXT, " 甲　", "e\u0301", "", None, "  ")
    assert values == ["甲", "é", None, None, None]
    assert faults == []


def test_an_empty_column_is_empty_whatever_its_type():
    for field in (TEXT, NUMBER, DATE, BOOLEAN, INTEGER, MOMENT):
        values, faults, _ = typed(field, "", None)
        assert pd.isna(pd.Series(values)).all()
        assert faults == []


def test_a_number_in_free_text_becomes_its_digits_with_a_warning():
    values, found, faults = typed(TEXT, "甲", 22099131.0, 1.1e17, True, date(2026, 3, 1))
    assert values == ["甲", "22099131", "110000000000000000", "TRUE", "2026-03-01"]
    assert [position for position, _, _ in found] == [1, 2, 3, 4]
    assert {fault.code for fault in faults} == {"COL-number-as-text"}
    assert {fault.severity for fault in faults} == {"warning"}


def test_a_number_in_an_id_column_is_an_error_with_its_digits_suggested():
    values, found, faults = typed(TEXT, "E-000001", 202601.0, strict=True)
    assert values == ["E-000001", None]
    assert found == [(1, "COL-type", "text")]
    assert faults[0].arguments == {"suggestion": "202601"}


def test_a_list_without_a_lookup_holds_plain_texts():
    values, found, _ = typed(TABLES["audit"].by_name["unit_ids"], "a; b；;c", " ;", None)
    assert values == [("a", "b", "c"), None, None]
    assert found == []


def test_the_label_behind_a_key_of_an_undeclared_reference_is_cut_off():
    values, found, _ = typed(
        TABLES["contract"].by_name["party_id"], "C-000001｜甲公司", "C-000002", ""
    )
    assert values == ["C-000001", "C-000002", None]
    assert found == []


def test_text_where_a_number_belongs_is_an_error_with_a_suggestion():
    values, found, faults = typed(NUMBER, 1.5, "１，２００", "很多", 3, None, True)
    assert values[:2] == [1.5, pytest.approx(np.nan, nan_ok=True)]
    assert found == [
        (1, "COL-type", "number-meant"),
        (2, "COL-type", "number"),
        (5, "COL-type", "number"),
    ]
    assert faults[0].arguments == {"suggestion": "1200"}


def test_integers_take_whole_numbers_only():
    values, found, _ = typed(INTEGER, 3.0, 2.5, 1e300, "12", None, 4)
    assert values == [3, None, None, None, None, 4]
    assert sorted(found) == [
        (1, "COL-type", "integer"),
        (2, "COL-type", "integer"),
        (3, "COL-type", "integer-meant"),
    ]


def test_blank_cells_among_numbers_are_no_fault():
    assert typed(INTEGER, 1.0, None)[:2] == ([1, None], [])
    values, found, _ = typed(NUMBER, 0.0, "", " ", None, "x")
    assert np.isnan(values[1:]).all()
    assert found == [(4, "COL-type", "number")]


def test_yes_and_no_are_understood_in_any_locale():
    values, found, _ = typed(BOOLEAN, "是", "No", "TRUE", False, " ", "maybe", 1.0)
    assert values == [True, False, True, False, None, None, None]
    assert found == [(5, "COL-type", "boolean"), (6, "COL-type", "boolean")]


def test_dates_are_dates_and_a_time_of_day_is_an_error():
    values, found, _ = typed(
        DATE,
        date(2026, 3, 1),
        datetime.fromisoformat("2026-03-02T00:00"),
        datetime.fromisoformat("2026-03-03T09:00"),
        "",
    )
    assert values == [pd.Timestamp(2026, 3, 1), pd.Timestamp(2026, 3, 2), None, None]
    assert found == [(2, "COL-type", "time")]


def test_a_text_or_serial_number_in_a_date_column_is_an_error_with_the_date_suggested():
    values, found, faults = typed(DATE, "2026/3/1", 46082.0, "下週", time(9), None)
    assert values == [None] * 5
    assert [variant for _, _, variant in found] == ["date-meant", "date-meant", "date", "date"]
    assert [fault.arguments for fault in faults[:2]] == [{"suggestion": "2026-03-01"}] * 2


def test_moments_keep_their_time():
    values, found, _ = typed(
        MOMENT, datetime.fromisoformat("2026-03-03T09:30"), date(2026, 3, 4), "9:30"
    )
    assert values == [pd.Timestamp(2026, 3, 3, 9, 30), pd.Timestamp(2026, 3, 4), None]
    assert found == [(2, "COL-type", "datetime")]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,200", "1200"), ("１２.5 ", "12.5"), ("-3", "-3"), ("NT$5", None), ("", None)],
)
def test_suggested_numbers(text, number):
    assert suggested_number(text) == number


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-3-1", "2026-03-01"),
        ("2026年3月13日", "2026-03-13"),
        ("民國115年3月13日", "2026-03-13"),
        ("115/3/13", "2026-03-13"),
        ("20260313", "2026-03-13"),
        ("2026/13/1", None),
        ("3/1/2026", None),
        (46082, "2026-03-01"),
        (12.0, None),
        (True, None),
    ],
)
def test_suggested_dates(value, day):
    assert suggested_date(value) == day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (0.1, "0.1"),
        (1e21, "1000000000000000000000"),
        (datetime.fromisoformat("2026-03-01T00:00"), "2026-03-01"),
        (datetime.fromisoformat("2026-03-01T09:05"), "2026-03-01 09:05:00"),
        (time(9, 5), "09:05:00"),
        (False, "FALSE"),
        (7, "7"),
    ],
)
def test_values_are_shown_as_in_the_cell(value, text):
    assert shown(value) == text
