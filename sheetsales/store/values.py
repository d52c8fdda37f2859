"""Python values as the XML of a cell, exactly or not at all."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sheetsales.errors import EditRefusedError
from sheetsales.store.markup import escape

_MOST_DIGITS = 15
_LONGEST_TEXT = 32_767
_LONGEST_FORMULA = 8_192
_DAY = timedelta(days=1)
_MILLISECOND = 1000
_BASE_1900, _FIRST_1900 = date(1899, 12, 30), date(1900, 3, 1)
_BASE_1904 = date(1904, 1, 1)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPACE = " \t\n\r"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula to write, with the value that readers other than Excel show."""

    text: str
    cached: str | float | bool | None = None


class CellError(str):
    """What a cell shows in place of a value, such as ``#N/A``."""

    __slots__ = ()


Value = None | bool | int | float | Decimal | str | date | datetime | Formula
Encoded = tuple[bytes, bytes]
"""The type attribute (empty for a number) and the content of a cell."""

_COMPARED = (type(None), str, date, numbers.Number)
"""What can be asked whether it equals a cell's value; arrays and the like give no plain answer."""

BLANK: Encoded = (b"", b"")


class CellEncoder:
    """Turns values into what stands in a cell of one sheet.

    Args:
        prefix: the sheet's namespace prefix with its colon, or nothing.
        date1904: the workbook counts days from 1904.
    """

    def __init__(self, prefix: bytes = b"", *, date1904: bool = False) -> None:
        self._prefix = prefix
        self._base, self._first = (
            (_BASE_1904, _BASE_1904) if date1904 else (_BASE_1900, _FIRST_1900)
        )
        self._encoders: dict[type, Callable[[Any], Encoded]] = {
            type(None): lambda _: BLANK,
            str: self._text,
            bool: lambda value: self._v(b"b", "1" if value else "0"),
            int: self._whole,
            float: self._float,
            Decimal: self._decimal,
            date: self._day,
            datetime: self._moment,
            Formula: self._formula,
        }

    def encode(self, value: object) -> Encoded:
        """Return type and content of the cell; text is always text, None and "" are blank.

        Raises:
            EditRefusedError: the value would not come back as it is.
        """
        return (self._encoders.get(type(value)) or self._of_kin(value))(value)

    def _of_kin(self, value: object) -> Callable[[Any], Encoded]:
        """Return the encoder for a kin of the known types (numpy numbers, pandas timestamps)."""
        if not isinstance(value, CellError):
            for kind, encoder in (
                (str, self._text),
                (datetime, self._moment),
                (date, self._day),
                (numbers.Integral, self._whole),
                (numbers.Real, self._float),
            ):
                if isinstance(value, kind):
                    return encoder
        raise EditRefusedError("value-kind", kind=type(value).__name__)

    def _v(self, kind: bytes, text: str) -> Encoded:
        return kind, b"<%bv>%b</%bv>" % (self._prefix, text.encode(), self._prefix)

    def _text(self, value: str) -> Encoded:
        if not value:
            return BLANK
        text = _escaped(value)
        keeps = value[0] in _SPACE or value[-1] in _SPACE or "\n" in value or "\t" in value
        space = b' xml:space="preserve"' if keeps else b""
        prefix = self._prefix
        opening = b"<%bis><%bt%b>" % (prefix, prefix, space)
        return b"inlineStr", opening + text.encode() + b"</%bt></%bis>" % (prefix, prefix)

    def _whole(self, value: Any) -> Encoded:
        number = int(value)
        if abs(number) >= 10**_MOST_DIGITS:
            raise EditRefusedError("value-digits", value=number)
        return self._v(b"", str(number))

    def _float(self, value: Any) -> Encoded:
        number = float(value)
        if not math.isfinite(number):
            raise EditRefusedError("value-not-finite", value=number)
        if number != value:  # a fraction, a number wider than 64 bits
            raise EditRefusedError("value-digits", value=value)
        return self._v(b"", repr(number).removesuffix(".0").upper() if number else "0")

    def _decimal(self, value: Decimal) -> Encoded:
        if not value.is_finite():
            raise EditRefusedError("value-not-finite", value=value)
        digits = len(value.as_tuple().digits) if value else 0
        if digits > _MOST_DIGITS:
            digits = len("".join(map(str, value.as_tuple().digits)).strip("0"))
        if digits > _MOST_DIGITS or Decimal(repr(float(value))) != value:
            raise EditRefusedError("value-digits", value=value)
        return self._float(float(value))

    def _day(self, value: date) -> Encoded:
        self._refuse_early(value)
        return self._v(b"", str((value - self._base).days))

    def _moment(self, value: datetime) -> Encoded:
        if value != value:  # noqa: PLR0124  # what pandas has for no time is a datetime
            raise EditRefusedError("value-not-finite", value=value)
        if value.tzinfo is not None or value.microsecond % _MILLISECOND:
            raise EditRefusedError("value-moment", value=value.isoformat())
        day = value.date()
        self._refuse_early(day)
        rest = (value - datetime.combine(day, time())) / _DAY
        days = (day - self._base).days
        return self._v(b"", repr(days + rest) if rest else str(days))

    def _refuse_early(self, day: date) -> None:
        if day < self._first:
            first = self._first.isoformat()
            raise EditRefusedError("value-date", value=day.isoformat(), first=first)

    def _formula(self, formula: Formula) -> Encoded:
        text = formula.text.removeprefix("=")
        if not text or len(text) > _LONGEST_FORMULA or _ILLEGAL.search(text):
            raise EditRefusedError("value-formula", value=text[:40])
        body = b"<%bf>%b</%bf>" % (self._prefix, escape(text).encode(), self._prefix)
        if isinstance(formula.cached, str):
            kind, shown = self._v(b"str", _escaped(formula.cached))
        else:
            kind, shown = self.encode(formula.cached)
        return kind, body + shown


def _escaped(value: str) -> str:
    if 2 * len(value) > _LONGEST_TEXT and (
        len(value.encode("utf-16-le", "replace")) > 2 * _LONGEST_TEXT
    ):
        raise EditRefusedError("value-too-long", length=len(value))
    if illegal := _ILLEGAL.search(value):
        raise EditRefusedError("value-character", character=f"U+{ord(illegal[0]):04X}")
    if "_x" in value:
        value = _LOOKS_ESCAPED.sub("_x005F_", value)
    value = escape(value)
    return value.replace("\r", "_x000D_") if "\r" in value else value


def plain_value(value: object) -> object:
    """Return a value as it is compared: blank is None, a day at midnight is that day."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, datetime) and _is_plain_moment(value) and value.time() == time():
        return value.date()
    return value


def _is_plain_moment(value: datetime) -> bool:
    """Say whether this is a moment without a time zone, and not what pandas has for none."""
    return value == value and value.tzinfo is None  # noqa: PLR0124


def same_value(old: object, new: object) -> bool:
    """Say whether a cell that holds `old` needs no writing to hold `new`."""
    old, new = plain_value(old), plain_value(new)
    if isinstance(old, CellError) or isinstance(old, bool) is not isinstance(new, bool):
        return False
    if isinstance(new, Decimal) and isinstance(old, float):
        return Decimal(repr(old)) == new
    return isinstance(new, _COMPARED) and not isinstance(new, CellError) and old == new
