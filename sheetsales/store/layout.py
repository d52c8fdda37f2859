"""Where the rows of a sheet stand in its XML.

The usual layout (every row begins with its number) is found by one pattern over the bytes, chunk
by chunk; any other well-formed layout by an XML parser, in memory. Both give the same answer, so
editing knows one way only.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import lt
from xml.parsers import expat

from sheetsales.errors import EditRefusedError, WorkbookError
from sheetsales.store import markup
from sheetsales.store.content import Content
from sheetsales.store.ranges import LAST_ROW, Range, find_range

_ROOT_NAME = re.compile(rb"<(?:([^\s:/>!?]+):)?worksheet[\s/>]")
_BLOCK = 1 << 15
_SMALL = 1 << 20
_HEAD = 1 << 16
_LARGEST_NUMBER = 1 << 30


@dataclass(slots=True)
class Layout:
    """Where head, rows and tail of a sheet stand.

    Rows are found by their number in two steps: `numbers` says which row it is, counted from the
    first, `firsts` and `starts` where the block with that row begins. In the exact layout every
    row is a block.

    Attributes:
        prefix: namespace prefix of its elements with the colon, or nothing.
        opening: span of the opening tag of ``sheetData``.
        end: offset of ``</sheetData>``; behind the opening tag where that closes itself.
        head: what stands before the rows, the opening tag included.
        tail: what stands from `end` on.
        numbers: the numbers of the rows.
        firsts: which row each block begins with.
        starts: where each block begins.
        arrays: ranges that one array formula or data table fills.
        formulas: how many formulas there are.
        addressed: the first cell of every block begins with its address.
        exact: an XML parser found it.
    """

    prefix: bytes
    opening: tuple[int, int]
    end: int
    head: bytes = b""
    tail: bytes = b""
    numbers: array[int] = field(default_factory=lambda: array("I"))
    firsts: array[int] = field(default_factory=lambda: array("I"))
    starts: array[int] = field(default_factory=lambda: array("Q"))
    arrays: list[Range] = field(default_factory=list)
    formulas: int = 0
    addressed: bool = True
    exact: bool = False

    def refuse_disorder(self, part: str) -> None:
        """Refuse a sheet whose rows do not ascend, or go on behind Excel's last."""
        numbers = self.numbers
        if numbers and numbers[-1] > LAST_ROW:
            raise WorkbookError("workbook-part", part=part, reason=f"row {numbers[-1]}")
        if numbers and numbers == array("I", range(numbers[0], numbers[0] + len(numbers))):
            return
        if not all(map(lt, numbers, numbers[1:])):
            raise EditRefusedError("sheet-row-order", sheet=part)


class _UnusualError(Exception):
    """The layout is not the usual one."""


def usual_layout(content: Content, part: str) -> Layout | None:
    """Return the layout of a sheet, None if it is not the usual one."""
    head = content.slice(0, _HEAD)
    root = _ROOT_NAME.search(head)
    if root is None or not markup.is_utf8(head):
        return None
    prefix = root[1] + b":" if root[1] else b""
    try:
        with markup.sense(part):
            return _Usual(content, prefix).layout
    except _UnusualError:
        return None


class _Usual:
    """Reads a sheet chunk by chunk.

    In a large chunk only the first row of each block is looked at for a number; the others are
    counted when the block is used (see `RowIndex`), because counting costs as much as finding.
    """

    def __init__(self, content: Content, prefix: bytes) -> None:
        quoted = re.escape(prefix)
        self.layout = Layout(prefix, (-1, -1), -1)
        self._opening = re.compile(rb"<%bsheetData(?:\s[^>]*)?>" % quoted)
        self._row = re.compile(rb'<%brow r="([0-9]+)"' % quoted)
        self._bare_cell = re.compile(rb'<%brow[^>]*(?<!/)>\s*<%bc(?! r="[A-Z])' % (quoted, quoted))
        self._formula = re.compile(rb"<%bf[\s/>]" % quoted)
        self._array = re.compile(rb"<%bf\s[^>]*?t=[\"'](?:array|dataTable)[\"'][^>]*>" % quoted)
        self._closing = b"</%bsheetData" % prefix
        cut = b"<%brow " % prefix
        offset, data = 0, b""
        for following, chunk in content.chunks(cut):
            if data:
                self._read(offset, data, is_last=False)
            offset, data = following, chunk
        self._read(offset, data, is_last=True)

    def _read(self, offset: int, data: bytes, *, is_last: bool) -> None:
        if markup.has_oddities(data, is_first=offset == 0):
            raise _UnusualError
        layout = self.layout
        start, end = 0, len(data)
        if offset == 0:
            found = self._opening.search(data)
            if found is None:
                raise _UnusualError
            layout.opening, layout.head = found.span(), data[: found.end()]
            start = found.end()
        if is_last:
            closed = data[start - 2 : start] == b"/>" and offset == 0
            end = start if closed else data.rfind(self._closing, start)
            if end < 0:
                raise _UnusualError
            layout.end, layout.tail = offset + end, data[end:]
        self._read_rows(offset, data, start, end)
        self._read_formulas(data, start, end)

    def _read_rows(self, offset: int, data: bytes, start: int, end: int) -> None:
        layout = self.layout
        found = self._row.findall(data, start, end)
        try:  # much faster than one call of int for each
            numbers = array("I", json.loads(b"[%b]" % b",".join(found)))
        except (OverflowError, json.JSONDecodeError) as error:  # too large; leading zeros
            raise _UnusualError from error
        tag = b"<%brow" % layout.prefix
        if end - start <= _SMALL and data.count(tag, start, end) != len(numbers):
            raise _UnusualError
        first = len(layout.numbers)
        layout.numbers.extend(numbers)
        position = data.find(tag, start, end)
        while position >= 0:
            number = self._row.match(data, position)
            if number is None:
                raise _UnusualError
            if self._bare_cell.match(data, position):
                layout.addressed = False
            layout.firsts.append(first + bisect_left(numbers, int(number[1])))
            layout.starts.append(offset + position)
            position = data.find(tag, position + _BLOCK, end)

    def _read_formulas(self, data: bytes, start: int, end: int) -> None:
        if data.find(b"f", start, end) < 0:  # most sheets have none, and one byte is found fast
            return
        self.layout.formulas += len(self._formula.findall(data, start, end))
        self.layout.arrays += _array_ranges(self._array, data, start, end)


def _array_ranges(pattern: re.Pattern[bytes], data: bytes, start: int, end: int) -> Iterator[Range]:
    for match in pattern.finditer(data, start, end):
        tag = markup.attributes(match[0])
        area = find_range(tag.get("ref", ""))
        if area is not None and tag.get("t") in ("array", "dataTable"):
            yield area


def exact_layout(data: bytes, part: str) -> Layout:
    """Return the layout of any well-formed sheet.

    Raises:
        WorkbookError: ``workbook-part`` if it is not well-formed, or no worksheet.
    """
    root = _ROOT_NAME.search(data)
    if root is None:
        raise WorkbookError("workbook-part", part=part, reason="worksheet")
    layout = Layout(root[1] + b":" if root[1] else b"", (-1, -1), -1, exact=True)
    with markup.sense(part):
        _Exact(layout, data, part)
    if layout.end < 0:
        raise WorkbookError("workbook-part", part=part, reason="sheetData")
    layout.firsts = array("I", range(len(layout.numbers)))
    layout.head, layout.tail = data[: layout.opening[1]], data[layout.end :]
    return layout


class _Exact:
    """Walks a sheet and notes where its rows begin."""

    def __init__(self, layout: Layout, data: bytes, part: str) -> None:
        self._layout = layout
        self._data = data
        self._inside = False
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        markup.parse(self._parser, data, part)

    def _start(self, name: str, given: dict[str, str]) -> None:
        layout, local = self._layout, name.rpartition(":")[2]
        if local == "sheetData" and layout.end < 0:
            start = self._parser.CurrentByteIndex
            layout.opening = (start, self._data.index(b">", start) + 1)
            self._inside = True
        elif self._inside and local == "row":
            following = layout.numbers[-1] + 1 if layout.numbers else 1
            number = int(given.get("r", following))
            if not 0 < number < _LARGEST_NUMBER:
                raise ValueError(f"row {number}")
            layout.numbers.append(number)
            layout.starts.append(self._parser.CurrentByteIndex)
        elif self._inside and local == "f":
            layout.formulas += 1
            area = find_range(given.get("ref", ""))
            if area is not None and given.get("t") in ("array", "dataTable"):
                layout.arrays.append(area)

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "sheetData" and self._layout.end < 0:
            closes_itself = self._data[: self._layout.opening[1]].endswith(b"/>")
            index = self._parser.CurrentByteIndex
            self._layout.end = self._layout.opening[1] if closes_itself else index
            self._inside = False
