"""``sheetsales check``: what is wrong in the workbooks; writes nothing."""

from __future__ import annotations

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import Run, TableName, shared
from sheetsales.cli.texts import help_text


@click.command("check", cls=Command, help=help_text("check"))
@click.argument("tables", nargs=-1, type=TableName())
@shared("workspace", "as-of", "json")
def command(run: Run, tables: tuple[str, ...]) -> int:
    """Print all problems; exit 1 if one is an error or a warning."""
    from sheetsales.actions.check import check
    from sheetsales.cli.output import print_json, print_report, report_parts

    workspace = run.open_workspace()
    report = check(workspace, as_of=workspace.as_of(run.as_of), tables=tables)
    if run.as_json:
        print_json(**report_parts(report, run.messages))
    else:
        print_report(report, run)
    counts = report.counts
    return int(bool(counts["error"] or counts["warning"]))
