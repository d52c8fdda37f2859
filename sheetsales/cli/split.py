"""``sheetsales split``: split the figures of sales plans into targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import QUEUED, Run, shared
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.errors import WorkbookBusyError


@click.command("split", cls=Command, help=help_text("split"))
@click.argument("plans", nargs=-1, required=True, metavar="PLAN…")
@shared("workspace", "as-of", "json", "dry-run")
def command(run: Run, plans: tuple[str, ...]) -> int:
    """Write the targets, then bring up to date what rests on them."""
    from sheetsales.actions.check import check
    from sheetsales.actions.split import split
    from sheetsales.actions.update import update
    from sheetsales.cli.output import change_objects, print_changes, print_json

    workspace = run.open_workspace()
    as_of = workspace.as_of(run.as_of)
    if not run.dry_run:
        run.settle(workspace)
    done = split(workspace, plans, dry_run=run.dry_run)
    busy: tuple[WorkbookBusyError, ...] = ()
    if not run.dry_run:
        busy = update(workspace, as_of=as_of, report=check(workspace, as_of=as_of)).busy
    run.say_busy(busy)
    if run.as_json:
        counts = {"changed": done.changed, "added": done.added}
        print_json(written=not run.dry_run, counts=counts, changes=change_objects(done.plans))
    else:
        if run.dry_run:
            print_changes(done.plans, run)
        click.echo(run.messages.text("split-done", changed=done.changed, added=done.added))
    return QUEUED if busy else 0
