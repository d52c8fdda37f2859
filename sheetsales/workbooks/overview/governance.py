"""總覽 of the workbook governance."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Days, Is, IsNot, Moment, OfRow, OfRowKey
from sheetsales.workbooks.figures import Count, Mean
from sheetsales.workbooks.overview.model import (
    Card,
    Options,
    Overview,
    Panel,
    Picked,
    Series,
    most_frequent,
)

_AUDITS = 6
_TYPES = 10
_OPEN_FINDING = IsNot("state", ("closed",))
_OPEN_ACTION = IsNot("state", ("verified", "cancelled"))
_LATE = Days("due_on", high=-1)


def _scored_audits(moment: Moment) -> list[str]:
    """Pick the latest audits with a score, oldest first."""
    audits = moment.own["audit"]
    scored = audits[audits["score"].notna() & audits["audit_id"].notna()]
    return [str(key) for key in scored.sort_values("scope_to", kind="stable")["audit_id"]][
        -_AUDITS:
    ]


GOVERNANCE = Overview(
    cards=(
        Card("audits", Count("audit", (IsNot("state", ("closed", "cancelled")),))),
        Card("findings", Count("finding", (_OPEN_FINDING,))),
        Card("findings-late", Count("finding", (_OPEN_FINDING, _LATE)), alarm=True),
        Card("actions", Count("action", (_OPEN_ACTION,))),
        Card("actions-late", Count("action", (_OPEN_ACTION, _LATE)), alarm=True),
        Card("actions-due", Count("action", (_OPEN_ACTION, Days("due_on", 0, 14)))),
        Card("documents", Count("document", (IsNot("state", ("superseded", "void")),))),
    ),
    panels=(
        Panel(
            "findings-by-severity",
            Options("finding_severity"),
            (
                Series("open", Count("finding", (_OPEN_FINDING, OfRow("severity")))),
                Series("closed", Count("finding", (Is("state", ("closed",)), OfRow("severity")))),
            ),
            chart="stacked",
        ),
        Panel(
            "actions-by-state",
            Options("action_state"),
            (Series("actions", Count("action", (OfRow("state"),))),),
        ),
        Panel(
            "audit-scores",
            Picked("audit_result", "audit_id", _AUDITS, _scored_audits),
            (
                Series("score", Mean("audit", "score", (OfRowKey("audit_id"),)), "decimal"),
                Series("findings", Count("finding", (OfRow("audit_id"),))),
            ),
            undrawn=("findings",),
        ),
        Panel(
            "results-by-answer",
            Options("audit_result"),
            (Series("checks", Count("audit_result", (OfRow("result"),))),),
        ),
        Panel(
            "documents-by-type",
            Picked("document", "doc_type", _TYPES, most_frequent("document", "doc_type")),
            (Series("documents", Count("document", (OfRow("doc_type"),))),),
            chart="bar",
        ),
        Panel(
            "documents-by-state",
            Options("document_state"),
            (Series("documents", Count("document", (OfRow("state"),))),),
        ),
    ),
)
