"""What a workbook may hold at most, and what may not be in it at all.

Foreign files are looked at before a parser or calamine sees them: the directory of the zip file
before anything is inflated, each part as it is inflated, each sheet before memory is asked for
the rectangle around its cells. The limits lie far beyond what Excel writes and short of what
would bring the machine down:

==================================  ==========================================================
members of the zip file             10,000, no two of one name, none over another
their names                         no ``..``, no drive or server, no control character
one member, inflated                4 GiB; above 10 MB at most 200 times its compressed size
a part other than sheets and texts  64 MB, 600,000 tags and attributes, 200 levels
a sheet without its rows            the same, and 60,000 merged ranges
a row                               16 MB
cells                               row 1,048,576, column 16,384
rectangle around the filled cells   10,000,000 cells, or 20 times as many as are filled
==================================  ==========================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Protocol
from xml.parsers import expat

from sheetsales.errors import WorkbookError
from sheetsales.store import markup
from sheetsales.store.ranges import LAST_COLUMN, LAST_ROW, column_number, parse_cell

MOST_MEMBERS = 10_000
LARGEST_MEMBER = 4 << 30
LARGEST_PART = 64 << 20
LARGEST_ROW = 16 << 20
MOST_NODES = 600_000
MOST_MERGED = 60_000
DEEPEST = 200

_SUSPICIOUS_SIZE = 10 << 20
_SUSPICIOUS_RATIO = 200
_MOST_CELLS = 10_000_000
_SPARSEST = 20
_SLICE = 4 << 20
_ROWS_ELEMENT = b"sheetData"
_AFTER_NAME = (b" ", b">", b"/", b"\t", b"\n", b"\r")
_BAD_NAME = re.compile(r"[\x00-\x1f\\]|^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|^$")
_ROOT = re.compile(rb"<(?:([^\s:/>!?]+):)?worksheet[\s/>]")
_TEXTS = re.compile(rb"""<(?:[^\s:/>!?]+:)?sst\s(?:[^>"']|"[^"]*"|'[^']*')*>""")
_UNIQUE_COUNT = re.compile(rb"""\suniqueCount\s*=\s*["']\s*\+?([0-9]{1,40})""")
_ROW_NUMBER = re.compile(rb'r="([0-9]{1,9})"')


class Entry(Protocol):
    """What is asked about one member of a zip file."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def compressed(self) -> int:
        """Its size in the file."""

    @property
    def size(self) -> int:
        """Its size once inflated."""

    @property
    def offset(self) -> int:
        """Where its header begins."""

    @property
    def data(self) -> int:
        """Where its data begins."""


def too_large(part: str, found: object, limit: object) -> WorkbookError:
    """Return the refusal of what goes beyond a limit."""
    excess = f"{_shown(found)} > {_shown(limit)}"
    return WorkbookError("workbook-too-large", part=part, limit=excess)


def _shown(number: object) -> str:
    return f"{number:,}" if isinstance(number, int) else str(number)


def check_count(count: int, book: str) -> None:
    """Refuse a directory with too many members before it is read."""
    if count > MOST_MEMBERS:
        raise too_large(f"{book}: zip", count, MOST_MEMBERS)


def check_members(members: Sequence[Entry], book: str) -> None:
    """Refuse a zip file whose directory no honest program writes.

    Raises:
        WorkbookError: ``workbook-broken`` for odd names and for members that share bytes,
            ``workbook-too-large`` for too many or too much.
    """
    check_count(len(members), book)
    names: set[str] = set()
    for member in members:
        if _BAD_NAME.search(member.name):
            raise _broken(book, f"{member.name!r}: no name for a part")
        if member.name in names:
            raise _broken(book, f"{member.name}: two members of one name")
        names.add(member.name)
        _check_size(member, book)
    end, before = 0, ""
    for member in sorted(members, key=attrgetter("offset")):
        if member.offset < end:
            raise _broken(book, f"{member.name}: stands over another member: {before}")
        end, before = member.data + member.compressed, member.name


def _broken(book: str, reason: str) -> WorkbookError:
    return WorkbookError("workbook-broken", book=book, reason=reason)


def _check_size(member: Entry, book: str) -> None:
    if member.size > LARGEST_MEMBER:
        raise too_large(f"{book}: {member.name}", member.size, LARGEST_MEMBER)
    if member.size > _SUSPICIOUS_SIZE and member.size > _SUSPICIOUS_RATIO * member.compressed:
        ratio = f"{member.size // max(member.compressed, 1):,}:1"
        raise too_large(f"{book}: {member.name}", ratio, f"{_SUSPICIOUS_RATIO}:1")


def check_small_part(size: int, part: str) -> None:
    """Refuse a part that is taken into memory whole and too large for that."""
    if size > LARGEST_PART:
        raise too_large(part, size, LARGEST_PART)


def check_tree(data: bytes, part: str) -> None:
    """Refuse an XML part that would make too large or too deep a tree.

    Args:
        data: the part as UTF-8.
        part: its name, for the message.
    """
    check_small_part(len(data), part)
    _check_nodes(data, part)


def check_skeleton(data: bytes, part: str) -> None:
    """Refuse a sheet with too much around its rows.

    Args:
        data: the sheet without its rows.
        part: its name, for the message.
    """
    check_tree(data, part)
    merged = len(re.findall(rb"<(?:[\w.-]+:)?mergeCell\s", data))
    if merged > MOST_MERGED:
        raise too_large(f"{part} <mergeCell>", merged, MOST_MERGED)


def check_row(size: int, part: str) -> None:
    """Refuse a row that is too large to be taken apart."""
    if size > LARGEST_ROW:
        raise too_large(f"{part} <row>", size, LARGEST_ROW)


def check_texts(data: bytes, part: str) -> None:
    """Refuse shared texts that claim to be more than there can be: calamine makes room for them.

    Args:
        data: the part as UTF-8; one without such a claim passes.
        part: its name, for the message.
    """
    opening = _TEXTS.search(data)
    stated = _UNIQUE_COUNT.search(opening[0]) if opening else None
    if stated and int(stated[1]) > len(data):
        raise too_large(f"{part} uniqueCount", int(stated[1]), len(data))


def check_behind_rows(size: int, blocks: Iterable[tuple[int, bytes]], part: str) -> None:
    """Refuse a sheet with too much behind its rows before it is taken into memory.

    Args:
        size: of the sheet's part.
        blocks: offset and bytes of its pieces; asked for only if the part is a large one.
        part: its name, for the message.
    """
    if size <= LARGEST_PART:
        return
    last, held = 0, b""
    for offset, block in blocks:
        held = held[-len(_ROWS_ELEMENT) :] + block
        found = held.rfind(_ROWS_ELEMENT)
        if found >= 0:
            last = offset + len(block) - len(held) + found
    check_small_part(size - last, part)


def _check_nodes(data: bytes, part: str) -> None:
    opened = data.count(b"<") - data.count(b"</")
    nodes = opened + data.count(b"=")  # no fewer than there are
    if nodes > MOST_NODES:
        raise too_large(f"{part} <…>", nodes, MOST_NODES)
    if opened - data.count(b"/>") > DEEPEST:  # no deeper than elements that are not empty
        _check_depth(data, part)


def _check_depth(data: bytes, part: str) -> None:
    depth = 0
    parser = expat.ParserCreate("utf-8")

    def opening(_: str, __: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise too_large(f"{part} <<…>>", depth, DEEPEST)

    def closing(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = opening
    parser.EndElementHandler = closing
    markup.parse(parser, data, part)


class Extent:
    """The rectangle around the filled cells of a sheet, as the cells say, not ``<dimension>``.

    Attributes:
        rows: number of the last row.
        columns: number of the last column.
        filled: how many cells hold something.
    """

    def __init__(self, xml: bytes, part: str) -> None:
        self.rows = self.columns = 0
        prefix = _prefix(xml)
        self.filled = xml.count(b"</%bv>" % prefix) + xml.count(b"</%bis>" % prefix)
        self._part = part
        if not self._bounded(xml, prefix) and not self._measured(xml, prefix):
            with markup.sense(part):
                self._walked(xml)

    @property
    def cells(self) -> int:
        """How many cells the rectangle has."""
        return self.rows * self.columns

    @property
    def is_sprawling(self) -> bool:
        """Whether a few cells are spread so wide that a table of them would fill the memory."""
        return self.cells > max(_MOST_CELLS, _SPARSEST * self.filled)

    def _bounded(self, xml: bytes, prefix: bytes) -> bool:
        """Set upper bounds from all cells, empty ones too; say whether they are good enough."""
        last = _last_row(xml, prefix)
        if last > LAST_ROW:
            return False
        digits = len(str(last))
        pattern = re.compile(
            rb'<%bc(?: r="([A-Z]{1,3})[0-9]{1,%d}"|[\s>/])' % (re.escape(prefix), digits)
        )
        letters = {letter for found in _slices(pattern, xml) for letter in found}
        if b"" in letters:  # an address that this pattern does not read
            return False
        self.rows = min(10**digits - 1, LAST_ROW)
        self.columns = max((column_number(each.decode()) for each in letters), default=0)
        return self.columns <= LAST_COLUMN and not self.is_sprawling

    def _measured(self, xml: bytes, prefix: bytes) -> bool:
        """Take the exact rectangle from the addresses; say whether all are where they should."""
        quoted = re.escape(prefix)
        tags = sum(xml.count(b"<%bc%b" % (prefix, end)) for end in _AFTER_NAME)
        if tags != xml.count(b'<%bc r="' % prefix) or b"<!" in xml:
            return False
        pattern = re.compile(rb'<%bc r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*(?<!/)>' % quoted)
        others = re.compile(rb'<%bc r="(?![A-Z]{1,3}[0-9]{1,7}")' % quoted)
        if others.search(xml):
            return False
        found = {cell for cells in _slices(pattern, xml) for cell in cells}
        self.rows = max((int(row) for _, row in found), default=0)
        self.columns = max((column_number(each.decode()) for each, _ in found), default=0)
        return self.rows <= LAST_ROW and self.columns <= LAST_COLUMN

    def _walked(self, xml: bytes) -> None:
        self.rows = self.columns = 0
        row = column = 0
        parser = expat.ParserCreate("utf-8")

        def opening(name: str, given: dict[str, str]) -> None:
            nonlocal row, column
            local = name.rpartition(":")[2]
            if local == "row":
                row, column = int(given.get("r", row + 1)), 0
                if not 0 < row <= LAST_ROW:
                    raise ValueError(f"row {row}")
            elif local == "c":
                row, column = parse_cell(given["r"]) if "r" in given else (row, column + 1)
                if column > LAST_COLUMN:
                    raise ValueError(f"column {column}")
            elif local in ("v", "is"):
                self.rows, self.columns = max(self.rows, row), max(self.columns, column)

        parser.StartElementHandler = opening
        markup.parse(parser, xml, self._part)


def check_sheet(xml: bytes, book: str, sheet: str, part: str) -> None:
    """Refuse a few cells in a huge rectangle: calamine would ask for all of it and abort.

    Args:
        xml: the sheet's part as UTF-8.
        book: file name of the workbook.
        sheet: name of the sheet.
        part: name of the part, for messages.

    Raises:
        WorkbookError: ``sheet-sprawl``, or ``workbook-part`` for a cell beyond Excel's own end.
    """
    extent = Extent(xml, part)
    if extent.is_sprawling:
        raise WorkbookError("sheet-sprawl", book=book, sheet=sheet, cells=extent.cells)


def check_area(cells: int, filled: int, book: str, sheet: str) -> None:
    """Refuse a table whose stated range is far larger than what it holds."""
    if cells > max(_MOST_CELLS, _SPARSEST * filled):
        raise WorkbookError("sheet-sprawl", book=book, sheet=sheet, cells=cells)


def _slices(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[list[Any]]:
    """Yield what a pattern finds, slice by slice, so that little is held at a time."""
    start = 0
    while start < len(xml):
        end = xml.find(b">", min(start + _SLICE, len(xml))) + 1 or len(xml)
        yield pattern.findall(xml, start, end)
        start = end


def _prefix(xml: bytes) -> bytes:
    root = _ROOT.search(xml)
    return root[1] + b":" if root and root[1] else b""


def _last_row(xml: bytes, prefix: bytes) -> int:
    """Return the number of the last row; the greatest there can be if it does not say."""
    tag = b"<%brow " % prefix
    found = _ROW_NUMBER.match(xml, xml.rfind(tag) + len(tag)) if tag in xml else None
    return int(found[1]) if found else LAST_ROW
