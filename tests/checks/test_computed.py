from __future__ import annotations

from datetime import date
from decimal import Decimal

from sheetsales.checks.computed import cell_texts, check_computed
from sheetsales.schema import load_regulation
from tests import builders

KEY = "C-000001"


def report(written, **values):
    rows = [{"customer_id": KEY, **values}]
    found = check_computed(
        builders.tables(customer=rows), {"customer": {KEY: written}}, load_regulation()
    )
    return [(one.field, one.variant, dict(one.arguments)) for one in found]


def test_what_the_engine_wrote_is_no_problem():
    written = {"value_class": "high", "is_key": "true", "last_order_on": "2026-07-01"}
    values = {"value_class": "high", "is_key": True, "last_order_on": date(2026, 7, 1)}
    assert report(written, **values) == []


def test_a_value_typed_over_what_the_engine_wrote_is_shown_beside_it_in_words():
    labels = load_regulation().enumerations["value_class"]
    (found,) = report({"value_class": "low"}, value_class="high")
    assert found == (
        "value_class",
        "",
        {"value": labels.label("high", "zh-Hant"), "written": labels.label("low", "zh-Hant")},
    )


def test_a_value_where_the_engine_wrote_none_is_reported():
    assert report({}, is_key=True) == [("is_key", "unwritten", {"value": True})]


def test_a_value_that_was_emptied_is_no_problem():
    assert report({"value_class": "low"}) == []


def test_rows_whose_key_stands_twice_are_passed_over():
    rows = [{"customer_id": KEY, "value_class": "high"}] * 2
    tables = builders.tables(customer=rows)
    assert list(check_computed(tables, {"customer": {}}, load_regulation())) == []


def test_numbers_are_compared_to_fifteen_digits_and_shown_as_numbers():
    row = {"cycle_id": "CY-000001", "employee_id": "E-000001", "total": 95.1000000000000001}
    tables = builders.tables(appraisal=[row])
    written = {"appraisal": {"CY-000001/E-000001": {"total": "95.1"}}}
    assert list(check_computed(tables, written, load_regulation())) == []
    written = {"appraisal": {"CY-000001/E-000001": {"total": "94"}}}
    (found,) = check_computed(tables, written, load_regulation())
    assert found.arguments == {"value": Decimal("95.1"), "written": Decimal(94)}


def test_lists_and_missing_values_are_texts_too():
    frame = builders.frames(audit=[{"unit_ids": ("U-1", "U-2")}, {}])["audit"]
    assert cell_texts(frame["unit_ids"]) == ["U-1;U-2", ""]
    assert cell_texts(frame["score"]) == ["", ""]
