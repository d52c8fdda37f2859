"""The targets that count: those of plans that are approved, under way or closed (四-1-b)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sheetsales.scores.columns import live, lookup, rows
from sheetsales.scores.derivation import Input
from sheetsales.tables import Frames

STATES_IN_FORCE = frozenset({"approved", "executing", "closed"})
"""States of plans whose targets count."""


@dataclass(frozen=True, slots=True)
class Target:
    """One row of table ``target``."""

    target_id: str
    plan_id: str
    subject_type: str
    subject_id: str
    kpi_id: str
    category_id: str | None
    period: str
    value: Decimal
    month_weight: Decimal | None

    @property
    def is_complete(self) -> bool:
        """Whether it says whose target of what it is, when and how much."""
        needed = (self.subject_type, self.subject_id, self.kpi_id, self.period, self.value)
        return None not in needed

    @property
    def input(self) -> Input:
        """The target value as an input."""
        return Input("target", self.target_id, "target_value", self.value)


def targets_in_force(tables: Frames) -> Iterator[Target]:
    """Yield the complete target rows of the plans in force."""
    states = lookup(live(tables["sales_plan"]), "plan_id", "state")
    names = (
        "target_id",
        "plan_id",
        "subject_type",
        "subject_id",
        "kpi_id",
        "category_id",
        "period",
        "target_value",
        "month_weight_pct",
    )
    for row in rows(live(tables["target"]), *names):
        target = Target(*row)
        if states.get(target.plan_id) in STATES_IN_FORCE and target.is_complete:
            yield target
