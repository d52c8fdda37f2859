"""The rows of an Excel Table as a whole: adding to them, rewriting them, growing and shrinking.

Formats and validations that end with the Table follow it, and so does its totals row. Print areas
and names that other people gave to its range do not: whether those mean the Table, nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from sheetsales.errors import EditRefusedError
from sheetsales.store.collector import paused_collector
from sheetsales.store.formulas import has_relative_rows, moved
from sheetsales.store.guards import Guards
from sheetsales.store.ranges import LAST_ROW, Range
from sheetsales.store.rows import Row, is_blank, style_of
from sheetsales.store.sheet_edit import SheetEdit
from sheetsales.store.table_part import TableColumn, TablePart
from sheetsales.store.totals_row import TotalsRow
from sheetsales.store.values import Formula
from sheetsales.store.writes import Origin, Write
from sheetsales.store.xml_writing import Growth, opening_like

Cells = Mapping[int, object]
"""Values of one row by column offset."""

Writes = Iterator[tuple[int, int, Write | None]]
"""Row, column, and what is to be written there."""


class TableRows:
    """The rows of one Excel Table and where they end once pending changes are saved."""

    def __init__(self, part: TablePart, sheet: SheetEdit) -> None:
        self.part = part
        self.last_row = part.data.last_row
        self.sheet = sheet
        self._next_free: int | None = None
        self._rewritten = False
        self._totals = TotalsRow(part, sheet) if part.totals_rows else None
        self.records: tuple[Mapping[str, object], ...] | None = None
        """What `replace` was given last, by header: it is run again on a newer file."""

    @property
    def is_changed(self) -> bool:
        """Whether the table part has to be written."""
        first_use = self.part.insert_row and self._next_free is not None
        return self.last_row != self.part.data.last_row or first_use

    @paused_collector()
    def append(self, records: Sequence[Cells], origins: Sequence[Origin]) -> None:
        """Add rows behind the last one that holds anything; each with its origin for the plan."""
        start = self._first_free()
        last = max(self.last_row, start + len(records) - 1)
        self._guards.check_sheet()
        self._refuse_resize(last)
        writes: list[tuple[int, int, Write | None]] = []
        for row, (record, origin) in enumerate(zip(records, origins, strict=True), start):
            writes += self._row_writes(row, record, origin)
        self._keep(writes, start + len(records), last)

    @paused_collector()
    def replace(self, records: Sequence[Cells]) -> None:
        """Rewrite all rows."""
        data = self.part.data
        last = data.first_row + max(1, len(records)) - 1
        self._refuse_resize(last)
        origin, clearing = Origin("replace", self.part.name), Origin("clear", self.part.name)
        writes: list[tuple[int, int, Write | None]] = []
        for row in range(data.first_row, max(last, data.last_row) + 1):
            if row > last:
                writes += self._clearing_writes(row, clearing)
                continue
            position = row - data.first_row
            record = records[position] if position < len(records) else {}
            writes += self._row_writes(row, record, origin, rewrite=True)
        if self._totals and last < data.last_row:
            writes += self._totals.vacated(clearing)
        for row in range(data.first_row, self.last_row + self.part.totals_rows + 1):
            for column in range(data.first_column, data.last_column + 1):
                self.sheet.record(row, column, None)
        self._rewritten = True
        self._keep(writes, data.first_row + len(records), last)

    def _keep(
        self, writes: Sequence[tuple[int, int, Write | None]], next_free: int, last_row: int
    ) -> None:
        area, totals = self.part.data, self.part.totals_rows
        if self._totals and last_row != area.last_row:
            writes = [*writes, *self._totals.moved(last_row + 1)]
        for row, column, write in writes:
            self.sheet.record(row, column, write)
        for row in range(max(area.last_row, self.last_row) + 1, last_row + totals + 1):
            self.sheet.new_row(row, opening_like(self._pattern, row, self.sheet.xml.prefix))
        self._follow(last_row)
        self._next_free, self.last_row = next_free, last_row

    def _follow(self, last_row: int) -> None:
        """Say which formats and validations grow along: those of the rows, and of all of it."""
        area = self.part.data
        names = (self.part.name, f"{self.part.name} [#Totals]")
        for name in names:
            self.sheet.growths.pop(name, None)
        if last_row > area.last_row:
            self.sheet.growths[names[0]] = Growth(area, last_row)
            if self._totals:
                self.sheet.growths[names[1]] = Growth(self.part.ref, last_row + 1)

    def _row_writes(
        self, row: int, record: Cells, origin: Origin, *, rewrite: bool = False
    ) -> Writes:
        """Yield the writes for one row of values.

        Rows that the file has are compared with what they hold if they are rewritten; all others
        are known to be blank.
        """
        is_new = row > self.part.data.last_row
        known_blank = is_new or not (rewrite or self._rewritten)
        for offset, definition in enumerate(self.part.columns):
            column = self.part.ref.first_column + offset
            if not is_new:  # the way beyond the last row was found free
                self._guards.check(row, column)
            if definition.formula and offset in record:
                raise self.sheet.refusal("column-calculated", row, column, header=definition.name)
            if definition.formula:
                write = self._continued(row, column, definition, origin)
            elif self._holds_totals(row):
                place = (row, column, self._styles[offset])
                write = self.sheet.over(place, record.get(offset), definition.name, origin)
            elif known_blank:
                place = (row, column, self._styles[offset])
                write = self.sheet.fresh(place, record.get(offset), definition.name, origin)
            else:
                self.sheet.refuse_shared_formula(row, column)
                value = record.get(offset)
                write = self.sheet.prepare(row, column, value, origin, definition.name)
            yield row, column, write

    def _clearing_writes(self, row: int, origin: Origin) -> Writes:
        for offset, definition in enumerate(self.part.columns):
            column = self.part.ref.first_column + offset
            self._guards.check(row, column)
            self.sheet.refuse_shared_formula(row, column)
            yield row, column, self.sheet.clear(row, column, origin, definition.name)

    def _continued(
        self, row: int, column: int, definition: TableColumn, origin: Origin
    ) -> Write | None:
        """Return the write of a calculated column's formula, None if the cell has one."""
        if self.sheet.formula(row, column) is not None and not self._holds_totals(row):
            return None
        text = definition.formula
        if definition.array:
            raise self.sheet.refusal("column-array", row, column, header=definition.name)
        if has_relative_rows(text):
            source = self.sheet.formula(self.part.data.last_row, column)
            if source is None or source[0] or not source[1]:
                raise self.sheet.refusal("column-relative", row, column, header=definition.name)
            text = moved(source[1], row - self.part.data.last_row)
        place = (row, column, self._styles[column - self.part.ref.first_column])
        if self._holds_totals(row):
            return self.sheet.over(place, Formula(text), definition.name, origin)
        return self.sheet.fresh(place, Formula(text), definition.name, origin)

    def _holds_totals(self, row: int) -> bool:
        """Say whether the totals stand in a row as the file has it."""
        return self._totals is not None and row == self._totals.row

    def _first_free(self) -> int:
        """Return the first of the blank rows at the end, or the row behind the Table."""
        if self._next_free is None:
            row = self.last_row
            while row >= self.part.data.first_row and self._is_blank(row):
                row -= 1
            return row + 1
        return self._next_free

    def _is_blank(self, row: int) -> bool:
        left = self.part.ref.first_column
        formulas = {left + n for n, column in enumerate(self.part.columns) if column.formula}
        if any(column in self._columns for column in self.sheet.pending.get(row, ())):
            return False
        found = self.sheet.xml.index.row(row)
        cells = found.cells_between(self._columns[0], self._columns[-1]) if found else ()
        prefix = self.sheet.xml.prefix
        return all(is_blank(cell.xml, prefix) for cell in cells if cell.column not in formulas)

    def _refuse_resize(self, last: int) -> None:
        """Refuse a last row that the Table cannot have."""
        data = self.part.data
        if last == data.last_row:
            return
        if self.part.source != "worksheet":
            raise self._refusal("table-source")
        totals = self.part.totals_rows
        if last + totals > LAST_ROW:
            raise self._refusal("table-full")
        if self._totals:
            self._totals.refuse_move(last + 1)
        known = max(data.last_row, self.last_row) + totals
        if last + totals > known:
            area = Range(known + 1, data.first_column, last + totals, data.last_column)
            obstacle = self.sheet.obstacle(area)
            if obstacle:
                raise self._refusal("table-blocked", cell=obstacle)

    def _refusal(self, code: str, **arguments: object) -> EditRefusedError:
        name, sheet = self.part.name, self.part.sheet
        return EditRefusedError(code, book=self.sheet.book, sheet=sheet, table=name, **arguments)

    @property
    def _columns(self) -> range:
        return range(self.part.ref.first_column, self.part.ref.last_column + 1)

    @cached_property
    def _guards(self) -> Guards:
        return self.sheet.guards.narrowed(self.part.ref)

    @cached_property
    def _pattern(self) -> Row | None:
        """The last row that the file has, after which new rows are made."""
        data = self.part.data
        return self.sheet.xml.index.row(data.last_row) if data.height else None

    @cached_property
    def _styles(self) -> list[bytes]:
        """Styles of the last row by column, for the cells of new rows."""
        row = self._pattern
        cells = [row.cell(column) if row else None for column in self._columns]
        return [style_of(cell) if cell is not None else b"" for cell in cells]
