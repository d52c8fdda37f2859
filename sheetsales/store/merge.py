"""Puts a plan onto a workbook that others have changed since: three ways, no silent winner.

The base of the merge is in the plan itself, as the old value of every cell. A cell is written only
where the workbook still holds that value; a cell that holds the new value already is left alone;
everything else is a conflict, told and not decided. So a plan can be merged again without harm;
only a row that got another key by it is not found again. Rows of Tables are found by their key,
columns by their header; single cells and rows without a key by their address.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from sheetsales.errors import Conflict
from sheetsales.store.plan import CellChange, Plan, RowChange
from sheetsales.store.values import CellError, Formula, plain_value

_CLOCK_TICK = timedelta(milliseconds=1)


class CurrentTable(Protocol):
    """An Excel Table as it is now."""

    @property
    def headers(self) -> Sequence[str]:
        """Names of its columns, in order."""
        ...

    def look_for(self, headers: Sequence[str], keys: Iterable[Sequence[object]]) -> None:
        """Prepare for `rows_of`: find the rows of many keys at once."""
        ...

    def rows_of(self, headers: Sequence[str], key: Sequence[object]) -> Sequence[int]:
        """Return the Excel rows that hold these values in these columns."""
        ...

    def has_row(self, row: int) -> bool:
        """Say whether an Excel row is one of its data rows."""
        ...

    def value(self, row: int, header: str) -> object:
        """Return the value of a cell; None if it is blank."""
        ...

    def is_formula(self, row: int, header: str) -> bool:
        """Say whether a cell holds a formula."""
        ...

    def is_calculated(self, header: str) -> bool:
        """Say whether Excel fills a column with its formula."""
        ...

    def address(self, row: int, header: str) -> str:
        """Return the address of a cell."""
        ...


class CurrentBook(Protocol):
    """A workbook as it is now."""

    @property
    def digest(self) -> str:
        """SHA-256 of its file."""
        ...

    def table(self, name: str) -> CurrentTable | None:
        """Return an Excel Table, None if there is none of that name."""
        ...

    def has_sheet(self, sheet: str) -> bool:
        """Say whether there is a worksheet of that name."""
        ...

    def value(self, sheet: str, cell: str) -> object:
        """Return the value of a cell; None if it is blank."""
        ...

    def formula(self, sheet: str, cell: str) -> str | None:
        """Return the formula of a cell, None if it holds none."""
        ...


class Merged(NamedTuple):
    """What is left to write of a plan, and what cannot be decided.

    Attributes:
        plan: the changes with rows, addresses and old values of the workbook as it is now.
        conflicts: every cell that both sides changed in different ways.
    """

    plan: Plan
    conflicts: tuple[Conflict, ...]


def merge(plan: Plan, current: CurrentBook) -> Merged:
    """Merge a plan into a workbook as it is now.

    Rewritten Tables (`RowChange.is_refresh`) are left out: they are computed anew.
    """
    rows: list[RowChange] = []
    conflicts: list[Conflict] = []
    _look_for_keys(plan, current)
    for row in plan.rows:
        if row.is_refresh:
            continue
        merging = _RowMerge(plan.book, row)
        found = merging.merged(current)
        conflicts += merging.conflicts
        if found is not None:
            rows.append(found)
    return Merged(replace(plan, digest=current.digest, rows=tuple(rows)), tuple(conflicts))


def _look_for_keys(plan: Plan, current: CurrentBook) -> None:
    """Have the keys of all rows looked for, Table by Table."""
    wanted: dict[tuple[str, tuple[str, ...]], list[tuple[object, ...]]] = {}
    for row in plan.rows:
        if row.key and not row.is_refresh:
            keys = wanted.setdefault((row.table, row.key_headers), [])
            keys += [row.key, _new_key(row) or row.key]
    for (name, headers), keys in wanted.items():
        table = current.table(name)
        if table is not None:
            columns = _Columns(list(table.headers))
            found = [columns.find(header) for header in headers]
            if not any(column.reason for column in found):
                table.look_for([column.name for column in found], keys)


def _new_key(row: RowChange) -> tuple[object, ...] | None:
    """Return the key that a change gives to its row; None if it leaves it."""
    new = {cell.column: cell.new for cell in row.cells}
    if not any(header in new for header in row.key_headers):
        return None
    pairs = zip(row.key_headers, row.key, strict=True)
    key = tuple(new.get(header, value) for header, value in pairs)
    return None if any(plain_value(part) is None for part in key) else key


def agree(one: object, other: object) -> bool:
    """Say whether two values are the same to a cell: 1 and 1.0 are, 1 and "1" are not."""
    one, other = _comparable(one), _comparable(other)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(one - other) < _CLOCK_TICK
    return type(one) is type(other) and one == other


def comparable_key(key: Sequence[object]) -> tuple[object, ...]:
    """Return key values in a form that is equal, and hashes equally, wherever they `agree`."""
    return tuple((type(part), part) for part in map(_comparable, key))


def _comparable(value: object) -> object:
    value = plain_value(value)
    if isinstance(value, bool | CellError):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(float(value)))
    if isinstance(value, Formula):
        return value.text.removeprefix("="), "formula"
    return str(value) if isinstance(value, str) else value


class _Column(NamedTuple):
    """What a header of the plan is called now; a reason if it cannot be told."""

    name: str
    reason: str = ""


@dataclass(slots=True)
class _Columns:
    """Finds the columns of a Table by the headers of a plan."""

    headers: Sequence[str]

    def find(self, header: str) -> _Column:
        exact = self.headers.count(header)
        if exact == 1:
            return _Column(header)
        plain = _plain(header)
        found = [each for each in self.headers if _plain(each) == plain]
        if len(found) == 1:
            return _Column(found[0])
        return _Column(header, "two-columns" if found else "no-column")


def _plain(header: str) -> str:
    return unicodedata.normalize("NFKC", header).strip()


class _RowMerge:
    """The merge of one row of a plan."""

    def __init__(self, book: str, row: RowChange) -> None:
        self._book = book
        self._row = row
        self.conflicts: list[Conflict] = []

    def merged(self, current: CurrentBook) -> RowChange | None:
        """Return what is left to write; None if that is nothing. Fills `conflicts`."""
        row = self._row
        if not row.table:
            return self._rebuilt(row.row, self._single_cells(current))
        table = current.table(row.table)
        if table is None:
            self._refused("no-table")
            return None
        names = self._names(table)
        if self.conflicts:
            return None
        if row.kind == "append":
            return self._appended(table, names)
        number = self._place(table, names)
        if number is None:
            return None
        return self._rebuilt(number, self._cells(table, number, names))

    def _names(self, table: CurrentTable) -> dict[str, str]:
        """Return what the columns of the plan are called now."""
        columns = _Columns(list(table.headers))
        found = {}
        for header in self._row.key_headers:
            column = columns.find(header)
            found[header] = column.name
            if column.reason:
                self.conflicts.append(
                    self._conflict(CellChange("", header, None, None), None, column.reason)
                )
        for cell in self._row.cells:
            column = columns.find(cell.column)
            found[cell.column] = column.name
            if column.reason:
                self.conflicts.append(self._conflict(cell, None, column.reason))
        return found

    def _place(self, table: CurrentTable, names: dict[str, str]) -> int | None:
        """Return the Excel row that the change is about; None if it cannot be told."""
        row = self._row
        if not row.key and table.has_row(row.row):
            return row.row
        if not row.key:
            self._refused("no-row")
            return None
        headers = [names[header] for header in row.key_headers]
        found = table.rows_of(headers, row.key)
        new_key = _new_key(row)
        # A row that has the new key already may be this one or another: nothing tells.
        if new_key and table.rows_of(headers, new_key):
            self._refused("key")
            return None
        if len(found) == 1:
            return found[0]
        self._refused("two-rows" if found else "no-row")
        return None

    def _cells(
        self, table: CurrentTable, number: int, names: dict[str, str]
    ) -> Iterator[CellChange]:
        """Yield the cells of a row of a Table that are to be written."""
        for cell in self._row.cells:
            header = names[cell.column]
            theirs = table.value(number, header)
            address = table.address(number, header)
            if table.is_formula(number, header):
                self.conflicts.append(self._conflict(cell, theirs, "formula"))
            elif agree(theirs, cell.old):
                if not agree(theirs, cell.new):
                    yield CellChange(address, header, theirs, cell.new)
            elif not agree(theirs, cell.new):
                self.conflicts.append(self._conflict(cell, theirs))

    def _single_cells(self, current: CurrentBook) -> Iterator[CellChange]:
        """Yield the single cells that are to be written."""
        sheet = self._row.sheet
        if not current.has_sheet(sheet):
            self._refused("no-sheet")
            return
        for cell in self._row.cells:
            formula = current.formula(sheet, cell.cell)
            if formula is not None:
                if not (isinstance(cell.new, Formula) and agree(Formula(formula), cell.new)):
                    theirs = current.value(sheet, cell.cell)
                    self.conflicts.append(self._conflict(cell, theirs, "formula"))
                continue
            theirs = current.value(sheet, cell.cell)
            if agree(theirs, cell.old):
                if not agree(theirs, cell.new):
                    yield cell._replace(old=theirs)
            elif not agree(theirs, cell.new):
                self.conflicts.append(self._conflict(cell, theirs))

    def _appended(self, table: CurrentTable, names: dict[str, str]) -> RowChange | None:
        """Return the row to add; None if the same row is there already, or another of its key."""
        row = self._row
        if row.key:
            headers = [names[header] for header in row.key_headers]
            clashes = [self._clash(table, n, names) for n in table.rows_of(headers, row.key)]
            if clashes:
                self.conflicts += next((each for each in clashes if not each), clashes[0])
                return None
        cells = [
            cell._replace(column=names[cell.column])
            for cell in row.cells
            if not table.is_calculated(names[cell.column])
        ]
        return replace(row, cells=tuple(cells))

    def _clash(self, table: CurrentTable, number: int, names: dict[str, str]) -> list[Conflict]:
        """Return in what a row of the same key differs from the one to be added."""
        ours = {names[cell.column]: cell for cell in self._row.cells}
        found = []
        for header in table.headers:
            if table.is_calculated(header) or table.is_formula(number, header):
                continue
            address = table.address(number, header)
            cell = ours.get(header) or CellChange(address, header, None, None)
            theirs = table.value(number, header)
            if not agree(theirs, cell.new):
                found.append(self._conflict(cell, theirs, "key"))
        return found

    def _rebuilt(self, number: int, cells: Iterator[CellChange]) -> RowChange | None:
        left = tuple(cells)
        return replace(self._row, row=number, cells=left) if left else None

    def _refused(self, reason: str) -> None:
        self.conflicts += [self._conflict(cell, None, reason) for cell in self._row.cells]

    def _conflict(self, cell: CellChange, theirs: object, reason: str = "cell") -> Conflict:
        row = self._row
        return Conflict(
            book=self._book,
            sheet=row.sheet,
            table=row.table,
            key=row.key,
            column=cell.column,
            cell=cell.cell,
            base=cell.old,
            theirs=theirs,
            ours=cell.new,
            reason=reason,
        )
