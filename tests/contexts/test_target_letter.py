from __future__ import annotations

from typing import Any

import pytest

from sheetsales.contexts import keys_of
from sheetsales.contexts.base import DASH
from sheetsales.contexts.target_letter import (
    CycleShares,
    Grade,
    Measure,
    PeriodTargets,
    TargetLetter,
    Weight,
    build_target_letter,
)
from sheetsales.errors import SheetsalesError
from sheetsales.schema import load_regulation
from tests.builders import frames
from tests.contexts.scene import AS_OF, ROWS, scene

KEY = "SP-000001/E-000004"


def letter(tables: Any = None, key: str = KEY, locale: str = "zh-Hant") -> TargetLetter:
    return build_target_letter(
        scene() if tables is None else tables,
        key,
        regulation=load_regulation(),
        locale=locale,
        as_of=AS_OF,
        document_no="D-1",
    )


def with_targets(*targets: dict[str, object]) -> dict[str, Any]:
    shared = {"plan_id": "SP-000001", "subject_type": "employee", "subject_id": "E-000004"}
    rows = [{"target_id": f"TG-{n:06d}", **shared, **row} for n, row in enumerate(targets)]
    return {**scene(), "target": frames(target=rows)["target"]}


def test_indicators_are_columns_and_months_are_rows() -> None:
    found = letter()
    assert [measure.name for measure in found.measures] == [
        "銷售額",
        "銷售量",
        "銷售利潤",
        "新客戶數",
        "回款率",
    ]
    assert found.months[0] == PeriodTargets("2026年1月", ("920,000", "305", "276,000", "1", "95"))
    assert len(found.months) == 12


def test_amounts_are_added_up_and_rates_are_averaged() -> None:
    found = letter()
    assert found.totals == ("12,360,000", "3,990", "3,708,000", "12", "95")
    assert found.stretch == ("13,596,000", DASH, DASH, DASH, DASH)


def test_the_revenue_target_stands_in_words_too() -> None:
    found = letter()
    assert (found.revenue, found.revenue_capital) == (
        "NT$ 12,360,000",
        "新臺幣壹仟貳佰參拾陸萬元整",
    )


def test_categories_are_columns_of_their_own_and_add_to_the_revenue() -> None:
    found = letter(
        with_targets(
            {"kpi_id": "SALES", "period": "202601", "target_value": 10},
            {"kpi_id": "SALES", "period": "202602", "target_value": 5, "category_id": "PC-000001"},
        )
    )
    assert found.measures == (Measure("銷售額", DASH, "元"), Measure("銷售額", "測量儀器", "元"))
    assert found.category_given
    assert [month.values for month in found.months] == [("10", DASH), (DASH, "5")]
    assert found.revenue == "NT$ 15"


def test_a_year_is_left_out_where_its_months_are_set() -> None:
    found = letter(
        with_targets(
            {"kpi_id": "COLLECT", "period": "2026", "target_value": 99},
            {"kpi_id": "COLLECT", "period": "202603", "target_value": 90},
            {"kpi_id": "COLLECT", "period": "202601", "target_value": 95},
        )
    )
    assert [month.period for month in found.months] == ["2026年1月", "2026年3月"]
    assert (found.totals, found.stretch) == (("92.5",), ())
    assert (found.revenue, found.revenue_capital) == (DASH, DASH)


def test_a_period_that_is_none_is_an_error() -> None:
    with pytest.raises(SheetsalesError, match="document-value"):
        letter(with_targets({"kpi_id": "SALES", "period": "soon", "target_value": 1}))


def test_the_scheme_in_force_last_is_shown_with_its_weights() -> None:
    found = letter()
    assert (found.scheme, found.weight_total, len(found.weights)) == ("REP-2026", "100%", 5)
    assert found.weights[3] == Weight("新客戶數", "越高越好", "15%", "混合", "70%", "0", "120")


@pytest.mark.parametrize(
    ("method", "share"), [("attainment", "100%"), ("ranking", "0%"), (None, DASH)]
)
def test_the_share_of_attainment_follows_from_the_method(method: str | None, share: str) -> None:
    row = {**ROWS["kpi_scheme"][0], "method": method, "alpha": None}
    tables = {**scene(), "kpi_scheme": frames(kpi_scheme=[row])["kpi_scheme"]}
    assert letter(tables).weights[0].attainment_share == share


def test_without_a_scheme_and_supervisor_the_letter_says_so() -> None:
    tables = scene(employee={"E-000004": {"position_id": "P-000003", "reports_to": None}})
    found = letter(tables)
    assert (found.scheme, found.weights, found.weight_total) == (DASH, (), "0%")
    assert found.supervisor.name == DASH


def test_cycles_of_the_plan_and_grades_are_listed() -> None:
    found = letter(locale="en")
    assert found.cycles[0] == CycleShares(
        "2026年第1季考核", "1 January 2026", "30 March 2026", "60%", "25%", "15%"
    )
    assert [grade.score for grade in found.grades] == [
        "≥ 90",
        "80 – < 90",
        "70 – < 80",
        "60 – < 70",
        "< 60",
    ]
    assert found.grades[0] == Grade("A", "Excellent", "≥ 90")


@pytest.mark.parametrize(
    "key", ["SP-000009/E-000004", "SP-000001/E-000009", "SP-000001/E-000001", "SP-000001"]
)
def test_a_letter_about_nobody_or_nothing_is_an_error(key: str) -> None:
    with pytest.raises(SheetsalesError, match="document-subject"):
        letter(key=key)


@pytest.mark.parametrize(
    ("changes", "chosen"),
    [
        ({}, (KEY,)),
        ({"sales_plan": {"SP-000001": {"state": "approved"}}}, (KEY,)),
        ({"sales_plan": {"SP-000001": {"state": "closed"}}}, ()),
        ({"employee": {"E-000004": {"inactive": True}}}, ()),
    ],
)
def test_a_batch_holds_everybody_with_targets_in_a_plan_in_force(
    changes: dict[str, Any], chosen: tuple[str, ...]
) -> None:
    assert keys_of("target_letter", scene(**changes), as_of=AS_OF) == chosen
