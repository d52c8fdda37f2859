"""``sheetsales docs``: produce and examine Word documents."""

from __future__ import annotations

import click

from sheetsales.cli.commands import Group
from sheetsales.cli.docs.check import check_own
from sheetsales.cli.docs.make import make
from sheetsales.cli.docs.verify import verify
from sheetsales.cli.texts import help_text


@click.group("docs", cls=Group, help=help_text("docs"))
def command() -> None:
    """Group of the document commands."""


for _subcommand in (make, check_own, verify):
    command.add_command(_subcommand)
