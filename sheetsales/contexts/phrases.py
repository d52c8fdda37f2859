"""Small wordings that several documents share, in the language of the document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from sheetsales.contexts.base import DASH, Source, Writer
from sheetsales.locale.formats import format_number, format_quantity
from sheetsales.locale.labels import written

_SATURDAY = 5


def say(writer: Writer, zh_hant: str, en: str) -> str:
    """Return a text of our own in the language of the document."""
    return written(en if writer.locale == "en" else zh_hant, writer.locale)


def listed(writer: Writer, texts: Iterable[str]) -> str:
    """Return texts as a list in one line; a dash for none."""
    return say(writer, "、", ", ").join(texts) or DASH


def named(source: Source, writer: Writer, table: str, keys: Iterable[str] | None) -> str:
    """Return the names of several rows as a list."""
    return listed(writer, (source.name(table, key) for key in keys or ()))


def span(writer: Writer, start: date | None, end: date | None) -> str:
    """Return a first and a last day."""
    return say(writer, "{}至{}", "{} to {}").format(writer.date(start), writer.date(end))


def yes_no(writer: Writer, value: bool | None) -> str:  # noqa: FBT001 (it is the value to be said)
    """Return yes or no."""
    return DASH if value is None else writer.label("yes_no", "yes" if value else "no")


def score_text(value: object) -> str:
    """Return a score with two decimals; a dash where there is none."""
    return format_number(value, 2) if isinstance(value, Decimal) else DASH


def share_text(value: Decimal | None) -> str:
    """Return a weight in percent without idle decimals."""
    return DASH if value is None else f"{format_quantity(value)}%"


def add_workdays(start: date, days: int) -> date:
    """Return the day that lies some Mondays to Fridays after another."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day
