"""Numbers, money, dates and periods as text. Pure; every value is given, nothing is missing.

Numbers are rounded half up on their decimal writing (0.125 is 0.13, never 0.12). Dates are never
padded (2026年3月13日). The Republic of China calendar is a way of writing years in Chinese;
English keeps the common era.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from sheetsales.locale.capitals import capital_amount
from sheetsales.locale.conversion import SIMPLIFIED
from sheetsales.locale.rounding import Number, minor_units, round_half_up

__all__ = [
    "Calendar",
    "Number",
    "capital_amount",
    "format_date",
    "format_datetime",
    "format_money",
    "format_number",
    "format_percent",
    "format_period",
    "format_quantity",
    "minor_units",
    "round_half_up",
]

Calendar = Literal["ce", "roc"]

_SYMBOLS = {
    "TWD": "NT$",
    "CNY": "¥",
    "JPY": "JP¥",
    "USD": "US$",
    "HKD": "HK$",
    "EUR": "€",
    "GBP": "£",
}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_ROC_EPOCH = 1911


def format_number(value: Number, decimals: int = 0) -> str:
    """Return a number with thousands separators and a fixed count of decimals.

    >>> format_number(1250000.5, 2)
    '1,250,000.50'
    """
    return f"{round_half_up(value, decimals):,f}"


def format_quantity(value: Number, unit: str = "") -> str:
    """Return a number with at most four decimals and no idle zeros, followed by its unit.

    >>> format_quantity(1200.50, "箱")
    '1,200.5 箱'
    """
    text = format_number(value, 4).rstrip("0").rstrip(".")
    return f"{text} {unit}" if unit else text


def format_percent(value: Number, decimals: int = 2) -> str:
    """Return a percentage from its number of hundredths.

    >>> format_percent(104.166667)
    '104.17%'
    """
    return f"{format_number(value, decimals)}%"


def format_money(amount: Number, currency: str, locale: str) -> str:
    """Return an amount with its currency, rounded to the minor unit.

    >>> format_money(1250000, "TWD", "zh-Hant"), format_money(1250000, "TWD", "en")
    ('NT$ 1,250,000', 'TWD 1,250,000')
    """
    sign = currency if locale == "en" else _SYMBOLS.get(currency, currency)
    return f"{sign} {format_number(amount, minor_units(currency))}"


def format_date(day: date, locale: str, calendar: Calendar = "ce") -> str:
    """Return a date in words of the locale.

    >>> format_date(date(2026, 3, 13), "zh-Hant", "roc")
    '民國115年3月13日'
    """
    if locale == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{_year(day.year, locale, calendar)}年{day.month}月{day.day}日"


def format_datetime(moment: datetime, locale: str, calendar: Calendar = "ce") -> str:
    """Return a date with hour and minute."""
    separator = ", " if locale == "en" else " "
    return f"{format_date(moment, locale, calendar)}{separator}{moment:%H:%M}"


def format_period(period: str, locale: str) -> str:
    """Return a period (``2026``, ``2026Q3`` or ``202607``) in words; other texts stay themselves.

    >>> format_period("2026Q3", "zh-Hant"), format_period("202607", "en")
    ('2026年第3季', 'July 2026')
    """
    year, rest = period[:4], period[4:]
    english = locale == "en"
    if not rest:
        return year if english or not year.isdigit() else f"{year}年"
    if rest in {"Q1", "Q2", "Q3", "Q4"}:
        return f"{rest} {year}" if english else f"{year}年第{rest[1]}季"
    if rest.isdigit() and 1 <= int(rest) <= 12:
        return f"{_MONTHS[int(rest) - 1]} {year}" if english else f"{year}年{int(rest)}月"
    return period


def _year(year: int, locale: str, calendar: Calendar) -> str:
    if calendar == "ce":
        return str(year)
    era = "民国" if locale == SIMPLIFIED else "民國"
    if year > _ROC_EPOCH:
        return f"{era}{year - _ROC_EPOCH}"
    return f"{era}前{_ROC_EPOCH + 1 - year}"
