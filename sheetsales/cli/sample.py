"""``sheetsales sample``: draw the samples of audits."""

from __future__ import annotations

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text
from sheetsales.locale.labels import title


@click.command("sample", cls=Command, help=help_text("sample"))
@click.argument("audits", nargs=-1, required=True, metavar="AUDIT…")
@shared("workspace", "as-of", "json", "dry-run")
def command(run: Run, audits: tuple[str, ...]) -> None:
    """Draw samples, add the results that data gives, and say how many."""
    from sheetsales.actions.check import check
    from sheetsales.actions.sample import sample
    from sheetsales.cli.output import change_objects, print_changes, print_json

    workspace = run.open_workspace()
    as_of = workspace.as_of(run.as_of)
    if not run.dry_run:
        run.settle(workspace)
    report = check(workspace, as_of=as_of)
    done = sample(workspace, audits, report, as_of=as_of, dry_run=run.dry_run)
    if run.as_json:
        print_json(
            written=not run.dry_run,
            samples=[
                {"table": one.table, "size": one.size, "keys": list(one.keys)}
                for one in done.populations
            ],
            counts={"added": done.added, "nonconform": done.failed},
            changes=change_objects(done.plans),
        )
        return
    if run.dry_run:
        print_changes(done.plans, run)
    text = run.messages.text
    for one in done.populations:
        name = title(workspace.regulation.tables[one.table].title, run.language)
        click.echo(text("sample-drawn", title=name, drawn=len(one.keys), size=one.size))
    click.echo(text("sample-done", added=done.added, failed=done.failed))
