"""Write what the engine owns: keys, computed columns, reference labels, lists, 總覽, 檢核."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsales.schema import LABEL_SEPARATOR
from sheetsales.scores import Params, score_tables
from sheetsales.workspace.refresh import BookSheets
from sheetsales.workspace.results import write_result
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from sheetsales.problems import Report
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
    """

    counts: dict[str, int]
    books: tuple[Path, ...] = ()
    changes: tuple[dict[str, Any], ...] = field(default=())


def update(workspace: Workspace, *, as_of: date, report: Report, dry_run: bool = False) -> Updated:
    """Bring everything that the engine owns up to date.

    Args:
        workspace: its workbooks are read if they were not yet.
        as_of: date of reference.
        report: what the check found; it is listed on 檢核.
        dry_run: say what would be written; write nothing.

    Raises:
        WorkbookBusyError: somebody has a workbook open, or it changed since it was read.
    """
    counts: dict[str, int] = defaultdict(int)
    passes = (
        lambda writer: _count(counts, "keys", _give_keys(workspace, writer)),
        lambda writer: _write_own_columns(workspace, writer, as_of, counts),
        lambda writer: _refresh_sheets(workspace, writer, as_of, report, counts),
    )
    # Each pass rests on what the one before it wrote: scores need keys, figures need scores.
    books: set[Path] = set()
    changes: list[dict[str, Any]] = []
    for write in passes:
        writer = Writer(workspace)
        write(writer)
        if dry_run:
            changes += _shown(writer)
            continue
        saved = writer.save()
        books |= set(saved)
        if saved:
            workspace.reload()
    return Updated(dict(counts), tuple(sorted(books)), tuple(changes))


def _count(counts: dict[str, int], kind: str, number: int) -> None:
    counts[kind] += number


def _write_own_columns(
    workspace: Workspace, writer: Writer, as_of: date, counts: dict[str, int]
) -> None:
    counts["labels"] += _refresh_labels(workspace, writer)
    counts["computed"] += _write_computed(workspace, writer, as_of)


def _refresh_sheets(
    workspace: Workspace, writer: Writer, as_of: date, report: Report, counts: dict[str, int]
) -> None:
    for stem, path in workspace.book_paths():
        own = BookSheets(workspace, stem, path, writer.book(path))
        problems = [problem for problem in report if problem.place.book == path.name]
        counts["lists"] += own.refresh_lists()
        counts["problems"] += own.refresh_problems(problems)
        counts["overview"] += own.refresh_overview(as_of, problems)


def _give_keys(workspace: Workspace, writer: Writer) -> int:
    """Give keys to new rows, one above the highest in use; return to how many."""
    given = 0
    for name, data in workspace.tables.items():
        prefix = data.table.key_prefix
        new = [position for position, key in enumerate(data.keys()) if not key]
        key_field = data.table.primary_key[0]
        if prefix is None or not new or data.rejected.get(key_field):
            continue
        number = _highest(data, prefix)
        wanted = {}
        for position in new:
            number += 1
            wanted[position] = {key_field: f"{prefix}-{number:06d}"}
        writer.write_rows(name, wanted)
        given += len(wanted)
    return given


def _highest(data: TableData, prefix: str) -> int:
    keys = data.keys()
    numbers = [
        int(key.removeprefix(f"{prefix}-"))
        for key in keys
        if key.startswith(f"{prefix}-") and key.removeprefix(f"{prefix}-").isdecimal()
    ]
    return max(numbers, default=0)


def _write_computed(workspace: Workspace, writer: Writer, as_of: date) -> int:
    """Write computed columns of rows that exist; scores that add rows are left to ``score``."""
    params = Params.of(workspace.frames, as_of)
    results, _ = score_tables(workspace.frames, params, as_of=as_of)
    return sum(
        write_result(writer, workspace, result) for result in results if result.new_row is None
    )


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
        {"book": book.name, "sheet": row.sheet, "cell": c.cell, "old": c.old, "new": str(c.new)}
        for book in writer.books
        for row in book.changes.rows
        for c in row.cells
    ]
