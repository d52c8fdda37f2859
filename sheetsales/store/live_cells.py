"""The cells of a workbook that is open in Excel or LibreOffice, read and written through xlwings.

Only the cells of a plan are touched, so that filters, selection and scrolling stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
class Run:
    """Changes to neighbouring cells of one row."""

    row: RowChange
    first_column: int
    cells: tuple[CellChange, ...]


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
            _conflict(plan, run.row, cell, now)
            for run in _runs(plan.rows)
            for cell, now in zip(run.cells, self._values(run), strict=True)
            if not _is_same(now, cell.old)
        ]
        if conflicts:
            raise ConflictError(conflicts)

    def write(self, plan: Plan) -> None:
        """Write the new values of a plan, and look that each one came to stand as it was meant.

        Raises:
            WorkbookError: ``live-not-written``, a cell shows something else than what was written.
        """
        for run in _runs(plan.rows):
            self._put(run, [_input(cell.new) for cell in run.cells])
            misread = self._misread(run)
            if misread:
                self._put(run, [_marked(cell.new, cell in misread) for cell in run.cells])
                misread = self._misread(run)
            if misread:
                place = {"book": plan.book, "sheet": run.row.sheet, "cell": misread[0].cell}
                raise WorkbookError("live-not-written", **place)

    def _put(self, run: Run, values: Sequence[object]) -> None:
        formulas = [isinstance(cell.new, Formula) for cell in run.cells]
        if any(formulas):
            self._range(run).formula = values[0] if len(values) == 1 else [tuple(values)]
        else:
            self._range(run).value = values[0] if len(values) == 1 else list(values)

    def _misread(self, run: Run) -> list[CellChange]:
        return [
            cell
            for cell, now in zip(run.cells, self._values(run), strict=True)
            if not isinstance(cell.new, Formula) and not _is_same(now, cell.new)
        ]

    def _values(self, run: Run) -> list[object]:
        found: list[object] = self._range(run).options(ndim=1, err_to_str=True).value
        return found

    def _range(self, run: Run) -> xlwings.Range:
        sheet = self._book.sheets[run.row.sheet]
        last = run.first_column + len(run.cells) - 1
        return sheet.range((run.row.row, run.first_column), (run.row.row, last))


def _runs(rows: Iterable[RowChange]) -> Iterator[Run]:
    """Yield the changed cells in stretches without a gap; formulas stand alone."""
    for row in rows:
        cells: list[CellChange] = []
        first = 0
        for cell in row.cells:
            column = parse_cell(cell.cell)[1]
            alone = bool(cells) and Formula in (type(cell.new), type(cells[-1].new))
            if cells and (alone or column != first + len(cells)):
                yield Run(row, first, tuple(cells))
                cells = []
            first = first if cells else column
            cells.append(cell)
        if cells:
            yield Run(row, first, tuple(cells))


def _input(value: object) -> object:
    """Return a value as an application takes it; text stays text."""
    if isinstance(value, Formula):
        return f"={value.text.removeprefix('=')}"
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_TAKEN_FOR_INPUT) else value
    return datetime.combine(value, time()) if type(value) is date else value


def _marked(value: object, is_misread: bool) -> object:  # noqa: FBT001 - private
    """Return a value to be written once more; a text that was misread is marked as text."""
    if is_misread and isinstance(value, str) and not value.startswith("'"):
        return f"'{value}"
    return _input(value)


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
