"""The entry point: commands loaded on demand, errors turned into one line and an exit code."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import click

from sheetsales.cli.options import Run
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
    "docs",
    "explain",
    "tables",
    "doctor",
)


class ExitCode(IntEnum):
    """What a run ends with."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    NOT_DONE = 3
    BUG = 4
    QUEUED = 75
    INTERRUPTED = 130


class LazyGroup(click.Group):
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        rows = [(name, short_help(name)) for name in self.list_commands(ctx)]
        with formatter.section(help_text("heading.commands")):
            formatter.write_dl(rows)


@click.group(cls=LazyGroup, help=help_text("main"))
@click.version_option(package_name="sheetsales", message="%(prog)s %(version)s")
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
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo(help_text("interrupted", state.language), err=True)
        return ExitCode.INTERRUPTED
    except SheetsalesError as error:
        return _show_error(error, state)
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes an exit code
        return _show_bug(error, state)
    return int(result or ExitCode.DONE)


def _show_error(error: SheetsalesError, state: Run) -> int:
    what, do = state.messages.error_texts(error)
    click.echo(what, err=True)
    if do:
        click.echo(f"→ {do}", err=True)
    if state.debug:
        _show_traceback(error)
    return ExitCode.QUEUED if isinstance(error, WorkbookBusyError) else ExitCode.NOT_DONE


def _show_bug(error: Exception, state: Run) -> int:
    text = help_text("bug", state.language).replace("{error}", f"{type(error).__name__}: {error}")
    click.echo(text, err=True)
    if state.debug:
        _show_traceback(error)
    return ExitCode.BUG


def _show_traceback(error: BaseException) -> None:
    import traceback

    click.echo("".join(traceback.format_exception(error)), err=True)
