from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import recompute
from sheetsales.scores.actuals import COMPUTED_FORMULAS, explain_actuals, score_actuals
from tests.builders import frames
from tests.scores.world import (
    AS_OF,
    PLAN,
    Row,
    actual,
    joined,
    only,
    params,
    people,
    sale,
    shipped,
    target,
)

MARCH = date(2026, 3, 10)


def _tables(*parts: dict[str, list[Row]], kpi: str = "SALES") -> dict[str, pd.DataFrame]:
    rows = joined(
        {
            "kpi": shipped("kpi"),
            "kpi_actual": [actual("E-000001", kpi, "202603", None)],
            "customer": [{"customer_id": "C-000001", "payment_terms": "net30"}],
        },
        people("E-000001", "E-000002"),
        *parts,
    )
    return frames(**rows)


def _actual(tables: dict[str, pd.DataFrame], employee: str = "E-000001", **where: object) -> Row:
    return only(score_actuals(tables, params(), as_of=AS_OF), employee_id=employee, **where)


def _march() -> dict[str, list[Row]]:
    """1,000k alone and 600k by half, 50k of it given back."""
    rows = joined(
        sale(1, MARCH, (20, 50_000)),
        sale(2, MARCH, (12, 50_000), credited={"E-000001": 50, "E-000002": 50}),
    )
    rows["order_line"][0]["returned_qty"] = 1
    return rows


def test_credited_sales_less_returns_are_1250k() -> None:
    assert _actual(_tables(_march()))["actual"] == 1_250_000


def test_only_the_month_and_the_days_up_to_as_of_count() -> None:
    rows = joined(sale(1, date(2026, 2, 28), (1, 500)), sale(2, MARCH, (1, 300)))
    tables = _tables(rows)
    assert _actual(tables)["actual"] == 300
    before = score_actuals(tables, params(), as_of=date(2026, 3, 9))
    assert only(before)["actual"] == 0


def test_a_month_that_has_not_begun_has_no_actual() -> None:
    found = only(score_actuals(_tables(_march()), params(), as_of=date(2026, 2, 28)))
    assert (found["actual"], found["reason"]) == (None, "period-ahead")


def test_quantity_and_profit_are_credited_alike() -> None:
    rows = _march()
    for line in rows["order_line"]:
        line["unit_cost"] = 30_000
    assert _actual(_tables(rows, kpi="QTY"))["actual"] == 25
    assert _actual(_tables(rows, kpi="PROFIT"))["actual"] == 500_000


def test_a_new_customer_counts_by_share_in_the_month_of_the_first_order() -> None:
    rows = joined(
        _march(),
        sale(3, date(2026, 1, 5), (1, 1), customer_id="C-000002"),
        sale(4, MARCH, (1, 1), customer_id="C-000002"),
        sale(5, MARCH, (1, 1), customer_id="C-000003", credited={"E-000001": 25, "E-000002": 75}),
    )
    assert _actual(_tables(rows, kpi="NEWCUST"))["actual"] == Decimal("1.25")


def test_the_collection_rate_looks_at_orders_that_are_due() -> None:
    rows = joined(
        sale(1, date(2026, 2, 10), (600, 1000)),
        sale(2, date(2026, 3, 20), (1, 9000)),
        {
            "receipt": [
                {
                    "receipt_id": "RC-000001",
                    "order_id": "SO-000001",
                    "kind": "receipt",
                    "received_on": MARCH,
                    "amount": 400_000,
                }
            ],
            "kpi_actual": [actual("E-000001", "COLLECT", "202602", None)],
        },
    )
    found = score_actuals(_tables(rows, kpi="COLLECT"), params(), as_of=AS_OF)
    assert only(found, period="202602")["actual"] == Decimal("66.6667")
    assert only(found, period="202603")["reason"] == "nothing-due"


def test_who_manages_a_unit_has_the_totals_of_all_below() -> None:
    organisation: dict[str, list[Row]] = {
        "org_unit": [
            {"unit_id": "U-000001", "parent_unit_id": "U-000009"},
            {"unit_id": "U-000009", "manager_id": "E-000007"},
        ],
        "kpi_actual": [actual("E-000007", "SALES", "202603", None)],
    }
    boss = people("E-000007", unit_id="U-000009", position_id="P-000003")
    tables = _tables(_march(), organisation, boss)
    assert _actual(tables, "E-000007")["actual"] == 1_550_000
    assert _actual(tables, "E-000001")["actual"] == 1_250_000
    derivation = explain_actuals(tables, params(), "E-000007/SALES/202603", as_of=AS_OF)
    assert recompute(derivation) == 1_550_000


def test_a_target_in_force_asks_for_an_actual() -> None:
    wanted = {
        "sales_plan": [PLAN, {"plan_id": "PL-000002", "state": "draft"}],
        "target": [
            target("E-000002", "SALES", "202603", 1),
            target("E-000002", "SALES", "202604", 1),
            target("E-000002", "CSAT", "202603", 1),
            target("E-000002", "QTY", "202603", 1, plan_id="PL-000002"),
            target("E-000009", "SALES", "202603", 1),
            target("E-000002", "PROFIT", "202603", 1, subject_type="customer"),
        ],
    }
    found = score_actuals(_tables(_march(), wanted), params(), as_of=AS_OF)
    assert list(found["employee_id"] + found["kpi_id"] + found["period"]) == [
        "E-000001SALES202603",
        "E-000002SALES202603",
    ]
    assert list(found["actual"]) == [1_250_000, 300_000]


def test_manual_rows_are_left_alone() -> None:
    manual = {"kpi_actual": [actual("E-000001", "CSAT", "202603", 80, source="manual")]}
    assert len(score_actuals(_tables(manual), params(), as_of=AS_OF)) == 1


def test_locked_rows_are_frozen() -> None:
    locked = {"kpi_actual": [actual("E-000002", "SALES", "202603", 1, locked=True)]}
    tables = _tables(_march(), locked)
    assert _actual(tables, "E-000002")["frozen"] is True
    assert _actual(tables)["frozen"] is False


def test_an_indicator_with_another_formula_has_no_actual() -> None:
    tables = _tables(_march())
    tables["kpi"].loc[tables["kpi"]["kpi_id"] == "SALES", "formula_id"] = "F99"
    assert _actual(tables)["reason"] == "formula-unknown"
    derivation = explain_actuals(tables, params(), "E-000001/SALES/202603", as_of=AS_OF)
    assert (derivation.value, derivation.reason) == (None, "formula-unknown")


def test_every_shipped_formula_of_a_computed_indicator_is_known() -> None:
    computed = {row["formula_id"] for row in shipped("kpi") if row["source"] == "computed"}
    assert computed == COMPUTED_FORMULAS


@pytest.mark.parametrize("kpi", ["SALES", "QTY", "PROFIT", "NEWCUST", "COLLECT"])
def test_the_explanation_adds_up_to_the_actual(kpi: str) -> None:
    rows = _march()
    rows["receipt"] = [
        {
            "receipt_id": "RC-000001",
            "order_id": "SO-000002",
            "kind": "receipt",
            "received_on": MARCH,
            "amount": 123_456,
        }
    ]
    tables = _tables(rows, kpi=kpi)
    tables["customer"]["payment_terms"] = "cod"
    found = _actual(tables)["actual"]
    derivation = explain_actuals(tables, params(), f"E-000001/{kpi}/202603", as_of=AS_OF)
    assert found is not None
    assert derivation.value == recompute(derivation) == found


def test_the_explanation_says_when_nothing_is_due() -> None:
    derivation = explain_actuals(
        _tables(kpi="COLLECT"), params(), "E-000001/COLLECT/202603", as_of=AS_OF
    )
    assert (derivation.value, derivation.reason) == (None, "nothing-due")


def test_an_actual_that_is_not_computed_cannot_be_explained() -> None:
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_actuals(_tables(), params(), "E-000001/CSAT/202603", as_of=AS_OF)
