"""``sheetsales update``: write what the engine owns."""

from __future__ import annotations

import click

from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text


@click.command("update", help=help_text("update"))
@shared("workspace", "as-of", "json", "dry-run")
def command(run: Run) -> None:
    """Write keys, computed columns, lists, overview and list of problems; say how much."""
    from sheetsales.actions.check import check
    from sheetsales.actions.update import update
    from sheetsales.cli.output import counts_line, print_json

    workspace = run.open_workspace()
    as_of = workspace.as_of(run.as_of)
    report = check(workspace, as_of=as_of)
    done = update(workspace, as_of=as_of, report=report, dry_run=run.dry_run)
    if run.as_json:
        print_json(
            written=not run.dry_run,
            counts=done.counts,
            books=[path.name for path in done.books],
            changes=done.changes,
        )
        return
    for change in done.changes if run.dry_run else ():
        click.echo("  ".join(str(part) for part in change.values()))
    click.echo(counts_line(run.messages, "update", done.counts))
