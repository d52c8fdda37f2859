from __future__ import annotations

import re
from datetime import date

import pytest

from sheetsales.checks import check_columns
from sheetsales.checks.columns import _form
from sheetsales.schema import load_regulation
from sheetsales.tables import bind_tables, frames
from tests import builders
from tests.builders import raw_table

REGULATION = load_regulation()
FULL = {
    "employee_id": "E-000001",
    "name": "陳一",
    "email": "a@b.example",
    "login": "a",
    "unit_id": "U-000001",
    "position_id": "P-000001",
    "role_code": "rep",
    "hire_date": date(2020, 1, 1),
    "status": "active",
}


def check(name, *rows):
    data = builders.tables(**{name: list(rows)})[name]
    return [
        (problem.code, problem.variant, problem.field, problem.place.cell)
        for problem in check_columns(data)
    ]


def test_sound_rows_have_no_problem():
    other = {**FULL, "employee_id": "E-000002", "email": "b@b.example", "login": "b"}
    assert check("employee", FULL, other) == []
    assert check("employee") == []


def test_a_required_value_is_missing():
    assert check("employee", {**FULL, "name": None, "hire_date": None}) == [
        ("COL-required", "", "name", "B4"),
        ("COL-required", "", "hire_date", "J4"),
    ]


def test_a_new_row_has_no_key_yet_but_a_given_key_is_required():
    assert check("employee", {**FULL, "employee_id": None}) == []
    assert ("COL-required", "", "kpi_id", "A4") in check("kpi", {"name": "額"})
    assert ("COL-required", "", "line_no", "B4") in check("order_line", {"order_id": "SO-000001"})


def test_a_cell_that_could_not_be_typed_is_not_missing_too():
    raw = raw_table("employee", {**FULL, "hire_date": "昨天", "name": " "})
    data = bind_tables(REGULATION, {"employee": [raw]})["employee"]
    found = [(problem.code, problem.field) for problem in check_columns(data)]
    assert found == [("COL-required", "name")]


def test_a_repeated_key_names_the_first_row_that_has_it():
    problem = check_columns(builders.tables(employee=[FULL, {**FULL, "email": None}])["employee"])[
        0
    ]
    assert (problem.code, problem.key, problem.place.cell) == ("COL-key", "E-000001", "A5")
    assert problem.arguments == {"value": "E-000001", "other": "org.xlsm!員工!A4"}


def test_a_key_of_several_parts_repeats_as_a_whole():
    lines = [{"order_id": "SO-000001", "line_no": number} for number in (1, 2, 2, None, None)]
    found = [one for one in check("order_line", *lines) if one[0] == "COL-key"]
    assert found == [("COL-key", "", "order_id", "A6")]


def test_a_repeated_value_of_a_unique_column_names_the_first():
    rows = [FULL, {**FULL, "employee_id": "E-000002", "email": "c@c.example"}]
    problem = check_columns(builders.tables(employee=rows)["employee"])[0]
    assert (problem.code, problem.field) == ("COL-unique", "login")
    assert problem.arguments == {"value": "a", "other": "org.xlsm!員工!D4"}


@pytest.mark.parametrize(
    ("rating", "code"), [(0, "COL-minimum"), (6, "COL-maximum"), (1, None), (None, None)]
)
def test_numbers_stay_within_their_bounds(rating, code):
    found = [one[0] for one in check("attitude_rating", {"rating": rating}) if one[2] == "rating"]
    assert [one for one in found if one != "COL-required"] == ([code] if code else [])


def test_money_below_its_minimum_is_found():
    found = check("customer", {"credit_limit": -0.01}, {"credit_limit": 0.0}, {})
    assert [one for one in found if one[2] == "credit_limit"] == [
        ("COL-minimum", "", "credit_limit", "S4")
    ]


def test_a_text_is_too_long():
    rows = [{**FULL, "inactive_reason": "長" * length} for length in (255, 256)]
    problems = check_columns(builders.tables(employee=rows)["employee"])
    (problem,) = [one for one in problems if one.code == "COL-max-length"]
    assert problem.place.cell == "O5"
    assert problem.arguments == {"length": 256, "limit": 255}


@pytest.mark.parametrize(
    ("table", "field", "value", "variant", "example"),
    [
        ("employee", "employee_id", "E-1", "key", "E-000001"),
        ("training_plan", "period", "2026/7", "period", "2026Q3"),
        ("kpi_actual", "period", "2026Q3", "period", "202607"),
        ("course", "material", "../a.pdf", "file", "documents/report.pdf"),
        ("contact", "email", "nobody", "", "name@company.com"),
        ("contract", "contract_no", "SC2026-12", "", "SC-2026-0001"),
    ],
)
def test_a_malformed_text_shows_an_example(table, field, value, variant, example):
    problems = check_columns(builders.tables(**{table: [{}, {field: value}]})[table])
    (problem,) = [one for one in problems if one.code == "COL-pattern"]
    assert (problem.field, problem.variant) == (field, variant)
    assert problem.arguments == {"value": value, "example": example}


def test_every_pattern_has_an_example():
    for table in REGULATION.tables.values():
        for field in table.fields:
            if field.pattern:
                assert re.fullmatch(field.pattern, _form(field.pattern)[1]), field.name


def test_one_malformed_key_among_many_is_found():
    rows = [{"territory_id": f"T-{number:06d}"} for number in range(2100)]
    rows[2050] = {"territory_id": "T-000001\nT-000002"}
    problems = check_columns(builders.tables(territory=rows)["territory"])
    assert [one.place.cell for one in problems if one.code == "COL-pattern"] == ["A2054"]


def test_columns_are_checked_without_touching_the_frame():
    tables = builders.tables(employee=[FULL])
    before = frames(tables)["employee"].copy()
    check_columns(tables["employee"])
    assert frames(tables)["employee"].equals(before)
