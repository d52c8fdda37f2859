"""The value of a cell from its own XML: the same that calamine gives for it."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property

from sheetsales.errors import WorkbookError
from sheetsales.store import markup
from sheetsales.store.number_formats import Shown, read_formats
from sheetsales.store.parts import BookParts, label
from sheetsales.store.rich_text import characters, rich_text, unescaped
from sheetsales.store.shared_strings import SharedStrings
from sheetsales.store.values import CellError

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?")
_ISO_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d{1,6})?")
_TAG = re.compile(rb"<[^<>]*>")
_BASE_1900, _BASE_1904 = datetime.fromisoformat("1899-12-30"), datetime.fromisoformat("1904-01-01")
_LEAP_1900 = 60  # the day that Excel counts but that never was; what lies before is one day off
_DAY = 86_400_000  # milliseconds
_FALSE = ("0", "false")


class CellBook:
    """What all cells of a book are read with; each part is read when a cell first needs it."""

    def __init__(self, parts: BookParts) -> None:
        self._parts = parts
        self.date1904 = parts.date1904

    @cached_property
    def strings(self) -> SharedStrings | None:
        """The texts that cells share, None if there are none."""
        part = self._parts.related("sharedStrings")
        if part is None:
            return None
        package = self._parts.package
        return SharedStrings(package.open_part(part), label(package, part))

    @cached_property
    def formats(self) -> tuple[Shown, ...]:
        """What each cell format makes of a number."""
        return read_formats(self._parts)


@cache
def _value_pattern(prefix: bytes) -> re.Pattern[bytes]:
    quoted = re.escape(prefix)
    return re.compile(
        rb"<%bv(?:\s[^<>]*)?>([^<]*)</%bv|<%bis(?:\s[^<>]*)?>(.*?)</%bis"
        % (quoted, quoted, quoted, quoted),
        re.DOTALL,
    )


class CellReader:
    """Reads cells of one sheet.

    Args:
        book: what they are read with.
        prefix: namespace prefix of the sheet's elements with its colon, or nothing.
        part: name of the sheet's part for messages.
    """

    def __init__(self, book: CellBook, prefix: bytes, part: str) -> None:
        self._book = book
        self._prefix = prefix
        self._part = part
        self._base = _BASE_1904 if book.date1904 else _BASE_1900

    @property
    def strings(self) -> SharedStrings | None:
        """The texts that cells of the book share."""
        return self._book.strings

    def value(self, cell: bytes) -> object:
        """Return the value of a cell, None if it holds none.

        Raises:
            WorkbookError: ``workbook-part`` if the cell makes no sense.
        """
        if b"<!" in cell or b"<?" in cell:
            cell = markup.plain(cell)
        tag = _TAG.match(cell)
        if tag is None:
            return None
        given = markup.attributes(tag[0])
        with markup.sense(self._part):
            return self._read(given.get("t"), given.get("s"), cell[tag.end() :])

    def _read(self, kind: str | None, style: str | None, inner: bytes) -> object:
        number = text = None
        for value, inline in _value_pattern(self._prefix).findall(inner):
            if inline:
                text = inline
            else:
                number = value
        if kind in ("inlineStr", "is") or number is None:
            return rich_text(text, self._prefix) or None if text is not None else None
        raw = characters(number)
        return self._typed(kind, style, raw) if raw else None

    def _typed(self, kind: str | None, style: str | None, raw: str) -> object:
        if kind in (None, "n"):
            return self._number(kind, style, raw)
        if kind == "s":
            strings = self.strings
            if strings is None:
                raise WorkbookError("workbook-part", part=self._part, reason="sharedStrings")
            return strings.text(int(raw)) or None
        if kind == "str":
            return unescaped(raw)
        if kind == "b":
            return raw not in _FALSE
        if kind == "e":
            return CellError(raw)
        if kind == "d":
            return _iso(raw)
        raise ValueError(f"t={kind}")

    def _number(self, kind: str | None, style: str | None, raw: str) -> object:
        if _NUMBER.fullmatch(raw) is None:
            if kind is None:
                return raw
            raise ValueError(raw)
        value = float(raw)
        shown = self._shown(style)
        if shown is Shown.NUMBER or not math.isfinite(value):
            return value
        milliseconds = math.copysign(math.floor(abs(value) * _DAY + 0.5), value)
        try:
            if shown is Shown.SPAN:
                return timedelta(milliseconds=milliseconds)
            return self._moment(value, milliseconds)
        except OverflowError:
            return value

    def _shown(self, style: str | None) -> Shown:
        if style is None:
            return Shown.NUMBER
        number = int(style) if style.isascii() and style.isdigit() else 0
        return self._book.formats[number] if number < len(self._book.formats) else Shown.NUMBER

    def _moment(self, value: float, milliseconds: float) -> date | time:
        """Return what a date format shows: a time of day, a day, or both."""
        if value < 1:
            of_day = timedelta(milliseconds=milliseconds % _DAY)
            return (_BASE_1904 + of_day).time()
        early = not self._book.date1904 and value < _LEAP_1900
        moment = self._base + timedelta(days=1 if early else 0, milliseconds=milliseconds)
        return moment.date() if value.is_integer() else moment


def _iso(raw: str) -> object:
    try:
        if _ISO_DATE.fullmatch(raw):
            return date.fromisoformat(raw)
        if _ISO_MOMENT.fullmatch(raw):
            return datetime.fromisoformat(raw)
        if _ISO_TIME.fullmatch(raw):
            return time.fromisoformat(raw)
    except ValueError:
        return raw
    return raw
