"""``sheetsales open``: a workbook in the application that is there, its buttons ready."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import Run, selected, shared
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.open_book import Opening
    from sheetsales.workspace.bridge import Bridge


@click.command("open", cls=Command, help=help_text("open"))
@click.argument("book")
@click.option("--no-start", is_flag=True, help=help_text("option.no-start"))
@shared("workspace", "json")
def command(run: Run, book: str, *, no_start: bool) -> None:
    """Write the bridge, then open the workbook or print how."""
    from sheetsales.actions.open_book import mend, prepare, start

    selection = selected(run, book)
    path = selection.path
    if selection.workspace is not None and mend(path):
        run.note("open-mended", book=path.name)
    bridge = user_bridge()
    opening = prepare(path, bridge)
    for file in opening.written:
        run.note("bridge-written", file=str(file))
    if not no_start:
        start(opening, bridge.platform)
    _show(run, opening, bridge, is_started=not no_start)


def user_bridge() -> Bridge:
    """Return the bridge of the user who runs this.

    Raises:
        WorkspaceError: ``home-missing``.
    """
    from sheetsales.errors import WorkspaceError
    from sheetsales.workspace.bridge import Bridge

    try:
        return Bridge(Path.home())
    except RuntimeError as error:
        raise WorkspaceError("home-missing") from error


def _show(run: Run, opening: Opening, bridge: Bridge, *, is_started: bool) -> None:
    from sheetsales.cli.output import print_json

    if run.as_json:
        print_json(
            book=opening.book,
            application=opening.application,
            command=list(opening.command),
            written=[str(file) for file in opening.written],
            started=is_started,
        )
        return
    name = opening.book.name
    if is_started:
        application = opening.application
        click.echo(run.messages.text("open-started", book=name, application=application))
        if opening.written:
            run.note("open-hint")
        return
    run.note("open-command", book=name)
    joined = subprocess.list2cmdline if bridge.is_windows else shlex.join
    click.echo(joined(opening.command))
