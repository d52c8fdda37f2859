"""A plan: what an edit changes, row by row, with the old value of every cell.

It is what a dry run prints, and the form in which a change can be kept, compared and applied
later; so it goes to JSON and back without loss.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Literal, NamedTuple

from sheetsales.errors import WorkbookError
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
        key: values of the key columns, where the Table was opened with a key and the row has one.
        key_headers: headers of the key columns.
    """

    sheet: str
    row: int
    kind: Kind
    cells: tuple[CellChange, ...]
    table: str = ""
    key: tuple[object, ...] = ()
    key_headers: tuple[str, ...] = ()

    @property
    def is_refresh(self) -> bool:
        """Whether it rewrites a Table that no person fills."""
        return self.kind in ("replace", "clear")


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes to one book.

    Attributes:
        book: file name of the workbook.
        digest: SHA-256 of the file that the old values come from.
        rows: the changes by sheet and row.
        id: what the plan is known by; a plan is applied once. Two plans that say the same are
            equal, whatever their ids.
    """

    book: str
    digest: str
    rows: tuple[RowChange, ...] = ()
    id: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def hash(self) -> str:
        """SHA-256 of what is changed: of the rows, not of the file they were planned for."""
        rows = json.dumps(self.to_json()["rows"], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(rows.encode("utf-8", "surrogatepass")).hexdigest()

    def without_refreshes(self) -> Plan:
        """Return the plan without rewritten Tables: they are computed anew, not merged."""
        return replace(self, rows=tuple(row for row in self.rows if not row.is_refresh))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain data for JSON."""
        rows = [_row_json(row) for row in self.rows]
        named = {"id": self.id} if self.id else {}
        return {"book": self.book, "digest": self.digest, **named, "rows": rows}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Return the plan that `to_json` made.

        Raises:
            WorkbookError: ``workbook-plan-unreadable`` if the data is no plan.
        """
        try:
            rows = tuple(_row(row) for row in data["rows"])
            return cls(data["book"], data["digest"], rows, data.get("id", ""))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise WorkbookError("workbook-plan-unreadable", reason=f"{error!r:.80}") from error

    def __str__(self) -> str:
        return json.dumps(self.to_json(), ensure_ascii=False)


def _row_json(row: RowChange) -> dict[str, Any]:
    headers = {"key_headers": list(row.key_headers)} if row.key_headers else {}
    return {
        "sheet": row.sheet,
        "row": row.row,
        "kind": row.kind,
        "table": row.table,
        "key": [pack(part) for part in row.key],
        **headers,
        "cells": [[cell.cell, cell.column, pack(cell.old), pack(cell.new)] for cell in row.cells],
    }


def _row(data: Mapping[str, Any]) -> RowChange:
    return RowChange(
        sheet=data["sheet"],
        row=data["row"],
        kind=data["kind"],
        cells=tuple(
            CellChange(cell, column, unpack(old), unpack(new))
            for cell, column, old, new in data["cells"]
        ),
        table=data["table"],
        key=tuple(unpack(part) for part in data["key"]),
        key_headers=tuple(data.get("key_headers", ())),
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


def pack(value: object) -> object:
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
    elif isinstance(value, str):
        packed = str(value)
    elif isinstance(value, Integral) and not isinstance(value, bool):
        packed = int(value)
    elif isinstance(value, Real) and not isinstance(value, bool):
        packed = float(value)
    return packed


def unpack(value: object) -> object:
    """Return the value that `pack` made; anything else is a value already."""
    if isinstance(value, dict):
        ((kind, content),) = value.items()
        return _UNPACKERS[kind](content)
    return value
