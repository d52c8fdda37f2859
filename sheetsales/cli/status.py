"""``sheetsales status``: what is due, wrong, open or out of date."""

from __future__ import annotations

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text


@click.command("status", cls=Command, help=help_text("status"))
@shared("workspace", "as-of", "json")
def command(run: Run) -> None:
    """Print one line per matter: how many, and the command that shows or settles it."""
    from sheetsales.actions.check import check
    from sheetsales.actions.status import status
    from sheetsales.cli.output import print_json, print_rows

    workspace = run.open_workspace()
    as_of = workspace.as_of(run.as_of)
    matters = status(workspace, check(workspace, as_of=as_of), as_of=as_of)
    if run.as_json:
        print_json(status=[{"code": one.code, "count": one.count} for one in matters])
        return
    messages = run.messages
    headers = [messages.text(f"status-{name}") for name in ("matter", "count", "next")]
    rows = [
        (messages.text(f"status-{one.code}"), one.count, messages.text(f"status-{one.code}-next"))
        for one in matters
    ]
    print_rows(headers, rows)
