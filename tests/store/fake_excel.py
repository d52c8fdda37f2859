"""A stand-in for Excel as xlwings shows it: one workbook in memory, edited as Excel would.

It takes what is written as Excel takes ``Range.Value``: in a cell that is not formatted as text a
text that reads as a number or a formula becomes one, and an apostrophe in front marks a text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from xml.sax.saxutils import escape, unescape

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+")
_FORMULA = re.compile(rb"<c([^>]*)><f>([^<]*)</f><v ?/?>(?:</v>)?</c>")
_WORDS = {"TRUE": True, "FALSE": False}
_ERRORS = {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"}


class FakeBook:
    """A workbook open in the stand-in."""

    def __init__(self, path: Path) -> None:
        self.fullname = str(path)
        self.name = path.name
        self._book = openpyxl.load_workbook(path, keep_vba=path.suffix == ".xlsm")
        self.app = SimpleNamespace(
            screen_updating=True,
            status_bar=False,
            engine=SimpleNamespace(name="excel"),
            books=[self],
        )
        self.api = SimpleNamespace(SaveCopyAs=self._save_copy)
        self.sheets = _Sheets([FakeSheet(each) for each in self._book.worksheets])
        self.selection: FakeRange | None = None

    def select(self, sheet: str, address: str) -> None:
        """Bring a sheet to the front and select cells."""
        self.sheets.active = self.sheets[sheet]
        self.selection = self.sheets[sheet].range(address)

    def _save_copy(self, path: str) -> None:
        """Save as Excel does, with the result of each formula, which openpyxl leaves out."""
        self._book.save(path)
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        for number, sheet in enumerate(self._book.worksheets, start=1):
            name = f"xl/worksheets/sheet{number}.xml"
            parts[name] = _FORMULA.sub(partial(_with_result, sheet), parts[name])
        with zipfile.ZipFile(path, "w") as package:
            for name, content in parts.items():
                package.writestr(name, content)


class _Sheets:
    def __init__(self, sheets: Sequence[FakeSheet]) -> None:
        self._sheets = sheets
        self.active = sheets[0]

    def __getitem__(self, name: str) -> FakeSheet:
        return next(sheet for sheet in self._sheets if sheet.name == name)

    def __iter__(self) -> Iterator[FakeSheet]:
        return iter(self._sheets)


class FakeSheet:
    """A sheet of it."""

    def __init__(self, sheet: Worksheet) -> None:
        self.cells = sheet
        self.name = sheet.title
        self.names = _Names(self)
        self.tables = {table.name: FakeTable(table) for table in sheet.tables.values()}

    def range(self, first: Any, last: Any = None) -> FakeRange:
        """Return a range by address, or by one or two corners of row and column."""
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
            return FakeRange(self, (top, left), (bottom, right))
        return FakeRange(self, first, last or first)


class _Names:
    """Names of one sheet."""

    def __init__(self, sheet: FakeSheet) -> None:
        self._sheet = sheet

    def __iter__(self) -> Iterator[SimpleNamespace]:
        quoted = self._sheet.name.replace("'", "''")
        for name in self._sheet.cells.defined_names:
            yield SimpleNamespace(name=f"'{quoted}'!{name}")

    def __getitem__(self, name: str) -> SimpleNamespace:
        found = self._sheet.cells.defined_names[name]
        ((_, address),) = found.destinations
        return SimpleNamespace(name=name, refers_to_range=self._sheet.range(address))


class FakeTable:
    """An Excel Table."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def resize(self, area: FakeRange) -> None:
        self._table.ref = area.address.replace("$", "")
        if self._table.autoFilter is not None:
            self._table.autoFilter.ref = self._table.ref


class FakeRange:
    """A block of cells."""

    def __init__(
        self, sheet: FakeSheet, first: tuple[int, int], last: tuple[int, int], **options: Any
    ) -> None:
        self.sheet = sheet
        self._corners = (*first, *last)
        self._options = options
        self.font = _Font(sheet.cells[self.address.split(":")[0]])

    @property
    def address(self) -> str:
        first, last = self._cells()[0][0], self._cells()[-1][-1]
        letters = [cell.column_letter for cell in (first, last)]
        one, other = f"${letters[0]}${first.row}", f"${letters[1]}${last.row}"
        return one if one == other else f"{one}:{other}"

    @property
    def rows(self) -> SimpleNamespace:
        return SimpleNamespace(hidden=self.sheet.cells.row_dimensions[self._corners[0]].hidden)

    def options(self, **options: Any) -> FakeRange:
        top, left, bottom, right = self._corners
        return FakeRange(self.sheet, (top, left), (bottom, right), **options)

    @property
    def value(self) -> Any:
        assert self._options == {"ndim": 2, "err_to_str": True}, "all that is asked for"
        return [[_shown(_computed(cell)) for cell in row] for row in self._cells()]

    @value.setter
    def value(self, given: Any) -> None:
        for cell, value in self._pairs(given):
            cell.value = None
            _type_in(cell, value)

    @property
    def formula(self) -> Any:
        return self._cells()[0][0].value

    @formula.setter
    def formula(self, given: Any) -> None:
        for cell, value in self._pairs(given):
            cell.value = value

    def _pairs(self, given: Any) -> Iterator[tuple[Any, Any]]:
        rows = given if isinstance(given, list) else [[given]]
        for cells, values in zip(self._cells(), rows, strict=True):
            yield from zip(cells, values, strict=True)

    def _cells(self) -> tuple[tuple[Any, ...], ...]:
        top, left, bottom, right = self._corners
        rows = self.sheet.cells.iter_rows(top, bottom, left, right)
        return tuple(rows)


class _Font:
    """The font of a cell; it keeps the colour."""

    colours: ClassVar[dict[tuple[str, str], object]] = {}

    def __init__(self, cell: Any) -> None:
        self._key = (cell.parent.title, cell.coordinate)

    @property
    def color(self) -> object:
        return self.colours.get(self._key)

    @color.setter
    def color(self, value: object) -> None:
        self.colours[self._key] = value


def _with_result(sheet: Worksheet, found: re.Match[bytes]) -> bytes:
    result = _result(sheet, unescape(found[2].decode()))
    kind = b' t="e"' if result in _ERRORS else b' t="str"' if isinstance(result, str) else b""
    shown = escape(str(result)).encode()
    return b"<c%b%b><f>%b</f><v>%b</v></c>" % (found[1], kind, found[2], shown)


def _result(sheet: Worksheet, formula: str) -> object:
    """Compute the few formulas that the tests write."""
    if formula == "NA()":
        return "#N/A"
    if total := re.fullmatch(r"SUM\((\w+:\w+)\)", formula):
        return sum(cell.value or 0 for (cell,) in sheet[total[1]])
    if link := re.fullmatch(r'HYPERLINK\("(?:[^"]|"")*","((?:[^"]|"")*)"\)', formula):
        return link[1].replace('""', '"')
    product = re.fullmatch(r"([A-Z]+[0-9]+)\*2", formula)
    return 2 * (sheet[product[1]].value or 0) if product else "#NAME?"


def _computed(cell: Any) -> object:
    if cell.data_type != "f":
        return cell.value
    result = _result(cell.parent, cell.value.removeprefix("="))
    return float(result) if isinstance(result, int) else result


def _shown(value: object) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - cells know none
    return value


def _type_in(cell: Any, value: object) -> None:
    """Put a value into a cell as Excel does when a program sets it."""
    if not isinstance(value, str):
        cell.value = value
        return
    if value.startswith("'"):
        _put_text(cell, value[1:])
    elif cell.number_format == "@":
        _put_text(cell, value)
    elif value.startswith("=") or value in _ERRORS:
        cell.value = value
    elif _NUMBER.fullmatch(value) or _SCIENTIFIC.fullmatch(value):
        cell.value = float(value)
    elif value.upper() in _WORDS:
        cell.value = _WORDS[value.upper()]
    else:
        _put_text(cell, value)


def _put_text(cell: Any, text: str) -> None:
    cell.value = text or None
    if text:
        cell.data_type = "s"
