"""The sample's strategy, sales plan and targets, split from the year to person and month."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sheetsales.sample.organisation import (
    DEPARTMENT,
    TEAM_SIZES,
    TEAM_UNITS,
    representatives,
    sales_staff,
)
from sheetsales.sample.setting import Setting, numbered
from sheetsales.scores.targets import split_target

MONTH_WEIGHTS = tuple(map(Decimal, (6, 7, 9, 8, 8, 8, 8, 8, 9, 9, 10, 10)))
ADDITIVE = ("SALES", "QTY", "PROFIT", "NEWCUST")
COLLECT_TARGET = 90
"""Share of the ordered value to be collected, per cent."""
PLAN = "SP-000001"


def build_plans(setting: Setting) -> None:
    """Add strategy, sales_plan and target for the year of the date of reference."""
    ambitions = _ambitions(setting)
    totals = {kpi: sum(by_person[kpi] for by_person in ambitions.values()) for kpi in ADDITIVE}
    _add_strategy(setting)
    setting.add(
        "sales_plan",
        {
            "plan_id": PLAN,
            "name": setting.say(
                f"{setting.as_of.year} 年度銷售計劃", f"Sales plan {setting.as_of.year}"
            ),
            "period": str(setting.as_of.year),
            "unit_id": DEPARTMENT,
            "version": 1,
            "strategy_id": "ST-000001",
            "target_revenue": totals["SALES"],
            "target_profit": totals["PROFIT"],
            "target_new_customers": totals["NEWCUST"],
            "product_strategy": setting.say(
                "以視覺檢測與控制設備帶動解決方案銷售，耗材以線上訂購維持回購。",
                "Lead with machine vision and controls as solutions; keep spares on repeat orders online.",
            ),
            "promo_plan": setting.say(
                "第二季參加自動化展，下半年於三區各辦一場應用研討會。",
                "Automation fair in the second quarter; an application seminar per region after summer.",
            ),
            "assumptions": setting.say(
                "匯率持平；主要客戶資本支出年增 5 %；交期維持六週內。",
                "Stable currency; key customers invest 5 % more; lead times stay within six weeks.",
            ),
            "state": "executing",
        },
    )
    _add_targets(setting, ambitions, totals)


def _add_strategy(setting: Setting) -> None:
    setting.add(
        "strategy",
        {
            "strategy_id": "ST-000001",
            "title": setting.say("智慧產線解決方案深耕", "Grow solutions for smart lines"),
            "version": 2,
            "segment_id": setting.say("中型製造業", "Mid-sized manufacturers"),
            "content": setting.say(
                "集中資源於 51–500 人之電子與機械製造業，提供感測、控制、視覺整合方案與導入服務。",
                "Focus on electronics and machinery makers of 51–500 staff with sensing, control and vision.",
            ),
            "basis": setting.say(
                "依據前一季審計 AU-000001 之策略實施效果與業績評估結果調整。",
                "Revised after the effect found in audit AU-000001 and the performance review.",
            ),
            "kpi_id": "NEWCUST",
            "baseline": 12,
            "goal": 15,
            "actual": 14,
            "state": "active",
        },
    )


def _ambitions(setting: Setting) -> dict[str, dict[str, int]]:
    """Return per representative the year's target of each additive indicator.

    Targets start from what was credited over the six quarters, brought to a year, and are
    stretched or relaxed per person, so that attainment spreads as in a real team.
    """
    credited = _credited(setting)
    found = {}
    for person in representatives(setting):
        key = str(person["employee_id"])
        factor = Decimal(setting.random.choice([80, 90, 95, 100, 105, 110, 125])) / 100
        yearly = {kpi: value * factor * 2 / 3 for kpi, value in credited[key].items()}
        found[key] = {
            "SALES": _rounded(yearly["SALES"], 10_000),
            "QTY": _rounded(yearly["QTY"], 10),
            "PROFIT": _rounded(yearly["PROFIT"], 10_000),
            "NEWCUST": setting.random.randint(4, 7),
        }
    return found


def _rounded(value: Decimal, step: int) -> int:
    return max(step, int(value / step) * step)


def _credited(setting: Setting) -> dict[str, dict[str, Decimal]]:
    lines: dict[object, list[tuple[int, int, int]]] = defaultdict(list)
    for line in setting.rows["order_line"]:
        numbers = [line["qty"], line["price"], line["unit_cost"]]
        quantity, price, cost = (int(str(number)) for number in numbers)
        lines[line["order_id"]].append((quantity, price, cost))
    counted = {row["order_id"] for row in setting.rows["order"] if row["state"] != "cancelled"}
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for credit in setting.rows["order_credit"]:
        if credit["order_id"] not in counted:
            continue
        share = Decimal(str(credit["share_pct"])) / 100
        person = found[str(credit["employee_id"])]
        for quantity, price, cost in lines[credit["order_id"]]:
            person["SALES"] += share * quantity * price
            person["QTY"] += share * quantity
            person["PROFIT"] += share * quantity * (price - cost)
    return found


def _add_targets(
    setting: Setting, ambitions: dict[str, dict[str, int]], totals: dict[str, int]
) -> None:
    teams = _team_totals(setting, ambitions)
    subjects: list[tuple[str, str, dict[str, dict[int, int]]]] = [
        ("employee", person, _monthly(year)) for person, year in ambitions.items()
    ]
    months = {person: by_month for _, person, by_month in subjects}
    for unit, members in teams.items():
        subjects.append(("unit", unit, _summed([months[member] for member in members])))
    department = _summed(list(months.values()))
    subjects.append(("unit", DEPARTMENT, department))
    supervisors = dict(zip(TEAM_UNITS, ("E-000002", "E-000003", "E-000004"), strict=True))
    for unit, members in teams.items():
        subjects.append(("employee", supervisors[unit], _summed([months[m] for m in members])))
    subjects.append(("employee", "E-000001", department))
    assert {kpi: sum(department[kpi].values()) for kpi in ADDITIVE} == totals
    for kind, subject, by_kpi in subjects:
        for kpi, by_month in by_kpi.items():
            for month, value in by_month.items():
                _add_target(setting, (kind, subject), kpi, month, value)
    for person in sales_staff(setting):
        for month in range(1, 13):
            _add_target(
                setting, ("employee", str(person["employee_id"])), "COLLECT", month, COLLECT_TARGET
            )


def _team_totals(setting: Setting, ambitions: dict[str, dict[str, int]]) -> dict[str, list[str]]:
    people = iter(ambitions)
    assert sum(TEAM_SIZES) == len(representatives(setting))
    return {
        unit: [next(people) for _ in range(size)]
        for unit, size in zip(TEAM_UNITS, TEAM_SIZES, strict=True)
    }


def _monthly(year: dict[str, int]) -> dict[str, dict[int, int]]:
    return {
        kpi: dict(enumerate(map(int, split_target(Decimal(total), MONTH_WEIGHTS)), start=1))
        for kpi, total in year.items()
    }


def _summed(parts: list[dict[str, dict[int, int]]]) -> dict[str, dict[int, int]]:
    return {
        kpi: {month: sum(part[kpi][month] for part in parts) for month in range(1, 13)}
        for kpi in ADDITIVE
    }


def _add_target(
    setting: Setting, subject: tuple[str, str], kpi: str, month: int, value: int
) -> None:
    kind, subject_id = subject
    setting.add(
        "target",
        {
            "target_id": numbered("TG", len(setting.rows.get("target", [])) + 1),
            "plan_id": PLAN,
            "subject_type": kind,
            "subject_id": subject_id,
            "kpi_id": kpi,
            "period": f"{setting.as_of.year}{month:02d}",
            "target_value": value,
            "month_weight_pct": MONTH_WEIGHTS[month - 1] if kpi != "COLLECT" else None,
        },
    )
