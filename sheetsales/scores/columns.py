"""Reads typed frames as plain Python values, each column converted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from sheetsales.schema import KEY_JOINER
from sheetsales.scores.decimals import decimal_of


def rows(frame: pd.DataFrame, *names: str) -> Iterable[tuple[Any, ...]]:
    """Return the rows as tuples of the named columns; missing values are None.

    Numbers are Decimal, integers int, dates and moments ``date``, text and lists themselves.
    """
    return zip(*(column(frame[name]) for name in names), strict=True)


def column(series: pd.Series[Any]) -> list[Any]:
    """Return the values of a column as :func:`rows` does."""
    if series.dtype == object:
        return series.tolist()
    if series.dtype.kind == "f":
        return [decimal_of(value) for value in series.tolist()]
    if series.dtype.kind == "M":
        return list(series.to_numpy().astype("datetime64[D]").astype(object))
    return [None if value is pd.NA else value for value in series.tolist()]


def live(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are not marked inactive."""
    if "inactive" not in frame.columns:
        return frame
    return frame[~frame["inactive"].fillna(False).astype(bool)]


def lookup(frame: pd.DataFrame, key: str, value: str) -> dict[str, Any]:
    """Return one column by another; rows without a key are left out."""
    return {one: found for one, found in rows(frame, key, value) if one is not None}


def one_line(*parts: object) -> str:
    """Return the one-line form of a primary key."""
    return KEY_JOINER.join(
        part.isoformat() if isinstance(part, date) else str(part) for part in parts
    )


def scored_frame(found: Sequence[Mapping[str, object]], names: Sequence[str]) -> pd.DataFrame:
    """Return rows of Python values as a frame of objects with the named columns."""
    columns = {}
    for name in names:
        values = np.empty(len(found), dtype=object)
        values[:] = [row.get(name) for row in found]
        columns[name] = pd.Series(values, dtype=object)
    return pd.DataFrame(columns)


def whole_number(value: object) -> int | None:
    """Return a kept number as the integer that an integer field holds; None where there is none."""
    return int(value) if isinstance(value, Decimal) else None
