"""What happened to workbooks: who changed what, versions kept, versions and writes taken back."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.errors import SheetsalesError
from sheetsales.store import Plan, Signature, Workbook, restore, undo
from sheetsales.store.differences import RowDifference, differences
from sheetsales.store.history import History, Version
from sheetsales.store.journal import Journal, Record
from sheetsales.store.system import digest_of
from sheetsales.store.undoing import reversal
from sheetsales.workspace.computed import forget_written
from sheetsales.workspace.seen import release_seen

if TYPE_CHECKING:
    from sheetsales.workspace.selection import Selection

_TOLD = ("save", "txn", "restore", "refresh", "foreign")
"""Kinds of records that say what happened to a workbook."""
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One write of the past.

    Attributes:
        number: number of its record in the journal.
        time: when.
        book: name of the workbook in the journal.
        kind: ``save``, ``txn`` (with others), ``restore``, ``refresh``, or ``foreign`` where it was
            not ours.
        who: who did it.
        command: by which command.
        rows: how many rows it changed, None where that is not known.
        cells: how many cells.
        version: the version before it, as far as that is still kept; else empty.
        is_done: False for a write that did not come about.
    """

    number: int
    time: datetime
    book: str
    kind: str
    who: str
    command: str
    rows: int | None
    cells: int | None
    version: str
    is_done: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """Two states of a workbook.

    Attributes:
        book: its file.
        old: the state to begin with; None is the file as it is.
        new: the other one; None is the file as it is.
        rows: the rows that differ.
    """

    book: Path
    old: Version | None
    new: Version | None
    rows: tuple[RowDifference, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """A version that was put back.

    Attributes:
        version: the version.
        is_changed: False where the workbook was like that already.
    """

    version: Version
    is_changed: bool


def list_history(selected: Selection) -> list[Entry]:
    """Return what happened to some workbooks, the newest first."""
    kept = {version.digest for path in selected.paths for version in _versions(selected, path)}
    found: dict[int, Entry] = {}
    for record in Journal(selected.folder).records():
        if record.book not in selected.names:
            continue
        if record.kind in _TOLD:
            found[record.seq] = _entry(record, kept)
        elif record.kind == "abort":
            undone = _undone_by(record, found)
            if undone is not None:
                found[undone] = replace(found[undone], is_done=False)
    return list(reversed(found.values()))


def compare(
    selected: Selection, old: str = "", new: str = "", *, key_columns: tuple[str, ...] = ()
) -> Compared | None:
    """Return in which rows two states of a workbook differ.

    Args:
        selected: the workbook.
        old: the version to begin with; empty: that before the last write that was more than lists
            and figures.
        new: the later one; empty: the file as it is.
        key_columns: headers that name a row, for a workbook from elsewhere.

    Returns:
        None if nothing is kept yet.

    Raises:
        WorkbookError: there is no such version, or a file cannot be read.
    """
    history = History(selected.folder)
    kept = history.versions(selected.path)
    if not (kept or old):
        return None
    older = history.version(selected.path, old or _before_last_write(selected, kept))
    newer = history.version(selected.path, new) if new else None
    keys = dict(selected.keys())
    files = (older.path, newer.path if newer else selected.path)
    if key_columns:
        keys = {name: key_columns for file in files for name in _table_names(file)}
    rows = history.diff(older, newer or selected.path, keys)
    return Compared(selected.path, older, newer, _told_rows(selected, rows))


def _before_last_write(selected: Selection, kept: list[Version]) -> str:
    writes = (one for one in list_history(selected) if one.kind != "refresh" and one.is_done)
    return next((write.version for write in writes if write.version), kept[0].digest)


def compare_with(selected: Selection, version: str) -> Compared:
    """Return what putting a version back would change in a workbook.

    Raises:
        WorkbookError: there is no such version, or a file cannot be read.
    """
    found = History(selected.folder).version(selected.path, version)
    rows = differences(selected.path, found.path, selected.keys())
    return Compared(selected.path, None, found, _told_rows(selected, rows))


def restore_version(selected: Selection, version: str) -> Restored:
    """Put a workbook back to a version; what it holds now is kept first.

    Raises:
        WorkbookBusyError: somebody has it open.
        WorkbookError: there is no such version, or it could not be written.
    """
    found = History(selected.folder).version(selected.path, version)
    is_changed = not digest_of(selected.path).startswith(found.digest)
    command = "history restore"
    restore(selected.path, found, signature=Signature.default(command))
    if is_changed:
        _start_anew(selected, command)
    return Restored(found, is_changed)


def undo_write(selected: Selection, number: int | None = None, *, dry_run: bool = False) -> Plan:
    """Take back one write of a workbook; return what that changes.

    Args:
        selected: the workbook.
        number: number of the write; None: the last one.
        dry_run: only say what would be changed.

    Raises:
        ConflictError: cells were changed again since.
        WorkbookQueuedError: somebody has the workbook open; it waits.
        WorkbookError: there is no such write, or it cannot be taken back.
    """
    if dry_run:
        return reversal(selected.path, number)
    command = "history undo"
    personal = None if selected.workspace is None else selected.workspace.is_personal
    signature = Signature.default(command)
    plan = undo(selected.path, number, signature=signature, sealed=personal)
    _start_anew(selected, command)
    return plan


def _start_anew(selected: Selection, command: str) -> None:
    """Forget what was known of rows that are not there any more, and of computed values."""
    workspace = selected.workspace
    if workspace is None:
        return
    workspace.reload()
    stem = selected.path.name.partition(".")[0]
    names = [table.name for table in workspace.regulation.of_workbook(stem)]
    forget_written(workspace, names)
    # Another workbook that cannot be read is told by every other command.
    with suppress(SheetsalesError):
        release_seen(workspace, command, names)


def _told_rows(selected: Selection, rows: Iterable[RowDifference]) -> tuple[RowDifference, ...]:
    """Return the rows of the tables that people fill; lists of problems and figures are not."""
    if selected.workspace is None:
        return tuple(rows)
    return tuple(row for row in rows if row.table in selected.workspace.regulation.tables)


def _versions(selected: Selection, path: Path) -> list[Version]:
    return History(selected.folder).versions(path)


def _entry(record: Record, kept: set[str]) -> Entry:
    rows = (record.plan or {}).get("rows")
    before = next((digest for digest in kept if record.before.startswith(digest)), "")
    return Entry(
        number=record.seq,
        time=datetime.fromisoformat(record.time),
        book=record.book,
        kind=record.kind,
        who=record.who,
        command=record.command,
        rows=None if rows is None else len(rows),
        cells=None if rows is None else sum(len(row["cells"]) for row in rows),
        version=before[:_SHORT],
    )


def _undone_by(record: Record, found: dict[int, Entry]) -> int | None:
    """Return the number of the write that a later record says did not come about."""
    for number, entry in reversed(found.items()):
        if entry.book == record.book and entry.kind != "foreign" and entry.is_done:
            return number
    return None


def _table_names(file: Path) -> tuple[str, ...]:
    with Workbook.open(file) as book:
        return book.tables
