"""The raw rows of one table, gathered from the workbooks it is spread over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from sheetsales.tables.headers import Simplify, bind_headers
from sheetsales.tables.values import is_blank

if TYPE_CHECKING:
    from sheetsales.schema import Field, Table
    from sheetsales.tables.data import BoundBook
    from sheetsales.tables.raw import RawTable


@dataclass(frozen=True, eq=False)
class RawRows:
    """The raw cells of one table from all its books, blank rows gone."""

    table: Table
    books: tuple[BoundBook, ...]
    book_numbers: np.ndarray[Any, Any]
    excel_rows: np.ndarray[Any, Any]
    columns: Mapping[str, Sequence[object]]
    errors: Mapping[str, Mapping[int, str]]

    def of(self, field: Field) -> Sequence[object] | None:
        """Return the raw values of a field; cells with an Excel error are blank here.

        None if no book has a column for it.
        """
        raws = self.columns.get(field.name)
        if raws is None:
            return None
        errors = self.errors.get(field.name)
        if not errors:
            return raws
        return [None if position in errors else raw for position, raw in enumerate(raws)]


def gather_rows(
    table: Table, raws: Sequence[RawTable], simplify: Simplify | None = None
) -> RawRows:
    """Return the rows of a table from all its books.

    A row is what somebody has written something into. Computed cells do not count: the engine
    may have filled them before the staff emptied the row.

    Raises:
        WorkbookError: two columns claim one field, or a required field has no column.
    """
    books = tuple(bind_headers(table, raw, simplify) for raw in raws)
    kept = [_filled_rows(table, raw, book) for raw, book in zip(raws, books, strict=True)]
    columns: dict[str, Sequence[object]] = {}
    for name in dict.fromkeys(name for book in books for name in book.columns):
        parts = [
            _kept_cells(raw, book.columns.get(name), rows)
            for raw, book, rows in zip(raws, books, kept, strict=True)
        ]
        columns[name] = parts[0] if len(parts) == 1 else [cell for part in parts for cell in part]
    excel_rows = [rows + raw.first_row for raw, rows in zip(raws, kept, strict=True)]
    return RawRows(
        table=table,
        books=books,
        book_numbers=np.repeat(np.arange(len(books)), [len(rows) for rows in kept]),
        excel_rows=np.concatenate(excel_rows) if excel_rows else np.zeros(0, dtype=np.int64),
        columns=columns,
        errors=_errors(raws, books, kept),
    )


def _filled_rows(table: Table, raw: RawTable, book: BoundBook) -> np.ndarray[Any, Any]:
    """Return the offsets of the rows in which somebody has written something."""
    height = max(map(len, raw.columns), default=0)
    blank: Sequence[int] = range(height)
    for field in table.fields:
        column = book.columns.get(field.name)
        if column is None or (field.computed and table.staff_filled):
            continue
        cells = raw.columns[column - raw.first_column]
        blank = _still_blank(cells, blank)
        if not blank:
            return np.arange(height)
    bound = {column - raw.first_column for column in book.columns.values()}
    erring = {row for row, offset in raw.errors if offset in bound}
    filled = np.ones(height, dtype=bool)
    filled[[row for row in blank if row not in erring]] = False
    return np.flatnonzero(filled)


def _still_blank(cells: Sequence[object], rows: Sequence[int]) -> Sequence[int]:
    if set(map(type, cells)) == {str} and all(map(str.strip, cast("Sequence[str]", cells))):
        return ()
    return [row for row in rows if is_blank(cells[row])]


def _kept_cells(raw: RawTable, column: int | None, rows: np.ndarray[Any, Any]) -> Sequence[object]:
    if column is None:
        return [None] * len(rows)
    cells = raw.columns[column - raw.first_column]
    return cells if len(cells) == len(rows) else [cells[row] for row in rows]


def _errors(
    raws: Sequence[RawTable], books: Sequence[BoundBook], kept: Sequence[np.ndarray[Any, Any]]
) -> Mapping[str, Mapping[int, str]]:
    errors: dict[str, dict[int, str]] = {}
    start = 0
    for raw, book, rows in zip(raws, books, kept, strict=True):
        if raw.errors:
            positions = {int(row): start + number for number, row in enumerate(rows)}
            names = {column - raw.first_column: name for name, column in book.columns.items()}
            for (row, offset), error in raw.errors.items():
                if offset in names and row in positions:
                    errors.setdefault(names[offset], {})[positions[row]] = error
        start += len(rows)
    return errors
