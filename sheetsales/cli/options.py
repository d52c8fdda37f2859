"""Options that mean the same in every command, and the state of one run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheetsales.cli.commands import Choice, unknown_name
from sheetsales.cli.texts import LANGUAGES, help_text, system_language

if TYPE_CHECKING:
    from sheetsales.errors import WorkbookBusyError
    from sheetsales.locale.messages import Messages
    from sheetsales.workspace import Workspace
    from sheetsales.workspace.selection import Selection


QUEUED = 75
"""Exit code of a run that left something out because somebody has a file open."""


class IsoDate(click.ParamType[date]):
    """A date such as 2026-09-30."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date; a text that is none is a usage error."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(help_text("usage.date").replace("{value}", str(value)), param, ctx)


class TableName(click.ParamType[str]):
    """Name of a table of the regulation."""

    name = "table"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; an unknown one is a usage error that offers the nearest."""
        from sheetsales.schema import load_regulation

        tables = load_regulation().tables
        if value in tables:
            return str(value)
        return self.fail(unknown_name("usage.table", str(value), tables), param, ctx)


@dataclass
class Run:
    """What the shared options say, and what the run knows by now.

    Attributes:
        workspace: where the workspace is looked for.
        as_of: date of reference, if given.
        as_json: print one JSON object instead of text.
        quiet: no progress, no notes.
        dry_run: everything but the last write.
        force: make what would be refused for bad data.
        lang: language of messages; None until given or known from the workspace.
        debug: show tracebacks.
    """

    workspace: Path = field(default_factory=Path)
    as_of: date | None = None
    as_json: bool = False
    quiet: bool = False
    dry_run: bool = False
    force: bool = False
    lang: str | None = None
    debug: bool = False

    @property
    def language(self) -> str:
        """Language of messages: the option, the workspace's, else the system's."""
        return self.lang or system_language()

    @property
    def messages(self) -> Messages:
        """Texts in the run's language."""
        from sheetsales.locale.messages import Messages

        return Messages.load(self.language)

    @property
    def talks(self) -> bool:
        """Whether progress and notes may go to stderr."""
        return not (self.quiet or self.as_json)

    def open_workspace(self) -> Workspace:
        """Return the workspace; its language is the run's unless one was asked for."""
        from sheetsales.workspace import Workspace

        workspace = Workspace.open(self.workspace)
        if self.lang is None:
            self.lang = workspace.locale
        return workspace

    def note(self, code: str, **arguments: object) -> None:
        """Print a note to stderr, unless the run is quiet."""
        if self.talks:
            click.echo(self.messages.text(code, **arguments), err=True)

    def say_busy(self, busy: Iterable[WorkbookBusyError]) -> None:
        """Say which workbooks were left alone because somebody has them open."""
        from sheetsales.errors import WorkbookQueuedError

        for error in busy:
            what, do = self.messages.error_texts(error)
            if not isinstance(error, WorkbookQueuedError):
                do = self.messages.text("update-busy")
            click.echo(what, err=True)
            click.echo(f"→ {do}", err=True)

    def settle(self, workspace: Workspace) -> None:
        """Apply what waited for workbooks that are closed by now, and say so."""
        from sheetsales.workspace.waiting import settle

        applied = [one for one in settle(workspace) if one.state == "applied"]
        if applied:
            self.note("pending-settled", count=len(applied))


def selected(run: Run, book: str | None) -> Selection:
    """Return the workbooks that an argument names; a workspace's language is the run's."""
    from sheetsales.workspace.selection import Selection

    found = Selection.of(run.workspace, book)
    if run.lang is None and found.workspace is not None:
        run.lang = found.workspace.locale
    return found


_SHARED: dict[str, Callable[..., Any]] = {
    "workspace": click.option(
        "-C",
        "--workspace",
        "workspace",
        type=click.Path(path_type=Path),
        default=Path(),
        envvar="SHEETSALES_WORKSPACE",
        help=help_text("option.workspace"),
    ),
    "as-of": click.option(
        "--as-of", type=IsoDate(), envvar="SHEETSALES_AS_OF", help=help_text("option.as-of")
    ),
    "json": click.option("--json", "as_json", is_flag=True, help=help_text("option.json")),
    "quiet": click.option("-q", "--quiet", is_flag=True, help=help_text("option.quiet")),
    "dry-run": click.option("-n", "--dry-run", is_flag=True, help=help_text("option.dry-run")),
    "force": click.option("--force", is_flag=True, help=help_text("option.force")),
    "lang": click.option(
        "--lang", type=Choice(LANGUAGES), envvar="SHEETSALES_LANG", help=help_text("option.lang")
    ),
    "debug": click.option("--debug", is_flag=True, help=help_text("option.debug")),
}
_ALWAYS = ("quiet", "lang", "debug")


def shared(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds shared options and passes them as one :class:`Run`."""
    wanted = [*names, *_ALWAYS]

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        @click.pass_context
        def command(context: click.Context, /, **values: Any) -> Any:
            run = context.ensure_object(Run)
            for name in Run.__dataclass_fields__:
                if name in values:
                    setattr(run, name, values.pop(name))
            return function(run, **values)

        for name in reversed(wanted):
            command = _SHARED[name](command)
        return command

    return decorate
