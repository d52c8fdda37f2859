"""Blocks of cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from xlwings import base_classes

from sheetsales.store.live_libreoffice.fonts import Font, colour_of, number_of
from sheetsales.store.live_libreoffice.formulas import formula_of, parser_of, set_formula
from sheetsales.store.live_libreoffice.loading import load_uno, struct
from sheetsales.store.live_libreoffice.parents import Sheet
from sheetsales.store.live_libreoffice.values import Rows, read_values, write_values

_CONTENTS = 1 | 2 | 4 | 16
"""com.sun.star.sheet.CellFlags: values, days, texts, formulas; comments are no contents."""
_FORMATS = 32 | 64
_POINT = 2540 / 72
"""Hundredths of a millimetre in a point."""
_CHARACTER = 197.5
"""Hundredths of a millimetre that a character of the usual font takes in a column's width."""
_DIRECTIONS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


class Range(base_classes.Range):
    """A block of cells of a sheet."""

    arg1_input = ""
    max_cells_per_read = None
    max_cells_per_write = None

    def __init__(self, sheet: Sheet, cells: Any) -> None:
        self._sheet = sheet
        self._cells = cells
        self.options: dict[str, Any] = {}

    @property
    def api(self) -> Any:
        """The cells, as UNO has them."""
        return self._cells

    @property
    def sheet(self) -> Sheet:
        return self._sheet

    @property
    def _document(self) -> Any:
        return self._sheet.book.api

    @cached_property
    def _area(self) -> Any:
        return self._cells.getRangeAddress()

    @property
    def row(self) -> int:
        return int(self._area.StartRow) + 1

    @property
    def column(self) -> int:
        return int(self._area.StartColumn) + 1

    @property
    def shape(self) -> tuple[int, int]:
        area = self._area
        return area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return self._sheet.name, self.row, self.column, *self.shape

    def __len__(self) -> int:
        height, width = self.shape
        return height * width

    def __call__(self, arg1: int, arg2: int | None = None) -> Range:
        """Return a cell by row and column, or by number along the rows; also beyond the block."""
        if arg2 is None:
            row, column = divmod(arg1 - 1, self.shape[1])
        else:
            row, column = arg1 - 1, arg2 - 1
        return self._sheet.range((self.row + row, self.column + column))

    @property
    def rows(self) -> list[Range]:
        height, width = self.shape
        return [
            self._sheet.range((self.row + n, self.column), (self.row + n, self.column + width - 1))
            for n in range(height)
        ]

    @property
    def columns(self) -> list[Range]:
        height, width = self.shape
        return [
            self._sheet.range((self.row, self.column + n), (self.row + height - 1, self.column + n))
            for n in range(width)
        ]

    @property
    def raw_value(self) -> Rows:
        return read_values(self._document, self._cells)

    @raw_value.setter
    def raw_value(self, value: object) -> None:
        write_values(self._document, self._cells, self._filled(value))

    def _filled(self, value: object) -> Sequence[Sequence[object]]:
        """Return rows of the block's shape; a single value fills it."""
        height, width = self.shape
        if isinstance(value, list | tuple):
            rows = value if value and isinstance(value[0], list | tuple) else [value]
            if (len(rows), len(rows[0])) != (height, width):
                raise ValueError(f"{len(rows)} × {len(rows[0])} values for {height} × {width}")
            return rows
        return [[value] * width] * height

    @property
    def formula(self) -> Any:
        parser = parser_of(self._document)
        height, width = self.shape
        rows = tuple(
            tuple(formula_of(parser, self._cells.getCellByPosition(x, y)) for x in range(width))
            for y in range(height)
        )
        return rows[0][0] if self.shape == (1, 1) else rows

    @formula.setter
    def formula(self, value: object) -> None:
        parser = parser_of(self._document)
        first = None if isinstance(value, list | tuple) else self._cells.getCellByPosition(0, 0)
        for y, row in enumerate(self._filled(value)):
            for x, formula in enumerate(row):
                # A formula that fills a block is meant for its first cell and moves along.
                cell = self._cells.getCellByPosition(x, y)
                set_formula(parser, cell, str(formula), (first or cell).getCellAddress())

    formula2 = formula

    @property
    def formula_array(self) -> str | None:
        return str(self._cells.getArrayFormula()).strip("{}") or None

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        self._cells.setArrayFormula(value)

    @property
    def has_array(self) -> bool:
        return bool(self._cells.getArrayFormula())

    def clear_contents(self) -> None:
        self._cells.clearContents(_CONTENTS)

    def clear_formats(self) -> None:
        self._cells.clearContents(_FORMATS)

    def clear(self) -> None:
        self._cells.clearContents(_CONTENTS | _FORMATS)

    def get_address(
        self,
        row_absolute: bool = True,
        col_absolute: bool = True,
        external: bool = False,
    ) -> str:
        area = self._area
        row_sign, column_sign = "$" * row_absolute, "$" * col_absolute
        corners = [
            f"{column_sign}{_letters(column)}{row_sign}{row + 1}"
            for row, column in ((area.StartRow, area.StartColumn), (area.EndRow, area.EndColumn))
        ]
        address = corners[0] if corners[0] == corners[1] else ":".join(corners)
        if not external:
            return address
        place = f"[{self._sheet.book.name}]{self._sheet.name}"
        quoted = (
            place
            if place.replace("_", "").isalnum()
            else f"'{place.replace(chr(39), chr(39) * 2)}'"
        )
        return f"{quoted}!{address}"

    @property
    def address(self) -> str:
        return self.get_address()

    @property
    def current_region(self) -> Range:
        cursor = self._sheet.api.createCursorByRange(self._cells)
        cursor.collapseToCurrentRegion()
        return Range(self._sheet, self._sheet.cells_at(cursor.getRangeAddress()))

    def end(self, direction: str) -> Range:
        """Return the cell at the end of the filled stretch, as Ctrl with an arrow key goes."""
        dx, dy = _DIRECTIONS[direction]
        step = dx + dy
        column, row = self._area.StartColumn, self._area.StartRow
        last_column, last_row = self._sheet.last
        start, last = (row, last_row) if dy else (column, last_column)
        filled = self._filled_along(is_column=bool(dy))
        if start in filled and start + step in filled:
            stop = start + step
            while stop + step in filled:
                stop += step
        else:
            ahead = [place for place in filled if (place - start) * step > 0]
            edge = last if step > 0 else 0
            stop = min(ahead, key=lambda place: abs(place - start), default=edge)
        return self._sheet.range((stop + 1, column + 1) if dy else (row + 1, stop + 1))

    def _filled_along(self, *, is_column: bool) -> set[int]:
        """Return what is filled of the first cell's column or row, counted from 0."""
        used, area, sheet = self._sheet.used_area, self._area, self._sheet.api
        if is_column:
            places = (area.StartColumn, used.StartRow, area.StartColumn, used.EndRow)
        else:
            places = (used.StartColumn, area.StartRow, used.EndColumn, area.StartRow)
        formulas = sheet.getCellRangeByPosition(*places).getFormulaArray()
        line = [row[0] for row in formulas] if is_column else formulas[0]
        first = used.StartRow if is_column else used.StartColumn
        return {first + number for number, formula in enumerate(line) if formula}

    @property
    def number_format(self) -> str | None:
        formats = self._document.getNumberFormats()
        keys = {
            self._cells.getCellByPosition(x, y).NumberFormat
            for x in range(self.shape[1])
            for y in range(self.shape[0])
        }
        codes = {str(formats.getByKey(key).FormatString) for key in keys}
        return codes.pop() if len(codes) == 1 else None

    @number_format.setter
    def number_format(self, value: str) -> None:
        formats, locale = self._document.getNumberFormats(), struct("lang.Locale", Language="en")
        key = formats.queryKey(value, locale, False)
        self._cells.NumberFormat = key if key >= 0 else formats.addNew(value, locale)

    @property
    def font(self) -> Font:
        return Font(self._cells)

    @property
    def color(self) -> tuple[int, int, int] | None:
        return colour_of(self._cells.CellBackColor)

    @color.setter
    def color(self, value: object) -> None:
        self._cells.CellBackColor = -1 if value is None else number_of(value)

    @property
    def row_hidden(self) -> bool | None:
        return self._hidden(self._cells.getRows())

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self._cells.getRows().IsVisible = not value

    @property
    def column_hidden(self) -> bool | None:
        return self._hidden(self._cells.getColumns())

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self._cells.getColumns().IsVisible = not value

    @staticmethod
    def _hidden(lines: Any) -> bool | None:
        found = {not lines.getByIndex(n).IsVisible for n in range(lines.getCount())}
        return found.pop() if len(found) == 1 else None

    @property
    def row_height(self) -> float | None:
        rows = self._cells.getRows()
        found = {
            rows.getByIndex(n).Height / _POINT if rows.getByIndex(n).IsVisible else 0.0
            for n in range(rows.getCount())
        }
        return round(found.pop(), 2) if len(found) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        self._cells.getRows().Height = round(value * _POINT)

    @property
    def column_width(self) -> float | None:
        columns = self._cells.getColumns()
        found = {columns.getByIndex(n).Width for n in range(columns.getCount())}
        return round(found.pop() / _CHARACTER, 2) if len(found) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        self._cells.getColumns().Width = round(value * _CHARACTER)

    @property
    def width(self) -> float:
        return float(self._cells.Size.Width / _POINT)

    @property
    def height(self) -> float:
        return float(self._cells.Size.Height / _POINT)

    @property
    def left(self) -> float:
        return float(self._cells.Position.X / _POINT)

    @property
    def top(self) -> float:
        return float(self._cells.Position.Y / _POINT)

    @property
    def wrap_text(self) -> bool:
        return bool(self._cells.IsTextWrapped)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._cells.IsTextWrapped = value

    def autofit(self, axis: str | None = None) -> None:
        if axis in (None, "rows", "r"):
            self._cells.getRows().OptimalHeight = True
        if axis in (None, "columns", "c"):
            self._cells.getColumns().OptimalWidth = True

    def merge(self, across: bool) -> None:
        for each in self.rows if across else [self]:
            each.api.merge(True)

    def unmerge(self) -> None:
        self._cells.merge(False)

    @property
    def merge_cells(self) -> bool:
        return bool(self._cells.getIsMerged())

    @property
    def merge_area(self) -> Range:
        cursor = self._sheet.api.createCursorByRange(self._cells.getCellByPosition(0, 0))
        cursor.collapseToMergedArea()
        return Range(self._sheet, self._sheet.cells_at(cursor.getRangeAddress()))

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        modes = {"down": "DOWN", "right": "RIGHT", None: "DOWN"}
        mode = load_uno().Enum("com.sun.star.sheet.CellInsertMode", modes[shift])
        self._sheet.api.insertCells(self._area, mode)

    def delete(self, shift: str | None = None) -> None:
        modes = {"up": "UP", "left": "LEFT", None: "UP"}
        mode = load_uno().Enum("com.sun.star.sheet.CellDeleteMode", modes[shift])
        self._sheet.api.removeRange(self._area, mode)
        self._sheet.renew(self._area.Sheet)

    def copy(self, destination: Range | None = None) -> None:
        if destination is None:
            raise NotImplementedError("copying without a destination")
        corner = destination.api.getCellByPosition(0, 0).getCellAddress()
        destination.sheet.api.copyRange(corner, self._area)

    def select(self) -> None:
        self._sheet.activate()
        self._sheet.book.controller.select(self._cells)

    @property
    def hyperlink(self) -> str:
        fields = self._cells.getCellByPosition(0, 0).getTextFields()
        if not fields.getCount():
            raise ValueError("The cell doesn't seem to contain a hyperlink!")
        return str(fields.getByIndex(0).URL)

    def add_hyperlink(
        self, address: str, text_to_display: str | None = None, screen_tip: str | None = None
    ) -> None:
        cell = self._cells.getCellByPosition(0, 0)
        field = self._document.createInstance("com.sun.star.text.TextField.URL")
        field.URL, field.Representation = address, text_to_display or address
        cell.setString("")
        cell.insertTextContent(cell.createTextCursor(), field, False)

    @property
    def name(self) -> Any:
        """The name of exactly this block."""
        names = self._sheet.book.names
        for index in range(len(names)):
            one = names(index + 1)
            area = one.refers_to_range
            if area is not None and area.coords == self.coords:
                return one
        return None

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.book.names.add(value, f"={self._sheet.quoted}!{self.address}")

    @property
    def table(self) -> Any:
        """The table that the block's first cell belongs to."""
        for table in self._sheet.tables:
            area = table.range.api.getRangeAddress()
            inside = area.StartRow <= self._area.StartRow <= area.EndRow
            if inside and area.StartColumn <= self._area.StartColumn <= area.EndColumn:
                return table
        return None


class Areas(Range):
    """Several blocks, as people select them; the first one stands for all but in the address."""

    def __init__(self, sheet: Sheet, blocks: Sequence[Any]) -> None:
        super().__init__(sheet, blocks[0])
        self._blocks = blocks

    @property
    def address(self) -> str:
        return ",".join(Range(self._sheet, block).get_address() for block in self._blocks)


def _letters(column: int) -> str:
    """Return the letters of a column that counts from 0."""
    text = ""
    while column >= 0:
        column, last = divmod(column, 26)
        text = chr(ord("A") + last) + text
        column -= 1
    return text
