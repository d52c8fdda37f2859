"""Commands whose help speaks the reader's language; click's own words are English."""

from __future__ import annotations

from typing import Any

import click

from sheetsales.cli.texts import help_text


class Command(click.Command):
    """A command with its headings in the reader's language."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option ``--help``."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = help_text("option.help")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that says how the command is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{help_text('heading.usage')} ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of options."""
        records = [param.get_help_record(ctx) for param in self.get_params(ctx)]
        with formatter.section(help_text("heading.options")):
            formatter.write_dl([record for record in records if record is not None])


class Group(Command, click.Group):
    """A group with its headings in the reader's language; commands in the order of work."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the lists of options and of commands."""
        super().format_options(ctx, formatter)
        with formatter.section(help_text("heading.commands")):
            rows = [(name, self.short_help_of(ctx, name)) for name in self.list_commands(ctx)]
            formatter.write_dl(rows)

    def short_help_of(self, ctx: click.Context, name: str) -> str:
        """Return the first line of a command's help."""
        command = self.get_command(ctx, name)
        text = (command.help if command else "") or ""
        return text.strip().partition("\n")[0]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; an unknown one is a usage error with an offer."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(unknown_name("usage.command", name, self.list_commands(ctx)))
        return super().resolve_command(ctx, args)


class Choice(click.Choice[str]):
    """One of a few words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word; another one is a usage error that names them all."""
        if value in self.choices:
            return str(value)
        offer = ", ".join(self.choices)
        text = help_text("usage.choice").replace("{value}", str(value)).replace("{offer}", offer)
        return self.fail(text, param, ctx)


class Count(click.ParamType[int]):
    """A whole number between bounds."""

    name = "n"

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; another one is a usage error that names the bounds."""
        text = str(value)
        if text.isdecimal() and self.least <= int(text) <= self.most:
            return int(text)
        message = help_text("usage.count").replace("{value}", text)
        bounds = {"{least}": str(self.least), "{most}": str(self.most)}
        for placeholder, bound in bounds.items():
            message = message.replace(placeholder, bound)
        return self.fail(message, param, ctx)


def unknown_name(key: str, value: str, known: Any) -> str:
    """Return the usage text for a name that does not exist, with the nearest one that does."""
    import difflib

    nearest = difflib.get_close_matches(value, list(known), n=1)
    offer = nearest[0] if nearest else ", ".join(known)
    return help_text(key).replace("{value}", value).replace("{offer}", offer)


def usage_text(error: click.ClickException) -> str:
    """Return what was wrong about the call, in the reader's language where it is our own text."""
    for kind, key, name in (
        (click.MissingParameter, "usage.missing", "param"),
        (click.NoSuchOption, "usage.option", "option_name"),
        (click.BadOptionUsage, "usage.value", "option_name"),
    ):
        if isinstance(error, kind):
            value = getattr(error, name)
            shown = value.human_readable_name if isinstance(value, click.Parameter) else value
            return help_text(key).replace("{value}", str(shown))
    return error.message if isinstance(error, click.BadParameter) else error.format_message()
