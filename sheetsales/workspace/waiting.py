"""Writes that wait because somebody has a workbook open, as far as a workspace is concerned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sheetsales.store import Outcome, Pending, StoreFolder, apply_pending

if TYPE_CHECKING:
    from sheetsales.workspace.folder import Workspace

UPDATE = "update"
"""The command whose writes may be made anew at any time: everything in them is computed."""


def settle(workspace: Workspace) -> list[Outcome]:
    """Apply what waits, as far as the workbooks are closed by now; read them anew if any was.

    What an earlier update left waiting is given up where it cannot be applied: it is computed
    again.
    """
    folder = StoreFolder(workspace.folder)
    pending = Pending(folder)
    if not pending.list():
        return []
    outcomes = apply_pending(folder, sealed=workspace.is_personal)
    if any(outcome.state == "applied" for outcome in outcomes):
        workspace.reload()
    for outcome in outcomes:
        if outcome.state != "applied" and outcome.plan.command == UPDATE:
            pending.remove(outcome.plan.id)
    return outcomes


def waiting_texts(workspace: Workspace) -> Iterator[str]:
    """Yield every text that waits to be written; keys among them are taken."""
    for entry in Pending(StoreFolder(workspace.folder)).list():
        for _, plan in entry.plans:
            for row in plan.rows:
                yield from (cell.new for cell in row.cells if isinstance(cell.new, str))
