"""總覽 of the workbook org."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Blank, Days, Is, OfRow
from sheetsales.workbooks.figures import Count, Rows
from sheetsales.workbooks.overview.model import (
    Card,
    Options,
    Overview,
    Panel,
    Picked,
    Series,
    most_frequent,
)

_ACTIVE = Is("status", ("active",))

ORG = Overview(
    cards=(
        Card("employees", Count("employee", (_ACTIVE,))),
        Card("leaving", Count("employee", (Days("leave_date", 0, 30),))),
        Card("units", Count("org_unit", (Is("is_active", (True,)),))),
        Card("territories", Count("territory")),
        Card("clauses", Count("clause", (Blank("effective_to"),))),
        Card("params", Rows("param")),
    ),
    panels=(
        Panel(
            "employees-by-role",
            Options("role"),
            (Series("employees", Count("employee", (_ACTIVE, OfRow("role_code")))),),
            chart="bar",
        ),
        Panel(
            "employees-by-unit",
            Picked("employee", "unit_id", 13, most_frequent("employee", "unit_id")),
            (Series("employees", Count("employee", (_ACTIVE, OfRow("unit_id")))),),
            chart="bar",
        ),
    ),
)
