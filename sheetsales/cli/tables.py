"""``sheetsales tables``: what tables and fields there are; the data package."""

from __future__ import annotations

from pathlib import Path

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import Run, TableName, shared
from sheetsales.cli.texts import help_text


@click.command("tables", cls=Command, help=help_text("tables"))
@click.argument("names", nargs=-1, type=TableName())
@click.option(
    "--datapackage",
    "folder",
    type=click.Path(path_type=Path),
    help=help_text("option.datapackage"),
)
@shared("workspace", "json")
def command(run: Run, names: tuple[str, ...], folder: Path | None) -> None:
    """List tables, or the fields of the named ones; or export the workspace's data."""
    from sheetsales.cli.output import print_json

    if folder is not None:
        from sheetsales.actions.tables import export_datapackage

        written = export_datapackage(run.open_workspace(), folder)
        if run.as_json:
            print_json(files=written)
        else:
            click.echo(run.messages.text("tables-exported", count=len(written), folder=str(folder)))
        return
    if run.as_json:
        print_json(tables=_described(run, names))
    elif names:
        _print_fields(run, names)
    else:
        _print_tables(run)


def _described(run: Run, names: tuple[str, ...]) -> list[dict[str, object]]:
    from sheetsales.locale.labels import title
    from sheetsales.schema import load_regulation

    tables = load_regulation().tables
    return [
        {
            "name": table.name,
            "title": title(table.title, run.language),
            "workbook": table.workbook,
            "primary_key": list(table.primary_key),
            "fields": [
                {
                    "name": field.name,
                    "title": title(field.title, run.language),
                    "type": field.type,
                    "required": field.required,
                    "computed": field.computed,
                }
                for field in table.fields
            ],
        }
        for table in tables.values()
        if not names or table.name in names
    ]


def _print_tables(run: Run) -> None:
    from sheetsales.cli.output import print_rows
    from sheetsales.locale.labels import title
    from sheetsales.schema import load_regulation

    regulation = load_regulation()
    text = run.messages.text
    rows = [
        (stem, table.name, title(table.title, run.language), len(table.fields), table.clause)
        for stem in regulation.workbooks
        for table in regulation.of_workbook(stem)
    ]
    names = ("workbook", "table", "title", "fields", "clause")
    print_rows([text(f"column-{name}") for name in names], rows)


def _print_fields(run: Run, names: tuple[str, ...]) -> None:
    from sheetsales.cli.output import print_rows
    from sheetsales.locale.labels import title
    from sheetsales.schema import load_regulation

    text = run.messages.text
    columns = ("field", "title", "type", "required", "help")
    for name in names:
        table = load_regulation().tables[name]
        click.echo(click.style(f"{name}  {title(table.title, run.language)}", bold=True))
        rows = [
            (
                field.name,
                title(field.title, run.language),
                field.type,
                "●" if field.required else "=" if field.computed else "",
                title(field.description, run.language),
            )
            for field in table.fields
        ]
        print_rows([text(f"column-{column}") for column in columns], rows)
