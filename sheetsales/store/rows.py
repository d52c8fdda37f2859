"""The rows of a sheet as byte spans: where each stands, what its cells are."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import lt
from typing import NamedTuple

from sheetsales.errors import EditRefusedError, WorkbookError
from sheetsales.store import markup
from sheetsales.store.content import Content
from sheetsales.store.layout import Layout
from sheetsales.store.preflight import check_row
from sheetsales.store.ranges import LAST_COLUMN, LAST_ROW, column_number, parse_cell

_COLUMN = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})[0-9]+["']""")
_ANY_ADDRESS = re.compile(rb"\sr\s*=")
_STYLE = re.compile(rb"""\ss\s*=\s*["']([0-9]+)["']""")
_OPENING = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_TAGS = re.compile(rb"<[^>]*>")
_MOST_PARSED = 4096
_MOST_BLOCKS = 4096


class Cell(NamedTuple):
    """One cell as it stands in the sheet; `lead` is the white space before it."""

    column: int
    xml: bytes
    lead: bytes = b""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its opening tag (never self-closing), its cells, and all that follows them."""

    opening: bytes
    cells: tuple[Cell, ...]
    ending: bytes

    def cell(self, column: int) -> bytes | None:
        """Return the XML of a cell, if the row has it."""
        position = bisect_left(self.cells, column, key=_column_of)
        if position < len(self.cells) and self.cells[position].column == column:
            return self.cells[position].xml
        return None

    def cells_between(self, first: int, last: int) -> tuple[Cell, ...]:
        """Return the cells of a stretch of columns."""
        start = bisect_left(self.cells, first, key=_column_of)
        end = bisect_left(self.cells, last + 1, key=_column_of)
        return self.cells[start:end]


def _column_of(cell: Cell) -> int:
    return cell.column


def style_of(cell: bytes) -> bytes:
    """Return the style number of a cell's tag, or of a row's; empty if it has none."""
    tag = _OPENING.match(cell)
    style = _STYLE.search(tag[0]) if tag else None
    return style[1] if style else b""


@cache
def _formula_pattern(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(
        rb"<%bf((?:\s[^>]*?)?)(?:/>|>([^<]*)</%bf>)" % (re.escape(prefix), re.escape(prefix))
    )


def formula_of(cell: bytes, prefix: bytes) -> tuple[dict[str, str], str] | None:
    """Return attributes and text of a cell's formula, if it has one."""
    if b"f" not in cell:
        return None
    found = _formula_pattern(prefix).search(cell)
    if found is None:
        return None
    return markup.attributes(found[1]), markup.unescape((found[2] or b"").decode())


def is_blank(cell: bytes, prefix: bytes) -> bool:
    """Say whether a cell has neither formula nor value."""
    return formula_of(cell, prefix) is None and not _TAGS.sub(b"", cell).strip()


class _Block(NamedTuple):
    """Some rows that follow each other: their numbers, and where each begins and the last ends."""

    numbers: array[int]
    bounds: array[int]


class RowIndex:
    """Finds the rows of a sheet.

    Args:
        content: the sheet's part.
        layout: where its rows stand.
        part: name for messages.
    """

    def __init__(self, content: Content, layout: Layout, part: str) -> None:
        self._content = content
        self._prefix = layout.prefix
        self._end = layout.end
        self._part = part
        self._exact = layout.exact
        self._firsts, self._starts = layout.firsts, layout.starts
        self._tag = re.compile(rb'<%brow(?: r="([0-9]+)")?' % re.escape(layout.prefix))
        self._blocks: dict[int, _Block] = {}
        self._parsed: dict[int, Row] = {}

    @property
    def last(self) -> int:
        """Number of the last row, 0 if there is none."""
        return self._block(len(self._firsts) - 1).numbers[-1] if self._firsts else 0

    def span(self, number: int) -> tuple[int, int]:
        """Return start and end of a row; both are where it would go if it is not there."""
        place = bisect_right(self._firsts, number) - 1
        if place < 0:
            start = self._starts[0] if self._starts else self._end
            return start, start
        numbers, bounds = self._block(place)
        position = bisect_left(numbers, number)
        is_there = position < len(numbers) and numbers[position] == number
        return bounds[position], bounds[position + is_there]

    def numbers_between(self, first: int, last: int) -> Sequence[int]:
        """Return the numbers of the rows that the sheet has in a stretch."""
        found = array("I")
        for place in range(max(bisect_right(self._firsts, first) - 1, 0), len(self._firsts)):
            if self._firsts[place] > last:
                break
            numbers = self._block(place).numbers
            found += numbers[bisect_left(numbers, first) : bisect_left(numbers, last + 1)]
        return found

    def row(self, number: int) -> Row | None:
        """Return a row, taken apart, or None if the sheet does not have it."""
        if number not in self._parsed:
            start, end = self.span(number)
            if start == end:
                return None
            check_row(end - start, self._part)
            if len(self._parsed) >= _MOST_PARSED:
                self._parsed.clear()
            row = self.taken_apart(self._content.slice(start, end))
            if row.cells and row.cells[-1].column > LAST_COLUMN:
                raise WorkbookError("workbook-part", part=self._part, reason=f"row {number}")
            self._parsed[number] = row
        return self._parsed[number]

    def _block(self, place: int) -> _Block:
        """Return a block by its place among all; a number of them are kept."""
        if place not in self._blocks:
            if len(self._blocks) >= _MOST_BLOCKS:
                self._blocks.clear()
            self._blocks[place] = self._looked_through(place)
        return self._blocks[place]

    def _looked_through(self, place: int) -> _Block:
        start, first = self._starts[place], self._firsts[place]
        is_last = place + 1 == len(self._starts)
        end = self._end if is_last else self._starts[place + 1]
        if self._exact:
            return _Block(array("I", [first]), array("Q", [start, end]))
        found = [*self._tag.finditer(self._content.slice(start, end))]
        numbers = [int(match[1] or 0) for match in found]
        if is_last and numbers[-1] > LAST_ROW:
            raise WorkbookError("workbook-part", part=self._part, reason=f"row {numbers[-1]}")
        following = LAST_ROW + 1 if is_last else self._firsts[place + 1]
        if not all(map(lt, numbers, [*numbers[1:], following])):
            raise EditRefusedError("sheet-row-order", sheet=self._part)
        bounds = [*(start + match.start() for match in found), end]
        return _Block(array("I", numbers), array("Q", bounds))

    def taken_apart(self, data: bytes) -> Row:
        """Return a row from its XML."""
        with markup.sense(self._part):
            data.decode()  # once for the row; its texts and attributes are decoded one by one
        opening = _OPENING.match(data)
        if opening is None:
            raise WorkbookError("workbook-part", part=self._part, reason="row")
        tag = opening[0]
        if tag.endswith(b"/>"):
            ending = b"</%brow>" % self._prefix + data[opening.end() :]
            return Row(tag[:-2].rstrip() + b">", (), ending)
        if not self._exact:
            row = _usual_cells(data, tag, self._prefix)
            if row is not None:
                return row
        with markup.sense(self._part):
            return _any_cells(data, tag, self._part)


@cache
def _cell_pattern(prefix: bytes) -> re.Pattern[bytes]:
    quoted = re.escape(prefix)
    return re.compile(rb"<%bc((?:\s[^<>]*?)?)(?:/>|>.*?</%bc>)" % (quoted, quoted), re.DOTALL)


def _usual_cells(data: bytes, tag: bytes, prefix: bytes) -> Row | None:
    """Take a row apart by pattern; None if anything but white space lies between its cells."""
    cells: list[Cell] = []
    position, column = len(tag), 0
    for match in _cell_pattern(prefix).finditer(data, position):
        lead = data[position : match.start()]
        address = _COLUMN.search(match[1])
        number = column_number(address[1].decode()) if address else column + 1
        odd = address is None and _ANY_ADDRESS.search(match[1])
        cut = match[1].count(b'"') & 1 or match[1].count(b"'") & 1  # a bracket inside a value
        if odd or cut or lead.strip() or number <= column:
            return None
        column = number
        cells.append(Cell(column, match[0], lead))
        position = match.end()
    ending = data[position:]
    return Row(tag, tuple(cells), ending) if ending.lstrip().startswith(b"</") else None


def _any_cells(data: bytes, tag: bytes, part: str) -> Row:
    cells: list[Cell] = []
    position, column = len(tag), 0
    for element in markup.scan(data, part):
        if element.depth != 1 or element.name != "c":
            continue
        xml = data[element.start : element.end]
        address = markup.attributes(data[element.start : element.open_end]).get("r")
        number = parse_cell(address)[1] if address else column + 1
        if number <= column:
            raise EditRefusedError("sheet-row-order", sheet=part)
        column = number
        cells.append(Cell(column, xml, data[position : element.start]))
        position = element.end
    return Row(tag, tuple(cells), data[position:])
