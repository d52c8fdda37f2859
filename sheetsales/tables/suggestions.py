"""What somebody probably meant by a text where a number or a date belongs."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_DATE = re.compile(r"(?P<year>\d{2,4})(?P<mark>\D)(?P<month>\d{1,2})\D(?P<day>\d{1,2})\D?")
_COMPACT_DATE = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_ROC_EPOCH = 1911
_EXCEL_EPOCH = date(1899, 12, 30)
_PLAUSIBLE_SERIALS = range(20_000, 80_000)


def suggested_number(text: str) -> str | None:
    """Return the number that a text spells with full-width digits, commas or blanks.

    >>> suggested_number("１，２００.50")
    '1200.50'
    """
    plain = re.sub(r"[,\s]", "", unicodedata.normalize("NFKC", text))
    return plain if _NUMBER.fullmatch(plain) else None


def suggested_date(value: object) -> str | None:
    """Return the ISO date that a text or an Excel serial number stands for.

    Two- and three-digit years are years of the Republic of China (115 is 2026).

    >>> suggested_date("115年3月13日")
    '2026-03-13'
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        days = int(value)
        serial = days in _PLAUSIBLE_SERIALS
        return (_EXCEL_EPOCH + timedelta(days=days)).isoformat() if serial else None
    plain = unicodedata.normalize("NFKC", str(value)).strip().removeprefix("民國").strip()
    match = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    if match is None:
        return None
    year, month, day = (int(match[part]) for part in ("year", "month", "day"))
    try:
        return date(year + _ROC_EPOCH if year < 1000 else year, month, day).isoformat()
    except ValueError:
        return None


def shown(value: object) -> str:
    """Return a raw cell value as people read it in the cell: no exponent, no trailing ``.0``."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
