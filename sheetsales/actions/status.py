"""What is due, wrong, open or out of date, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sheetsales.scores import Params, score_tables
from sheetsales.store import Pending, StoreFolder
from sheetsales.workspace.results import owned_changes

if TYPE_CHECKING:
    from sheetsales.problems import Report
    from sheetsales.workspace import Workspace

_SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of matter and how many there are; its texts are ``status-<code>``."""

    code: str
    count: int


def status(workspace: Workspace, report: Report, *, as_of: date) -> list[Matter]:
    """Return all matters, also those of which there is none.

    Args:
        workspace: where the rows are.
        report: what the check found.
        as_of: date of reference.
    """
    counts = report.counts
    stale = sum(problem.code == "SYS-03" for problem in report)
    return [
        Matter("errors", counts["error"]),
        Matter("warnings", counts["warning"]),
        Matter("new-rows", _rows_without_key(workspace)),
        Matter("stale-cells", _stale_cells(workspace, as_of)),
        Matter("milestones-due", _milestones_due(workspace, as_of)),
        Matter("contracts-ending", _contracts_ending(workspace, as_of)),
        Matter("appraisals-open", _open(workspace, "appraisal", ("final",))),
        Matter("findings-open", _open(workspace, "finding", ("closed",))),
        Matter("actions-overdue", _actions_overdue(workspace, as_of)),
        Matter("documents-stale", stale),
        Matter("writes-waiting", len(Pending(StoreFolder(workspace.folder)).list())),
    ]


def _rows_without_key(workspace: Workspace) -> int:
    return sum(data.keys().count("") for data in workspace.tables.values() if data.table.key_prefix)


def _stale_cells(workspace: Workspace, as_of: date) -> int:
    params = Params.of(workspace.frames, as_of)
    results, _ = score_tables(workspace.frames, params, as_of=as_of)
    return sum(
        sum(map(len, owned_changes(workspace, result).values()))
        for result in results
        if result.new_row is None
    )


def _milestones_due(workspace: Workspace, as_of: date) -> int:
    frame = workspace.frames["milestone"]
    soon = pd.Timestamp(as_of + timedelta(days=_SOON_DAYS))
    due = (frame["due_on"] >= pd.Timestamp(as_of)) & (frame["due_on"] <= soon)
    return int((due & frame["done_on"].isna()).sum())


def _contracts_ending(workspace: Workspace, as_of: date) -> int:
    frame = workspace.frames["contract"]
    running = frame[frame["state"].isin(["signed", "performing"])]
    left = (running["end_on"] - pd.Timestamp(as_of)).dt.days
    return int(((left >= 0) & (left <= running["notice_days"].astype("float64"))).sum())


def _open(workspace: Workspace, table: str, ended: tuple[str, ...]) -> int:
    return int((~workspace.frames[table]["state"].isin(ended)).sum())


def _actions_overdue(workspace: Workspace, as_of: date) -> int:
    frame = workspace.frames["action"]
    late = frame["due_on"] < pd.Timestamp(as_of)
    return int((late & frame["done_on"].isna() & (frame["state"] != "cancelled")).sum())
