"""``sheetsales doctor``: is everything there that the work needs."""

from __future__ import annotations

import click

from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text

_MARKS = {"ok": ("✓", "green"), "advice": ("!", "yellow"), "broken": ("✗", "red")}


@click.command("doctor", help=help_text("doctor"))
@shared("workspace", "json")
def command(run: Run) -> int:
    """Print one line per examination; exit 3 if one finds something broken."""
    from sheetsales.actions.doctor import examine
    from sheetsales.cli.output import print_json

    findings = examine(run.workspace)
    if run.as_json:
        print_json(findings=[{"code": f.code, "state": f.state, **f.arguments} for f in findings])
    else:
        for finding in findings:
            mark, colour = _MARKS[finding.state]
            text = run.messages.text(f"doctor-{finding.code}-{finding.state}", **finding.arguments)
            click.echo(f"{click.style(mark, fg=colour, bold=True)} {text}")
    return 3 * any(finding.state == "broken" for finding in findings)
