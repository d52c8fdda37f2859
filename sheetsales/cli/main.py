"""The entry point: commands loaded on demand, errors turned into one line and an exit code."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import click

from sheetsales.cli.commands import Group, usage_text
from sheetsales.cli.options import QUEUED, Run
from sheetsales.cli.texts import help_text, short_help
from sheetsales.errors import SheetsalesError, WorkbookBusyError

_ENV_PREFIX = "SHEETSALES"
_COMMANDS = (
    "init",
    "demo",
    "status",
    "check",
    "update",
    "score",
    "split",
    "sample",
    "docs",
    "explain",
    "tables",
    "history",
    "pending",
    "journal",
    "open",
    "doctor",
)


class ExitCode(IntEnum):
    """What a run ends with."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    NOT_DONE = 3
    BUG = 4
    QUEUED = QUEUED
    INTERRUPTED = 130


class LazyGroup(Group):
    """A group that imports a command's module only when the command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the command names in the order of work."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        if cmd_name not in _COMMANDS:
            return super().get_command(ctx, cmd_name)
        command: click.Command = importlib.import_module(f"sheetsales.cli.{cmd_name}").command
        return command

    def short_help_of(self, ctx: click.Context, name: str) -> str:  # noqa: ARG002 - as inherited
        """Return the first line of a command's help without importing the command."""
        return short_help(name)


@click.group(cls=LazyGroup, help=help_text("main"))
@click.version_option(
    package_name="sheetsales", message="%(prog)s %(version)s", help=help_text("option.version")
)
def program() -> None:
    """Everything sheetsales does; see the help texts."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run the command line.

    Returns:
        The exit code: 0 done, 1 the data has problems, 2 usage, 3 could not be done, 4 bug,
        75 somebody has the file open, 130 interrupted.
    """
    state = Run()
    try:
        result: Any = program.main(
            args=list(arguments),
            prog_name="sheetsales",
            standalone_mode=False,
            auto_envvar_prefix=_ENV_PREFIX,
            obj=state,
        )
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo(help_text("interrupted", state.language), err=True)
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes an exit code
        return _show(error, state)
    return int(result or ExitCode.DONE)


def _show(error: Exception, state: Run) -> int:
    """Say what went wrong and return the exit code."""
    if isinstance(error, click.ClickException):
        return _show_usage(error, state)
    if isinstance(error, SheetsalesError):
        code = _show_error(error, state)
    elif isinstance(error, OSError):
        code = _show_refused_file(error, state)
    else:
        code = _show_bug(error, state)
    if state.debug:
        _show_traceback(error)
    return code


def _show_usage(error: click.ClickException, state: Run) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "sheetsales"
    hint = help_text("usage.hint", state.language).replace("{command}", path)
    _say(state, "usage", usage_text(error), hint)
    return ExitCode.USAGE


def _show_error(error: SheetsalesError, state: Run) -> int:
    what, do = state.messages.error_texts(error)
    _say(state, error.code, what, do)
    return ExitCode.QUEUED if isinstance(error, WorkbookBusyError) else ExitCode.NOT_DONE


def _show_refused_file(error: OSError, state: Run) -> int:
    reason = f"{error.strerror or error} {error.filename or ''}".strip()
    what = help_text("system", state.language).replace("{error}", reason)
    _say(state, "system", what, help_text("system-do", state.language))
    return ExitCode.NOT_DONE


def _show_bug(error: Exception, state: Run) -> int:
    what = help_text("bug", state.language).replace("{error}", f"{type(error).__name__}: {error}")
    _say(state, "bug", what, "")
    return ExitCode.BUG


def _say(state: Run, code: str, what: str, do: str) -> None:
    """Say what went wrong: a line and a hint for people, an object for programs."""
    click.echo(what, err=True)
    if do:
        click.echo(f"→ {do}", err=True)
    if state.as_json:
        from sheetsales.cli.output import print_json

        print_json(error={"code": code, "message": what, "fix": do})


def _show_traceback(error: BaseException) -> None:
    import traceback

    click.echo("".join(traceback.format_exception(error)), err=True)
