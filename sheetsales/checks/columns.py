"""Column rules from the descriptors, whole columns at a time.

What a single cell must be (type, label, reference) is found when a table is bound; here is what a
column must be: filled, distinct, within bounds, of the right form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from sheetsales.problems import Problem
from sheetsales.tables import row_keys

if TYPE_CHECKING:
    import pandas as pd

    from sheetsales.schema import Field
    from sheetsales.tables import TableData

_GENERATED_KEY = re.compile(r"[A-Z]+-\[0-9\]\{6\}")
_LONGEST_SHOWN = 80


def check_columns(data: TableData) -> list[Problem]:
    """Return the problems of a table's columns: COL-required, -unique, -key, -minimum and so on.

    A cell that could not be typed is not reported a second time as missing. A row without a
    generated key is a new row, not a problem.
    """
    if not len(data):
        return []
    problems = list(_repeated_keys(data))
    for field in data.table.fields:
        for check in _CHECKS:
            problems.extend(check(data, field, data.frame[field.name]))
    return problems


def _missing(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    table = data.table
    if not field.required or (table.key_prefix and field.name in table.primary_key):
        return
    rejected = data.rejected.get(field.name, {})
    for position in np.flatnonzero(values.isna().to_numpy()).tolist():
        if position not in rejected:
            yield _problem(data, position, field.name, "COL-required")


def _repeated(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    if field.unique and data.table.primary_key != (field.name,):
        present = values.notna()
        again = values.duplicated() & present
        for position in np.flatnonzero(again.to_numpy()).tolist():
            value = values.iat[position]
            first = int((values == value).to_numpy().argmax())
            other = str(data.place(first, field.name))
            yield _problem(data, position, field.name, "COL-unique", value=value, other=other)


def _repeated_keys(data: TableData) -> Iterator[Problem]:
    names = list(data.table.primary_key)
    part = data.frame[names]
    again = part.duplicated().to_numpy() & part.notna().all(axis=1).to_numpy()
    positions = np.flatnonzero(again).tolist()
    if positions:
        keys = row_keys(data.table, data.frame)
        for position in positions:
            first = str(data.place(keys.index(keys[position]), names[0]))
            yield _problem(data, position, names[0], "COL-key", value=keys[position], other=first)


def _too_low(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    if field.minimum is not None:
        low = (values < field.minimum).fillna(value=False).to_numpy(dtype=bool)
        for position in np.flatnonzero(low).tolist():
            value = values.iat[position]
            yield _problem(
                data, position, field.name, "COL-minimum", value=value, limit=field.minimum
            )


def _too_high(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    if field.maximum is not None:
        high = (values > field.maximum).fillna(value=False).to_numpy(dtype=bool)
        for position in np.flatnonzero(high).tolist():
            value = values.iat[position]
            yield _problem(
                data, position, field.name, "COL-maximum", value=value, limit=field.maximum
            )


def _too_long(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    if field.max_length is None:
        return
    texts = [text for text in values.tolist() if text is not None]
    if max(map(len, texts), default=0) <= field.max_length:
        return
    for position, text in enumerate(values.tolist()):
        if text is not None and len(text) > field.max_length:
            yield _problem(
                data,
                position,
                field.name,
                "COL-max-length",
                length=len(text),
                limit=field.max_length,
            )


def _malformed(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    if field.pattern is None:
        return
    texts = values.tolist()
    matches = re.compile(field.pattern).fullmatch
    wrong = {text for text in set(texts) if text is not None and not matches(text)}
    if wrong:
        variant, example = _form(field.pattern)
        for position, text in enumerate(texts):
            if text in wrong:
                yield _problem(
                    data,
                    position,
                    field.name,
                    "COL-pattern",
                    variant,
                    value=text[:_LONGEST_SHOWN],
                    example=example,
                )


def _form(pattern: str) -> tuple[str, str]:
    """Return the variant of the message for a pattern, and an example or the pattern itself."""
    if _GENERATED_KEY.fullmatch(pattern):
        return "key", pattern.replace("[0-9]{6}", "000001")
    if pattern.startswith("[0-9]{4}("):
        return "period", "2026Q3" if "Q" in pattern else "202607"
    if pattern.startswith("(?!/)"):
        return "file", "documents/report.pdf"
    return "", pattern


_Check = Callable[["TableData", "Field", "pd.Series[Any]"], Iterator[Problem]]
_CHECKS: tuple[_Check, ...] = (_missing, _repeated, _too_low, _too_high, _too_long, _malformed)


def _problem(
    data: TableData, position: int, field: str, code: str, variant: str = "", **arguments: object
) -> Problem:
    return Problem(
        code=code,
        table=data.table.name,
        key=data.key(position),
        field=field,
        variant=variant,
        place=data.place(position, field),
        arguments=arguments,
        clause=data.table.clause,
    )
