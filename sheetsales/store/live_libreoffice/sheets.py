"""Sheets of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from sheetsales.store.live_libreoffice.names import Names
from sheetsales.store.live_libreoffice.parents import Book
from sheetsales.store.live_libreoffice.ranges import Areas, Range
from sheetsales.store.live_libreoffice.tables import Tables

_SIMPLE = re.compile(r"[^\W\d]\w*")
_ADDRESS = re.compile(
    r"\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?"
    r"|\$?\d+:\$?\d+|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}"
)


class Sheet(base_classes.Sheet):
    """One sheet."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self._book = book
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return self._sheet

    def renew(self, number: int) -> None:
        """Fetch the sheet anew: UNO's object of a sheet is of no use once cells were deleted."""
        self._sheet = self._book.api.Sheets.getByIndex(number)

    @property
    def book(self) -> Book:
        return self._book

    @property
    def name(self) -> str:
        return str(self._sheet.Name)

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.Name = value

    @property
    def quoted(self) -> str:
        """The name as a reference in Excel's syntax has it."""
        name = self.name
        return name if _SIMPLE.fullmatch(name) else "'{}'".format(name.replace("'", "''"))

    @property
    def index(self) -> int:
        return int(self._sheet.getRangeAddress().Sheet) + 1

    @property
    def names(self) -> Names:
        return Names(self._book, self)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def last(self) -> tuple[int, int]:
        """Last column and row of the sheet, from 0."""
        area = self._sheet.getRangeAddress()
        return area.EndColumn, area.EndRow

    @property
    def used_area(self) -> Any:
        """Address of the block from the first to the last cell in use."""
        cursor = self._sheet.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return cursor.getRangeAddress()

    @property
    def used_range(self) -> Range:
        return Range(self, self.cells_at(self.used_area))

    @property
    def cells(self) -> Range:
        return Range(self, self.cells_at(self._sheet.getRangeAddress()))

    def cells_at(self, area: Any) -> Any:
        """Return the cells of an address, as UNO has them."""
        return self._sheet.getCellRangeByPosition(
            area.StartColumn, area.StartRow, area.EndColumn, area.EndRow
        )

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """Return a block by address or name, by a corner of row and column, or by two corners."""
        if isinstance(arg1, tuple) and len(arg1) == 4:
            row, column, height, width = arg1
            return self.range((row, column), (row + height - 1, column + width - 1))
        if isinstance(arg1, int) and isinstance(arg2, int):
            arg1, arg2 = (arg1, arg2), None
        first = self._corner(arg1)
        if arg2 is None:
            return first
        second = self._corner(arg2)
        rows = [first.row, second.row, first.row + first.shape[0] - 1,
                second.row + second.shape[0] - 1]  # fmt: skip
        columns = [first.column, second.column, first.column + first.shape[1] - 1,
                   second.column + second.shape[1] - 1]  # fmt: skip
        block = (min(columns) - 1, min(rows) - 1, max(columns) - 1, max(rows) - 1)
        return Range(self, self._sheet.getCellRangeByPosition(*block))

    def _corner(self, given: Any) -> Range:
        if isinstance(given, Range):
            return given
        if isinstance(given, tuple):
            if 0 in given:
                raise IndexError("Attempted to access 0-based Range; ranges are 1-based.")
            row, column = given
            cells = self._sheet.getCellRangeByPosition(column - 1, row - 1, column - 1, row - 1)
            return Range(self, cells)
        return self._by_text(str(given))

    def _by_text(self, text: str) -> Range:
        sheet, sign, address = text.rpartition("!")
        if sign:
            return self._book.sheets(sheet.strip("'").replace("''", "'")).range(address)
        if "," in text:
            blocks = [self._by_text(part.strip()).api for part in text.split(",")]
            return Areas(self, blocks)
        if _ADDRESS.fullmatch(text):
            found = Range(self, self._sheet.getCellRangeByName(text.replace("$", "")))
            found.arg1_input = text
            return found
        for names in (self.names, self._book.names):
            if names.contains(text) and (named := names(text).refers_to_range) is not None:
                return named
        for table in self._book.tables():
            if table.name.casefold() == text.casefold():
                return table.data_body_range or table.range
        raise KeyError(text)

    def activate(self) -> None:
        self._book.controller.setActiveSheet(self._sheet)

    select = activate

    def clear_contents(self) -> None:
        self.used_range.clear_contents()

    def clear_formats(self) -> None:
        self.used_range.clear_formats()

    def clear(self) -> None:
        self.used_range.clear()

    def autofit(self, axis: str | None = None) -> None:
        self.used_range.autofit(axis)

    def delete(self) -> None:
        self._book.api.Sheets.removeByName(self.name)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        place = before.index - 1 if before is not None else after.index if after else 0
        sheets = self._book.api.Sheets
        name = next(
            text for n in range(2, 10_000) if not sheets.hasByName(text := f"{self.name} ({n})")
        )
        sheets.copyByName(self.name, name, place)

    @property
    def visible(self) -> bool:
        return bool(self._sheet.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self._sheet.IsVisible = bool(value)


class Sheets(base_classes.Sheets):
    """The sheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def api(self) -> Any:
        return self._book.api.Sheets

    @property
    def active(self) -> Sheet:
        return Sheet(self._book, self._book.controller.getActiveSheet())

    def __call__(self, name_or_index: str | int) -> Sheet:
        if isinstance(name_or_index, int):
            return Sheet(self._book, self.api.getByIndex(name_or_index - 1))
        wanted = name_or_index.casefold()
        for name in self.api.getElementNames():
            if name.casefold() == wanted:
                return Sheet(self._book, self.api.getByName(name))
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return int(self.api.getCount())

    def __iter__(self) -> Iterator[Sheet]:
        for index in range(len(self)):
            yield self(index + 1)

    def add(
        self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None
    ) -> Sheet:
        place = len(self)
        if before is not None:
            place = before.index - 1
        elif after is not None:
            place = after.index
        own = name or next(
            text for n in range(1, 10_000) if not self.api.hasByName(text := f"Sheet{n}")
        )
        self.api.insertNewByName(own, place)
        added = self(own)
        added.activate()
        return added
