from __future__ import annotations

from sheetsales.scores.organisation import subtree, teams, unit_staff
from tests.builders import frames

TABLES = frames(
    org_unit=[
        {"unit_id": "U1", "manager_id": "boss"},
        {"unit_id": "U2", "parent_unit_id": "U1", "manager_id": "lead"},
        {"unit_id": "U3", "parent_unit_id": "U2"},
        {"unit_id": "U9", "manager_id": "nobody"},
    ],
    employee=[
        {"employee_id": "boss", "unit_id": "U1"},
        {"employee_id": "lead", "unit_id": "U2"},
        {"employee_id": "rep", "unit_id": "U3"},
        {"employee_id": "new"},
        {"unit_id": "U3"},
    ],
)


def test_a_tree_holds_all_below_its_root() -> None:
    parents = {"a": None, "b": "a", "c": "b", "d": None}
    assert subtree(parents, "a") == {"a", "b", "c"}


def test_a_circle_ends_where_it_closes() -> None:
    assert subtree({"a": "b", "b": "a"}, "a") == {"a", "b"}


def test_a_manager_answers_for_all_in_his_units_and_a_representative_for_himself() -> None:
    assert teams(TABLES) == {
        "boss": {"boss", "lead", "rep"},
        "lead": {"lead", "rep"},
        "rep": {"rep"},
        "new": {"new"},
    }


def test_the_staff_of_a_unit_are_those_of_all_units_below() -> None:
    assert unit_staff(TABLES, "U2") == {"lead", "rep"}
