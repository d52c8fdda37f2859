"""Takes saves back: a version of the history put in its place again, or one write reversed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Self

from sheetsales.errors import WorkbookError
from sheetsales.store import system
from sheetsales.store.folders import StoreFolder
from sheetsales.store.history import History, Version
from sheetsales.store.journal import Journal
from sheetsales.store.plan import CellChange, Plan, RowChange
from sheetsales.store.records import Record, Sealed, Signature
from sheetsales.store.saving import digest_of, explained
from sheetsales.store.transaction import Terms, save_source
from sheetsales.store.values import Formula
from sheetsales.store.workbook import Workbook

_BLOCK = 1 << 18
_UNDONE = ("save", "txn")


def restore(
    book: Path | str,
    version: Version | str,
    *,
    signature: Signature | None = None,
    history: Path | None = None,
) -> str:
    """Put a version of the history in the place of a workbook; an ordinary save.

    What is there now goes into the history first.

    Args:
        book: the workbook's file.
        version: the version, or how its hash begins.
        signature: who does it, by which command.
        history: folder of the history; None: that of the store folder.

    Returns:
        SHA-256 of the file as it is now.

    Raises:
        WorkbookBusyError: somebody has the book open, or its lock was not to be had.
        WorkbookError: ``workbook-version-missing``, or it could not be written; the file stands.
    """
    path = Path(book).resolve()
    with explained(path.name):
        if isinstance(version, str):
            version = History(StoreFolder.of(path), history).version(path, version)
        source = _Restored(path, version, digest_of(path), history)
        digest = digest_of(version.path)
        if source.is_changed:
            terms = Terms(
                signature or Signature.default("restore"),
                queue=False,
                kind="restore",
                note={"version": version.digest},
            )
            save_source(source, terms)
    return digest


def undo(
    book: Path | str,
    seq: int | None = None,
    *,
    signature: Signature | None = None,
    sealed: Sealed | None = None,
) -> Plan:
    """Reverse one write of the journal, whatever was written since.

    Cells get back what they held; rows that were added become blank. A cell that changed since is
    a conflict, as in every merge.

    Args:
        book: the workbook's file.
        seq: number of the record; None: the last write that stands.
        signature: who does it, by which command.
        sealed: see `save_books`.

    Returns:
        What was written.

    Raises:
        ConflictError: cells changed since; nothing was written.
        WorkbookQueuedError: somebody has the book open; the changes wait.
        WorkbookError: ``workbook-record-missing``: there is no such write, or the journal does not
            have its values (they are personal, or too many).
    """
    path = Path(book).resolve()
    record = _undoable(path, seq)
    with Workbook.open(path) as opened:
        opened.apply(inverse(_plan_of(record, path.name)))
        by = signature or Signature.default(f"undo {record.seq}")
        return opened.save(signature=by, sealed=sealed)


def reversal(book: Path | str, seq: int | None = None) -> Plan:
    """Return what `undo` would write now; raises what it would raise, the queue apart."""
    path = Path(book).resolve()
    with Workbook.open(path) as opened:
        opened.apply(inverse(_plan_of(_undoable(path, seq), path.name)))
        return opened.changes


def inverse(plan: Plan) -> Plan:
    """Return the plan that takes another one back."""
    rows = (_inverse_row(row) for row in reversed(plan.rows) if not row.is_refresh)
    return Plan(plan.book, "", tuple(row for row in rows if row.cells))


def _inverse_row(row: RowChange) -> RowChange:
    if row.kind == "append":
        cells = tuple(
            CellChange(cell.cell, cell.column, cell.new, None)
            for cell in row.cells
            if not isinstance(cell.new, Formula) and cell.new is not None
        )
        return replace(row, kind="update", cells=cells)
    cells = tuple(cell._replace(old=cell.new, new=cell.old) for cell in row.cells)
    new = {cell.column: cell.new for cell in row.cells}
    pairs = zip(row.key_headers, row.key, strict=True)
    return replace(row, cells=cells, key=tuple(new.get(header, part) for header, part in pairs))


def _undoable(book: Path, seq: int | None) -> Record:
    """Return the record of a write that came about."""
    folder = StoreFolder.of(book)
    name = folder.name_of(book)
    standing: dict[int, Record] = {}
    for record in Journal(folder).records(name):
        if record.kind in _UNDONE:
            standing[record.seq] = record
        elif record.kind == "abort" and standing and record.plan_id:
            last = max(standing)
            if standing[last].plan_id == record.plan_id:
                del standing[last]
    if not standing or (seq is not None and seq not in standing):
        raise _missing(name, seq)
    return standing[max(standing) if seq is None else seq]


def _plan_of(record: Record, book: str) -> Plan:
    if record.plan is None or any(_is_sealed(part) for part in _values(record.plan)):
        raise _missing(book, record.seq)
    return Plan.from_json(record.plan)


def _values(plan: Mapping[str, Any]) -> Iterator[object]:
    for row in plan["rows"]:
        yield from row["key"]
        for _, _, old, new in row["cells"]:
            yield old
            yield new


def _is_sealed(value: object) -> bool:
    return isinstance(value, dict) and "sealed" in value


def _missing(book: str, seq: int | None) -> WorkbookError:
    shown = "" if seq is None else seq
    return WorkbookError("workbook-record-missing", book=book, seq=shown)


@dataclass
class _Restored:
    """A version of the history as the new content of a book."""

    path: Path
    version: Version
    digest: str
    kept_in: Path | None
    plan_id: str = ""

    @property
    def changes(self) -> Plan:
        return Plan(self.path.name, self.digest)

    @property
    def is_changed(self) -> bool:
        return not self.digest.startswith(self.version.digest)

    def rebased(self) -> Self:
        return replace(self, digest=digest_of(self.path))

    def reload(self) -> None:
        """Do nothing: once it is restored, nothing more is asked of it."""

    def write_to(self, out: BinaryIO) -> None:
        with system.open_shared(self.version.path) as kept:
            while block := kept.read(_BLOCK):
                out.write(block)

    def check_written(self, path: Path) -> None:
        if not system.digest_of(path).startswith(self.version.digest):
            raise WorkbookError(
                "workbook-version-missing", book=self.path.name, version=self.version.digest
            )
