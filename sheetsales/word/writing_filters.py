"""Filters that write amounts, dates and shares as contracts do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from jinja2 import Undefined

from sheetsales.locale.formats import (
    capital_amount,
    format_date,
    format_money,
    format_number,
    round_half_up,
)
from sheetsales.word.lookups import refuse_undefined
from sheetsales.word.printing import PrintError

_LARGEST = 10**18
_MOST_DECIMALS = 12
_DIRECTIVE = re.compile("%(-?.)", re.DOTALL)
_ROC_EPOCH = 1911
_LONGEST_FORMAT = 200


def money(value: Any, currency: str = "", decimals: int | None = None) -> str:
    """Return an amount with thousands separators, and its currency if one is named.

    Without a currency a whole amount has no decimals and every other has two, unless told.

    >>> money("1250000.5"), money(1250000, "TWD")
    ('1,250,000.50', 'NT$ 1,250,000')
    """
    amount = _amount(value)
    if currency and decimals is None:
        return format_money(amount, currency, "zh-Hant")
    places = _decimals(amount, decimals)
    text = format_number(amount, places)
    return f"{format_money(0, currency, 'zh-Hant').split()[0]} {text}" if currency else text


def capital(value: Any, currency: str = "", locale: str = "zh-Hant") -> str:
    """Return an amount in Chinese capitals (``zh-Hant``, ``zh-Hans``) or English words (``en``).

    >>> capital(Decimal("1250000.35")), capital(-205, locale="zh-Hans")
    ('壹佰貳拾伍萬元參角伍分', '负贰佰零伍元整')
    """
    if locale not in {"zh-Hant", "zh-Hans", "en"}:
        raise ValueError(f"locale: {locale}")
    return capital_amount(_amount(value), currency, locale).strip()


def roc_date(value: Any) -> str:
    """Return a date of the Republic of China's calendar.

    >>> roc_date("2026-11-23")
    '民國115年11月23日'
    """
    return format_date(_day(value), "zh-Hant", "roc")


def iso_date(value: Any) -> str:
    """Return a date as ``2026-11-23``."""
    day = _day(value)
    return day.date().isoformat() if isinstance(day, datetime) else day.isoformat()


def dated(value: Any, pattern: str = "%Y-%m-%d") -> str:
    """Return a date by a pattern.

    Known are ``%Y %y %m %d %H %M %S`` and ``%R``, the year of the Republic of China; with a hyphen,
    as in ``%-m``, without leading zeros.

    >>> dated("2026-03-05", "%Y年%-m月%-d日")
    '2026年3月5日'
    """
    if len(pattern) > _LONGEST_FORMAT:
        raise ValueError("pattern: too long")
    day = _day(value)
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001
    return _DIRECTIVE.sub(lambda match: _directive(moment, match.group(1)), pattern)


def percent(value: Any, decimals: int | None = None) -> str:
    """Return a share of one as a percentage, by itself with at most two decimals.

    >>> percent(0.125), percent("0.05", 1)
    ('12.5%', '5.0%')
    """
    hundredths = _amount(value) * 100
    if decimals is not None:
        return f"{format_number(hundredths, _decimals(hundredths, decimals))}%"
    text = format_number(hundredths, 2)
    return f"{text.rstrip('0').rstrip('.')}%"


def _amount(value: Any) -> Decimal:
    if isinstance(value, Undefined):
        refuse_undefined(value)
    if value is None:
        raise PrintError("print-none")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise TypeError(f"no-number: {type(value).__name__}")
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"no-number: {str(value)[:40]}") from error
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError(f"no-number: {str(value)[:40]}")
    # So many decimals that no later step can make a giant text of a tiny number.
    return round_half_up(number, _MOST_DECIMALS)


def _decimals(amount: Decimal, decimals: int | None) -> int:
    if decimals is None:
        return 0 if amount == amount.to_integral_value() else 2
    if not 0 <= decimals <= _MOST_DECIMALS:
        raise ValueError(f"precision: {decimals}")
    return decimals


def _day(value: Any) -> date:
    if isinstance(value, Undefined):
        refuse_undefined(value)
    if isinstance(value, date):
        return value
    if value is None:
        raise PrintError("print-none")
    if not isinstance(value, str):
        raise TypeError(f"no-date: {type(value).__name__}")
    try:
        return datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"no-date: {value[:40]}") from error


def _directive(moment: datetime, name: str) -> str:
    numbers = {
        "Y": (moment.year, 4),
        "y": (moment.year % 100, 2),
        "R": (moment.year - _ROC_EPOCH, 1),
        "m": (moment.month, 2),
        "d": (moment.day, 2),
        "H": (moment.hour, 2),
        "M": (moment.minute, 2),
        "S": (moment.second, 2),
    }
    if name == "%":
        return "%"
    number, width = numbers.get(name[-1], (0, 0))
    if not width:
        raise ValueError(f"pattern: %{name}")
    return str(number) if name.startswith("-") else f"{number:0{width}d}"


FILTERS: dict[str, Callable[..., Any]] = {
    "capital": capital,
    "date": dated,
    "iso_date": iso_date,
    "money": money,
    "percent": percent,
    "roc_date": roc_date,
}
"""The filters of this module by name."""
