"""One worksheet of an open workbook, cell by cell."""

from __future__ import annotations

from sheetsales.errors import WorkbookError
from sheetsales.store.ranges import parse_cell
from sheetsales.store.sheet_edit import SheetEdit
from sheetsales.store.writes import Origin


class Sheet:
    """One worksheet; get one by `Workbook.sheet`.

    Values are read as the file holds them; edits are seen by `Workbook.changes` and, after
    `Workbook.save`, by everybody.
    """

    def __init__(self, edit: SheetEdit) -> None:
        self._edit = edit

    @property
    def name(self) -> str:
        """Name of the sheet."""
        return self._edit.name

    def get(self, cell: str) -> object:
        """Return the value of a cell such as ``B7`` as the file holds it; None if it is blank.

        Raises:
            WorkbookError: ``cell-address`` if this is no cell.
        """
        return self._edit.value(*_place(cell))

    def formula(self, cell: str) -> str | None:
        """Return the formula of a cell without its equals sign, None if it holds none.

        A follower of a shared formula gives ``""``: its text stands with the first cell.

        Raises:
            WorkbookError: ``cell-address`` if this is no cell.
        """
        found = self._edit.formula(*_place(cell))
        return None if found is None else found[1]

    def set(self, cell: str, value: object) -> None:
        """Write a cell; its style stays, and text is always text.

        Args:
            cell: address such as ``B7``.
            value: None, bool, int, float, Decimal, str, date, datetime or Formula.

        Raises:
            WorkbookError: ``cell-address`` if this is no cell.
            EditRefusedError: the cell or the value may not be written, with place and reason.
        """
        row, column = _place(cell)
        self._edit.guards.check(row, column)
        self._edit.refuse_shared_formula(row, column)
        write = self._edit.prepare(row, column, value, Origin("set"))
        self._edit.record(row, column, write)


def _place(cell: str) -> tuple[int, int]:
    try:
        return parse_cell(cell)
    except ValueError as error:
        raise WorkbookError("cell-address", cell=cell) from error
