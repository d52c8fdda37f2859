"""``sheetsales docs check``: find the mistakes of templates."""

from __future__ import annotations

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.docs.kinds import KindName
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text


@click.command("check", cls=Command, help=help_text("docs-check"))
@click.argument("kinds", nargs=-1, type=KindName())
@shared("workspace", "json")
def check_own(run: Run, kinds: tuple[str, ...]) -> int:
    """Print the mistakes of the company's templates; exit 1 if there are any."""
    from sheetsales.actions.documents import check_templates
    from sheetsales.cli.output import print_json, print_report, report_parts
    from sheetsales.problems import Report

    report = Report.of(check_templates(run.open_workspace(), kinds))
    if run.as_json:
        print_json(**report_parts(report, run.messages))
    else:
        print_report(report, run)
    return int(bool(len(report)))
