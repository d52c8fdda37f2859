"""What a person sees of an open workbook: the sheet in front, what is selected, the status bar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.store.live import LiveBook
from sheetsales.store.ranges import LAST_COLUMN, LAST_ROW, column_number

if TYPE_CHECKING:
    import xlwings

Colour = tuple[int, int, int]

_AREA = re.compile(r"\$?([A-Z]{0,3})\$?([0-9]*)(?::\$?([A-Z]{0,3})\$?([0-9]*))?")


@dataclass(frozen=True, slots=True)
class Area:
    """A block of cells; rows and columns count from 1."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @classmethod
    def parse(cls, address: str) -> Area:
        """Return the block of an address such as ``$A$4:$C$9``, ``$4:$6`` or ``$A:$C``."""
        found = _AREA.fullmatch(address)
        assert found is not None, address
        left, top, right, bottom = found.groups()
        right, bottom = right or left, bottom or top
        return cls(
            int(top) if top else 1,
            int(bottom) if bottom else LAST_ROW,
            column_number(left) if left else 1,
            column_number(right) if right else LAST_COLUMN,
        )


def calling_screen(uid: str = "", *, patience: float = 0) -> Screen:
    """Return the workbook that a macro calls from.

    Args:
        uid: what LibreOffice knows the workbook by; empty where Excel calls through xlwings.
        patience: seconds to wait until LibreOffice listens.

    Raises:
        WorkbookError: ``office-not-listening``, ``office-document-missing`` or ``uno-missing``.
    """
    if uid:
        from sheetsales.store import live_libreoffice as office  # noqa: PLC0415 - needs UNO

        app = office.connect(office.pipe_name(), timeout=patience)
        return Screen(office.open_book_of(app, uid))
    import xlwings  # noqa: PLC0415 - only where Excel is

    return Screen(xlwings.Book.caller())


class Screen:
    """One workbook as a person has it in front.

    Attributes:
        book: the workbook, as xlwings gives it.
        path: its file.
        sheet: name of the sheet that was in front when the screen was taken.
    """

    def __init__(self, book: xlwings.Book) -> None:
        self.book = book
        self.path = Path(book.fullname).resolve()
        self.sheet = str(book.sheets.active.name)

    def open_books(self, folder: Path) -> Iterator[LiveBook]:
        """Yield the workbooks of a folder that the same application has open."""
        for book in self.book.app.books:
            # A workbook that was never saved has no folder.
            if Path(book.fullname).resolve().parent == folder:
                yield LiveBook(book)

    def selection(self) -> tuple[Area, ...]:
        """Return what is selected on the sheet in front; nothing where a drawing is."""
        selected = self.book.selection
        if selected is None or selected.sheet.name != self.sheet:
            return ()
        return tuple(Area.parse(part) for part in selected.address.split(","))

    def is_shown(self, row: int) -> bool:
        """Tell whether a row of the sheet in front is neither filtered out nor hidden."""
        return not self.book.sheets[self.sheet].range((row, 1)).rows.hidden

    def say(self, text: str) -> None:
        """Show a text in the status bar; an empty one gives the bar back to the application."""
        self.book.app.status_bar = text or False

    def show(self, name: str, text: str, colour: Colour) -> bool:
        """Write a text into the cell of the sheet in front that is known by a name.

        Returns:
            Whether there is such a cell.
        """
        cell = self._named(name)
        if cell is None:
            return False
        cell.value = f"'{text}" if text else None
        cell.font.color = colour
        return True

    def link(self, name: str, target: str, text: str) -> None:
        """Write a link into the cell known by a name, or blank it; where there is no cell, nothing.

        Args:
            name: name on the sheet in front.
            target: file, relative to the workbook, or ``#'Sheet'!A1``; empty for none.
            text: what the cell shows.
        """
        cell = self._named(name)
        if cell is None:
            return
        if target:
            shown = [part.replace('"', '""') for part in (target, text)]
            cell.formula = '=HYPERLINK("{}","{}")'.format(*shown)
        else:
            cell.value = None

    def _named(self, name: str) -> xlwings.Range | None:
        names = self.book.sheets[self.sheet].names
        known = {str(one.name).rpartition("!")[2] for one in names}
        return names[name].refers_to_range if name in known else None
