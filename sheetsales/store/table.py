"""An Excel Table of an open workbook: rows by key or by Excel row, columns by field or header."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sheetsales.errors import EditRefusedError, WorkbookError
from sheetsales.store.collector import paused_collector
from sheetsales.store.key_search import KeySearch
from sheetsales.store.plan import Kind
from sheetsales.store.reading import RawTable
from sheetsales.store.table_part import plain_header
from sheetsales.store.table_rows import TableRows
from sheetsales.store.values import CellError, plain_value
from sheetsales.store.writes import Origin, Write

if TYPE_CHECKING:
    from sheetsales.store.guards import Guards

_MOST_SEARCHES = 3

Key = object
Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which fields a `Table` speaks of.

    Attributes:
        fields: header by field name; None: the headers themselves are the fields.
        key: the fields whose values name a row.
        key_of: turns the value of a key cell into the value by which rows are named.
    """

    fields: Mapping[str, str] | None = None
    key: Sequence[str] = ()
    key_of: Callable[[object], object] = plain_value


class Table:
    """One Excel Table; get one by `Workbook.table`.

    `read` and the keys of `update` are those of the file: rows appended before `Workbook.save` are
    not seen yet.
    """

    def __init__(self, rows: TableRows, columns: Columns) -> None:
        self._part = rows.part
        self._sheet = rows.sheet
        self._rows = rows
        self._columns = columns
        headers = columns.fields or {header: header for header in self.headers}
        self._positions = {field: self._position(text) for field, text in headers.items()}
        for field in columns.key:
            self._offset(field)

    @property
    def name(self) -> str:
        """Name of the Table as formulas use it."""
        return self._part.name

    @property
    def sheet(self) -> str:
        """Name of the sheet it stands on."""
        return self._part.sheet

    @property
    def headers(self) -> tuple[str, ...]:
        """Names of all its columns, in order."""
        return tuple(column.name for column in self._part.columns)

    @property
    def first_row(self) -> int:
        """Excel row of its first data row."""
        return self._part.data.first_row

    @property
    def last_row(self) -> int:
        """Excel row of its last data row, pending growth included."""
        return self._rows.last_row

    def read(self) -> RawTable:
        """Return its values as the file holds them."""
        return self._sheet.values.table(self._part)

    def update(self, changes: Mapping[Key, Record]) -> None:
        """Write cells of rows found by their key.

        Args:
            changes: values by field, by key; the key is a tuple if it has several fields.

        Raises:
            EditRefusedError: ``row-missing``, ``row-duplicate``, or what `update_rows` refuses.
        """
        records = {_tuple(key): record for key, record in changes.items()}
        rows = self._rows_of(records)
        self._update({self._one_row(key, rows): record for key, record in records.items()})

    def update_rows(self, changes: Mapping[int, Record]) -> None:
        """Write cells of rows given by their Excel row.

        Args:
            changes: values by field, by Excel row.

        Raises:
            EditRefusedError: ``row-outside``, a formula stands in a cell, or a cell or value that
                may not be written. Nothing is kept of a refused call.
        """
        data = self._part.data
        for row in changes:
            if not data.first_row <= row <= data.last_row:
                raise EditRefusedError("row-outside", **self._place(), row=row)
        self._update(changes)

    def append(self, records: Iterable[Record]) -> None:
        """Add rows: blank rows at the end of the Table are filled first, then it grows.

        Args:
            records: values by field; the rest stays blank, calculated columns are continued.

        Raises:
            EditRefusedError: there is no room, or a cell or value may not be written. Nothing is
                kept of a refused call.
        """
        rows = [self._by_column(record) for record in records]
        keys = [[row.get(offset) for offset in self._key_offsets] for row in rows]
        self._rows.append(rows, [self._origin("append", key) for key in keys])

    def replace(self, records: Iterable[Record]) -> None:
        """Rewrite all rows; for Tables that no person fills.

        Columns that are not given become blank. The Table shrinks and grows with its rows, and
        keeps one blank row if there are none.

        Args:
            records: values by field.

        Raises:
            EditRefusedError: there is no room, or a cell or value may not be written. Nothing is
                kept of a refused call.
        """
        rows = [self._by_column(record) for record in records]
        self._rows.replace(rows)
        headers = self.headers
        self._rows.records = tuple(
            {headers[offset]: value for offset, value in row.items()} for row in rows
        )

    @paused_collector()
    def _update(self, changes: Mapping[int, Record]) -> None:
        guards = self._guards()
        left = self._part.ref.first_column
        writes: list[tuple[int, int, Write | None]] = []
        for row, record in changes.items():
            key = [self._sheet.value(row, left + offset) for offset in self._key_offsets]
            origin = self._origin("update", key)
            for offset, value in self._by_column(record).items():
                column = self._part.ref.first_column + offset
                guards.check(row, column)
                if self._sheet.formula(row, column) is not None:
                    raise self._sheet.refusal("cell-formula", row, column)
                header = self._part.columns[offset].name
                write = self._sheet.prepare(row, column, value, origin, header)
                writes.append((row, column, write))
        for row, column, write in writes:
            self._sheet.record(row, column, write)

    def _origin(self, kind: Kind, key: Sequence[object]) -> Origin:
        """Return the origin of a change to a row, with its key if all of it is there."""
        plain = tuple(map(plain_value, key))
        if not plain or any(part is None or isinstance(part, CellError) for part in plain):
            return Origin(kind, self.name)
        headers = tuple(self.headers[offset] for offset in self._key_offsets)
        return Origin(kind, self.name, plain, headers)

    @cached_property
    def _key_offsets(self) -> tuple[int, ...]:
        return tuple(map(self._offset, self._columns.key))

    def _guards(self) -> Guards:
        return self._sheet.guards.narrowed(self._part.ref)

    def _by_column(self, record: Record) -> dict[int, object]:
        return {self._offset(field): value for field, value in record.items()}

    def _offset(self, field: str) -> int:
        if field not in self._positions:
            raise WorkbookError("table-column-missing", **self._place(), column=field)
        return self._positions[field]

    def _position(self, header: str) -> int:
        """Return the offset of a column; its exact name wins, then the name read plainly."""
        headers = self.headers
        if headers.count(header) == 1:
            return headers.index(header)
        plain = plain_header(header)
        found = [n for n, text in enumerate(headers) if plain_header(text) == plain]
        if len(found) == 1:
            return found[0]
        code = "table-column-duplicate" if found else "table-column-missing"
        raise WorkbookError(code, **self._place(), column=header)

    def _rows_of(self, keys: Collection[tuple[object, ...]]) -> dict[tuple[object, ...], list[int]]:
        """Return the Excel rows of some keys.

        They are searched in the bytes of the sheet; who asks again and again gets a list of all.
        """
        if not self._key_offsets or self._sheet.searches >= _MOST_SEARCHES:
            return self._rows_by_key
        self._sheet.searches += 1
        left = self._part.ref.first_column
        columns = [left + offset for offset in self._key_offsets]
        xml, reader, key_of = self._sheet.xml, self._sheet.reader, self._columns.key_of
        width = len(columns)
        wanted = {key for key in keys if len(key) == width}
        return KeySearch(xml, reader, self._part.data, columns, key_of).find(wanted)

    def _one_row(
        self, key: tuple[object, ...], found: Mapping[tuple[object, ...], list[int]]
    ) -> int:
        rows = found.get(key, [])
        if len(rows) != 1:
            code = "row-duplicate" if rows else "row-missing"
            raise EditRefusedError(code, **self._place(), key="/".join(map(str, key)))
        return rows[0]

    @cached_property
    def _rows_by_key(self) -> dict[tuple[object, ...], list[int]]:
        raw = self.read()
        columns = [raw.columns[self._offset(field)] for field in self._columns.key]
        found: dict[tuple[object, ...], list[int]] = {}
        for row, cells in enumerate(zip(*columns, strict=True), raw.first_row):
            key = tuple(map(self._columns.key_of, cells))
            found.setdefault(key, []).append(row)
        return found

    def _place(self) -> dict[str, object]:
        return {"book": self._sheet.book, "sheet": self.sheet, "table": self.name}


def _tuple(key: Key) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)
