"""Reads edited rows back with a parser that took no part in writing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from xml.parsers import expat

from sheetsales.errors import WorkbookError
from sheetsales.store import markup
from sheetsales.store.package import Package
from sheetsales.store.ranges import cell_name, parse_cell
from sheetsales.store.sheet_xml import SheetXml
from sheetsales.store.table_part import decoded
from sheetsales.store.values import Formula
from sheetsales.store.writes import Write, Writes

_DAY_ZERO_1900 = datetime.fromisoformat("1899-12-30")
_DAY_ZERO_1904 = datetime.fromisoformat("1904-01-01")
_MILLISECOND = timedelta(milliseconds=1)


class _ReadCell:
    """One cell as the parser met it."""

    __slots__ = ("formula", "kind", "text")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.text = ""
        self.formula = ""


class _Reader:
    """Collects the cells of some rows: a plain document of ``row``, ``c``, ``f``, ``v``, ``t``."""

    def __init__(self, rows: Iterable[tuple[int, bytes]], prefix: bytes, part: str) -> None:
        self.cells: dict[str, _ReadCell] = {}
        numbers, data = zip(*rows, strict=True)
        self._numbers = iter(numbers)
        self._names = {prefix.decode() + name: name for name in ("row", "c", "f", "v", "t")}
        self._cell = _ReadCell("")
        self._in = ""
        self._row = 0
        self._address = ""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        markup.parse(parser, b"<rows>" + b"".join(data) + b"</rows>", part)

    def _start(self, name: str, given: dict[str, str]) -> None:
        name = self._in = self._names.get(name, "")
        if name == "c":
            address = self._address = given.get("r") or self._next_address()
            self._cell = self.cells[address] = _ReadCell(given.get("t", "n"))
        elif name == "row":
            self._row, self._address = next(self._numbers), ""

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


def check_copy(written: Package, package: Package, changes: Mapping[str, bytes | None]) -> None:
    """Compare a finished package with the one it was made from.

    Untouched members are raw equal, changed ones as meant and well-formed; every member is
    inflated and its checksum compared.

    Raises:
        WorkbookError: ``workbook-not-written`` names the first member that differs.
    """
    left = dict(changes)
    for member in package.members:
        if member.name not in left:
            copy = written.find(member.name)
            if copy is None or written.raw(copy) != package.raw(member):
                raise _unfaithful(package, member.name)
    for member in written.members:
        content = written.content(member)
        if member.name in left and content != left.pop(member.name):
            raise _unfaithful(package, member.name)
        if member.name in changes:
            markup.parse(expat.ParserCreate(), content, member.name)
    if any(content is not None for content in left.values()):
        raise _unfaithful(package, next(iter(left)))


def _unfaithful(package: Package, part: str) -> WorkbookError:
    return WorkbookError("workbook-not-written", book=package.book, reason=f"read back: {part}")


def check_edited_rows(content: bytes, part: str, writes: Writes, *, date1904: bool) -> None:
    """Compare the edited cells of a finished sheet with what was asked for.

    Raises:
        WorkbookError: ``workbook-not-written`` names the first cell that differs.
    """
    sheet = SheetXml(content, part)
    spans = ((row, *sheet.index.span(row)) for row in sorted(writes))
    rows = [(row, sheet.data[start:end]) for row, start, end in spans if start < end]
    cells = _Reader(rows, sheet.prefix, part).cells if rows else {}
    for row, columns in writes.items():
        for column, write in columns.items():
            address = cell_name(row, column)
            if not _is_as_meant(cells.get(address), write, date1904=date1904):
                raise WorkbookError("workbook-not-written", book=part, reason=address)


def _is_as_meant(cell: _ReadCell | None, write: Write, *, date1904: bool) -> bool:
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
