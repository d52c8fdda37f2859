from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.scores.attainment import score_attainment
from tests.builders import frames
from tests.scores.world import PLAN, Row, joined, only, params, people, sale, shipped, shown, target

MARCH, AS_OF = date(2026, 3, 10), date(2026, 3, 31)
WEIGHTS = (6, 7, 9, 8, 8, 8, 8, 8, 9, 9, 10, 10)


def _tables(*parts: dict[str, list[Row]]) -> dict[str, pd.DataFrame]:
    base: dict[str, list[Row]] = {"kpi": shipped("kpi"), "sales_plan": [PLAN]}
    return frames(**joined(base, people("E-000001", "E-000002"), *parts))


def _year(total: int) -> dict[str, list[Row]]:
    return {
        "target": [
            target(
                "E-000001",
                "SALES",
                f"2026{month:02d}",
                total * weight / 100,
                month_weight_pct=weight,
            )
            for month, weight in enumerate(WEIGHTS, start=1)
        ]
    }


def _score(tables: dict[str, pd.DataFrame], period: str | None = None) -> pd.DataFrame:
    return score_attainment(tables, params(), as_of=AS_OF, period=period)


def test_1250k_of_1200k_are_104_17_percent_and_50k_more() -> None:
    orders = joined(
        sale(1, MARCH, (20, 50_000)),
        sale(2, MARCH, (12, 50_000), credited={"E-000001": 50, "E-000002": 50}),
        {"target": [target("E-000001", "SALES", "202603", 1_200_000)]},
    )
    orders["order_line"][0]["returned_qty"] = 1
    found = only(_score(_tables(orders), "202603"))
    assert found["actual"] == 1_250_000
    assert shown(found["attainment"]) == "104.17"
    assert found["variance"] == 50_000


def test_2376k_after_22_percent_of_the_year_are_a_pace_of_90_and_a_forecast_of_10800k() -> None:
    tables = _tables(_year(12_000_000), sale(1, MARCH, (1, 2_376_000)))
    found = only(_score(tables))
    assert found["month_weights"] == 22
    assert shown(found["pace"]) == "90.00"
    assert found["forecast"] == 10_800_000
    assert found["target"] == 2_640_000


def test_without_month_weights_the_months_share_of_the_target_stands_for_them() -> None:
    targets = [target("E-000001", "SALES", f"2026{month:02d}", 100) for month in range(1, 13)]
    found = only(_score(_tables({"target": targets}, sale(1, MARCH, (1, 150)))))
    assert found["month_weights"] == 25
    assert found["forecast"] == 600


def test_a_target_of_zero_has_no_attainment() -> None:
    found = only(_score(_tables({"target": [target("E-000001", "SALES", "202603", 0)]})))
    assert (found["attainment"], found["reason"]) == (None, "zero-target")


def test_targets_of_later_months_have_no_attainment_yet() -> None:
    found = only(_score(_tables({"target": [target("E-000001", "SALES", "202612", 10)]})))
    assert (found["attainment"], found["reason"]) == (None, "no-target")


def test_a_category_counts_all_below_it() -> None:
    rows = joined(
        sale(1, MARCH, (1, 100), (1, 20), (1, 3)),
        {
            "category": [
                {"category_id": "CT-000001"},
                {"category_id": "CT-000002", "parent_id": "CT-000001"},
                {"category_id": "CT-000003"},
            ],
            "product": [
                {"product_id": "P-000001", "category_id": "CT-000001"},
                {"product_id": "P-000002", "category_id": "CT-000002"},
                {"product_id": "P-000003", "category_id": "CT-000003"},
            ],
            "target": [
                target("E-000001", "SALES", "202603", 100, category_id="CT-000001"),
                target("E-000001", "SALES", "202603", 100),
            ],
        },
    )
    found = _score(_tables(rows))
    assert only(found, category_id="CT-000001")["actual"] == 120
    assert list(found["actual"]) == [120, 123]


def test_every_type_of_subject_has_its_orders() -> None:
    subjects = {
        "company": "C1",
        "unit": "U-000001",
        "customer": "C-000001",
        "agent": "A-000001",
        "product": "P-000002",
        "territory": "TR-000001",
        "employee": "E-000002",
    }
    rows = joined(
        sale(
            1,
            MARCH,
            (1, 100),
            (1, 20),
            agent_id="A-000001",
            credited={"E-000001": 50, "E-000009": 50},
        ),
        sale(2, MARCH, (1, 7), customer_id="C-000002", credited={"E-000002": 100}),
        {
            "org_unit": [{"unit_id": "U-000001"}],
            "territory": [
                {"territory_id": "TR-000001"},
                {"territory_id": "TR-000002", "parent_id": "TR-000001"},
            ],
            "customer": [
                {"customer_id": "C-000001"},
                {"customer_id": "C-000002", "territory_id": "TR-000002"},
            ],
            "target": [
                target(key, "SALES", "202603", 1, subject_type=kind)
                for kind, key in subjects.items()
            ],
        },
    )
    found = _score(_tables(rows)).set_index("subject_type")["actual"].to_dict()
    assert found == {
        "company": 127,
        "unit": 67,
        "customer": 120,
        "agent": 120,
        "product": 20,
        "territory": 7,
        "employee": 7,
    }


def test_new_customers_count_by_share() -> None:
    rows = joined(
        sale(1, MARCH, (1, 1), credited={"E-000001": 25, "E-000002": 75}),
        {"target": [target("E-000001", "NEWCUST", "202603", 1)]},
    )
    assert only(_score(_tables(rows)))["actual"] == Decimal("0.25")


@pytest.mark.parametrize(
    ("kpi", "kind", "reason"),
    [("COLLECT", "employee", "not-from-orders"), ("SALES", "planet", "subject-unknown")],
)
def test_what_orders_do_not_say_has_a_reason(kpi: str, kind: str, reason: str) -> None:
    rows = {"target": [target("E-000001", kpi, "202603", 1, subject_type=kind)]}
    found = only(_score(_tables(rows)))
    assert (found["actual"], found["reason"]) == (None, reason)


def test_the_year_is_the_fiscal_one() -> None:
    rows = {
        "company": [{"company_id": "C1", "fiscal_start_month": 4}],
        "target": [
            target("E-000001", "SALES", "202504", 1),
            target("E-000001", "SALES", "202604", 2),
        ],
    }
    found = only(_score(_tables(rows)))
    assert (found["year"], found["year_target"]) == ("2025", 1)
