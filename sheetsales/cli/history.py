"""``sheetsales history``: earlier versions of workbooks, and how to get back to them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import click

from sheetsales.cli.commands import Command, Count, Group
from sheetsales.cli.options import Run, selected, shared
from sheetsales.cli.output import (
    change_objects,
    local_time,
    print_changes,
    print_json,
    print_rows,
    shown_value,
)
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.history import Compared, Entry
    from sheetsales.store.differences import RowDifference
    from sheetsales.store.history import Version

_MARKS = {"added": ("+", "green"), "removed": ("−", "red"), "changed": ("~", "yellow")}
_SHORT = 8


@click.group("history", cls=Group, help=help_text("history"))
def command() -> None:
    """Group of the history's commands."""


@command.command("list", cls=Command, help=help_text("history-list"))
@click.argument("book", required=False)
@click.option("--limit", type=Count(1, 1000), default=20, help=help_text("option.limit"))
@shared("workspace", "json")
def list_(run: Run, book: str | None, limit: int) -> None:
    """Print the writes, the newest first."""
    from sheetsales.actions.history import list_history

    entries = list_history(selected(run, book))
    shown = entries[:limit]
    if run.as_json:
        print_json(writes=[_entry_object(entry) for entry in shown], count=len(entries))
        return
    text = run.messages.text
    if not entries:
        click.echo(text("history-empty"))
        return
    columns = ("number", "time", "book", "who", "command", "rows", "cells", "version")
    print_rows([text(f"history-{name}") for name in columns], [_row(one, run) for one in shown])
    if len(entries) > len(shown):
        run.note("history-more", count=len(entries) - len(shown))
    run.note("history-next")


def _row(entry: Entry, run: Run) -> tuple[object, ...]:
    text = run.messages.text
    told = text("history-foreign") if entry.kind == "foreign" else entry.command or "—"
    if entry.kind == "refresh":
        told = text("history-refresh", command=told)
    if not entry.is_done:
        told = text("history-aborted", command=told)
    counts = ("—" if count is None else count for count in (entry.rows, entry.cells))
    book, version = entry.book.rpartition("/")[2], entry.version or "—"
    time, who = local_time(entry.time), entry.who or "—"
    return (entry.number, time, book, who, told, *counts, version)


def _entry_object(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "time": entry.time.isoformat(timespec="seconds"),
        "book": entry.book,
        "kind": entry.kind,
        "who": entry.who,
        "command": entry.command,
        "rows": entry.rows,
        "cells": entry.cells,
        "version": entry.version,
        "done": entry.is_done,
    }


@command.command("diff", cls=Command, help=help_text("history-diff"))
@click.argument("book")
@click.argument("version", required=False, default="")
@click.argument("other", required=False, default="")
@click.option("--key", "keys", multiple=True, help=help_text("option.key-column"))
@shared("workspace", "json")
def diff(run: Run, book: str, version: str, other: str, keys: tuple[str, ...]) -> None:
    """Print the rows in which two versions differ."""
    from sheetsales.actions.history import compare

    found = compare(selected(run, book), version, other, key_columns=keys)
    _show_compared(found, run)


@command.command("restore", cls=Command, help=help_text("history-restore"))
@click.argument("book")
@click.argument("version")
@shared("workspace", "json", "dry-run")
def restore(run: Run, book: str, version: str) -> None:
    """Put a workbook back to a version."""
    from sheetsales.actions.history import compare_with, restore_version

    chosen = selected(run, book)
    if run.dry_run:
        _show_compared(compare_with(chosen, version), run)
        return
    done = restore_version(chosen, version)
    shown = {"version": done.version.digest[:_SHORT], "time": local_time(done.version.time)}
    if run.as_json:
        print_json(book=chosen.path.name, restored=done.is_changed, **shown)
    else:
        code = "restore-done" if done.is_changed else "restore-same"
        click.echo(run.messages.text(code, book=chosen.path.name, **shown))


@command.command("undo", cls=Command, help=help_text("history-undo"))
@click.argument("book")
@click.argument("number", required=False, type=Count(1, 2**31))
@shared("workspace", "json", "dry-run")
def undo(run: Run, book: str, number: int | None) -> None:
    """Take back one write of a workbook."""
    from sheetsales.actions.history import undo_write

    chosen = selected(run, book)
    plan = undo_write(chosen, number, dry_run=run.dry_run)
    cells = sum(len(row.cells) for row in plan.rows)
    if run.as_json:
        print_json(written=not run.dry_run, book=plan.book, changes=change_objects([plan]))
        return
    if run.dry_run:
        print_changes([plan], run)
        click.echo(run.messages.text("undo-dry", cells=cells))
        return
    code = "undo-done" if number is None else "undo-number"
    click.echo(run.messages.text(code, book=plan.book, number=number, cells=cells))


def _show_compared(found: Compared | None, run: Run) -> None:

    if run.as_json:
        rows = [] if found is None else [_row_object(row) for row in found.rows]
        print_json(rows=rows)
        return
    lines = [run.messages.text("history-empty")] if found is None else _lines(found, run)
    for line in lines:
        click.echo(line)


def _lines(found: Compared, run: Run) -> Iterator[str]:
    text = run.messages.text
    old, new = (_version(state, run) for state in (found.old, found.new))
    heading = text("diff-of", book=found.book.name, old=old, new=new)
    yield click.style(heading, bold=True)
    for table, rows in groupby(found.rows, key=lambda row: row.table):
        yield ""
        yield click.style(_table_title(table, run), bold=True)
        for row in rows:
            yield from _row_lines(row, run)
    if not found.rows:
        yield text("diff-none")
        return
    counts = {kind: sum(row.kind == kind for row in found.rows) for kind in _MARKS}
    yield ""
    yield text("diff-counts", **counts)


def _version(version: Version | None, run: Run) -> str:
    if version is None:
        return run.messages.text("diff-now")
    digest, time = version.digest[:_SHORT], local_time(version.time)
    return run.messages.text("diff-version", version=digest, time=time)


def _table_title(table: str, run: Run) -> str:
    from sheetsales.locale.labels import title
    from sheetsales.schema import load_regulation

    known = load_regulation().tables.get(table)
    return f"{title(known.title, run.language)} {table}" if known else table


def _row_lines(row: RowDifference, run: Run) -> Iterator[str]:
    text = run.messages.text
    mark, colour = _MARKS[row.kind]
    key = "/".join(text("diff-key", value=_bare(part)) for part in row.key)
    yield f"  {click.style(mark, fg=colour, bold=True)} {text('diff-row', key=key, row=row.row)}"
    for cell in row.cells:
        old, new = (shown_value(value, run) for value in (cell.old, cell.new))
        if row.kind == "changed":
            yield f"      {text('diff-cell', column=cell.column, old=old, new=new)}"
        else:
            value = new if row.kind == "added" else old
            yield f"      {text('diff-value', column=cell.column, value=value)}"


def _bare(part: object) -> object:
    """Return a key without the label that a reference cell shows behind it."""
    return part.partition("｜")[0] if isinstance(part, str) else part


def _row_object(row: RowDifference) -> dict[str, object]:
    return {
        "table": row.table,
        "kind": row.kind,
        "key": list(row.key),
        "row": row.row,
        "cells": [{"column": c.column, "old": c.old, "new": c.new} for c in row.cells],
    }
