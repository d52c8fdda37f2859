"""Periods of the fiscal calendar: a year ``2026``, a quarter ``2026Q3`` or a month ``202607``.

A fiscal year carries the calendar year in which it begins; its quarters count from its first
month. Months are always calendar months.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_MONTH = re.compile(r"(\d{4})(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Period:
    """A year, quarter or month.

    Attributes:
        text: as it was written, e.g. ``2026Q3``.
        start: first day.
        end: last day.
        months: the calendar months in order, e.g. ``("202607", "202608", "202609")``.
    """

    text: str
    start: date
    end: date
    months: tuple[str, ...]

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def parse_period(text: str, fiscal_start: int = 1) -> Period:
    """Return the days and months of a period.

    >>> parse_period("2026Q3").months
    ('202607', '202608', '202609')

    Args:
        text: ``YYYY``, ``YYYYQn`` or ``YYYYMM``.
        fiscal_start: first month of the fiscal year.

    Raises:
        ValueError: the text is no period.
    """
    if match := _MONTH.fullmatch(text):
        return _period(text, int(match[1]) * 12 + int(match[2]) - 1, 1)
    if match := _QUARTER.fullmatch(text):
        first = int(match[1]) * 12 + fiscal_start - 1 + 3 * (int(match[2]) - 1)
        return _period(text, first, 3)
    if _YEAR.fullmatch(text):
        return _period(text, int(text) * 12 + fiscal_start - 1, 12)
    raise ValueError(f"not a period: {text}")


def month_of(day: date) -> str:
    """Return the month of a day, e.g. ``202607``."""
    return f"{day:%Y%m}"


def quarter_of(day: date, fiscal_start: int = 1) -> str:
    """Return the quarter of a day, e.g. ``2026Q3``."""
    year, month = divmod(_index(day) - (fiscal_start - 1), 12)
    return f"{year:04d}Q{month // 3 + 1}"


def year_of(day: date, fiscal_start: int = 1) -> str:
    """Return the fiscal year of a day, e.g. ``2026``."""
    return f"{(_index(day) - (fiscal_start - 1)) // 12:04d}"


def months_between(start: date, end: date) -> tuple[str, ...]:
    """Return the calendar months from the month of one day to the month of another, in order."""
    return tuple(_month(index) for index in range(_index(start), _index(end) + 1))


def shift_period(text: str, steps: int, fiscal_start: int = 1) -> str:
    """Return the period of the same kind that lies some steps later, or earlier if negative.

    >>> shift_period("2026Q1", -1)
    '2025Q4'

    Raises:
        ValueError: the text is no period.
    """
    period = parse_period(text, fiscal_start)
    first = _index(period.start) + steps * len(period.months)
    day = date(first // 12, first % 12 + 1, 1)
    kinds = {1: month_of(day), 3: quarter_of(day, fiscal_start), 12: year_of(day, fiscal_start)}
    return kinds[len(period.months)]


def _period(text: str, first: int, count: int) -> Period:
    last = first + count - 1
    year, month = last // 12, last % 12 + 1
    return Period(
        text=text,
        start=date(first // 12, first % 12 + 1, 1),
        end=date(year, month, monthrange(year, month)[1]),
        months=tuple(_month(index) for index in range(first, first + count)),
    )


def _index(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(index: int) -> str:
    return f"{index // 12:04d}{index % 12 + 1:02d}"
