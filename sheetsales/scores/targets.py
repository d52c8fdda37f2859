"""Splits a plan's target over units, teams, people and months, exactly (F08; 四-1-b)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

import pandas as pd

from sheetsales.errors import ScoreError
from sheetsales.scores.columns import scored_frame

COLUMNS = (
    "plan_id",
    "subject_type",
    "subject_id",
    "kpi_id",
    "category_id",
    "period",
    "target_value",
    "month_weight_pct",
)
"""Columns of :func:`score_targets`."""


@dataclass(frozen=True)
class Share:
    """One subject of a plan, its weight among its siblings, and those below it.

    Attributes:
        subject_type: ``unit``, ``employee`` or another type of table ``target``.
        subject_id: key of the subject.
        weight: weight among the siblings; the top's does not matter.
        children: the subjects that its target is split over.
    """

    subject_type: str
    subject_id: str
    weight: Decimal = Decimal(1)
    children: tuple[Share, ...] = ()


@dataclass(frozen=True)
class PlannedTarget:
    """What is to be split: the target of one indicator for all months of a plan.

    Attributes:
        plan_id: key of the plan.
        kpi_id: key of the indicator.
        total: target of the whole period.
        category_id: category of products, None for all.
        unit: smallest step of a target, 1 for whole numbers.
    """

    plan_id: str
    kpi_id: str
    total: Decimal
    category_id: str | None = None
    unit: Decimal = Decimal(1)


def split_target(
    total: Decimal, weights: Sequence[Decimal], unit: Decimal = Decimal(1)
) -> list[Decimal]:
    """Return a total split by weights into whole units whose sum is the total (F08; 四-1-b).

    Each part gets the whole units of its share, and what is left goes, unit by unit, to the
    largest remainders; among equal ones the first comes first.

    >>> [int(part) for part in split_target(Decimal(1_000_001), [Decimal(w) for w in (5, 3, 2)])]
    [500001, 300000, 200000]

    Raises:
        ScoreError: the weights have no sum, or the total is no multiple of the unit.
    """
    everything = sum(weights, Decimal())
    if everything <= 0 or min(weights) < 0:
        raise ScoreError("target-weights", weights=";".join(map(str, weights)))
    if total % unit:
        raise ScoreError("target-unit", total=total, unit=unit)
    ideals = [total * weight / everything / unit for weight in weights]
    ceilings = [total / unit] * len(ideals)
    return [part * unit for part in _apportion(ideals, total / unit, ceilings)]


def score_targets(
    planned: PlannedTarget, root: Share, month_weights: Mapping[str, Decimal]
) -> pd.DataFrame:
    """Return the target rows of a plan: every subject, every month (F08; 四-1-b).

    The top's target is split over the months by weight, and over the subjects below by theirs.
    In every month, and over all months, the targets of the subjects below one add up to its own
    exactly; remainders of small numbers move from month to month, so that everybody's year comes
    out right.

    Args:
        planned: what is split.
        root: the tree of subjects.
        month_weights: weight by month (``YYYYMM``), in the order of the months.

    Returns:
        One row per subject and month: :data:`COLUMNS`.

    Raises:
        ScoreError: weights have no sum, or the total is no multiple of the unit.
    """
    months = list(month_weights)
    weights = list(month_weights.values())
    of_months = split_target(planned.total, weights, planned.unit)
    everything = sum(weights, Decimal())
    found = [
        {
            "plan_id": planned.plan_id,
            "subject_type": subject.subject_type,
            "subject_id": subject.subject_id,
            "kpi_id": planned.kpi_id,
            "category_id": planned.category_id,
            "period": month,
            "target_value": value,
            "month_weight_pct": 100 * weight / everything,
        }
        for subject, values in _split_down(root, of_months, planned.unit)
        for month, weight, value in zip(months, weights, values, strict=True)
    ]
    return scored_frame(found, COLUMNS)


def _split_down(
    subject: Share, of_months: Sequence[Decimal], unit: Decimal
) -> Iterator[tuple[Share, Sequence[Decimal]]]:
    yield subject, of_months
    if subject.children:
        weights = [child.weight for child in subject.children]
        below = _split_table(of_months, weights, unit)
        for child, values in zip(subject.children, below, strict=True):
            yield from _split_down(child, values, unit)


def _split_table(
    of_months: Sequence[Decimal], weights: Sequence[Decimal], unit: Decimal
) -> list[list[Decimal]]:
    """Return one list of months per weight; rows and columns add up exactly.

    Each month a child gets what its share of the year so far still lacks, so that no rounding
    adds up and the last month leaves nothing over.
    """
    whole = sum(of_months, Decimal())
    years = split_target(whole, weights, unit)
    given = [Decimal() for _ in weights]
    table: list[list[Decimal]] = [[] for _ in weights]
    so_far = Decimal()
    for month in of_months:
        so_far += month
        lacking = [
            (year * so_far / whole - have) / unit if whole else Decimal()
            for year, have in zip(years, given, strict=True)
        ]
        rest = [(year - have) / unit for year, have in zip(years, given, strict=True)]
        for place, part in enumerate(_apportion(lacking, month / unit, rest)):
            given[place] += part * unit
            table[place].append(part * unit)
    return table


def _apportion(
    ideals: Sequence[Decimal], total: Decimal, ceilings: Sequence[Decimal]
) -> list[Decimal]:
    """Return whole numbers near the ideals, from 0 to their ceilings, whose sum is the total."""
    parts = [
        max(Decimal(), min(ceiling, ideal.to_integral_value(ROUND_FLOOR)))
        for ideal, ceiling in zip(ideals, ceilings, strict=True)
    ]
    while (left := total - sum(parts, Decimal())) != 0:
        step = Decimal(1) if left > 0 else Decimal(-1)
        open_places = [
            place
            for place, part in enumerate(parts)
            if (part < ceilings[place] if step > 0 else part > 0)
        ]
        best = max(open_places, key=lambda place: step * (ideals[place] - parts[place]))
        parts[best] += step
    return parts
