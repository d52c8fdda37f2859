"""A plan: what an edit changes, row by row, with the old value of every cell.

It is what a dry run prints, and the form in which a change can be kept, compared and applied
later; so it goes to JSON and back without loss.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from sheetsales.store.values import CellError, Formula

Kind = Literal["set", "update", "append", "replace", "clear"]


class CellChange(NamedTuple):
    """One cell: its address, the header of its column ("" outside a Table), both values."""

    cell: str
    column: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class RowChange:
    """What changes in one row.

    Attributes:
        sheet: name of the sheet.
        row: Excel row.
        kind: which call asked for it; ``clear`` is what a shrunken Table leaves behind.
        cells: the changed cells, from left to right.
        table: name of the Excel Table, "" for single cells.
        key: values of the key columns, where the row was found by its key.
    """

    sheet: str
    row: int
    kind: Kind
    cells: tuple[CellChange, ...]
    table: str = ""
    key: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes to one book.

    Attributes:
        book: file name of the workbook.
        digest: SHA-256 of the file that the old values come from.
        rows: the changes by sheet and row.
    """

    book: str
    digest: str
    rows: tuple[RowChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain data for JSON."""
        return {
            "book": self.book,
            "digest": self.digest,
            "rows": [
                {
                    "sheet": row.sheet,
                    "row": row.row,
                    "kind": row.kind,
                    "table": row.table,
                    "key": [_packed(part) for part in row.key],
                    "cells": [
                        [cell.cell, cell.column, _packed(cell.old), _packed(cell.new)]
                        for cell in row.cells
                    ],
                }
                for row in self.rows
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Return the plan that `to_json` made."""
        return cls(data["book"], data["digest"], tuple(_row(row) for row in data["rows"]))

    def __str__(self) -> str:
        return json.dumps(self.to_json(), ensure_ascii=False)


def _row(data: Mapping[str, Any]) -> RowChange:
    return RowChange(
        sheet=data["sheet"],
        row=data["row"],
        kind=data["kind"],
        cells=tuple(
            CellChange(cell, column, _unpacked(old), _unpacked(new))
            for cell, column, old, new in data["cells"]
        ),
        table=data["table"],
        key=tuple(_unpacked(part) for part in data["key"]),
    )


_UNPACKERS: dict[str, Callable[[Any], object]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "seconds": lambda value: timedelta(seconds=value),
    "error": CellError,
    "formula": lambda value: Formula(*value),
}


def _packed(value: object) -> object:
    """Return a value as JSON has it; what JSON lacks becomes an object of one named member."""
    packed: object = value
    if isinstance(value, CellError):
        packed = {"error": str(value)}
    elif isinstance(value, Formula):
        packed = {"formula": [value.text, value.cached]}
    elif isinstance(value, Decimal):
        packed = {"decimal": str(value)}
    elif isinstance(value, datetime):
        packed = {"datetime": value.isoformat()}
    elif isinstance(value, date | time):
        packed = {type(value).__name__: value.isoformat()}
    elif isinstance(value, timedelta):
        packed = {"seconds": value.total_seconds()}
    return packed


def _unpacked(value: object) -> object:
    if isinstance(value, dict):
        ((kind, content),) = value.items()
        return _UNPACKERS[kind](content)
    return value
