"""Edits of one worksheet: checked when asked for, written into its XML at the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from sheetsales.errors import EditRefusedError
from sheetsales.store import markup
from sheetsales.store.cell_reading import CellBook, CellReader
from sheetsales.store.guards import Guards, load_guards
from sheetsales.store.parts import SheetPart, flag, label
from sheetsales.store.plan import CellChange, RowChange
from sheetsales.store.ranges import Range, cell_name
from sheetsales.store.repack import Patch
from sheetsales.store.rows import formula_of, is_blank, style_of
from sheetsales.store.sheet_xml import SheetXml
from sheetsales.store.styles import needs_quote
from sheetsales.store.values import (
    CellEncoder,
    Encoded,
    Formula,
    plain_value,
    same_value,
)
from sheetsales.store.verify import Planned
from sheetsales.store.writes import Origin, Write, Writes
from sheetsales.store.xml_writing import Growth, sheet_edits

if TYPE_CHECKING:
    from sheetsales.store.reading import BookValues
    from sheetsales.store.styles import Styles
    from sheetsales.store.table_part import TablePart


class SheetEdit:
    """The pending edits of one worksheet, and what its file says about the cells."""

    def __init__(
        self,
        part: SheetPart,
        values: BookValues,
        tables: Iterable[TablePart],
        styles: Styles,
        cells: CellBook,
    ) -> None:
        self.name = part.name
        self.part = part
        self.book = values.parts.package.book
        self.growths: dict[str, Growth] = {}
        self.pending: Writes = {}
        self.values = values
        self._tables = tuple(tables)
        self._styles = styles
        self._cells = cells
        self.searches = 0
        self._openings: dict[int, bytes] = {}

    @cached_property
    def xml(self) -> SheetXml:
        """The XML of the sheet as the file holds it."""
        package = self.values.parts.package
        return SheetXml(package.open_part(self.part.part), label(package, self.part.part))

    @cached_property
    def guards(self) -> Guards:
        """What the sheet refuses; the book as a whole is asked first."""
        parts = self.values.parts
        parts.refuse_edits()
        return load_guards(parts.package, self.part, self.xml, self._tables)

    @cached_property
    def reader(self) -> CellReader:
        """Reads cells of this sheet."""
        return CellReader(self._cells, self.xml.prefix, self.xml.part)

    @cached_property
    def encoder(self) -> CellEncoder:
        """Turns values into XML of this sheet."""
        return CellEncoder(self.xml.prefix, date1904=self.values.parts.date1904)

    def value(self, row: int, column: int) -> object:
        """Return the value of a cell as the file holds it."""
        raw = self.raw(row, column)
        return None if raw is None else self.reader.value(raw)

    def raw(self, row: int, column: int) -> bytes | None:
        """Return the XML of a cell as the file holds it."""
        found = self.xml.index.row(row)
        return found.cell(column) if found else None

    def formula(self, row: int, column: int) -> tuple[dict[str, str], str] | None:
        """Return attributes and text of a cell's formula as the file holds it."""
        raw = self.raw(row, column)
        return formula_of(raw, self.xml.prefix) if raw else None

    def prepare(
        self, row: int, column: int, value: object, origin: Origin, header: str = ""
    ) -> Write | None:
        """Check a value and return what is to be written, or None if the cell holds it already.

        Args:
            row: Excel row.
            column: Excel column.
            value: what the cell is to hold.
            origin: for the plan.
            header: name of the column in its Table.

        Raises:
            EditRefusedError: the value would not come back as it is.
        """
        raw = self.raw(row, column)
        old = self.value(row, column)
        formula = formula_of(raw, self.xml.prefix) if raw else None
        if self._holds(old, formula, value):
            return None
        style = style_of(raw) if raw is not None else self._style_of_empty(row, column)
        encoded, style = self._encoded(row, column, value, style)
        ends_formula = formula is not None and not isinstance(value, Formula)
        return Write(old, value, encoded, style, header, origin, ends_formula)

    def fresh(
        self, place: tuple[int, int, bytes], value: object, header: str, origin: Origin
    ) -> Write | None:
        """Return what is to be written into a cell that is known to hold nothing.

        Args:
            place: row, column, and the style of the cell if it is not there yet.
            value: what the cell is to hold; a blank still gets the style.
            header: name of the column in its Table.
            origin: for the plan.

        Raises:
            EditRefusedError: the value would not come back as it is.
        """
        row, column, style = place
        raw = self.raw(row, column)
        blank = plain_value(value) is None
        if blank and (raw is not None or not style):
            return None
        style = style_of(raw) if raw is not None else style
        encoded, style = self._encoded(row, column, value, style)
        return Write(None, None if blank else value, encoded, style, header, origin)

    def over(
        self, place: tuple[int, int, bytes], value: object, header: str, origin: Origin
    ) -> Write:
        """Return what is to be written over a cell that moves elsewhere with all it holds.

        Args:
            place: row, column, and the style that the cell is to have.
            value: what it is to hold.
            header: name of the column in its Table.
            origin: for the plan.

        Raises:
            EditRefusedError: the value would not come back as it is.
        """
        row, column, style = place
        blank = plain_value(value) is None
        encoded, style = self._encoded(row, column, value, style)
        ends = self.formula(row, column) is not None and not isinstance(value, Formula)
        return Write(None, None if blank else value, encoded, style, header, origin, ends)

    def clear(self, row: int, column: int, origin: Origin, header: str) -> Write | None:
        """Return the removal of a whole cell, style and all, or None if it is not there."""
        raw = self.raw(row, column)
        if raw is None:
            return None
        formula = formula_of(raw, self.xml.prefix)
        old = self.value(row, column)
        return Write(old, None, None, b"", header, origin, formula is not None)

    def record(self, row: int, column: int, write: Write | None) -> None:
        """Keep a change until the book is saved; None drops an earlier one."""
        if write is not None:
            self.pending.setdefault(row, {})[column] = write
        elif row in self.pending:
            self.pending[row].pop(column, None)
            if not self.pending[row]:
                del self.pending[row]

    def new_row(self, row: int, opening: bytes) -> None:
        """Say what the opening tag of a row looks like if the row is not there yet."""
        self._openings[row] = opening

    def refuse_shared_formula(self, row: int, column: int) -> None:
        """Refuse a cell whose formula other cells may lean on."""
        found = self.formula(row, column)
        if found is not None and found[0].get("t") in ("shared", "array", "dataTable"):
            raise self.refusal("cell-shared-formula", row, column)

    def obstacle(self, area: Range) -> str | None:
        """Return the first cell that stands in the way of a Table growing over an area."""
        blocks = self.guards.narrowed(area).blocks
        for other in (*(block.area for block in blocks), *(table.ref for table in self._tables)):
            if other.overlaps(area):
                row = max(other.first_row, area.first_row)
                return cell_name(row, max(other.first_column, area.first_column))
        for row in range(area.first_row, area.last_row + 1):
            for column, write in self.pending.get(row, {}).items():
                if (row, column) in area and not write.origin.table:
                    return cell_name(row, column)
        return self._first_filled(area)

    def refusal(self, code: str, row: int, column: int, **arguments: object) -> EditRefusedError:
        """Return a refusal that names the cell."""
        return EditRefusedError(code, **self._place(row, column), **arguments)

    @property
    def pending_cells(self) -> int:
        """How many cells are to be written."""
        return sum(map(len, self.pending.values()))

    def changes(self) -> list[RowChange]:
        """Return the pending changes, row by row."""
        found = []
        for row, writes in sorted(self.pending.items()):
            ordered = sorted(writes.items())
            ordered = [each for each in ordered if each[1].moved is None]
            for origin, group in groupby(ordered, key=lambda item: item[1].origin):
                cells = tuple(
                    CellChange(cell_name(row, column), write.header, write.old, write.new)
                    for column, write in group
                )
                found.append(
                    RowChange(
                        self.name,
                        row,
                        origin.kind,
                        cells,
                        origin.table,
                        origin.key,
                        origin.key_headers,
                    )
                )
        return found

    @property
    def formulas(self) -> int:
        """How many formulas the sheet has, those to be written counted too."""
        new = (isinstance(w.new, Formula) for row in self.pending.values() for w in row.values())
        return self.xml.layout.formulas + sum(new)

    def ends_formulas(self) -> bool:
        """Say whether a formula goes away."""
        return any(
            write.ends_formula for writes in self.pending.values() for write in writes.values()
        )

    def patch(self) -> Patch:
        """Return the part of the sheet with all changes in it."""
        growths = tuple(self.growths.values())
        edits = sheet_edits(self.xml, self.pending, self._openings, growths)
        return Patch(self.xml.content, tuple(edits))

    @property
    def planned(self) -> Planned:
        """What the sheet is to become."""
        return Planned(self.xml, self.pending, self.values.parts.date1904)

    def _holds(
        self, old: object, formula: tuple[dict[str, str], str] | None, value: object
    ) -> bool:
        if isinstance(value, Formula):
            if formula is None or formula[1] != value.text.removeprefix("="):
                return False
            return value.cached is None or same_value(old, value.cached)
        return formula is None and same_value(old, value)

    def _first_filled(self, area: Range) -> str | None:
        index, prefix = self.xml.index, self.xml.prefix
        for number in index.numbers_between(area.first_row, area.last_row):
            row = index.row(number)
            for cell in row.cells_between(area.first_column, area.last_column) if row else ():
                if not is_blank(cell.xml, prefix):
                    return cell_name(number, cell.column)
        return None

    def _style_of_empty(self, row: int, column: int) -> bytes:
        found = self.xml.index.row(row)
        if found is not None and flag(markup.attributes(found.opening).get("customFormat")):
            return style_of(found.opening)
        return self.xml.column_style(column)

    def _encoded(self, row: int, column: int, value: object, style: bytes) -> tuple[Encoded, bytes]:
        """Return the XML for a value, and a style that shows it; a refusal names the cell."""
        try:
            encoded = self.encoder.encode(value)
            if isinstance(value, str):
                style = self._styles.quoted(style) if needs_quote(value) else style
            elif value is not None:
                style = self._styles.unquoted(style)
            if isinstance(value, date):
                style = self._styles.dated(style, moment=isinstance(value, datetime))
        except EditRefusedError as error:
            error.arguments.update(self._place(row, column))
            raise
        return encoded, style

    def _place(self, row: int, column: int) -> dict[str, object]:
        return {"book": self.book, "sheet": self.name, "cell": cell_name(row, column)}
