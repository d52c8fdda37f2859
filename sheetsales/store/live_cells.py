"""The cells of a workbook that is open in Excel or LibreOffice, read and written through xlwings.

Only the cells of a plan are touched, so that filters, selection and scrolling stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sheetsales.errors import Conflict, ConflictError, WorkbookError
from sheetsales.store.plan import CellChange, Plan, RowChange
from sheetsales.store.ranges import parse_cell
from sheetsales.store.values import CellError, Formula

if TYPE_CHECKING:
    import xlwings

_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no time zone
_DAY = timedelta(days=1)
_HALF_SECOND = 0.5 / 86_400
_PRECISION = 1e-13
_TAKEN_FOR_INPUT = ("=", "+", "-", "@", "#", "'")
"""A text that begins so is read as a formula or an error, or loses its first character."""


@dataclass(frozen=True, slots=True)
class Block:
    """Changes to a block of neighbouring cells, row by row."""

    sheet: str
    first_row: int
    first_column: int
    rows: tuple[tuple[RowChange, tuple[CellChange, ...]], ...]

    @property
    def last_corner(self) -> tuple[int, int]:
        """Row and column of the last cell."""
        width = len(self.rows[0][1])
        return self.first_row + len(self.rows) - 1, self.first_column + width - 1

    @property
    def holds_formulas(self) -> bool:
        """Whether formulas are written; then nothing else is."""
        return isinstance(self.rows[0][1][0].new, Formula)


class LiveCells:
    """The cells of an open workbook.

    Args:
        book: the workbook in its application.
    """

    def __init__(self, book: xlwings.Book) -> None:
        self._book = book

    def refuse_changed(self, plan: Plan) -> None:
        """Compare every cell that a plan changes with the value that the plan was made from.

        Raises:
            ConflictError: somebody typed into some of them in the meantime; names them all.
        """
        conflicts = [
            _conflict(plan, row, cell, now)
            for block in _blocks(plan.rows)
            for row, cell, now in self._shown(block)
            if not _is_same(now, cell.old)
        ]
        if conflicts:
            raise ConflictError(conflicts)

    def write(self, plan: Plan) -> None:
        """Write the new values of a plan, and look that each one came to stand as it was meant.

        Raises:
            WorkbookError: ``live-not-written``, a cell shows something else than what was written.
        """
        for block in _blocks(plan.rows):
            self._put(block, set())
            misread = self._misread(block)
            if misread:
                self._put(block, {cell for _, cell in misread})
                misread = self._misread(block)
            if misread:
                row, cell = misread[0]
                place = {"book": plan.book, "sheet": row.sheet, "cell": cell.cell}
                raise WorkbookError("live-not-written", **place)

    def _put(self, block: Block, marked: Collection[CellChange]) -> None:
        values = [
            [_marked(cell.new) if cell in marked else _input(cell.new) for cell in cells]
            for _, cells in block.rows
        ]
        target = self._range(block)
        if block.holds_formulas:
            target.formula = values
        else:
            target.value = values

    def _misread(self, block: Block) -> list[tuple[RowChange, CellChange]]:
        if block.holds_formulas:
            return []
        return [(row, cell) for row, cell, now in self._shown(block) if not _is_same(now, cell.new)]

    def _shown(self, block: Block) -> Iterator[tuple[RowChange, CellChange, object]]:
        """Yield each change with what its cell shows now."""
        values = self._range(block).options(ndim=2, err_to_str=True).value
        for (row, cells), found in zip(block.rows, values, strict=True):
            for cell, now in zip(cells, found, strict=True):
                yield row, cell, now

    def _range(self, block: Block) -> xlwings.Range:
        first = (block.first_row, block.first_column)
        return self._book.sheets[block.sheet].range(first, block.last_corner)


def _blocks(rows: Iterable[RowChange]) -> Iterator[Block]:
    """Yield the changed cells in blocks without a gap; formulas have blocks of their own.

    Stretches of neighbouring rows that cover the same columns make one block, so that a long
    table is read and written in a few calls.
    """
    waiting: dict[tuple[str, int, int, bool], Block] = {}
    for row in rows:
        for column, cells in _stretches(row):
            key = (row.sheet, column, len(cells), isinstance(cells[0].new, Formula))
            before = waiting.get(key)
            if before is not None and before.last_corner[0] + 1 == row.row:
                waiting[key] = replace(before, rows=(*before.rows, (row, cells)))
                continue
            if before is not None:
                yield before
            waiting[key] = Block(row.sheet, row.row, column, ((row, cells),))
    yield from waiting.values()


def _stretches(row: RowChange) -> Iterator[tuple[int, tuple[CellChange, ...]]]:
    """Yield the changed cells of a row in stretches of one kind, each with its first column."""
    cells: list[CellChange] = []
    first = 0
    for cell in row.cells:
        column = parse_cell(cell.cell)[1]
        is_other = bool(cells) and isinstance(cell.new, Formula) is not isinstance(
            cells[-1].new, Formula
        )
        if cells and (is_other or column != first + len(cells)):
            yield first, tuple(cells)
            cells = []
        first = first if cells else column
        cells.append(cell)
    if cells:
        yield first, tuple(cells)


def _input(value: object) -> object:
    """Return a value as an application takes it; text stays text."""
    if isinstance(value, Formula):
        return f"={value.text.removeprefix('=')}"
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_TAKEN_FOR_INPUT) else value
    return datetime.combine(value, time()) if type(value) is date else value


def _marked(value: object) -> object:
    """Return a value to be written once more: a text that was misread is marked as text."""
    return f"'{value}" if isinstance(value, str) else _input(value)


def _is_same(now: object, meant: object) -> bool:
    """Tell whether a cell of an application shows a value."""
    if isinstance(meant, Formula):
        return True
    left, right = _comparable(now), _comparable(meant)
    if isinstance(left, float) and isinstance(right, float):
        exact = not (isinstance(now, datetime) or isinstance(meant, date))
        room = 0.0 if exact else _HALF_SECOND
        return math.isclose(left, right, rel_tol=_PRECISION, abs_tol=room)
    return type(left) is type(right) and left == right


def _comparable(value: object) -> object:
    """Return text as text and a number, moment or day as a number of days; a blank is None."""
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, str):
        return value.replace("\r\n", "\n") or None
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - _FIRST_DAY) / _DAY
    if isinstance(value, date):
        return float((datetime.combine(value, time()) - _FIRST_DAY).days)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    return value


def _conflict(plan: Plan, row: RowChange, cell: CellChange, now: object) -> Conflict:
    return Conflict(
        book=plan.book,
        sheet=row.sheet,
        table=row.table,
        key=row.key,
        column=cell.column,
        cell=cell.cell,
        base=cell.old,
        theirs=now,
        ours=cell.new,
    )
