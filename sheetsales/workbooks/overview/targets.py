"""Which targets the books show: the plan in force, its indicator of sales, its highest level."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sheetsales.workbooks.figures import Moment
from sheetsales.workbooks.overview.selling import fiscal_months

SALES_FORMULA = "F09-amount"
"""Formula of the indicator that counts sales amounts."""
_LEVELS = ("company", "unit", "employee")
_STATES = ("executing", "approved", "closed")


def sales_indicator(moment: Moment) -> list[str]:
    """Pick the indicator that counts sales amounts."""
    kpis = moment.content.frames["kpi"]
    return [str(key) for key in kpis.loc[kpis["formula_id"] == SALES_FORMULA, "kpi_id"]]


def plan_in_force(moment: Moment) -> list[str]:
    """Pick the sales plan of the fiscal year: the one in force with the largest target."""
    months = fiscal_months(moment)
    if not months:
        return []
    plans = moment.content.frames["sales_plan"]
    for state in _STATES:
        found = plans[(plans["state"] == state) & (plans["period"].str[:4] == months[0][:4])]
        if len(found):
            ranked = found.sort_values("target_revenue", ascending=False, kind="stable")
            return [str(key) for key in ranked["plan_id"].dropna()]
    return []


def highest_level(moment: Moment) -> list[str]:
    """Pick the highest kind of subject that the plan in force gives targets to."""
    targets = _targets(moment)
    return [level for level in _LEVELS if (targets["subject_type"] == level).any()]


def targets_by_month(moment: Moment) -> Iterator[tuple[str, float]]:
    """Yield months of the fiscal year and the target for sales of the highest level."""
    levels = highest_level(moment)
    targets = _targets(moment)
    targets = targets[targets["subject_type"].isin(levels[:1])]
    sums = targets.groupby("period")["target_value"].sum()
    for month in fiscal_months(moment):
        if month in sums:
            yield month, float(sums[month])


def employees_by_target(moment: Moment) -> list[str]:
    """Pick the employees with a target for sales, the largest first."""
    targets = _targets(moment)
    sums = targets[targets["subject_type"] == "employee"].groupby("subject_id")["target_value"]
    ranked = sorted(sums.sum().items(), key=lambda item: (-item[1], str(item[0])))
    return [str(employee) for employee, _ in ranked]


def _targets(moment: Moment) -> pd.DataFrame:
    targets = moment.content.frames["target"]
    return targets[
        targets["plan_id"].isin(plan_in_force(moment)[:1])
        & targets["kpi_id"].isin(sales_indicator(moment)[:1])
        & targets["category_id"].isna()
    ]
