"""Typed frames: one column per field, with the same dtype whether or not there are rows.

text, enum codes, references, periods: object (``str`` or None); lists: object (tuple or None);
integer: Int64; number: float64 (NaN); boolean: boolean; date and datetime: datetime64[us] (NaT).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from sheetsales.schema import Field, Table

Frames: TypeAlias = Mapping[str, pd.DataFrame]
"""Table name to typed frame."""

_DTYPES = {
    "string": "object",
    "list": "object",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "datetime64[us]",
    "datetime": "datetime64[us]",
}


def build_frame(table: Table, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Return a typed frame of a table from Python values.

    Args:
        table: its fields become the columns, in descriptor order.
        rows: values by field name: str, int, float, Decimal, bool, date, datetime, tuple, None;
            a field that a row does not name is empty.

    Raises:
        KeyError: a row names a field that the table does not have.
    """
    given = list(rows)
    for row in given:
        for name in row:
            if name not in table.by_name:
                raise KeyError(f"{table.name}.{name}")
    return frame_of(
        table,
        {
            field.name: build_column(field, [row.get(field.name) for row in given])
            for field in table.fields
        },
    )


def build_column(field: Field, values: Sequence[object]) -> pd.Series[Any]:
    """Return the frame column of a field from Python values, None for empty ones."""
    if _DTYPES[field.type] == "object":
        return object_series(values)
    plain = [float(value) if isinstance(value, Decimal) else value for value in values]
    return pd.Series(pd.array(plain, dtype=_DTYPES[field.type]))  # type: ignore[call-overload]


def empty_column(field: Field, length: int) -> pd.Series[Any]:
    """Return the frame column of a field with nothing in it."""
    return _empty(_DTYPES[field.type], length)


@lru_cache(maxsize=16)
def _empty(dtype: str, length: int) -> pd.Series[Any]:
    # Shared by the many columns that are empty; pandas copies on write.
    if dtype == "object":
        return pd.Series(np.full(length, None, dtype=object), dtype=object)
    return pd.Series(None, index=range(length), dtype=dtype)


def object_series(values: Collection[object]) -> pd.Series[Any]:
    """Return values as a column of objects; pandas would turn text into its own string type."""
    return pd.Series(np.fromiter(values, dtype=object, count=len(values)), dtype=object)


def frame_of(table: Table, columns: Mapping[str, pd.Series[Any]]) -> pd.DataFrame:
    """Return the frame of a table from its typed columns, put into descriptor order."""
    return pd.DataFrame({name: columns[name] for name in table.names}, copy=False)
