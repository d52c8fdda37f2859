"""Reads a finished workbook back, with a parser that took no part in writing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.parsers import expat

from sheetsales.errors import EditRefusedError, WorkbookError
from sheetsales.store import markup
from sheetsales.store.content import Edit
from sheetsales.store.directory import Member
from sheetsales.store.package import Package
from sheetsales.store.parts import label
from sheetsales.store.ranges import cell_name, parse_cell
from sheetsales.store.repack import Change, is_framed
from sheetsales.store.sheet_xml import SheetXml
from sheetsales.store.source import BLOCK
from sheetsales.store.table_part import decoded
from sheetsales.store.values import Formula
from sheetsales.store.writes import Write, Writes

_DAY_ZERO_1900 = datetime.fromisoformat("1899-12-30")
_DAY_ZERO_1904 = datetime.fromisoformat("1904-01-01")
_MILLISECOND = timedelta(milliseconds=1)


class _ReadCell:
    """One cell as the parser met it."""

    __slots__ = ("formula", "kind", "row", "text")

    def __init__(self, kind: str, row: int) -> None:
        self.kind = kind
        self.row = row
        self.text = ""
        self.formula = ""


class _Reader:
    """Collects the cells of some rows: a plain document of ``row``, ``c``, ``f``, ``v``, ``t``.

    Attributes:
        cells: what was met, by address.
        rows: the numbers of the rows, in the order in which they were met.
    """

    def __init__(self, numbers: Iterable[int], data: bytes, prefix: bytes, part: str) -> None:
        self.cells: dict[str, _ReadCell] = {}
        self.rows: list[int] = []
        self._numbers = iter(numbers)
        self._names = {prefix.decode() + name: name for name in ("row", "c", "f", "v", "t")}
        self._cell = _ReadCell("", 0)
        self._in = ""
        self._row = 0
        self._address = ""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        markup.parse(parser, b"<rows>" + data + b"</rows>", part)

    def _start(self, name: str, given: dict[str, str]) -> None:
        name = self._in = self._names.get(name, "")
        if name == "c":
            address = self._address = given.get("r") or self._next_address()
            self._cell = self.cells[address] = _ReadCell(given.get("t", "n"), self._row)
        elif name == "row":
            expected = next(self._numbers, 0)
            self._row, self._address = int(given.get("r", expected)), ""
            self.rows.append(self._row)

    def _next_address(self) -> str:
        column = parse_cell(self._address)[1] + 1 if self._address else 1
        return cell_name(self._row, column)

    def _end(self, _: str) -> None:
        self._in = ""

    def _characters(self, text: str) -> None:
        if self._in == "f":
            self._cell.formula += text
        elif self._in in ("v", "t"):
            self._cell.text += text


@dataclass(frozen=True, slots=True)
class Planned:
    """What one sheet is to become.

    Attributes:
        xml: the sheet as it was.
        writes: what was asked for.
        date1904: the workbook counts days from 1904.
    """

    xml: SheetXml
    writes: Writes
    date1904: bool


def check_package(
    written: Package,
    package: Package,
    changes: Mapping[str, Change],
    sheets: Mapping[str, Planned],
) -> None:
    """Compare a finished package with the one it was made from, byte by byte.

    Untouched members are raw equal, changed ones as meant; every member was inflated, in the old
    package or in the finished one, and its size and checksum compared. Edited sheets are looked
    at closely, see `check_sheet`.

    Args:
        written: the finished package.
        package: what it was made from.
        changes: what was to change, by part.
        sheets: what was to change in edited sheets, by part.

    Raises:
        WorkbookError: ``workbook-not-written`` names the first member that differs.
    """
    kept = [each.name for each in package.members if changes.get(each.name, b"") is not None]
    added = [name for name, change in changes.items() if change is not None and name not in kept]
    if [each.name for each in written.members] != kept + added:
        raise _unfaithful(package, "members")
    for member in written.members:
        change = changes.get(member.name)
        if change is None:
            # The same bytes (compared below) need not be inflated twice.
            same = package.is_sound(member.name) or _inflates(written, member)
        elif isinstance(change, bytes):
            same = written.content(member) == change
            markup.parse(expat.ParserCreate(), change, member.name)
        else:
            same = same_bytes(written.stream(member), change.pieces())
            if same and member.name in sheets:
                check_sheet(change.edits, label(written, member.name), sheets[member.name])
        if not same:
            raise _unfaithful(package, member.name)
    if not is_framed(written, package, changes):
        raise _unfaithful(package, "zip")


def _inflates(package: Package, member: Member) -> bool:
    """Inflate a member whole; raise what is wrong with its size or checksum."""
    return sum(map(len, package.stream(member))) == member.size


def same_bytes(first: Iterable[bytes | memoryview], second: Iterable[bytes | memoryview]) -> bool:
    """Say whether two streams of pieces, cut anywhere, are the same bytes."""
    left, right = _Stream(first), _Stream(second)
    while True:
        size = min(left.ready(), right.ready())
        if not size:
            return left.ready() == right.ready()
        if left.take(size) != right.take(size):
            return False


class _Stream:
    """Pieces of a stream, to be taken in any sizes."""

    def __init__(self, pieces: Iterable[bytes | memoryview]) -> None:
        self._pieces = iter(pieces)
        self._piece = memoryview(b"")

    def ready(self) -> int:
        """Return how many bytes may be taken now; none: the stream has ended."""
        while not self._piece:
            following = next(self._pieces, None)
            if following is None:
                return 0
            self._piece = memoryview(following)
        return min(len(self._piece), BLOCK)

    def take(self, size: int) -> bytes:
        taken, self._piece = bytes(self._piece[:size]), self._piece[size:]
        return taken


def check_sheet(edits: Sequence[Edit], part: str, planned: Planned) -> None:
    """Compare the edits of a sheet with what was asked for.

    They replace the rows that were to change and no other; the rows, parsed by expat, say what
    was planned, and the cells beside the edited ones are the same bytes as before; what stands
    around the rows is still XML.

    Args:
        edits: the stretches of the sheet that were replaced; all else is known to be the same.
        part: name of the part, for messages.
        planned: what was asked for.

    Raises:
        WorkbookError: ``workbook-not-written`` names the first cell that differs.
    """
    try:
        _SheetCheck(edits, part, planned).run()
    except EditRefusedError as error:  # what stands there now would be refused as a beginning
        raise _misses(part, error.code) from error


class _SheetCheck:
    def __init__(self, edits: Sequence[Edit], part: str, planned: Planned) -> None:
        self._edits = sorted(edits, key=lambda edit: edit[:2])
        self._part = part
        self._planned = planned
        self._xml = planned.xml
        self._numbers = sorted(planned.writes)

    def run(self) -> None:
        """Raise what is wrong."""
        if any(one[1] > other[0] for one, other in pairwise(self._edits)):
            raise _misses(self._part, "<>")
        begin, end = self._xml.layout.opening[1], self._xml.layout.end
        if self._xml.has_no_rows_element:
            begin = end  # the element itself is replaced
        inside = [edit for edit in self._edits if begin <= edit[0] and edit[1] <= end]
        before = [edit for edit in self._edits if edit[0] < begin and edit[1] <= begin]
        behind = [edit for edit in self._edits if edit[0] >= end and edit[1] > end]
        if len(before) + len(inside) + len(behind) != len(self._edits):
            raise _misses(self._part, "row")
        self._check_skeleton(begin, before, end, behind)
        self._check_rows(self._new_rows(inside, before))

    def _check_skeleton(
        self, begin: int, before: Sequence[Edit], end: int, behind: Sequence[Edit]
    ) -> None:
        content = self._xml.content
        head = markup.splice(content.slice(0, begin), before)
        moved = [(start - end, stop - end, new) for start, stop, new in behind]
        tail = markup.splice(content.slice(end, content.size), moved)
        markup.parse(expat.ParserCreate(), head + tail, self._part)

    def _new_rows(self, inside: Sequence[Edit], before: Sequence[Edit]) -> bytes:
        """Return the XML of the edited rows as it is now."""
        if self._xml.has_no_rows_element:
            start = self._xml.layout.opening[0]
            head = self._xml.head[start:]
            closing = self._xml.tail[: self._xml.added_closing]
            element = b"".join(new for at, _, new in before if at == start)
            rows = element.removeprefix(head).removesuffix(closing)
            if self._numbers and element != head + rows + closing:
                raise _misses(self._part, "sheetData")
            return rows
        if [edit[:2] for edit in inside] != [self._xml.index.span(row) for row in self._numbers]:
            raise _misses(self._part, "row")
        old = [(row, self._xml.content.slice(*self._xml.index.span(row))) for row in self._numbers]
        there = [row for row, xml in old if xml]
        found = _Reader(there, b"".join(xml for _, xml in old), self._xml.prefix, self._part)
        if found.rows != there:
            raise _misses(self._part, "row")
        for (row, xml), (_, _, new) in zip(old, inside, strict=True):
            if xml:
                self._check_neighbours(row, new)
        return b"".join(new for _, _, new in inside)

    def _check_neighbours(self, number: int, xml: bytes) -> None:
        """Compare the cells of a row that nobody asked to change."""
        old = self._xml.index.row(number)
        new = self._xml.index.taken_apart(xml) if xml else None
        touched = self._planned.writes[number]
        before, after = (
            {cell.column: cell.xml for cell in row.cells if cell.column not in touched}
            if row
            else {}
            for row in (old, new)
        )
        if before != after:
            raise _misses(self._part, str(number))

    def _check_rows(self, xml: bytes) -> None:
        """Compare the edited cells, parsed, with what was asked for."""
        writes = self._planned.writes
        there = [row for row in self._numbers if self._stays(row)]
        found = _Reader(there, xml, self._xml.prefix, self._part)
        if found.rows != there:
            raise _misses(self._part, "row")
        asked: set[str] = set()
        for row, columns in writes.items():
            for column, write in columns.items():
                address = cell_name(row, column)
                asked.add(address)
                cell = found.cells.get(address)
                if not _is_as_meant(cell, write, date1904=self._planned.date1904):
                    raise _misses(self._part, address)
        for address in found.cells.keys() - asked:
            row = found.cells[address].row
            if self._xml.index.row(row) is None:  # in a row that was there, see neighbours
                raise _misses(self._part, address)

    def _stays(self, number: int) -> bool:
        """Say whether there is to be a row of that number."""
        if self._xml.index.row(number) is not None:
            return True
        writes = self._planned.writes[number].values()
        return any(
            write.moved or (write.encoded and (write.encoded[1] or write.style)) for write in writes
        )


def _misses(part: str, reason: str) -> WorkbookError:
    return WorkbookError("workbook-not-written", book=part, reason=reason)


def _unfaithful(package: Package, part: str) -> WorkbookError:
    return WorkbookError("workbook-not-written", book=package.book, reason=f"read back: {part}")


def _moved(xml: bytes) -> _ReadCell:
    """Return what a cell says that was moved as it is."""
    prefix = xml[1 : xml.index(b"c")] if xml[1:2] != b"c" else b""
    row = b"<%brow>%b</%brow>" % (prefix, xml, prefix)
    return next(iter(_Reader([1], row, prefix, "").cells.values()))


def _same(cell: _ReadCell | None, other: _ReadCell) -> bool:
    return cell is not None and (cell.kind, cell.text, cell.formula) == (
        other.kind,
        other.text,
        other.formula,
    )


def _is_as_meant(cell: _ReadCell | None, write: Write, *, date1904: bool) -> bool:
    if write.moved is not None:
        return _same(cell, _moved(write.moved))
    new = write.new
    if cell is None:
        return new is None or new == ""
    if isinstance(new, Formula):
        formula, new = new.text.removeprefix("="), new.cached
    else:
        formula = ""
    return cell.formula == formula and _shows(cell, new, date1904=date1904)


def _shows(cell: _ReadCell, new: object, *, date1904: bool) -> bool:
    if new is None or new == "":
        return not cell.text
    if isinstance(new, str):
        return cell.kind in ("inlineStr", "str") and decoded(cell.text) == new
    if isinstance(new, bool):
        return cell.kind == "b" and cell.text == str(int(new))
    if cell.kind == "n" and isinstance(new, date):
        return abs(_moment_of(cell, date1904=date1904) - _moment(new)) < _MILLISECOND
    return cell.kind == "n" and Decimal(cell.text) == Decimal(str(new))


def _moment_of(cell: _ReadCell, *, date1904: bool) -> datetime:
    return (_DAY_ZERO_1904 if date1904 else _DAY_ZERO_1900) + timedelta(days=float(cell.text))


def _moment(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())
