"""Computed columns hold what the engine wrote last; anything else got there by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from sheetsales.locale.labels import label
from sheetsales.problems import Problem
from sheetsales.schema import LIST_SEPARATOR
from sheetsales.scores.registry import NOT_SCORED

if TYPE_CHECKING:
    from sheetsales.schema import Field, Regulation, Table
    from sheetsales.tables import TableData, Tables

Written: TypeAlias = Mapping[str, Mapping[str, Mapping[str, str]]]
"""What the engine wrote last: table, key, field, text as :func:`cell_texts` gives it."""


def check_computed(tables: Tables, written: Written, regulation: Regulation) -> Iterator[Problem]:
    """Yield a ``COL-computed`` for each value in a computed column that the engine did not write.

    A value that the engine wrote but would not write today is out of date, which is no problem.
    Tables that nothing is known of are passed over, and so are rows whose key stands twice.
    """
    for name, known in written.items():
        data = tables[name]
        keys = data.keys()
        times = Counter(keys)
        for field in scored_fields(data.table):
            texts = cell_texts(data.frame[field.name])
            for position, (key, text) in enumerate(zip(keys, texts, strict=True)):
                wrote = known.get(key, {}).get(field.name, "")
                if text and text != wrote and (times[key] == 1 or not key):
                    yield _problem(data, position, field, (text, wrote), regulation)


def scored_fields(table: Table) -> list[Field]:
    """Return the computed fields that scores write; facts about files are not among them."""
    others = NOT_SCORED.get(table.name, ())
    return [table.by_name[name] for name in table.computed if name not in others]


def cell_texts(values: pd.Series[Any]) -> list[str]:
    """Return the values of a typed column as texts to compare; "" where there is none.

    >>> cell_texts(pd.Series([71.87, 5.0, float("nan")]))
    ['71.87', '5', '']
    """
    return [_text(value) for value in values.tolist()]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return LIST_SEPARATOR.join(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    # Excel keeps fifteen digits, so more of them would tell equal numbers apart.
    return format(value, ".15g") if isinstance(value, float) else str(value)


def _problem(
    data: TableData, position: int, field: Field, texts: tuple[str, str], regulation: Regulation
) -> Problem:
    locale = data.books[int(data.book_numbers[position])].locale
    value, wrote = (shown_value(text, field, regulation, locale) for text in texts)
    return Problem(
        code="COL-computed",
        table=data.table.name,
        key=data.key(position),
        field=field.name,
        variant="" if wrote != "" else "unwritten",
        severity="warning",
        place=data.place(position, field.name),
        arguments={"value": value, "written": wrote} if wrote != "" else {"value": value},
        clause=data.table.clause,
    )


def shown_value(text: str, field: Field, regulation: Regulation, locale: str) -> object:
    """Return a value as a message shows it, in the words of the book."""
    if not text:
        return ""
    if field.type in {"number", "integer"}:
        return Decimal(text)
    if field.type == "boolean":
        return text == "true"
    return label(regulation, field.enumeration, text, locale) if field.enumeration else text
