"""總覽 of the workbook talent."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Days, InMonth, Is, IsNot, OfRow
from sheetsales.workbooks.figures import Count, Ratio
from sheetsales.workbooks.overview.model import (
    FIRST_MONTH,
    Anchor,
    Card,
    Months,
    Options,
    Overview,
    Panel,
    Series,
    first_month,
)

_HELD = IsNot("state", ("cancelled",))
_PASSED = Count("enrollment", (Is("passed", (True,)),))
_JUDGED = Count("enrollment", (Is("passed", (True, False)),))

TALENT = Overview(
    cards=(
        Card(
            "sessions-soon",
            Count("session", (Is("state", ("scheduled",)), Days("start_at", 0, 30))),
        ),
        Card(
            "sessions-ungraded",
            Count("session", (Is("state", ("completed",)), Days("end_at", high=-1))),
            alarm=True,
        ),
        Card("passed", _PASSED),
        Card("pass-rate", Ratio(_PASSED, _JUDGED), "percent"),
        Card("training-plans", Count("training_plan", (Is("state", ("approved", "executing")),))),
        Card("courses", Count("course")),
    ),
    anchors=(Anchor(FIRST_MONTH, first_month),),
    panels=(
        Panel(
            "sessions-by-month",
            Months(),
            (
                Series("sessions", Count("session", (_HELD, InMonth("start_at")))),
                Series(
                    "mandatory",
                    Count("session", (_HELD, Is("mandatory", (True,)), InMonth("start_at"))),
                ),
            ),
        ),
        Panel(
            "enrollments-by-attendance",
            Options("attendance"),
            (
                Series("people", Count("enrollment", (OfRow("attendance"),))),
                Series("passed", Count("enrollment", (Is("passed", (True,)), OfRow("attendance")))),
            ),
        ),
        Panel(
            "courses-by-kind",
            Options("course_kind"),
            (Series("courses", Count("course", (OfRow("kind"),))),),
            chart="bar",
        ),
        Panel(
            "sessions-by-state",
            Options("session_state"),
            (Series("sessions", Count("session", (OfRow("state"),))),),
        ),
    ),
)
