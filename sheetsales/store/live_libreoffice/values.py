"""Values of cells: as LibreOffice keeps them, and as xlwings' Excel engines give them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sheetsales.store.live_libreoffice.loading import struct

_DATE, _TIME, _LOGICAL = 2, 4, 1024
"""com.sun.star.util.NumberFormat."""
_TEXT_FORMAT = 256
_ERROR_RESULTS = 4
"""com.sun.star.sheet.FormulaResult.ERROR."""
_ERRORS = {
    32767: "#N/A",
    502: "#VALUE!",
    503: "#NUM!",
    504: "#REF!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
}
_UNKNOWN_ERROR = "#VALUE!"
_PLAIN = re.compile(
    r"(?!(?:true|false)$|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[^\W\d_].*",
    re.IGNORECASE | re.DOTALL,
)
"""What cannot be a number, a day or a truth value in English: the language of what is typed in."""
_FEW = 32
"""Up to so many cells are asked for their format one by one."""
_DAY = timedelta(days=1)

Rows = list[list[object]]


class CellErrorValue(str):
    """What a cell shows in place of a value."""

    __slots__ = ()


def read_values(document: Any, cells: Any) -> Rows:
    """Return the values of a block: None, float, str, bool, datetime or an error."""
    rows = [[None if value == "" else value for value in row] for row in cells.getDataArray()]
    address = cells.getRangeAddress()
    for row, column, kind in _special_formats(document, cells):
        value = rows[row][column]
        if isinstance(value, float):
            rows[row][column] = bool(value) if kind & _LOGICAL else moment(document, value)
    for area in cells.queryFormulaCells(_ERROR_RESULTS).getRangeAddresses():
        for row in range(area.StartRow, area.EndRow + 1):
            for column in range(area.StartColumn, area.EndColumn + 1):
                place = (column - address.StartColumn, row - address.StartRow)
                code = cells.getCellByPosition(*place).getError()
                rows[place[1]][place[0]] = CellErrorValue(_ERRORS.get(code, _UNKNOWN_ERROR))
    return rows


def _special_formats(document: Any, cells: Any) -> Iterator[tuple[int, int, int]]:
    """Yield row and column, from 0, and kind of format of cells that show dates or yes and no."""
    address = cells.getRangeAddress()
    height = address.EndRow - address.StartRow + 1
    width = address.EndColumn - address.StartColumn + 1
    formats = document.getNumberFormats()
    if height * width <= _FEW:
        for row in range(height):
            for column in range(width):
                cell = cells.getCellByPosition(column, row)
                kind = formats.getByKey(cell.NumberFormat).Type
                if kind & (_DATE | _TIME | _LOGICAL):
                    yield row, column, kind
        return
    groups = cells.getUniqueCellFormatRanges()
    for index in range(groups.getCount()):
        areas = groups.getByIndex(index)
        kind = formats.getByKey(areas.NumberFormat).Type
        if kind & (_DATE | _TIME | _LOGICAL):
            for area in areas.getRangeAddresses():
                for row in range(area.StartRow, area.EndRow + 1):
                    for column in range(area.StartColumn, area.EndColumn + 1):
                        yield row - address.StartRow, column - address.StartColumn, kind


def moment(document: Any, days: float) -> datetime:
    """Return the moment that a number of days stands for, to the microsecond."""
    seconds = round(days * 86_400_000) / 1000
    return _origin(document) + timedelta(seconds=seconds)


def days_of(document: Any, value: date) -> float:
    """Return a day or moment as the number that a cell keeps."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value.replace(tzinfo=None) - _origin(document)) / _DAY


def _origin(document: Any) -> datetime:
    first = document.NullDate
    return datetime(first.Year, first.Month, first.Day)  # noqa: DTZ001 - cells know no time zone


def write_values(document: Any, cells: Any, rows: Sequence[Sequence[object]]) -> None:
    """Write a block of values as Excel takes them: text is read as if it was typed.

    A text with an apostrophe in front is a text. Formats stay; where a day or moment meets a cell
    without a format of its own, the cell gets one.
    """
    if _can_be_set_at_once(cells, rows):
        cells.setDataArray(tuple(tuple(map(_plain, row)) for row in rows))
        return
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            _write_value(document, cells.getCellByPosition(column, row), value)


def _plain(value: object) -> object:
    """Return a value as UNO takes it: whole numbers of 64 bits are none of a cell's."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.removeprefix("'")
    return float(value) if isinstance(value, int) else value


def _can_be_set_at_once(cells: Any, rows: Sequence[Sequence[object]]) -> bool:
    """Whether nothing needs to be interpreted, and nothing but values would be lost."""
    if cells.getSpreadsheet().getAnnotations().getCount():
        return False
    return all(
        value is None
        or (isinstance(value, int | float) and not isinstance(value, bool))
        or (isinstance(value, str) and (value[:1] == "'" or _is_plain_text(value)))
        for row in rows
        for value in row
    )


def _is_plain_text(text: str) -> bool:
    """Whether a text can only be read as a text."""
    return not text or bool(_PLAIN.fullmatch(text))


def _write_value(document: Any, cell: Any, value: object) -> None:
    if value is None or value == "":
        cell.setString("")
    elif isinstance(value, bool):
        cell.setValue(float(value))
        _give_format(document, cell, _LOGICAL)
    elif isinstance(value, date):
        cell.setValue(days_of(document, value))
        has_time = isinstance(value, datetime) and value.time() != time()
        _give_format(document, cell, _DATE | _TIME if has_time else _DATE)
    elif isinstance(value, int | float | Decimal):
        cell.setValue(float(value))
        # A yes or no that becomes a number shows as one.
        if document.getNumberFormats().getByKey(cell.NumberFormat).Type & _LOGICAL:
            cell.setPropertyToDefault("NumberFormat")
    else:
        _write_text(document, cell, str(value))


def _write_text(document: Any, cell: Any, text: str) -> None:
    kind = document.getNumberFormats().getByKey(cell.NumberFormat).Type
    if text.startswith("'"):
        cell.setString(text[1:])
    elif kind & _TEXT_FORMAT or "\n" in text or _is_plain_text(text):
        cell.setString(text)
    else:
        # Read as typed, in English: numbers, dates and errors become what they look like.
        cell.setFormula(text)


def _give_format(document: Any, cell: Any, kind: int) -> None:
    formats = document.getNumberFormats()
    if not formats.getByKey(cell.NumberFormat).Type & kind:
        locale = struct("lang.Locale")
        if kind == _LOGICAL:
            cell.NumberFormat = formats.getStandardFormat(kind, locale)
            return
        code = "YYYY-MM-DD HH:MM:SS" if kind & _TIME else "YYYY-MM-DD"
        key = formats.queryKey(code, locale, False)
        cell.NumberFormat = key if key >= 0 else formats.addNew(code, locale)


def cleaned(
    value: object,
    datetime_builder: Callable[..., object],
    empty_as: object,
    number_builder: Callable[[float], object] | None,
    *,
    err_to_str: bool,
) -> object:
    """Return a value as the options of a range ask for it."""
    if value is None:
        return empty_as
    if isinstance(value, CellErrorValue):
        return str(value) if err_to_str else None
    if isinstance(value, datetime):
        return datetime_builder(
            year=value.year,
            month=value.month,
            day=value.day,
            hour=value.hour,
            minute=value.minute,
            second=value.second,
            microsecond=value.microsecond,
            tzinfo=None,
        )
    if number_builder is not None and isinstance(value, float):
        return number_builder(value)
    return value


def prepared(value: Any) -> object:
    """Return a value of Python, numpy or pandas as cells take it; nothing for what is missing."""
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, str | bool | int | float | Decimal):
        return value
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime() if value == value else None  # noqa: PLR0124 - NaT
    if isinstance(value, date):
        return value
    if hasattr(value, "item"):
        return prepared(value.item())
    return None if str(value) == "<NA>" else str(value)
