"""Where the rows of a sheet stand in its XML.

The usual layout (every row begins with its number) is found by one pattern over the bytes, chunk
by chunk; any other well-formed layout by an XML parser, in memory. Both give the same answer, so
editing knows one way only.
"""

from __future__ import annotations

import re
from array import array
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

    Rows are found by their number in two steps: by the first row of each block, then within the
    block, which is looked through when it is used. In a small sheet and in the exact layout every
    row is a block.

    Attributes:
        prefix: namespace prefix of its elements with the colon, or nothing.
        opening: span of the opening tag of ``sheetData``.
        end: offset of ``</sheetData>``; behind the opening tag where that closes itself.
        head: what stands before the rows, the opening tag included.
        tail: what stands from `end` on.
        firsts: the number of the row that each block begins with.
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
    firsts: array[int] = field(default_factory=lambda: array("I"))
    starts: array[int] = field(default_factory=lambda: array("Q"))
    arrays: list[Range] = field(default_factory=list)
    formulas: int = 0
    addressed: bool = True
    exact: bool = False

    def refuse_disorder(self, part: str) -> None:
        """Refuse a sheet whose rows do not ascend, or go on behind Excel's last.

        Within a block of many rows it is asked again when the block is used.
        """
        firsts = self.firsts
        if firsts and firsts[-1] > LAST_ROW:
            raise WorkbookError("workbook-part", part=part, reason=f"row {firsts[-1]}")
        if not all(map(lt, firsts, firsts[1:])):
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

    In a large chunk only the first row of each block is looked at; the others are found when the
    block is used (see `RowIndex`): looking for all of them would cost as much as inflating.
    """

    def __init__(self, content: Content, prefix: bytes) -> None:
        quoted = re.escape(prefix)
        self.layout = Layout(prefix, (-1, -1), -1)
        self._opening = re.compile(rb"<%bsheetData(?:\s[^>]*)?>" % quoted)
        self._row = re.compile(rb'<%brow r="([1-9][0-9]{0,8})"' % quoted)
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
        tag = b"<%brow" % self.layout.prefix
        if end - start <= _SMALL:
            rows = [*self._row.finditer(data, start, end)]
            if len(rows) != data.count(tag, start, end):
                raise _UnusualError
            for row in rows:
                self._note(offset, data, row)
            return
        position = data.find(tag, start, end)
        while position >= 0:
            match = self._row.match(data, position)
            if match is None:
                raise _UnusualError
            self._note(offset, data, match)
            position = data.find(tag, position + _BLOCK, end)

    def _note(self, offset: int, data: bytes, row: re.Match[bytes]) -> None:
        self.layout.firsts.append(int(row[1]))
        self.layout.starts.append(offset + row.start())
        if self._bare_cell.match(data, row.start()):
            self.layout.addressed = False

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
            following = layout.firsts[-1] + 1 if layout.firsts else 1
            number = int(given.get("r", following))
            if not 0 < number < _LARGEST_NUMBER:
                raise ValueError(f"row {number}")
            layout.firsts.append(number)
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
