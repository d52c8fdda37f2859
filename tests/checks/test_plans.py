from __future__ import annotations

from datetime import date

from tests.checks.breaches import KPI, PERSON, PERSONAL, PLAN, TARGET, UNITS
from tests.checks.judge import findings, judge

ORGANISATION = {
    "kpi": [KPI],
    "org_unit": UNITS,
    "employee": [
        PERSON,
        {**PERSON, "employee_id": "E-000002"},
        {**PERSON, "employee_id": "E-000009"},
    ],
}


def unit(unit_id: str, value: float) -> dict[str, object]:
    return {**TARGET, "subject_id": unit_id, "target_value": value}


def person(employee_id: str, value: float) -> dict[str, object]:
    return {**PERSONAL, "subject_id": employee_id, "target_value": value}


def test_the_sum_of_the_parts_is_exact():
    parts = [person("E-000001", 33.3), person("E-000002", 66.7)]
    assert judge("PLN-01", **ORGANISATION, target=[unit("U-000002", 100), *parts]) == []
    short = [unit("U-000002", 100.01), *parts]
    (found,) = findings("PLN-01", **ORGANISATION, target=short)
    assert str(found.arguments["total"]) == "100.0"
    assert found.arguments["parts"] == ("E-000001", "E-000002")


def test_a_managers_target_repeats_that_of_the_unit_or_is_a_part_of_it():
    members = [person("E-000001", 40), person("E-000002", 60)]
    repeated = [unit("U-000002", 100), *members, person("E-000009", 100)]
    selling = [unit("U-000002", 150), *members, person("E-000009", 50)]
    assert judge("PLN-01", **ORGANISATION, target=repeated) == []
    assert judge("PLN-01", **ORGANISATION, target=selling) == []


def test_a_unit_with_only_a_managers_target_is_compared_with_it():
    target = [unit("U-000002", 100), person("E-000009", 90)]
    (found,) = findings("PLN-01", **ORGANISATION, target=target)
    assert found.arguments["parts"] == ("E-000009",)


def test_units_without_a_target_are_passed_through():
    target = [unit("U-000001", 100), person("E-000001", 90)]
    assert len(judge("PLN-01", **ORGANISATION, target=target)) == 1
    assert judge("PLN-01", **ORGANISATION, target=[unit("U-000001", 90), target[1]]) == []


def test_other_months_plans_and_indicators_are_sums_of_their_own():
    for field, value in {"period": "202608", "plan_id": "SP-000002", "kpi_id": "QTY"}.items():
        other = {**person("E-000001", 90), field: value}
        assert judge("PLN-01", **ORGANISATION, target=[unit("U-000002", 100), other]) == []


def test_a_unit_that_stands_above_itself_ends_the_search():
    units = [
        {"unit_id": "U-000001", "parent_unit_id": "U-000003"},
        {"unit_id": "U-000003", "parent_unit_id": "U-000001"},
    ]
    units += [{"unit_id": None}, {"unit_id": "U-000002", "parent_unit_id": "U-000003"}]
    rows = {"kpi": [KPI], "org_unit": units, "employee": [PERSON, {"employee_id": "E-000003"}]}
    target = [unit("U-000001", 100), unit("U-000002", 90)]
    assert judge("PLN-01", **rows, target=target) == [("target", 0, "target_value", "organisation")]


def test_categories_sum_level_by_level():
    categories = [
        {"category_id": "CAT-1"},
        {"category_id": "CAT-2", "parent_id": "CAT-1"},
        {"category_id": "CAT-3", "parent_id": "CAT-2"},
    ]
    whole, part = {**TARGET, "category_id": "CAT-1"}, {**TARGET, "category_id": "CAT-3"}
    target = [TARGET, whole, {**part, "target_value": 60}]
    assert judge("PLN-01", kpi=[KPI], category=categories, target=target) == [
        ("target", 1, "target_value", "category")
    ]


def test_categories_in_a_cycle_end_the_search():
    categories = [{"category_id": "CAT-1", "parent_id": "CAT-1"}]
    target = [{**TARGET, "category_id": "CAT-1"}]
    assert judge("PLN-01", kpi=[KPI], category=categories, target=target) == []
    target = [{**TARGET, "category_id": "CAT-2"}]
    loop = [
        {"category_id": "CAT-2", "parent_id": "CAT-3"},
        {"category_id": "CAT-3", "parent_id": "CAT-2"},
        {"category_id": None},
    ]
    assert judge("PLN-01", kpi=[KPI], category=loop, target=target) == []


def test_a_plan_without_targets_of_its_own_unit_is_not_compared():
    plan = [{**PLAN, "target_revenue": 90, "unit_id": "U-000001"}]
    assert judge("PLN-01", kpi=[KPI], sales_plan=plan, target=[TARGET]) == []


def test_where_less_is_better_a_stretch_lies_below():
    target = [{**TARGET, "stretch_value": 90}]
    assert judge("PLN-03", kpi=[{**KPI, "direction": "lower"}], target=target) == []


def test_a_leader_of_a_targeted_unit_and_people_yet_to_come_need_no_target():
    people = [{**PERSON, "employee_id": "E-000009"}, {**PERSON, "hire_date": date(2026, 8, 1)}]
    rows = {"sales_plan": [PLAN], "org_unit": UNITS, "employee": people, "target": [TARGET]}
    assert judge("PLN-05", **rows) == []


def test_a_plan_of_another_year_asks_nothing_of_anybody():
    rows = {"sales_plan": [{**PLAN, "period": "2025"}], "employee": [PERSON]}
    assert judge("PLN-05", **rows) == []


def test_a_malformed_period_is_passed_over():
    rows = {
        "sales_plan": [{**PLAN, "period": "26"}],
        "employee": [PERSON],
        "target": [{**PERSONAL, "period": "next"}],
    }
    assert judge("PLN-05", **rows) == []
