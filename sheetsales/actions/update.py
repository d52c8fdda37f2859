"""Write what the engine owns: keys, computed columns, reference labels, lists, 總覽, 檢核."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsales.errors import WorkbookBusyError
from sheetsales.schema import LABEL_SEPARATOR
from sheetsales.scores import Params, score_tables
from sheetsales.store import Formula
from sheetsales.workspace.computed import remember_written, tampered_rows
from sheetsales.workspace.refresh import BookSheets
from sheetsales.workspace.results import write_result
from sheetsales.workspace.seen import note_seen, read_seen
from sheetsales.workspace.waiting import UPDATE, waiting_texts
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from sheetsales.problems import Report
    from sheetsales.scores import ScoreResult
    from sheetsales.store import RawTable
    from sheetsales.tables import TableData
    from sheetsales.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update wrote, or would write.

    Attributes:
        counts: how many cells or rows, by kind.
        books: the workbooks that were saved.
        changes: the cells, for a dry run: book, sheet, cell, old, new.
        busy: for each workbook that somebody has open, what happened: its rows wait
            (``workbook-queued``), or its own sheets were left alone.
    """

    counts: dict[str, int]
    books: tuple[Path, ...] = ()
    changes: tuple[dict[str, Any], ...] = field(default=())
    busy: tuple[WorkbookBusyError, ...] = ()


def update(workspace: Workspace, *, as_of: date, report: Report, dry_run: bool = False) -> Updated:
    """Bring everything that the engine owns up to date.

    What is to be written into rows of a workbook that somebody has open waits until it is closed;
    its lists, 總覽 and 檢核 are left for the next update. All other workbooks are written.

    Args:
        workspace: its workbooks are read if they were not yet.
        as_of: date of reference.
        report: what the check found; it is listed on 檢核.
        dry_run: say what would be written; write nothing.

    Raises:
        ConflictError: somebody changed the same cells since the workbooks were read.
        WorkbookError: a workbook could not be written.
    """
    work = _Work(workspace, as_of, report)
    # Each pass rests on what the one before it wrote: scores need keys, figures need scores.
    changes: list[dict[str, Any]] = []
    for write in (work.give_keys, work.write_own_columns, work.refresh_sheets):
        writer = Writer(workspace, UPDATE)
        write(writer)
        if dry_run:
            changes += _shown(writer)
        else:
            work.save(writer, refresh=write == work.refresh_sheets)
        if write == work.write_own_columns and not dry_run:
            remember_written(workspace, work.results)
    if not dry_run:
        note_seen(workspace, UPDATE)
    busy = tuple(work.busy.values())
    return Updated(dict(work.counts), tuple(sorted(work.books)), tuple(changes), busy)


@dataclass
class _Work:
    """The passes of one update, and what they came to."""

    workspace: Workspace
    as_of: date
    report: Report
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    results: list[ScoreResult] = field(default_factory=list)
    books: set[Path] = field(default_factory=set)
    busy: dict[str, WorkbookBusyError] = field(default_factory=dict)

    def save(self, writer: Writer, *, refresh: bool) -> None:
        """Save what a pass wrote, and note what has to wait; what waits already says so once."""
        saved, busy = writer.save_refreshed() if refresh else writer.save_apart()
        for error in busy:
            self.busy.setdefault(str(error.arguments["book"]), error)
        if saved:
            self.books |= set(saved)
            self.workspace.reload()

    def give_keys(self, writer: Writer) -> None:
        self.counts["keys"] += _give_keys(self.workspace, writer)

    def write_own_columns(self, writer: Writer) -> None:
        params = Params.of(self.workspace.frames, self.as_of)
        results, _ = score_tables(self.workspace.frames, params, as_of=self.as_of)
        # Scores that add rows are left to the command that is named after them.
        self.results = [result for result in results if result.new_row is None]
        self.counts["labels"] += _refresh_labels(self.workspace, writer)
        for result in self.results:
            self.counts["computed"] += write_result(writer, self.workspace, result)
        for name, rows in tampered_rows(self.workspace, self.results).items():
            writer.write_rows(name, rows)
            self.counts["computed"] += sum(map(len, rows.values()))

    def refresh_sheets(self, writer: Writer) -> None:
        for stem, path in self.workspace.book_paths():
            own = BookSheets(self.workspace, stem, path, writer.book(path))
            counts = self._refreshed(own, path.name)
            busy = self._refusal(path) if own.book.pending_cells else None
            if busy is not None:
                self.busy.setdefault(path.name, busy)
                writer.forget(path)
                continue
            for kind, count in counts.items():
                self.counts[kind] += count

    def _refusal(self, path: Path) -> WorkbookBusyError | None:
        """Return why a workbook cannot be written now."""
        try:
            self.workspace.refuse_open(path)
        except WorkbookBusyError as error:
            return error
        return None

    def _refreshed(self, own: BookSheets, book: str) -> dict[str, int]:
        problems = [problem for problem in self.report if problem.place.book == book]
        return {
            "buttons": own.mend_buttons(),
            "columns": own.refresh_field_names(),
            "lists": own.refresh_lists(),
            "problems": own.refresh_problems(problems),
            "overview": own.refresh_overview(self.as_of, problems),
        }


def _give_keys(workspace: Workspace, writer: Writer) -> int:
    """Give keys to new rows, one above the highest ever in use; return to how many."""
    given = 0
    used: list[str] | None = None
    for name, data in workspace.tables.items():
        prefix = data.table.key_prefix
        new = [position for position, key in enumerate(data.keys()) if not key]
        key_field = data.table.primary_key[0]
        if prefix is None or not new or data.rejected.get(key_field):
            continue
        if used is None:
            used = _used_keys(workspace)
        number = _highest([*data.keys(), *used], prefix)
        wanted = {}
        for position in new:
            number += 1
            wanted[position] = {key_field: f"{prefix}-{number:06d}"}
        writer.write_rows(name, wanted)
        given += len(wanted)
    return given


def _used_keys(workspace: Workspace) -> list[str]:
    """Return keys that stand in no row: of rows that are gone, and those that wait."""
    seen = [key for keys in read_seen(workspace).keys.values() for key in keys]
    return [*seen, *waiting_texts(workspace)]


def _highest(keys: list[str], prefix: str) -> int:
    ends = (key.removeprefix(f"{prefix}-") for key in keys if key.startswith(f"{prefix}-"))
    return max((int(end) for end in ends if end.isdecimal()), default=0)


def _refresh_labels(workspace: Workspace, writer: Writer) -> int:
    """Rewrite reference cells whose label is not the one that the key has today."""
    before = sum(writer.changed.values())
    for name, data in workspace.tables.items():
        for number, raw in enumerate(workspace.raws[name]):
            changes = _stale_labels(writer, data, number, raw)
            if changes:
                writer.write_cells(name, number, changes)
    return sum(writer.changed.values()) - before


def _stale_labels(
    writer: Writer, data: TableData, number: int, raw: RawTable
) -> dict[int, dict[str, object]]:
    bound = data.books[number]
    labels = writer.labels(bound.locale)
    found: dict[int, dict[str, object]] = defaultdict(dict)
    for reference in data.table.references:
        column = bound.columns.get(reference.name)
        target = reference.reference
        if column is None or target is None or reference.many:
            continue
        known = labels.get(target.table, {})
        for offset, text in enumerate(raw.columns[column - raw.first_column]):
            if not (isinstance(text, str) and text):
                continue
            key = text.partition(LABEL_SEPARATOR)[0].strip()
            wanted = f"{key}{LABEL_SEPARATOR}{known[key]}" if key in known else text
            if wanted != text:
                found[raw.first_row + offset][reference.name] = wanted
    return found


def _shown(writer: Writer) -> list[dict[str, Any]]:
    return [
        {"book": book.name, "sheet": row.sheet, "cell": c.cell, "old": c.old, "new": _plain(c.new)}
        for book in writer.books
        for row in book.changes.rows
        for c in row.cells
    ]


def _plain(value: object) -> object:
    return value.cached if isinstance(value, Formula) else value
