"""The tables as a Frictionless Data Package: a descriptor, and rows for one CSV file per table.

Field names, codes, bare keys and ISO dates, so that any tool that knows the format validates our
data. A cell that could not be typed keeps its raw text, so that such a tool finds the same error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from sheetsales.schema import LIST_SEPARATOR
from sheetsales.tables.references import extended_enumerations
from sheetsales.tables.suggestions import shown

if TYPE_CHECKING:
    from sheetsales.schema import Enumeration, Field, Regulation, Table
    from sheetsales.tables.data import TableData, Tables

BOOK, EXCEL_ROW = "book", "excel_row"
"""The two columns behind a table's own: where the row stands."""

_PROFILE = "https://datapackage.org/profiles/2.0/"
_TYPE_DETAILS: Mapping[str, Mapping[str, object]] = {
    "boolean": {"trueValues": ["true"], "falseValues": ["false"]},
    "list": {"delimiter": LIST_SEPARATOR, "itemType": "string"},
}


def build_datapackage(
    regulation: Regulation, tables: Tables
) -> tuple[dict[str, Any], dict[str, list[list[str]]]]:
    """Return the descriptor ``datapackage.json`` and the rows of ``<table>.csv``, header first.

    What the format cannot say is left out: references and options of a column that holds several
    values, and which table a key points to where another column decides it.
    """
    rows = tables["enum"].frame
    enumerations = extended_enumerations(regulation, rows)
    descriptor = {
        "$schema": f"{_PROFILE}datapackage.json",
        "name": "sheetsales",
        "resources": [_resource(table, enumerations) for table in regulation.tables.values()],
    }
    return descriptor, {name: _csv_rows(data) for name, data in tables.items()}


def _resource(table: Table, enumerations: Mapping[str, Enumeration]) -> dict[str, Any]:
    fields = [_field(table, field, enumerations) for field in table.fields]
    fields += [{"name": BOOK, "type": "string"}, {"name": EXCEL_ROW, "type": "integer"}]
    schema: dict[str, Any] = {
        "$schema": f"{_PROFILE}tableschema.json",
        "fields": fields,
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
    }
    references = [_reference(table, field) for field in table.references if not field.many]
    if references:
        schema["foreignKeys"] = references
    return {
        "$schema": f"{_PROFILE}dataresource.json",
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "title": table.title.zh_hant,
        "description": table.description.zh_hant,
        "schema": schema,
    }


def _field(table: Table, field: Field, enumerations: Mapping[str, Enumeration]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "type": field.type,
        "title": field.title.zh_hant,
        "description": field.description.zh_hant,
        **_TYPE_DETAILS.get(field.type, {}),
    }
    constraints: dict[str, Any] = {
        "required": field.required or None,
        # A primary key says so already, and would be reported twice.
        "unique": (field.unique and table.primary_key != (field.name,)) or None,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "maxLength": field.max_length,
        "pattern": f"({field.pattern})" if field.pattern else None,
    }
    if field.enumeration is not None and not field.many:
        options = enumerations[field.enumeration].options
        constraints["enum"] = [option.code for option in options]
        described["categories"] = [
            {"value": option.code, "label": option.label.zh_hant} for option in options
        ]
    constraints = {name: value for name, value in constraints.items() if value is not None}
    return {**described, "constraints": constraints} if constraints else described


def _reference(table: Table, field: Field) -> dict[str, Any]:
    target = field.reference
    assert target is not None
    resource = "" if target.table == table.name else target.table
    return {
        "fields": [field.name],
        "reference": {"resource": resource, "fields": [target.field]},
    }


def _csv_rows(data: TableData) -> list[list[str]]:
    columns = [_csv_column(data, field) for field in data.table.fields]
    columns.append([data.books[int(number)].book for number in data.book_numbers])
    columns.append([str(row) for row in data.excel_rows])
    header = [*data.table.names, BOOK, EXCEL_ROW]
    return [header, *(list(row) for row in zip(*columns, strict=True))]


def _csv_column(data: TableData, field: Field) -> list[str]:
    write = _WRITERS.get(field.type, str)
    cells = [
        "" if value is None or value is pd.NA or value is pd.NaT else write(value)
        for value in data.frame[field.name].astype(object).tolist()
    ]
    for position, raw in data.rejected.get(field.name, {}).items():
        cells[position] = shown(raw)
    return cells


def _number(value: float) -> str:
    return "" if pd.isna(value) else shown(value)


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "list": LIST_SEPARATOR.join,
    "number": _number,
    "boolean": lambda value: "true" if value else "false",
    "date": lambda value: str(value.date().isoformat()),
    "datetime": lambda value: str(value.isoformat()),
}
