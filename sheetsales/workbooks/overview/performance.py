"""總覽 of the workbook performance."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Is, IsNot, Moment, OfAnchor, OfRow
from sheetsales.workbooks.figures import Count, Mean, TextOf
from sheetsales.workbooks.overview.model import (
    Anchor,
    Card,
    Options,
    Overview,
    Panel,
    Picked,
    Series,
)

_MOST = 14
_CYCLES = 6
_IN_CYCLE = OfAnchor("cycle_id", "cycle")


def _cycles(moment: Moment) -> list[str]:
    """Pick the cycles with appraisals, the latest first."""
    cycles = moment.own["cycle"]
    used = set(moment.own["appraisal"]["cycle_id"].dropna())
    found = cycles[cycles["cycle_id"].isin(used)].sort_values("end_on", kind="stable")
    return [str(key) for key in found["cycle_id"]][::-1]


def _people(moment: Moment) -> list[str]:
    """Pick the people of the cycle, the highest total first."""
    rows = moment.own["appraisal"]
    rows = rows[(rows["cycle_id"] == moment.anchors["cycle"]) & rows["employee_id"].notna()]
    ranked = rows.sort_values(["total", "employee_id"], ascending=[False, True])
    return [str(key) for key in ranked["employee_id"]]


PERFORMANCE = Overview(
    cards=(
        Card("appraised", Count("appraisal", (_IN_CYCLE,))),
        Card("mean-total", Mean("appraisal", "total", (_IN_CYCLE,)), "decimal"),
        Card("good-grades", Count("appraisal", (_IN_CYCLE, Is("grade", ("A", "B"))))),
        Card("not-final", Count("appraisal", (_IN_CYCLE, IsNot("state", ("final",))))),
        Card("appeals", Count("appraisal", (Is("appeal", ("open",)),)), alarm=True),
        Card("kpis", Count("kpi")),
    ),
    anchors=(Anchor("cycle", _cycles, "appraisal", "cycle_id"),),
    panels=(
        Panel(
            "scores-by-person",
            Picked("appraisal", "employee_id", _MOST, _people),
            (
                Series(
                    "performance",
                    Mean("appraisal", "performance", (_IN_CYCLE, OfRow("employee_id"))),
                    "decimal",
                ),
                Series(
                    "total",
                    Mean("appraisal", "total", (_IN_CYCLE, OfRow("employee_id"))),
                    "decimal",
                ),
                Series("grade", TextOf("appraisal", "grade", "employee_id", "cycle_id", "cycle")),
            ),
            chart="bar",
            undrawn=("grade",),
        ),
        Panel(
            "people-by-grade",
            Options("grade"),
            (Series("people", Count("appraisal", (_IN_CYCLE, OfRow("grade")))),),
        ),
        Panel(
            "means-by-cycle",
            Picked(
                "appraisal", "cycle_id", _CYCLES, lambda moment: _cycles(moment)[:_CYCLES][::-1]
            ),
            (
                Series("total", Mean("appraisal", "total", (OfRow("cycle_id"),)), "decimal"),
                Series("attitude", Mean("appraisal", "attitude", (OfRow("cycle_id"),)), "decimal"),
                Series("people", Count("appraisal", (OfRow("cycle_id"),))),
            ),
            undrawn=("people",),
        ),
        Panel(
            "appraisals-by-state",
            Options("appraisal_state"),
            (Series("people", Count("appraisal", (_IN_CYCLE, OfRow("state")))),),
        ),
    ),
)
