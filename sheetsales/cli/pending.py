"""``sheetsales pending``: writes that wait until somebody closes a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from sheetsales.cli.commands import Command, Group
from sheetsales.cli.options import QUEUED, Run, selected, shared
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
    from sheetsales.errors import Conflict
    from sheetsales.store.applying import Outcome
    from sheetsales.store.pending import PendingPlan

_COLOURS = {"applied": "green", "open": "yellow", "conflict": "red", "failed": "red"}


@click.group("pending", cls=Group, help=help_text("pending"))
def command() -> None:
    """Group of the commands about writes that wait."""


@command.command("list", cls=Command, help=help_text("pending-list"))
@click.argument("book", required=False)
@shared("workspace", "json")
def list_(run: Run, book: str | None) -> None:
    """Print what waits, the oldest first."""
    from sheetsales.actions.pending import list_pending

    entries = list_pending(selected(run, book))
    text = run.messages.text
    if run.as_json:
        print_json(pending=[_entry_object(entry) for entry in entries])
    elif not entries:
        click.echo(text("pending-none"))
    else:
        columns = ["pending-id", *(f"history-{name}" for name in ("time", "who", "command"))]
        columns += ["history-book", "history-cells", "pending-open"]
        print_rows([text(name) for name in columns], [_row(entry, run) for entry in entries])
        run.note("pending-next")


def _row(entry: PendingPlan, run: Run) -> tuple[object, ...]:
    unknown = run.messages.text("pending-unknown")
    time = local_time(datetime.fromisoformat(entry.time))
    books, open_by = _books(entry), entry.waits_for or unknown
    return (entry.id, time, entry.who, entry.command or "—", books, _cells(entry), open_by)


def _entry_object(entry: PendingPlan) -> dict[str, object]:
    return {
        "id": entry.id,
        "time": entry.time,
        "who": entry.who,
        "command": entry.command,
        "books": [name for name, _ in entry.plans],
        "open_by": entry.waits_for,
        "file": entry.file,
        "changes": change_objects(plan for _, plan in entry.plans),
    }


def _books(entry: PendingPlan) -> str:
    return "、".join(name.rpartition("/")[2] for name, _ in entry.plans)


def _cells(entry: PendingPlan) -> int:
    return sum(len(row.cells) for _, plan in entry.plans for row in plan.rows)


@command.command("apply", cls=Command, help=help_text("pending-apply"))
@click.argument("book", required=False)
@shared("workspace", "json", "dry-run")
def apply(run: Run, book: str | None) -> int:
    """Apply what waits; exit 75 if something goes on waiting, 1 if something clashes."""
    from sheetsales.actions.pending import apply_pending

    outcomes = apply_pending(selected(run, book), dry_run=run.dry_run)
    if run.as_json:
        print_json(written=not run.dry_run, pending=[_outcome_object(one, run) for one in outcomes])
    elif not outcomes:
        click.echo(run.messages.text("pending-none"))
    else:
        for outcome in outcomes:
            _print_outcome(outcome, run)
    return _exit_code(outcomes)


def _exit_code(outcomes: Sequence[Outcome]) -> int:
    states = {outcome.state for outcome in outcomes}
    if "open" in states:
        return QUEUED
    return 3 if "failed" in states else int("conflict" in states)


def _print_outcome(outcome: Outcome, run: Run) -> None:
    click.echo(click.style(_told(outcome, run), fg=_COLOURS[outcome.state]))
    if run.dry_run:
        print_changes((plan for _, plan in outcome.plan.plans), run)
    for conflict in outcome.conflicts:
        click.echo(f"    {run.messages.text('pending-both', **_conflict_texts(conflict, run))}")
    if outcome.conflicts:
        click.echo(f"  → {run.messages.text('pending-conflict-next', id=outcome.plan.id)}")


def _told(outcome: Outcome, run: Run) -> str:
    """Return in one line what became of a write."""
    text, entry = run.messages.text, outcome.plan
    named = {"id": entry.id, "books": _books(entry)}
    if outcome.state == "open":
        return text("pending-still-open", **named, user=outcome.user or text("pending-unknown"))
    if outcome.state == "conflict":
        return text("pending-conflict", **named, count=len(outcome.conflicts))
    if outcome.error is not None:
        return text("pending-failed", id=entry.id, what=run.messages.error_texts(outcome.error)[0])
    code = "pending-would" if run.dry_run else "pending-applied"
    return text(code, **named, command=entry.command or "—", cells=_cells(entry))


def _conflict_texts(conflict: Conflict, run: Run) -> dict[str, object]:
    key = "/".join(str(part) for part in conflict.key)
    place = "!".join(filter(None, (conflict.book, conflict.sheet, conflict.cell)))
    named = " ".join(filter(None, (place, key, conflict.column)))
    values = (shown_value(one, run) for one in (conflict.base, conflict.theirs, conflict.ours))
    return dict(zip(("place", "base", "theirs", "ours"), (named, *values), strict=True))


def _outcome_object(outcome: Outcome, run: Run) -> dict[str, object]:
    state = "would-apply" if run.dry_run and outcome.state == "applied" else outcome.state
    return {
        **_entry_object(outcome.plan),
        "state": state,
        "open_by": outcome.user or outcome.plan.waits_for,
        "message": _told(outcome, run),
        "conflicts": [conflict._asdict() for conflict in outcome.conflicts],
    }


@command.command("drop", cls=Command, help=help_text("pending-drop"))
@click.argument("number", metavar="ID")
@click.argument("book", required=False)
@shared("workspace", "json")
def drop(run: Run, number: str, book: str | None) -> None:
    """Give up a write that waits."""
    from sheetsales.actions.pending import drop_pending

    entry = drop_pending(selected(run, book), number)
    if run.as_json:
        print_json(dropped=_entry_object(entry))
    else:
        click.echo(run.messages.text("pending-dropped", id=entry.id))
