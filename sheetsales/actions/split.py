"""Split the figures of sales plans into targets, and write them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetsales.scores.columns import rows
from sheetsales.scores.splitting import split_plan, target_key
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from sheetsales.store import Plan
    from sheetsales.workspace import Workspace

_FIELDS = ("target_value", "month_weight_pct")
_KEY = ("plan_id", "subject_type", "subject_id", "kpi_id", "category_id", "period")


@dataclass(frozen=True, slots=True)
class Split:
    """What a split came to: target rows changed, and added; what a dry run would write."""

    changed: int
    added: int
    plans: tuple[Plan, ...] = ()


def split(workspace: Workspace, plans: Collection[str], *, dry_run: bool = False) -> Split:
    """Split plans over months, units and people; rows that exist are kept and their values set.

    New rows get their numbers by the next update.

    Args:
        workspace: where plans and targets are.
        plans: keys of the plans.
        dry_run: compute and count; write nothing.

    Raises:
        ScoreError: a plan is missing, approved already, has no figures, or nobody to split over.
        WorkbookQueuedError: somebody has the workbook open; the targets wait.
    """
    stored = {
        target_key(dict(zip(_KEY, key, strict=True))): (position, *values)
        for position, (*key, value, weight) in enumerate(
            rows(workspace.frames["target"], *_KEY, *_FIELDS)
        )
        for values in [(value, weight)]
    }
    changes: dict[int, dict[str, object]] = {}
    added: list[dict[str, object]] = []
    fiscal_start = workspace.settings.fiscal_start_month
    for plan in plans:
        frame = split_plan(workspace.frames, plan, fiscal_start=fiscal_start)
        for row in frame.to_dict("records"):
            key = target_key({str(name): value for name, value in row.items()})
            if key not in stored:
                added.append({str(name): value for name, value in row.items()})
                continue
            position, *before = stored[key]
            differing = {
                name: row[name]
                for name, old in zip(_FIELDS, before, strict=True)
                if row[name] != old
            }
            if differing:
                changes[position] = differing
    writer = Writer(workspace, "split")
    writer.write_rows("target", changes)
    writer.append("target", added)
    shown = tuple(book.changes for book in writer.books)
    if not dry_run:
        writer.save()
        workspace.reload()
    return Split(len(changes), len(added), shown)
