"""Targets as rules read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from sheetsales.checks.rules import Context


@dataclass(frozen=True, slots=True)
class Target:
    """One target row.

    ``subject`` is kind and key, such as ("unit", "U-000002").
    """

    position: int
    plan: str
    subject: tuple[str, str]
    kpi: str
    category: str | None
    period: str
    value: Decimal


def read_targets(context: Context) -> Iterator[Target]:
    """Yield the targets whose plan, subject, indicator, month and value are all there."""
    names = ("plan_id", "subject_type", "subject_id", "kpi_id", "period", "target_value")
    rows = context.rows("target", *names, "category_id")
    for position, plan, kind, subject, kpi, period, value, category in rows:
        if None not in (plan, kind, subject, kpi, period, value):
            yield Target(position, plan, (kind, subject), kpi, category, period, value)
