"""Names of document kinds on the command line."""

from __future__ import annotations

from typing import Any

import click

from sheetsales.cli.commands import unknown_name


class KindName(click.ParamType[str]):
    """Name of a kind of document."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; an unknown one is a usage error that offers the nearest."""
        from sheetsales.schema import load_regulation

        kinds = load_regulation().documents
        if value in kinds:
            return str(value)
        return self.fail(unknown_name("usage.kind", str(value), kinds), param, ctx)
