"""Writes that wait because somebody has a workbook open: list, apply, give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetsales.errors import WorkbookError
from sheetsales.store import Outcome, Pending, PendingPlan, Signature, Workbook
from sheetsales.store.applying import apply_waiting
from sheetsales.store.journal import Journal, Record
from sheetsales.store.owners import owner_of
from sheetsales.store.recovery import recover
from sheetsales.store.saving import explained

if TYPE_CHECKING:
    from sheetsales.workspace.selection import Selection


def list_pending(selected: Selection) -> list[PendingPlan]:
    """Return what waits for some workbooks, the oldest first."""
    return [entry for entry in Pending(selected.folder).list() if _concerns(entry, selected)]


def apply_pending(selected: Selection, *, dry_run: bool = False) -> list[Outcome]:
    """Apply what waits for some workbooks, in order, each at most once.

    What a process that died left undone is finished first, as at the start of every save.

    Args:
        selected: the workbooks.
        dry_run: only say what would be applied and what is still open; conflicts show when it is
            done.
    """
    if dry_run:
        return [_expected(entry, selected) for entry in list_pending(selected)]
    if selected.folder.path.is_dir():
        with explained(", ".join(path.name for path in selected.paths)):
            recover(selected.folder, selected.paths)
    workspace = selected.workspace
    personal = None if workspace is None else workspace.is_personal
    outcomes = apply_waiting(
        selected.folder, Workbook, personal, lambda entry: _concerns(entry, selected)
    )
    if workspace is not None:
        workspace.reload()
    return outcomes


def drop_pending(selected: Selection, number: str) -> PendingPlan:
    """Give up a write that waits; the journal keeps that it was given up.

    Args:
        selected: the workbooks.
        number: its id, or the beginning of it.

    Raises:
        WorkbookError: ``pending-unknown``, none or more than one has that id.
    """
    found = [entry for entry in list_pending(selected) if entry.id.startswith(number)]
    if len(found) != 1:
        known = [entry.id for entry in list_pending(selected)]
        raise WorkbookError("pending-unknown", id=number, known=known)
    (entry,) = found
    Pending(selected.folder).remove(entry.id)
    journal = Journal(selected.folder)
    for name, plan in entry.plans:
        record = Record.signed(
            "abort", Signature.default("pending drop"), book=name, note={"dropped": plan.hash}
        )
        journal.append(record)
    return entry


def _concerns(entry: PendingPlan, selected: Selection) -> bool:
    return selected.is_whole or any(name in selected.names for name, _ in entry.plans)


def _expected(entry: PendingPlan, selected: Selection) -> Outcome:
    for name, _ in entry.plans:
        owner = owner_of(selected.folder.book(name))
        if owner is not None:
            return Outcome(entry, "open", owner.user)
    return Outcome(entry, "applied")
