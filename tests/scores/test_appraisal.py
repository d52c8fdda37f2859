from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import recompute
from sheetsales.scores.appraisal import (
    build_appraisals,
    explain_appraisal,
    score_appraisals,
    score_performance,
)
from sheetsales.scores.derivation import recompute_component
from tests.builders import frames
from tests.scores.world import (
    PLAN,
    Row,
    actual,
    joined,
    only,
    params,
    people,
    scheme,
    shipped,
    shown,
    target,
)

AS_OF = date(2026, 4, 15)
MONTHS = ("202601", "202602", "202603")
CYCLE: Row = {
    "cycle_id": "CY-000001",
    "start_on": date(2026, 1, 1),
    "end_on": date(2026, 3, 31),
    "w_performance": 60,
    "w_attitude": 25,
    "w_service": 15,
    "state": "rating",
}
EVERYBODY = ("E-000001", "E-000002", "E-000003", "E-000004", "E-000005")


def _mixed() -> list[Row]:
    weights = scheme(SALES=50, QTY=30, NEWCUST=20)
    return [{**row, "method": "mixed", "alpha": 0.7} for row in weights]


def _reached(employee: str, **percent: tuple[float, float]) -> dict[str, list[Row]]:
    """Actual and target of the quarter, in its last month."""
    return {
        "target": [target(employee, kpi, "202603", goal) for kpi, (_, goal) in percent.items()],
        "kpi_actual": [actual(employee, kpi, "202603", got) for kpi, (got, _) in percent.items()],
    }


def _others() -> dict[str, list[Row]]:
    """The other four reach 97, 97, 88 and 70 in everything."""
    return joined(
        *(
            _reached(key, SALES=(score, 100), QTY=(score, 100), NEWCUST=(score, 100))
            for key, score in zip(EVERYBODY[1:], (97, 97, 88, 70), strict=True)
        )
    )


def _rating(rater: str, kind: str, item: str, rating: int) -> Row:
    return {
        "cycle_id": "CY-000001",
        "employee_id": "E-000001",
        "rater_id": rater,
        "rater_type": kind,
        "item_id": item,
        "rating": rating,
    }


def _ratings(rater: str, kind: str, *ratings: int) -> list[Row]:
    items = ("AT-000001", "AT-000002", "AT-000003")
    return [_rating(rater, kind, item, one) for item, one in zip(items, ratings, strict=True)]


def _attitude() -> dict[str, list[Row]]:
    """Supervisor 4, 5, 4; two peers with means 4.5, 4, 3.5; nothing by oneself."""
    return {
        "attitude_item": [
            {"item_id": f"AT-00000{place}", "weight_pct": weight}
            for place, weight in enumerate((40, 35, 25), start=1)
        ],
        "attitude_rating": [
            *_ratings("E-000009", "supervisor", 4, 5, 4),
            *_ratings("E-000002", "peer", 4, 4, 3),
            *_ratings("E-000003", "peer", 5, 4, 4),
        ],
    }


def _csat(*actuals: float) -> dict[str, list[Row]]:
    return {
        "kpi_actual": [
            actual("E-000001", "CSAT", month, value, source="manual")
            for month, value in zip(MONTHS, actuals, strict=False)
        ]
    }


def _tables(
    *parts: dict[str, list[Row]], schemes: list[Row] | None = None
) -> dict[str, pd.DataFrame]:
    base: dict[str, list[Row]] = {
        "cycle": [CYCLE],
        "kpi": shipped("kpi"),
        "kpi_scheme": _mixed() if schemes is None else schemes,
        "sales_plan": [PLAN],
    }
    return frames(**joined(base, people(*EVERYBODY), *parts))


def _first() -> dict[str, list[Row]]:
    """1,250k of 1,200k; 90 of 100; 13 of 10."""
    return _reached("E-000001", SALES=(1_250_000, 1_200_000), QTY=(90, 100), NEWCUST=(13, 10))


def _worked_example() -> dict[str, pd.DataFrame]:
    return _tables(_first(), _others(), _attitude(), _csat(83, 83.6, 83.6))


def _score(tables: dict[str, pd.DataFrame], employee: str = "E-000001", **changed: str) -> Row:
    found = score_appraisals(tables, params(**changed), as_of=AS_OF)
    return only(found, employee_id=employee)


def test_104_17_and_90_and_120_by_50_30_20_are_a_performance_of_103_08() -> None:
    assert shown(_score(_worked_example())["performance"]) == "103.08"
    indicators = score_performance(_worked_example(), params(), as_of=AS_OF)
    own = indicators[indicators["employee_id"] == "E-000001"]
    assert [shown(score) for score in own["score"]] == ["104.17", "90.00", "120.00"]
    assert shown(only(own, kpi_id="NEWCUST")["attainment"]) == "130.00"
    assert sum(own["contribution"]) == Decimal("103.0834")


def test_103_08_97_97_88_70_rank_1_2_2_4_5_and_score_100_62_5_62_5_25_0() -> None:
    found = score_appraisals(_worked_example(), params(), as_of=AS_OF)
    assert list(found["rank"]) == [1, 2, 2, 4, 5]
    assert [shown(score) for score in found["rank_score"]] == [
        "100.00",
        "62.50",
        "62.50",
        "25.00",
        "0.00",
    ]


def test_70_percent_attainment_and_30_percent_rank_are_102_16() -> None:
    assert shown(_score(_worked_example())["performance_part"]) == "102.16"


def test_supervisor_87_and_peers_81_50_without_self_are_an_attitude_of_85_17() -> None:
    found = _score(_worked_example())
    assert (shown(found["supervisor"]), shown(found["peer"])) == ("87.00", "81.50")
    assert found["self"] is None
    assert shown(found["attitude"]) == "85.17"


def test_60_25_15_of_102_16_85_17_83_40_are_95_10_and_grade_a() -> None:
    found = _score(_worked_example())
    assert found["service"] == Decimal("83.4")
    assert shown(found["total"]) == "95.10"
    assert found["total"] == Decimal("95.0967")
    assert found["grade"] == "A"
    assert found["reason"] == ""


def test_the_total_is_recomputed_from_the_printed_components() -> None:
    derivation = explain_appraisal(_worked_example(), params(), "CY-000001/E-000001", as_of=AS_OF)
    assert recompute(derivation) == derivation.value == Decimal("95.0967")
    for node in derivation.fields:
        assert recompute_component(node) == node.value
    assert [node.name for node in derivation.components] == [
        "performance_part",
        "attitude",
        "service",
    ]
    assert derivation.formula == "F13"


def test_the_derivation_names_target_actual_rating_and_parameter_cells() -> None:
    derivation = explain_appraisal(_worked_example(), params(), "CY-000001/E-000001", as_of=AS_OF)
    cells = {(one.table, one.key, one.field): one.value for one in derivation.inputs}
    assert cells["kpi_actual", "E-000001/SALES/202603", "actual"] == 1_250_000
    assert cells["target", "T/E-000001/SALES/202603/", "target_value"] == 1_200_000
    assert cells["attitude_rating", "CY-000001/E-000001/E-000009/AT-000002", "rating"] == 5
    assert cells["cycle", "CY-000001", "w_service"] == 15
    assert cells["kpi_scheme", "REP/SALES", "weight_pct"] == 50
    assert ("grade_cuts", "2024-01-01", "90;80;70;60") in derivation.parameters


def test_lower_is_better_mirrors_the_attainment() -> None:
    tables = _tables(_reached("E-000001", COMPLAINT=(6, 5)), schemes=scheme(COMPLAINT=100))
    assert shown(_score(tables)["performance"]) == "80.00"


def test_an_indicator_stays_between_its_floor_and_cap() -> None:
    tables = _tables(_reached("E-000001", COMPLAINT=(15, 5)), schemes=scheme(COMPLAINT=100))
    assert shown(_score(tables)["performance"]) == "0.00"


def test_without_own_bounds_an_indicator_has_those_of_all() -> None:
    tables = _tables(_reached("E-000001", SALES=(300, 100)), schemes=scheme(SALES=100))
    tables["kpi"][["score_floor", "score_cap"]] = float("nan")
    assert shown(_score(tables)["performance"]) == "120.00"
    assert shown(_score(tables, kpi_cap="150")["performance"]) == "150.00"


def test_months_are_added_up_and_rates_averaged() -> None:
    rows = {
        "target": [
            target("E-000001", kpi, month, 50) for kpi in ("SALES", "COLLECT") for month in MONTHS
        ],
        "kpi_actual": [
            actual("E-000001", kpi, month, value)
            for kpi in ("SALES", "COLLECT")
            for month, value in zip(MONTHS, (20, 40, 60), strict=True)
        ],
    }
    found = score_performance(
        _tables(rows, schemes=scheme(SALES=50, COLLECT=50)), params(), as_of=AS_OF
    )
    assert only(found, kpi_id="SALES")["actual"] == 120
    assert only(found, kpi_id="COLLECT")["actual"] == 40
    assert [shown(score) for score in found["score"]] == ["80.00", "80.00"]


def test_a_month_without_actual_leaves_its_target_out() -> None:
    rows = joined(
        _reached("E-000001", SALES=(90, 100)),
        {"target": [target("E-000001", "SALES", "202602", 100)]},
    )
    tables = _tables(rows, schemes=scheme(SALES=100))
    assert shown(_score(tables)["performance"]) == "90.00"


def test_months_after_as_of_do_not_count() -> None:
    tables = _tables(_first(), _reached("E-000002", SALES=(1, 1)), schemes=scheme(SALES=100))
    found = score_appraisals(tables, params(), as_of=date(2026, 2, 28))
    assert found.empty


def test_targets_of_single_categories_count_where_there_is_none_for_all() -> None:
    rows: dict[str, list[Row]] = {
        "target": [
            target("E-000001", "SALES", "202602", 10, category_id="CT-000001"),
            target("E-000001", "SALES", "202602", 20, category_id="CT-000002"),
            target("E-000001", "SALES", "202603", 70),
            target("E-000001", "SALES", "202603", 60, category_id="CT-000001"),
        ],
        "kpi_actual": [actual("E-000001", "SALES", month, 50) for month in MONTHS[1:]],
    }
    found = score_performance(_tables(rows, schemes=scheme(SALES=100)), params(), as_of=AS_OF)
    assert only(found)["target"] == 100


def test_the_scheme_in_force_at_the_end_of_the_cycle_counts() -> None:
    later = [
        {**row, "scheme_id": "REP-2", "valid_from": date(2026, 3, 1)} for row in scheme(QTY=100)
    ]
    much_later = [
        {**row, "scheme_id": "REP-3", "valid_from": date(2026, 4, 1)} for row in scheme(SALES=100)
    ]
    rows = _reached("E-000001", SALES=(50, 100), QTY=(80, 100))
    tables = _tables(rows, schemes=[*scheme(SALES=100), *later, *much_later])
    assert shown(_score(tables)["performance"]) == "80.00"


@pytest.mark.parametrize(
    ("method", "part"), [("attainment", "97.00"), ("ranking", "62.50"), ("mixed", "86.65")]
)
def test_the_method_of_the_scheme_says_what_enters_the_total(method: str, part: str) -> None:
    schemes = [{**row, "method": method, "alpha": None} for row in _mixed()]
    tables = _tables(_first(), _others(), schemes=schemes)
    assert shown(_score(tables, "E-000002")["performance_part"]) == part


def test_a_group_of_one_has_a_rank_score_of_100() -> None:
    found = _score(_tables(_first()))
    assert (found["rank"], found["rank_score"]) == (1, 100)


def test_only_people_of_one_position_are_compared() -> None:
    boss = {
        "kpi_scheme": [
            {**row, "scheme_id": "MGR", "position_id": "P-000003"} for row in scheme(SALES=100)
        ]
    }
    tables = _tables(
        _first(),
        boss,
        people("E-000008", position_id="P-000003"),
        _reached("E-000008", SALES=(200, 100)),
    )
    assert _score(tables)["rank"] == 1
    assert _score(tables, "E-000008")["rank"] == 1


def test_missing_parts_leave_their_weight_to_the_others() -> None:
    found = _score(_tables(_first(), _csat(80)))
    assert (found["attitude"], found["attitude_reason"]) == (None, "no-ratings")
    expected = (60 * Decimal("102.1584") + 15 * 80) / 75
    assert found["total"] == expected.quantize(Decimal("0.0001"))


@pytest.mark.parametrize(
    ("rows", "schemes", "reason"),
    [
        (_first(), [], "no-scheme"),
        (_reached("E-000001", SALES=(1, 1)), scheme(QTY=100), "no-target"),
        ({"target": [target("E-000001", "SALES", "202603", 9)]}, scheme(SALES=100), "no-actual"),
        (_reached("E-000001", SALES=(9, 0)), scheme(SALES=100), "zero-target"),
        (_first(), [*scheme(SALES=50), *_mixed()[1:2]], "scheme-methods-differ"),
        (_first(), scheme(SALES=0), "zero-weight"),
    ],
)
def test_no_performance_has_a_reason(
    rows: dict[str, list[Row]], schemes: list[Row], reason: str
) -> None:
    found = _score(_tables(rows, schemes=schemes))
    assert (found["performance"], found["performance_reason"]) == (None, reason)
    assert (found["total"], found["grade"], found["rank"]) == (None, None, None)
    assert found["reason"] == reason


def test_incomplete_rows_of_a_scheme_do_not_count() -> None:
    more = [{**scheme(QTY=50)[0], "method": None}, {**scheme(NEWCUST=50)[0], "weight_pct": None}]
    tables = _tables(_first(), schemes=[*scheme(SALES=50), *more])
    assert shown(_score(tables)["performance"]) == "104.17"


def test_an_indicator_without_score_leaves_its_weight_to_the_others() -> None:
    tables = _tables(_reached("E-000001", SALES=(90, 100)), schemes=scheme(SALES=50, QTY=50))
    found = score_performance(tables, params(), as_of=AS_OF)
    assert shown(_score(tables)["performance"]) == "90.00"
    assert shown(only(found, kpi_id="SALES")["contribution"]) == "90.00"
    missing = only(found, kpi_id="QTY")
    assert (missing["score"], missing["contribution"], missing["attainment"]) == (None, None, None)


def test_too_few_peers_do_not_count() -> None:
    rows = _attitude()
    rows["attitude_rating"] = rows["attitude_rating"][:6]
    found = _score(_tables(_first(), rows))
    assert found["peer"] is None
    assert shown(found["attitude"]) == "87.00"
    derivation = explain_appraisal(
        _tables(_first(), rows), params(), "CY-000001/E-000001", as_of=AS_OF
    )
    assert derivation.node("attitude").children[1].reason == "too-few-peers"


def test_ratings_that_contradict_their_relation_do_not_count() -> None:
    rows = _attitude()
    rows["attitude_rating"] += [
        *_ratings("E-000001", "supervisor", 1, 1, 1),
        *_ratings("E-000004", "self", 1, 1, 1),
        *_ratings("E-000004", "subordinate", 1, 1, 1),
        _rating("E-000005", "peer", "AT-000099", 1),
    ]
    assert shown(_score(_tables(_first(), rows))["attitude"]) == "85.17"


def test_oneself_counts_a_tenth() -> None:
    rows = _attitude()
    rows["attitude_rating"] += _ratings("E-000001", "self", 5, 5, 5)
    expected = Decimal("0.6") * 87 + Decimal("0.3") * Decimal("81.5") + 10
    assert _score(_tables(_first(), rows))["attitude"] == expected


@pytest.mark.parametrize(("adjustment", "total"), [(3, "105.16"), (9, "107.16"), (-9, "97.16")])
def test_the_market_adjustment_is_limited(adjustment: int, total: str) -> None:
    rows = {
        "appraisal": [
            {"cycle_id": "CY-000001", "employee_id": "E-000001", "market_adj": adjustment}
        ]
    }
    assert shown(_score(_tables(_first(), rows))["total"]) == total


def test_the_total_stays_between_the_bounds() -> None:
    schemes = scheme(SALES=100)
    rows = {"appraisal": [{"cycle_id": "CY-000001", "employee_id": "E-000001", "market_adj": 5}]}
    tables = _tables(_reached("E-000001", SALES=(300, 100)), rows, schemes=schemes)
    assert shown(_score(tables)["total"]) == "120.00"


@pytest.mark.parametrize(
    ("score", "grade"), [(90, "A"), (89.99, "B"), (80, "B"), (70, "C"), (60, "D"), (59.99, "E")]
)
def test_the_grade_follows_the_cuts(score: float, grade: str) -> None:
    tables = _tables(_reached("E-000001", SALES=(score, 100)), schemes=scheme(SALES=100))
    assert _score(tables)["grade"] == grade


@pytest.mark.parametrize(
    ("state", "cycle_state", "total", "frozen"),
    [
        ("final", "rating", 90, True),
        ("shared", "closed", 90, True),
        ("final", "closed", None, False),
        ("reviewed", "rating", 90, False),
    ],
)
def test_a_final_appraisal_is_frozen_once_it_has_a_total(
    state: str, cycle_state: str, total: float | None, frozen: bool
) -> None:
    rows: dict[str, list[Row]] = {
        "appraisal": [
            {"cycle_id": "CY-000001", "employee_id": "E-000001", "state": state, "total": total}
        ]
    }
    tables = _tables(_first(), rows)
    tables["cycle"]["state"] = cycle_state
    assert _score(tables)["frozen"] is frozen


def test_who_has_a_row_is_appraised_even_without_target() -> None:
    rows = {"appraisal": [{"cycle_id": "CY-000001", "employee_id": "E-000005"}]}
    assert _score(_tables(rows), "E-000005")["reason"] == "no-target"


def test_cycles_that_are_being_set_up_or_lie_ahead_are_left_out() -> None:
    more = {
        "cycle": [
            {**CYCLE, "cycle_id": "CY-000002", "state": "setup"},
            {**CYCLE, "cycle_id": "CY-000003", "start_on": date(2026, 5, 1)},
            {**CYCLE, "cycle_id": "CY-000004", "end_on": None},
        ]
    }
    tables = _tables(_first(), more)
    assert set(score_appraisals(tables, params(), as_of=AS_OF)["cycle_id"]) == {"CY-000001"}
    chosen = build_appraisals(tables, params(), as_of=AS_OF, cycle_id="CY-000002")
    assert list(chosen) == ["CY-000002/E-000001"]


def test_an_unknown_cycle_is_refused() -> None:
    with pytest.raises(ScoreError, match="cycle-unknown"):
        score_appraisals(_tables(), params(), as_of=AS_OF, cycle_id="CY-000009")


@pytest.mark.parametrize("key", ["CY-000009/E-000001", "CY-000001/E-000009", "E-000001"])
def test_an_unknown_appraisal_cannot_be_explained(key: str) -> None:
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_appraisal(_tables(_first()), params(), key, as_of=AS_OF)
