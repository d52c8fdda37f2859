"""``sheetsales update``: write what the engine owns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import QUEUED, Run, shared
from sheetsales.cli.texts import help_text


@click.command("update", cls=Command, help=help_text("update"))
@shared("workspace", "as-of", "json", "dry-run")
def command(run: Run) -> int:
    """Write keys, computed columns, lists, overview and list of problems; say how much."""
    from sheetsales.actions.check import check
    from sheetsales.actions.update import update
    from sheetsales.cli.output import print_json

    workspace = run.open_workspace()
    as_of = workspace.as_of(run.as_of)
    if not run.dry_run:
        run.settle(workspace)
    report = check(workspace, as_of=as_of)
    done = update(workspace, as_of=as_of, report=report, dry_run=run.dry_run)
    run.say_busy(done.busy)
    if run.as_json:
        print_json(
            written=not run.dry_run,
            counts=done.counts,
            books=[path.name for path in done.books],
            changes=done.changes,
        )
    else:
        for change in done.changes if run.dry_run else ():
            click.echo(_change_line(change, run))
        click.echo(run.messages.counts("update", done.counts))
    return QUEUED if done.busy else 0


def _change_line(change: Mapping[str, Any], run: Run) -> str:
    blank = run.messages.text("explain-blank")
    old, new = (blank if value in (None, "") else value for value in (change["old"], change["new"]))
    place = "!".join(str(change[part]) for part in ("book", "sheet", "cell"))
    return run.messages.text("update-change", place=place, old=old, new=new)
