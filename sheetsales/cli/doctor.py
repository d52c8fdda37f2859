"""``sheetsales doctor``: is everything there that the work needs."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.doctor import Finding

_MARKS = {"ok": ("✓", "green"), "advice": ("!", "yellow"), "broken": ("✗", "red")}


@click.command("doctor", cls=Command, help=help_text("doctor"))
@click.argument("book", required=False, type=click.Path(path_type=Path))
@click.option("--fix", is_flag=True, help=help_text("option.fix"))
@shared("workspace", "json")
def command(run: Run, book: Path | None, *, fix: bool) -> int:
    """Print one line per examination; exit 3 if one finds something broken."""
    from sheetsales.actions.doctor import examine, examine_book
    from sheetsales.cli.open import user_bridge
    from sheetsales.cli.output import print_json
    from sheetsales.errors import SheetsalesError

    with suppress(SheetsalesError):  # without a workspace the system's language will do
        run.open_workspace()
    bridge = user_bridge()
    written = [str(path) for path in bridge.write()] if fix else []
    findings = examine(run.workspace, bridge) if book is None else examine_book(book, bridge)
    if run.as_json:
        shown = [_finding_object(finding, run) for finding in findings]
        print_json(findings=shown, **({"written": written} if fix else {}))
    else:
        if fix:
            _print_written(written, run)
        for finding in findings:
            _print_finding(finding, run)
    return 3 * any(finding.state == "broken" for finding in findings)


def _print_written(written: list[str], run: Run) -> None:
    for file in written:
        click.echo(run.messages.text("bridge-written", file=file))
    if not written:
        click.echo(run.messages.text("bridge-unchanged"))


def _finding_object(finding: Finding, run: Run) -> dict[str, object]:
    text, do = _texts(finding, run)
    return {
        "code": finding.code,
        "state": finding.state,
        "message": text,
        "fix": do,
        **finding.arguments,
    }


def _print_finding(finding: Finding, run: Run) -> None:
    mark, colour = _MARKS[finding.state]
    text, do = _texts(finding, run)
    click.echo(f"{click.style(mark, fg=colour, bold=True)} {text}")
    if do:
        click.echo(f"  → {do}")


def _texts(finding: Finding, run: Run) -> tuple[str, str]:
    """Return what was found and what to do; a broken thing says it itself."""
    if finding.error is not None:
        return run.messages.error_texts(finding.error)
    code = f"doctor-{finding.code}-{finding.state}"
    return run.messages.text(code, **finding.arguments), ""
