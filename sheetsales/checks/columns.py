"""Column rules from the descriptors, whole columns at a time.

What a single cell must be (type, label, reference) is found when a table is bound; here is what a
column must be: filled, distinct, within bounds, of the right form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import filterfalse
from typing import TYPE_CHECKING, Any

import numpy as np

from sheetsales.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

    from sheetsales.schema import Field
    from sheetsales.tables import TableData

_GENERATED_KEY = re.compile(r"[A-Z]+-\[0-9\]\{6\}")
_LONGEST_SHOWN = 80
_BLOCK = 2048
_EXAMPLES = (
    "SC-2026-0001",
    "name@company.com",
    "三-4-a",
    "REP-2026",
    "F09-amount",
    "SALES",
    "L1",
    "C1",
    "notice_days",
    "customer:C-000001",
    "0" * 64,
)
"""Texts of all the forms that descriptors ask for, the most telling first."""


def check_columns(data: TableData) -> list[Problem]:
    """Return the problems of a table's columns: COL-required, -unique, -key, -minimum and so on.

    A cell that could not be typed is not reported a second time as missing. A row without a
    generated key is a new row, not a problem.
    """
    if not len(data):
        return []
    problems = list(_repeated_keys(data))
    for field in data.table.fields:
        check = _CHECKS.get(field.type, _check_others)
        problems.extend(check(data, field, data.frame[field.name]))
    return problems


def _repeated_keys(data: TableData) -> Iterator[Problem]:
    names = data.table.primary_key
    columns = [data.frame[name].tolist() for name in names]
    keys = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
    again = {key for key, times in Counter(keys).items() if times > 1}
    first: dict[object, int] = {}
    for position in [i for i, key in enumerate(keys) if key in again] if again else ():
        other = first.setdefault(keys[position], position)
        value = data.key(position)
        if other != position and value:
            place = str(data.place(other, names[0]))
            yield _problem(data, position, names[0], "COL-key", value=value, other=place)


def _check_texts(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    cells = values.tolist()
    if field.required and not all(cells):
        yield from _missing(data, field, [i for i, cell in enumerate(cells) if cell is None])
    if any(cells):
        yield from _repeated(data, field, values)
        if field.max_length is not None:
            yield from _too_long(data, field, cells, field.max_length)
        if field.pattern is not None:
            yield from _malformed(data, field, cells, field.pattern)


def _check_numbers(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    yield from _missing(data, field, np.flatnonzero(np.isnan(numbers)).tolist())
    yield from _repeated(data, field, values)
    for code, limit, beyond in (
        ("COL-minimum", field.minimum, np.less),
        ("COL-maximum", field.maximum, np.greater),
    ):
        if limit is not None:
            for position in np.flatnonzero(beyond(numbers, limit)).tolist():
                value = values.iat[position]
                yield _problem(data, position, field.name, code, value=value, limit=limit)


def _check_others(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    if field.required:
        yield from _missing(data, field, np.flatnonzero(values.isna().to_numpy()).tolist())
    yield from _repeated(data, field, values)


_CHECKS = {
    "string": _check_texts,
    "number": _check_numbers,
    "integer": _check_numbers,
}


def _missing(data: TableData, field: Field, positions: list[int]) -> Iterator[Problem]:
    table = data.table
    if not field.required or (table.key_prefix and field.name in table.primary_key):
        return
    rejected = data.rejected.get(field.name, {})
    for position in positions:
        if position not in rejected:
            yield _problem(data, position, field.name, "COL-required")


def _repeated(data: TableData, field: Field, values: pd.Series[Any]) -> Iterator[Problem]:
    if field.unique and data.table.primary_key != (field.name,):
        again = values.duplicated() & values.notna()
        for position in np.flatnonzero(again.to_numpy()).tolist():
            value = values.iat[position]
            first = int((values == value).to_numpy().argmax())
            other = str(data.place(first, field.name))
            yield _problem(data, position, field.name, "COL-unique", value=value, other=other)


def _too_long(
    data: TableData, field: Field, cells: list[str | None], limit: int
) -> Iterator[Problem]:
    if max(map(len, filter(None, cells)), default=0) <= limit:
        return
    for position, cell in enumerate(cells):
        if cell is not None and len(cell) > limit:
            length = len(cell)
            yield _problem(data, position, field.name, "COL-max-length", length=length, limit=limit)


def _malformed(
    data: TableData, field: Field, cells: list[str | None], pattern: str
) -> Iterator[Problem]:
    matches = re.compile(pattern).fullmatch
    variant, example = _form(pattern)
    for start in range(0, len(cells), _BLOCK):
        block = cells[start : start + _BLOCK]
        if variant == "key" and _are_all_keys(block, pattern):
            continue
        wrong = set(filterfalse(matches, set(filter(None, block))))
        for place, cell in enumerate(block) if wrong else ():
            if cell in wrong:
                value = cell[:_LONGEST_SHOWN]
                yield _problem(
                    data,
                    start + place,
                    field.name,
                    "COL-pattern",
                    variant,
                    value=value,
                    example=example,
                )


def _are_all_keys(cells: list[str | None], pattern: str) -> bool:
    """Whether all texts are generated keys, by one match of all lines instead of one per text."""
    keys = list(filter(None, cells))
    lines = "\n".join([*keys, ""])
    return lines.count("\n") == len(keys) and bool(re.fullmatch(f"(?:{pattern}\n)*", lines))


def _form(pattern: str) -> tuple[str, str]:
    """Return the variant of the message for a pattern, and an example of what matches it."""
    if _GENERATED_KEY.fullmatch(pattern):
        return "key", pattern.replace("[0-9]{6}", "000001")
    if pattern.startswith("[0-9]{4}("):
        return "period", "2026Q3" if "Q" in pattern else "202607"
    if pattern.startswith("(?!/)"):
        return "file", "documents/report.pdf"
    fitting = (example for example in _EXAMPLES if re.fullmatch(pattern, example))
    return "", next(fitting, pattern)


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
