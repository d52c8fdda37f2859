"""COL-key-gone: a key, once given, stays, and so does its row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sheetsales.checks.sealed import GUARDS
from sheetsales.problems import Place, Problem
from sheetsales.tables.data import column_letters

if TYPE_CHECKING:
    from sheetsales.checks.rules import KnownKeys
    from sheetsales.schema import Table
    from sheetsales.tables import TableData, Tables

_PARTS = frozenset(guard.parts for guard in GUARDS)


def keeps_keys(table: Table) -> bool:
    """Whether rows of a table have a number of their own, which is never changed.

    Rows that are named by what they belong to come and go with it, and so do the parts of a plan
    or contract that is still being drafted; once it is approved, its own rule guards them.
    """
    return len(table.primary_key) == 1 and table.name not in _PARTS


def new_keys(tables: Tables, known: KnownKeys) -> dict[str, list[str]]:
    """Return the keys that stand in the tables and are not known yet, in order of their rows."""
    found = {}
    for name, data in tables.items():
        if keeps_keys(data.table):
            seen = set(known.get(name, ()))
            keys = [key for key in dict.fromkeys(data.keys()) if key and key not in seen]
            if keys:
                found[name] = keys
    return found


def check_known_keys(tables: Tables, known: KnownKeys) -> Iterator[Problem]:
    """Yield a ``COL-key-gone`` for each known key that stands in no row any more.

    Where one key is gone and one row has a key that nobody knows, or none, it is shown there.
    """
    for name, keys in known.items():
        data = tables[name]
        present, seen = data.keys(), set(keys)
        missing = seen - set(present)
        gone = [key for key in keys if key in missing]
        if not gone:
            continue
        strange = [at for at, key in enumerate(present) if key not in seen]
        if len(gone) == 1 and len(strange) == 1:
            yield _changed(data, gone[0], strange[0])
        else:
            yield from (_gone(data, key) for key in gone)


def _gone(data: TableData, key: str) -> Problem:
    return Problem(
        code="COL-key-gone",
        table=data.table.name,
        key=key,
        place=_sheet(data),
        clause=data.table.clause,
    )


def _changed(data: TableData, key: str, position: int) -> Problem:
    name = data.table.primary_key[0]
    return Problem(
        code="COL-key-gone",
        table=data.table.name,
        key=key,
        field=name,
        variant="changed",
        place=data.place(position, name),
        arguments={"value": data.key(position)},
        clause=data.table.clause,
    )


def _sheet(data: TableData) -> Place:
    """Return the top of the sheet that a row is missing from."""
    if not data.books:
        return Place()
    book = data.books[0]
    column = book.columns.get(data.table.primary_key[0], 1)
    return Place(book.book, book.sheet, f"{column_letters(column)}1")
