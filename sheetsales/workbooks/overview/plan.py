"""總覽 of the workbook plan."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Blank, Is, OfAnchor, OfAnchorKey, OfRow, OfRowKey
from sheetsales.workbooks.figures import Count, FromCompany, Ratio, Sum, Total
from sheetsales.workbooks.overview.model import (
    FIRST_MONTH,
    Anchor,
    Card,
    Item,
    Months,
    Options,
    Overview,
    Panel,
    Picked,
    Series,
    first_month,
)
from sheetsales.workbooks.overview.selling import sales_by_employee, sales_by_month
from sheetsales.workbooks.overview.targets import (
    plan_in_force,
    planned_subject,
    sales_indicator,
    selling_employees,
)

_MOST = 12
_PLANNED = (OfAnchor("plan_id", "plan"), OfAnchor("kpi_id", "kpi"), Blank("category_id"))
_BY_MONTH = Sum(
    "target", "target_value", (*_PLANNED, OfAnchorKey("subject_id", "subject"), OfRow("period"))
)
_BY_PERSON = Sum(
    "target", "target_value", (*_PLANNED, Is("subject_type", ("employee",)), OfRowKey("subject_id"))
)
_MONTH_SALES = FromCompany("item-sales-by-month")
_PERSON_SALES = FromCompany("item-sales-by-employee")
_YEAR_TARGET = Total("target-by-month", "target")
_YEAR_SALES = Total("target-by-month", "actual")

PLAN = Overview(
    cards=(
        Card("year-target", _YEAR_TARGET, "money"),
        Card("year-sales", _YEAR_SALES, "money"),
        Card("year-attainment", Ratio(_YEAR_SALES, _YEAR_TARGET), "percent"),
        Card("plans-executing", Count("sales_plan", (Is("state", ("executing",)),))),
        Card("plans-submitted", Count("sales_plan", (Is("state", ("submitted",)),))),
        Card("strategies", Count("strategy", (Is("state", ("active",)),))),
    ),
    anchors=(
        Anchor(FIRST_MONTH, first_month),
        Anchor("plan", plan_in_force, "target", "plan_id"),
        Anchor("kpi", sales_indicator, "target", "kpi_id"),
        Anchor("subject", planned_subject, "sales_plan", "unit_id"),
    ),
    panels=(
        Panel(
            "target-by-month",
            Months(),
            (
                Series("target", _BY_MONTH, "money"),
                Series("actual", _MONTH_SALES, "money"),
                Series("attainment", Ratio(_MONTH_SALES, _BY_MONTH), "percent"),
            ),
            lines=("target",),
            undrawn=("attainment",),
        ),
        Panel(
            "target-by-person",
            Picked("employee", "reports_to", _MOST, selling_employees),
            (
                Series("target", _BY_PERSON, "money"),
                Series("actual", _PERSON_SALES, "money"),
                Series("attainment", Ratio(_PERSON_SALES, _BY_PERSON), "percent"),
            ),
            chart="bar",
            undrawn=("attainment",),
        ),
        Panel(
            "plans-by-state",
            Options("plan_state"),
            (Series("plans", Count("sales_plan", (OfRow("state"),))),),
        ),
        Panel(
            "strategies-by-state",
            Options("strategy_state"),
            (Series("strategies", Count("strategy", (OfRow("state"),))),),
        ),
    ),
    items=(
        Item("item-sales-by-month", sales_by_month),
        Item("item-sales-by-employee", sales_by_employee, "order_credit", "employee_id"),
    ),
)
