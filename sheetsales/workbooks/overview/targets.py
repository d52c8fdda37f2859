"""Which targets the books show: the plan in force, its indicator of sales, its highest level."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sheetsales.workbooks.conditions import Moment
from sheetsales.workbooks.overview.selling import fiscal_months, sales_by_employee

SALES_FORMULA = "F09-amount"
"""Formula of the indicator that counts sales amounts."""
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


def planned_subject(moment: Moment) -> list[str]:
    """Pick who the plan in force is for: the company or the plan's unit, if it has targets.

    Targets of units and people below are parts of that one and would count twice.
    """
    targets = _targets(moment)
    companies = targets.loc[targets["subject_type"] == "company", "subject_id"]
    plans = moment.content.frames["sales_plan"]
    units = plans.loc[plans["plan_id"].isin(plan_in_force(moment)[:1]), "unit_id"]
    known = set(targets["subject_id"].dropna())
    return [str(key) for key in (*companies, *units) if key in known]


def targets_by_month(moment: Moment) -> Iterator[tuple[str, float]]:
    """Yield months of the fiscal year and the target for sales of the plan in force."""
    targets = _targets(moment)
    targets = targets[targets["subject_id"].isin(planned_subject(moment)[:1])]
    sums = targets.groupby("period")["target_value"].sum()
    for month in fiscal_months(moment):
        if month in sums:
            yield month, float(sums[month])


def selling_employees(moment: Moment) -> list[str]:
    """Pick the employees with a target who sell themselves, the largest sales first."""
    targets = _targets(moment)
    known = set(targets.loc[targets["subject_type"] == "employee", "subject_id"])
    return [employee for employee, _ in sales_by_employee(moment) if employee in known]


def _targets(moment: Moment) -> pd.DataFrame:
    targets = moment.content.frames["target"]
    return targets[
        targets["plan_id"].isin(plan_in_force(moment)[:1])
        & targets["kpi_id"].isin(sales_indicator(moment)[:1])
        & targets["category_id"].isna()
    ]
