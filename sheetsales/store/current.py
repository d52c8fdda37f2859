"""An open workbook as a merge sees it: what its file holds, with the pending edits on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from sheetsales.store.key_search import KeySearch
from sheetsales.store.merge import comparable_key
from sheetsales.store.ranges import cell_name, parse_cell
from sheetsales.store.values import Formula, plain_value

if TYPE_CHECKING:
    from sheetsales.store.sheet_edit import SheetEdit
    from sheetsales.store.table_rows import TableRows

_Keys = dict[tuple[object, ...], list[int]]


class BookView:
    """Shows an open workbook to `merge`.

    Args:
        digest: SHA-256 of its file.
        sheet: gives the edits of a worksheet by its name; None without such a worksheet.
        table: gives the rows of an Excel Table by its name; None without such a Table.
    """

    def __init__(
        self,
        digest: str,
        sheet: Callable[[str], SheetEdit | None],
        table: Callable[[str], TableRows | None],
    ) -> None:
        self.digest = digest
        self._sheet = sheet
        self._table = table
        self._views: dict[str, TableView] = {}

    def table(self, name: str) -> TableView | None:
        """Return an Excel Table; see `CurrentBook.table`."""
        if name not in self._views:
            rows = self._table(name)
            if rows is None:
                return None
            self._views[name] = TableView(rows)
        return self._views[name]

    def has_sheet(self, sheet: str) -> bool:
        """Say whether there is a worksheet of that name."""
        return self._sheet(sheet) is not None

    def value(self, sheet: str, cell: str) -> object:
        """Return the value of a cell; None if it is blank."""
        edit = self._sheet(sheet)
        return None if edit is None else _value(edit, *parse_cell(cell))

    def formula(self, sheet: str, cell: str) -> str | None:
        """Return the formula of a cell, None if it holds none."""
        edit = self._sheet(sheet)
        return None if edit is None else _formula(edit, *parse_cell(cell))


class TableView:
    """Shows one Excel Table to `merge`."""

    def __init__(self, rows: TableRows) -> None:
        self._rows = rows
        self._part = rows.part
        self._edit = rows.sheet
        self._found: dict[tuple[str, ...], _Keys] = {}
        names = [column.name for column in self._part.columns]
        left = self._part.ref.first_column
        self._columns = {name: left + offset for offset, name in enumerate(names)}
        self.headers: Sequence[str] = names

    def look_for(self, headers: Sequence[str], keys: Iterable[Sequence[object]]) -> None:
        """Find the rows of many keys in one pass; see `rows_of`."""
        known = self._found.setdefault(tuple(headers), {})
        wanted = {comparable_key(key): _searched(key) for key in keys}
        missing = {key: searched for key, searched in wanted.items() if key not in known}
        if not missing:
            return
        known.update((key, []) for key in missing)
        columns = [self._columns[header] for header in headers]
        rows = self._rows_in_file(columns, set(missing.values()))
        for row in sorted(rows | self._pending_rows(columns)):
            key = comparable_key([_value(self._edit, row, column) for column in columns])
            if key in missing:
                known[key].append(row)

    def rows_of(self, headers: Sequence[str], key: Sequence[object]) -> Sequence[int]:
        """Return the Excel rows that hold these values in these columns."""
        self.look_for(headers, [key])
        return self._found[tuple(headers)][comparable_key(key)]

    def has_row(self, row: int) -> bool:
        """Say whether an Excel row is one of its data rows."""
        return self._part.data.first_row <= row <= self._part.data.last_row

    def value(self, row: int, header: str) -> object:
        """Return the value of a cell; None if it is blank."""
        return _value(self._edit, row, self._columns[header])

    def is_formula(self, row: int, header: str) -> bool:
        """Say whether a cell holds a formula."""
        return _formula(self._edit, row, self._columns[header]) is not None

    def is_calculated(self, header: str) -> bool:
        """Say whether Excel fills a column with its formula."""
        return header in self._calculated

    def address(self, row: int, header: str) -> str:
        """Return the address of a cell."""
        return cell_name(row, self._columns[header])

    @cached_property
    def _calculated(self) -> frozenset[str]:
        return frozenset(column.name for column in self._part.columns if column.formula)

    def _rows_in_file(self, columns: Sequence[int], keys: set[tuple[object, ...]]) -> set[int]:
        search = KeySearch(self._edit.xml, self._edit.reader, self._part.data, columns)
        return {row for rows in search.find(keys).values() for row in rows}

    def _pending_rows(self, columns: Sequence[int]) -> set[int]:
        """Return the rows whose key is among the pending edits."""
        first, last = self._part.data.first_row, self._rows.last_row
        return {
            row
            for row, writes in self._edit.pending.items()
            if first <= row <= last and any(column in writes for column in columns)
        }


def _searched(key: Sequence[object]) -> tuple[object, ...]:
    """Return key values as they are read from a file: numbers are floats."""
    plain = map(plain_value, key)
    return tuple(float(part) if isinstance(part, Decimal) else part for part in plain)


def _value(edit: SheetEdit, row: int, column: int) -> object:
    write = edit.pending.get(row, {}).get(column)
    if write is None:
        return edit.value(row, column)
    return write.new.cached if isinstance(write.new, Formula) else write.new


def _formula(edit: SheetEdit, row: int, column: int) -> str | None:
    write = edit.pending.get(row, {}).get(column)
    if write is not None:
        return write.new.text.removeprefix("=") if isinstance(write.new, Formula) else None
    found = edit.formula(row, column)
    return None if found is None else found[1]
