"""Puts a merged plan onto an open workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sheetsales.store.plan import Plan, RowChange


class _Sheet(Protocol):
    def set(self, cell: str, value: object) -> None: ...


class _Table(Protocol):
    def update_rows(self, changes: Mapping[int, Mapping[str, object]]) -> None: ...

    def append(self, records: Iterable[Mapping[str, object]]) -> None: ...


class _Book(Protocol):
    def sheet(self, name: str) -> _Sheet: ...

    def table(self, name: str, *, key: Sequence[str]) -> _Table: ...


def put_changes(book: _Book, plan: Plan) -> None:
    """Ask an open workbook for all changes of a plan that was merged into it.

    Rows to be added come last, in the order of the plan.

    Raises:
        EditRefusedError: a cell or value may not be written.
    """
    updates: dict[tuple[str, tuple[str, ...]], list[RowChange]] = {}
    appends: dict[tuple[str, tuple[str, ...]], list[RowChange]] = {}
    for row in plan.rows:
        if not row.table:
            for cell in row.cells:
                book.sheet(row.sheet).set(cell.cell, cell.new)
        else:
            kind = appends if row.kind == "append" else updates
            kind.setdefault((row.table, row.key_headers), []).append(row)
    for (table, headers), rows in updates.items():
        changes: dict[int, dict[str, object]] = {}
        for row in rows:
            changes.setdefault(row.row, {}).update(_record(row))
        book.table(table, key=headers).update_rows(changes)
    for (table, headers), rows in appends.items():
        book.table(table, key=headers).append([_record(row) for row in rows])


def _record(row: RowChange) -> dict[str, object]:
    return {cell.column: cell.new for cell in row.cells}
