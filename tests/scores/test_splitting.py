from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import ScoreError
from sheetsales.scores.splitting import FIGURES, split_plan, target_key
from tests.builders import frames

PLAN = {
    "plan_id": "SP-000001",
    "unit_id": "U-000001",
    "period": "2026",
    "state": "draft",
    "target_revenue": 1_000_001,
}
UNITS = [
    {"unit_id": "U-000001", "manager_id": "E-000009"},
    {"unit_id": "U-000002", "parent_unit_id": "U-000001", "manager_id": "E-000008"},
    {"unit_id": "U-000003", "parent_unit_id": "U-000001"},
    {"unit_id": "U-000004", "parent_unit_id": "U-000001"},
]
"""A department with two teams, and one unit without anybody."""
PEOPLE = [
    {"employee_id": "E-000001", "unit_id": "U-000002"},
    {"employee_id": "E-000002", "unit_id": "U-000002"},
    {"employee_id": "E-000003", "unit_id": "U-000003"},
    {"employee_id": "E-000008", "unit_id": "U-000002"},
    {"employee_id": "E-000009", "unit_id": "U-000001"},
    {"employee_id": "E-000010", "unit_id": None},
]
KPIS = [
    {"kpi_id": "SALES", "formula_id": "F09-amount"},
    {"kpi_id": "PROFIT", "formula_id": "F09-profit"},
]


def split(
    plan: Mapping[str, object] = PLAN, targets: list[dict[str, object]] | None = None, **rows: Any
) -> pd.DataFrame:
    given_rows = {"org_unit": UNITS, "employee": PEOPLE, "kpi": KPIS, **rows}
    tables = frames(sales_plan=[plan], target=targets or [], **given_rows)
    return split_plan(tables, "SP-000001")


def years(found: pd.DataFrame, kpi: str = "SALES") -> dict[str, Decimal]:
    """Return the sum of the months by subject."""
    chosen = found[found["kpi_id"] == kpi]
    return {
        str(subject): sum(rows["target_value"], Decimal())
        for subject, rows in chosen.groupby("subject_id")
    }


def target(subject: str, value: object, month: str = "202601", **more: object) -> dict[str, object]:
    return {
        "plan_id": "SP-000001",
        "subject_type": "employee" if subject.startswith("E") else "unit",
        "subject_id": subject,
        "kpi_id": "SALES",
        "period": month,
        "target_value": value,
        **more,
    }


def test_where_nobody_has_targets_everybody_who_manages_none_gets_the_same() -> None:
    assert years(split()) == {
        "U-000001": 1_000_001,
        "U-000002": 666_667,
        "U-000003": 333_334,
        "E-000001": 333_334,
        "E-000002": 333_333,
        "E-000003": 333_334,
    }


def test_every_month_adds_up_at_every_level() -> None:
    found = split()
    for _, month in found.groupby("period"):
        value = dict(zip(month["subject_id"], month["target_value"], strict=True))
        assert value["U-000001"] == value["U-000002"] + value["U-000003"]
        assert value["U-000002"] == value["E-000001"] + value["E-000002"]
    assert sorted(set(found["period"])) == [f"2026{month:02d}" for month in range(1, 13)]


def test_those_who_have_targets_keep_their_shares_and_nobody_else_gets_any() -> None:
    known = [target("E-000001", 30), target("E-000003", 70), target("E-000002", 0)]
    assert years(split(targets=known)) == {
        "U-000001": 1_000_001,
        "U-000002": 300_000,
        "U-000003": 700_001,
        "E-000001": 300_000,
        "E-000003": 700_001,
    }


def test_the_target_of_a_unit_itself_is_its_share() -> None:
    known = [
        target("U-000002", 1),
        target("U-000003", 3),
        target("E-000001", 5),
        target("E-000003", 5),
    ]
    assert years(split(targets=known))["U-000002"] == 250_000


def test_who_manages_a_unit_and_has_targets_gets_those_of_the_unit() -> None:
    known = [target("E-000001", 1), target("E-000003", 1), target("E-000008", 1)]
    found = years(split(targets=known))
    assert found["E-000008"] == found["U-000002"] == 500_001


def test_months_keep_their_weights() -> None:
    known = [
        target("U-000001", 1, "202601", month_weight_pct=75),
        target("U-000001", 1, "202602", month_weight_pct=25),
    ]
    found = split({**PLAN, "target_revenue": 400}, targets=known)
    whole = found[found["subject_id"] == "U-000001"].set_index("period")["target_value"]
    assert [whole["202601"], whole["202602"], whole["202603"]] == [300, 100, 0]


def test_targets_of_a_category_or_another_plan_do_not_count() -> None:
    known = [
        target("E-000001", 9, category_id="CAT-000001"),
        {**target("E-000001", 9), "plan_id": "SP-000002"},
    ]
    assert years(split(targets=known)) == years(split())


def test_each_figure_is_split_for_its_indicator() -> None:
    found = split({**PLAN, "target_profit": 12, "target_new_customers": 5})
    assert set(found["kpi_id"]) == {"SALES", "PROFIT"}
    assert years(found, "PROFIT")["U-000001"] == 12


def test_a_quarter_has_three_months_and_follows_the_fiscal_year() -> None:
    tables = frames(
        sales_plan=[{**PLAN, "period": "2026Q1"}], org_unit=UNITS, employee=PEOPLE, kpi=KPIS
    )
    found = split_plan(tables, "SP-000001", fiscal_start=4)
    assert sorted(set(found["period"])) == ["202604", "202605", "202606"]


@pytest.mark.parametrize(
    ("plan", "rows", "code"),
    [
        ({**PLAN, "plan_id": "SP-000002"}, {}, "plan-missing"),
        ({**PLAN, "inactive": True}, {}, "plan-missing"),
        ({**PLAN, "state": "executing"}, {}, "plan-closed"),
        ({**PLAN, "target_revenue": None}, {}, "plan-empty"),
        ({**PLAN, "unit_id": None}, {}, "plan-empty"),
        ({**PLAN, "period": None}, {}, "plan-empty"),
        (PLAN, {"employee": []}, "plan-empty"),
        (PLAN, {"kpi": []}, "plan-empty"),
        ({**PLAN, "target_revenue": 1.5}, {}, "target-unit"),
    ],
)
def test_what_cannot_be_split_is_refused(
    plan: dict[str, object], rows: dict[str, Any], code: str
) -> None:
    with pytest.raises(ScoreError) as error:
        split(plan, **rows)
    assert error.value.code == code


def test_units_that_stand_below_themselves_come_to_an_end() -> None:
    units = [
        {"unit_id": "U-000001", "parent_unit_id": "U-000002"},
        {"unit_id": "U-000002", "parent_unit_id": "U-000001"},
    ]
    assert years(split(org_unit=units))["U-000001"] == 1_000_001


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=3).filter(any), st.integers(0, 10**9))
def test_any_shares_add_up_exactly(shares: list[int], total: int) -> None:
    people = ("E-000001", "E-000002", "E-000003")
    known = [target(one, share) for one, share in zip(people, shares, strict=True)]
    found = split({**PLAN, "target_revenue": total}, targets=known)
    sums = years(found)
    assert sums["U-000001"] == total
    assert sum(value for subject, value in sums.items() if subject in people) == total


def test_a_target_is_known_by_all_but_its_number() -> None:
    row = {**target("E-000001", 1), "category_id": "", "target_id": "TG-000001"}
    assert target_key(row) == ("SP-000001", "employee", "E-000001", "SALES", None, "202601")
    assert set(FIGURES) == {"target_revenue", "target_profit", "target_new_customers"}
