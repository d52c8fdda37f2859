"""總覽 of the workbook contract."""

from __future__ import annotations

from sheetsales.workbooks.conditions import Blank, Days, Filled, InMonth, Is, IsNot, OfRow
from sheetsales.workbooks.figures import Count, Sum
from sheetsales.workbooks.overview.model import (
    FIRST_MONTH,
    Anchor,
    Card,
    Months,
    Options,
    Overview,
    Panel,
    Picked,
    Series,
    first_month,
    most_frequent,
)

_MOST = 10
_RUNNING = Is("state", ("signed", "performing", "changing"))
_PAYMENT = Is("kind", ("payment",))
_NOT_WAIVED = IsNot("status", ("waived",))
_UNDONE = (Blank("done_on"), _NOT_WAIVED)

CONTRACT = Overview(
    cards=(
        Card("contracts", Count("contract", (_RUNNING,))),
        Card("contract-amount", Sum("contract", "amount", (_RUNNING,)), "money"),
        Card("contracts-ending", Count("contract", (_RUNNING, Days("end_on", 0, 60)))),
        Card(
            "milestones-overdue",
            Count("milestone", (*_UNDONE, Days("due_on", high=-1))),
            alarm=True,
        ),
        Card("contracts-reviewing", Count("contract", (Is("state", ("reviewing",)),))),
        Card("contracts-unsigned", Count("contract", (Is("state", ("approved",)),))),
        Card("milestones-due", Count("milestone", (*_UNDONE, Days("due_on", 0, 30)))),
    ),
    anchors=(Anchor(FIRST_MONTH, first_month),),
    panels=(
        Panel(
            "payments-by-month",
            Months(),
            (
                Series(
                    "due",
                    Sum("milestone", "amount", (_PAYMENT, _NOT_WAIVED, InMonth("due_on"))),
                    "money",
                ),
                Series(
                    "done",
                    Sum(
                        "milestone",
                        "amount",
                        (_PAYMENT, _NOT_WAIVED, Filled("done_on"), InMonth("due_on")),
                    ),
                    "money",
                ),
            ),
        ),
        Panel(
            "contracts-by-state",
            Options("contract_state"),
            (
                Series("contracts", Count("contract", (OfRow("state"),))),
                Series("amount", Sum("contract", "amount", (OfRow("state"),)), "money"),
            ),
            chart="bar",
            undrawn=("amount",),
        ),
        Panel(
            "contracts-by-type",
            Options("contract_type"),
            (
                Series("contracts", Count("contract", (_RUNNING, OfRow("contract_type")))),
                Series(
                    "amount", Sum("contract", "amount", (_RUNNING, OfRow("contract_type"))), "money"
                ),
            ),
            undrawn=("amount",),
        ),
        Panel(
            "contracts-by-owner",
            Picked("contract", "owner_id", _MOST, most_frequent("contract", "owner_id")),
            (
                Series("contracts", Count("contract", (_RUNNING, OfRow("owner_id")))),
                Series("amount", Sum("contract", "amount", (_RUNNING, OfRow("owner_id"))), "money"),
            ),
            chart="bar",
            undrawn=("amount",),
        ),
    ),
)
