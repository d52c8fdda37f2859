from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.schema import load_regulation
from sheetsales.scores import recompute
from sheetsales.scores.classes import DECISION_ROLES, explain_classes, score_classes
from sheetsales.scores.derivation import recompute_component
from tests.builders import frames
from tests.scores.world import AS_OF, Row, joined, only, params, sale, shipped, shown

CUSTOMER: dict[str, list[Row]] = {"customer": [{"customer_id": "C-000001"}]}


def _ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def _orders(
    *days: int, price: float = 100, first: int = 1, **order: object
) -> dict[str, list[Row]]:
    numbered = enumerate(days, start=first)
    return joined(*(sale(number, _ago(day), (1, price), **order) for number, day in numbered))


def _seven() -> dict[str, list[Row]]:
    """Seven orders, the last 45 days ago, 620k of profit."""
    rows = _orders(45, 60, 90, 120, 150, 200, 300, price=120_000)
    for line in rows["order_line"]:
        line["unit_cost"] = 30_000
    rows["order_line"][0]["unit_cost"] = 40_000
    return rows


def _tables(*parts: dict[str, list[Row]], rules: bool = True) -> dict[str, pd.DataFrame]:
    base: dict[str, list[Row]] = {"class_rule": shipped("class_rule") if rules else []}
    return frames(**joined(base, CUSTOMER, *parts))


def _class(tables: dict[str, pd.DataFrame], customer: str = "C-000001", **changed: str) -> Row:
    found = score_classes(tables, params(**changed), as_of=AS_OF)
    return only(found, customer_id=customer)


def test_45_days_7_orders_620k_are_4_4_4_and_75_high_and_frequent() -> None:
    found = _class(_tables(_seven()))
    assert (found["recency_days"], found["frequency"], found["monetary"]) == (45, 7, 620_000)
    assert (found["r_score"], found["f_score"], found["m_score"]) == (4, 4, 4)
    assert shown(found["rfm_score"]) == "75.00"
    assert (found["value_class"], found["behavior_class"]) == ("high", "frequent")
    assert found["key_suggested"] is True
    assert found["reason"] == "R4 (45) F4 (7) M4 (620000) = 75 CR-000001 CR-000004"


def test_75_60_100_80_are_a_k_of_76_50() -> None:
    roles = ("decision_maker", "influencer", "user", "gatekeeper", "user")
    rows = joined(
        _seven(),
        _orders(400, price=560_000, first=8),
        {
            "key_account": [
                {
                    "key_id": "KA-000001",
                    "customer_id": "C-000001",
                    "criteria": "strategic",
                    "state": "candidate",
                },
            ],
            "contact": [
                {
                    "contact_id": f"CT-{number}",
                    "customer_id": "C-000001",
                    "decision_role": role,
                    "status": "active",
                }
                for number, role in enumerate(roles)
            ],
        },
    )
    found = _class(_tables(rows))
    assert [
        shown(found[name]) for name in ("rfm_score", "growth", "strategic", "relationship")
    ] == [
        "75.00",
        "60.00",
        "100.00",
        "80.00",
    ]
    assert shown(found["key_score"]) == "76.50"


@pytest.mark.parametrize(
    ("days", "score"), [(0, 5), (30, 5), (31, 4), (60, 4), (120, 3), (240, 2), (241, 1), (900, 1)]
)
def test_recency_is_scored_by_its_cuts(days: int, score: int) -> None:
    assert _class(_tables(_orders(days)))["r_score"] == score


@pytest.mark.parametrize(("count", "score"), [(1, 1), (2, 2), (3, 3), (5, 3), (6, 4), (12, 5)])
def test_frequency_is_scored_by_its_cuts(count: int, score: int) -> None:
    assert _class(_tables(_orders(*range(count))))["f_score"] == score


@pytest.mark.parametrize(
    ("profit", "score"),
    [(49_999, 1), (50_000, 2), (200_000, 3), (500_000, 4), (1_000_000, 5)],
)
def test_profit_is_scored_by_its_cuts(profit: float, score: int) -> None:
    assert _class(_tables(_orders(1, price=profit)))["m_score"] == score


def test_the_window_ends_after_its_days() -> None:
    found = _class(_tables(_orders(364, 365)))
    assert (found["frequency"], found["monetary"]) == (1, 100)


def test_a_customer_without_orders_has_no_score() -> None:
    found = _class(_tables())
    assert found["no_value"] == "no-orders"
    assert (found["rfm_score"], found["value_class"]) == (None, None)
    assert (found["behavior_class"], found["key_suggested"]) == ("none", False)
    assert found["reason"] == "R– (–) F1 (0) M1 (0)"


@pytest.mark.parametrize(
    ("days", "behavior"),
    [
        ((1, 2, 3, 4), "frequent"),
        ((1, 2, 3), "occasional"),
        ((1, 400), "occasional"),
        ((1,), "first_time"),
        ((400,), "dormant"),
        ((400, 500), "dormant"),
    ],
)
def test_behaviour_follows_the_orders(days: tuple[int, ...], behavior: str) -> None:
    assert _class(_tables(_orders(*days)))["behavior_class"] == behavior


def test_without_rules_the_value_follows_the_cuts() -> None:
    tables = _tables(_seven(), rules=False)
    assert _class(tables)["value_class"] == "high"
    assert _class(tables, value_cuts="80;40")["value_class"] == "mid"
    assert _class(tables, value_cuts="90;80")["value_class"] == "low"
    assert _class(tables, rfm_recency_cuts="10;20;30;40")["rfm_score"] == Decimal("56.25")


def test_a_value_that_no_rule_covers_has_no_class() -> None:
    tables = _tables(_seven())
    tables["class_rule"] = tables["class_rule"].iloc[1:3].reset_index(drop=True)
    derivation = explain_classes(tables, params(), "C-000001/2026-03-31", as_of=AS_OF)
    assert derivation.node("value_class").reason == "no-rule"


def test_the_latest_rules_in_force_count() -> None:
    tables = _tables(_seven())
    newer = tables["class_rule"].iloc[:1].copy()
    newer["valid_from"] = pd.Timestamp(2026, 1, 1)
    newer["low"] = 60.0
    newer["class_code"] = "mid"
    ahead = newer.assign(valid_from=pd.Timestamp(2027, 1, 1), class_code="low")
    tables["class_rule"] = pd.concat([tables["class_rule"], newer, ahead], ignore_index=True)
    assert _class(tables)["value_class"] == "mid"


@pytest.mark.parametrize(
    ("rows", "need"),
    [
        ({}, "standard"),
        ({"customer": [{"customer_id": "C-000002", "need_class": "leader"}]}, "leader"),
        (
            {
                "key_account": [
                    {
                        "key_id": "KA-000001",
                        "customer_id": "C-000002",
                        "criteria": "industry_leader",
                        "state": "watch",
                    }
                ]
            },
            "leader",
        ),
        (
            {
                "key_account": [
                    {
                        "key_id": "KA-000001",
                        "customer_id": "C-000002",
                        "criteria": "industry_leader",
                        "state": "removed",
                    }
                ]
            },
            "standard",
        ),
    ],
)
def test_a_leader_is_whom_staff_or_a_key_account_call_so(
    rows: dict[str, list[Row]], need: str
) -> None:
    base = {} if "customer" in rows else {"customer": [{"customer_id": "C-000002"}]}
    found = _class(_tables(base, rows), "C-000002")
    assert found["need_class"] == need
    assert found["key_suggested"] is (need == "leader")


@pytest.mark.parametrize("rules", [True, False])
def test_who_buys_what_is_new_is_an_innovator(rules: bool) -> None:
    old = sale(1, _ago(500), (1, 100), customer_id="C-000009")
    new = joined(
        sale(2, _ago(10), (1, 60), (1, 40)),
        sale(3, _ago(10), (1, 61), (1, 39), customer_id="C-000002"),
    )
    tables = _tables(old, new, {"customer": [{"customer_id": "C-000002"}]}, rules=rules)
    assert _class(tables)["need_class"] == "innovator"
    assert _class(tables, "C-000002")["need_class"] == "standard"


def test_nobody_knows_what_is_new_while_orders_do_not_reach_back() -> None:
    tables = _tables(_orders(10))
    derivation = explain_classes(tables, params(), "C-000001/2026-03-31", as_of=AS_OF)
    assert derivation.node("need_class").value == "standard"


def test_rules_may_look_at_what_customers_bring_together() -> None:
    rows = joined(
        _orders(10, price=900),
        sale(9, _ago(10), (3, 100), customer_id="C-000002"),
        {
            "customer": [{"customer_id": "C-000002"}],
            "class_rule": [
                {
                    "rule_id": "CR-1",
                    "axis": "value",
                    "metric": "cum_profit_share",
                    "class_code": "high",
                    "high": 80,
                    "valid_from": date(2026, 1, 1),
                },
                {
                    "rule_id": "CR-2",
                    "axis": "value",
                    "metric": "purchase_qty",
                    "class_code": "mid",
                    "low": 3,
                    "valid_from": date(2026, 1, 1),
                },
                {
                    "rule_id": "CR-3",
                    "axis": "value",
                    "metric": "industry_rank",
                    "class_code": "low",
                    "valid_from": date(2026, 1, 1),
                },
            ],
        },
    )
    tables = _tables(rows, rules=False)
    assert _class(tables)["value_class"] == "high"
    assert _class(tables, "C-000002")["value_class"] == "mid"


def test_only_the_first_by_k_are_suggested_where_there_is_a_cap() -> None:
    rows = joined(
        _seven(),
        *(sale(20 + n, _ago(n), (1, 10), customer_id="C-000002") for n in range(4)),
        {"customer": [{"customer_id": "C-000002"}]},
    )
    tables = _tables(rows)
    assert list(score_classes(tables, params(), as_of=AS_OF)["key_suggested"]) == [True, True]
    capped = score_classes(tables, params(key_top_n="1"), as_of=AS_OF)
    assert list(capped["key_suggested"]) == [True, False]


def test_merged_and_inactive_customers_are_not_classified() -> None:
    gone: dict[str, list[Row]] = {
        "customer": [
            {"customer_id": "C-000002", "merged_into": "C-000001"},
            {"customer_id": "C-000003", "inactive": True},
        ]
    }
    assert list(score_classes(_tables(gone), params(), as_of=AS_OF)["customer_id"]) == ["C-000001"]


def test_incomplete_rules_nominations_and_contacts_do_not_count() -> None:
    rows: dict[str, list[Row]] = {
        "class_rule": [{"rule_id": "CR-1", "axis": "value", "class_code": "low"}],
        "key_account": [{"customer_id": "C-000001", "criteria": "industry_leader"}],
        "contact": [{"customer_id": "C-000001", "decision_role": "user", "status": "active"}],
    }
    found = _class(_tables(rows, _orders(5)))
    assert (found["need_class"], found["relationship"]) == ("standard", 0)
    assert found["value_class"] == "low"
    assert "CR-000003" in str(found["reason"])


def test_lines_without_product_are_nobodys_novelty() -> None:
    rows = joined(_orders(500, customer_id="C-000009"), _orders(10, first=2))
    rows["order_line"][1]["product_id"] = None
    assert _class(_tables(rows))["need_class"] == "standard"


def test_the_explanation_folds_from_order_lines_to_the_class() -> None:
    tables = _tables(_seven())
    derivation = explain_classes(tables, params(), "C-000001/2026-03-31", as_of=AS_OF)
    assert recompute(derivation) == derivation.value == Decimal(75)
    row = _class(tables)
    for node in (*derivation.fields, *derivation.shown):
        assert recompute_component(node) == node.value == row[node.name]
    cells = {(one.table, one.field) for one in derivation.inputs}
    assert {("order_line", "unit_cost"), ("order", "order_on"), ("class_rule", "low")} <= cells


@pytest.mark.parametrize("key", ["C-000009/2026-03-31", "C-000001/2026-03-30"])
def test_an_unknown_classification_is_refused(key: str) -> None:
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_classes(_tables(), params(), key, as_of=AS_OF)


def test_the_decision_roles_are_those_of_the_regulation() -> None:
    assert load_regulation().enumerations["decision_role"].codes == DECISION_ROLES
