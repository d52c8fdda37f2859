"""What differs between two workbooks, Table by Table and row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from sheetsales.store.reading import RawTable, read_tables

_BLANK = ("", None)


class CellDifference(NamedTuple):
    """A value before and after, by the header of its column."""

    column: str
    old: object
    new: object


class RowDifference(NamedTuple):
    """A row that differs.

    Attributes:
        table: name of the Excel Table.
        kind: ``added``, ``removed`` or ``changed``.
        key: values of the key columns; without them the number of the row in the Table, from 1.
        row: Excel row, in the newer book, for a removed row in the older.
        cells: the columns that differ; all that are filled where the row is added or removed.
    """

    table: str
    kind: Literal["added", "removed", "changed"]
    key: tuple[object, ...]
    row: int
    cells: tuple[CellDifference, ...]


def differences(
    older: Path, newer: Path, keys: Mapping[str, Sequence[str]] | None = None
) -> list[RowDifference]:
    """Return the rows of the Excel Tables in which two workbooks differ.

    Args:
        older: a workbook's file.
        newer: another.
        keys: headers of the key columns by name of the Table. Where a Table has none, rows are
            compared by their place, and so are rows whose key is blank or stands twice.

    Returns:
        The rows by Table and row; formatting, formulas and cells outside Tables do not count.

    Raises:
        WorkbookError: a file cannot be read.
    """
    before, after = read_tables(older), read_tables(newer)
    found: list[RowDifference] = []
    for name in [*before, *(name for name in after if name not in before)]:
        key = tuple((keys or {}).get(name, ()))
        found += _of_table(name, before.get(name), after.get(name), key)
    return found


_Key = tuple[object, ...]


class _Identity(NamedTuple):
    """What a row is known by: its key, or its number in the Table."""

    is_named: bool
    key: _Key


class _Row(NamedTuple):
    row: int
    values: dict[str, object]


def _of_table(
    name: str, before: RawTable | None, after: RawTable | None, key: tuple[str, ...]
) -> Iterator[RowDifference]:
    tables = [table for table in (before, after) if table is not None]
    by_key = bool(key) and all(set(key) <= set(table.headers) for table in tables)
    named = _unique_keys(tables, key) if by_key else set()
    old, new = (_rows(table, key, named) for table in (before, after))
    for identity in [*old, *(each for each in new if each not in old)]:
        there, here = old.get(identity), new.get(identity)
        cells = tuple(_cells(there.values if there else {}, here.values if here else {}))
        if there is None or here is None:
            kind: Literal["added", "removed"] = "added" if here else "removed"
            row = (here or there or _Row(0, {})).row
            if cells:
                yield RowDifference(name, kind, identity.key, row, cells)
        elif cells:
            yield RowDifference(name, "changed", identity.key, here.row, cells)


def _cells(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[CellDifference]:
    for column in [*old, *(column for column in new if column not in old)]:
        there, here = old.get(column), new.get(column)
        if _differ(there, here):
            yield CellDifference(column, there, here)


def _differ(there: object, here: object) -> bool:
    if there in _BLANK and here in _BLANK:
        return False
    return type(there) is not type(here) or there != here


def _rows(table: RawTable | None, key: tuple[str, ...], named: set[_Key]) -> dict[_Identity, _Row]:
    """Return the rows of a Table, by key where that names one; rows without any value are none."""
    if table is None:
        return {}
    rows: dict[_Identity, _Row] = {}
    for number in range(_length(table)):
        values = dict(zip(table.headers, _values(table, number), strict=True))
        if any(value not in _BLANK for value in values.values()):
            own = tuple(values.get(header) for header in key)
            is_named = own in named
            identity = _Identity(is_named, own if is_named else (number + 1,))
            rows[identity] = _Row(table.first_row + number, values)
    return rows


def _unique_keys(tables: Sequence[RawTable], key: tuple[str, ...]) -> set[_Key]:
    """Return the keys that name at most one row in each of the Tables."""
    seen: set[_Key] = set()
    doubled: set[_Key] = set()
    for table in tables:
        places = [table.headers.index(header) for header in key]
        rows = (_values(table, number) for number in range(_length(table)))
        times = Counter(tuple(row[place] for place in places) for row in rows)
        seen.update(times)
        doubled.update(own for own, count in times.items() if count > 1)
    return {own for own in seen - doubled if not all(part in _BLANK for part in own)}


def _values(table: RawTable, number: int) -> list[object]:
    return [
        table.errors.get((number, place), column[number])
        for place, column in enumerate(table.columns)
    ]


def _length(table: RawTable) -> int:
    return len(table.columns[0]) if table.columns else 0
