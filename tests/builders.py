"""Builders of test data: only what a test is about is named, the rest is empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from sheetsales.schema import load_regulation
from sheetsales.tables import BoundBook, TableData, build_frame

Rows = Iterable[Mapping[str, object]]

FIRST_ROW = 4
"""Excel row of the first data row in our layout: title, field names, header, data."""


def frames(**rows: Rows) -> dict[str, pd.DataFrame]:
    """Return the typed frames of all tables, the named ones filled, the others empty."""
    known = load_regulation().tables
    for name in rows:
        assert name in known, f"no table {name}"
    return {
        name: build_frame(table, rows[name]) if name in rows else _empty(name).copy()
        for name, table in known.items()
    }


@cache
def _empty(name: str) -> pd.DataFrame:
    return build_frame(load_regulation().tables[name], ())


def tables(**rows: Rows) -> dict[str, TableData]:
    """Return all tables as if bound from one book each, the named ones filled."""
    return {name: table_data(name, frame) for name, frame in frames(**rows).items()}


def table_data(name: str, frame: pd.DataFrame) -> TableData:
    """Return a frame as if bound from ``<workbook>.xlsm`` in our layout."""
    table = load_regulation().tables[name]
    book = BoundBook(
        book=f"{table.workbook}.xlsm",
        sheet=table.title.zh_hant,
        columns={name: number for number, name in enumerate(table.names, start=1)},
        headers={field.name: field.title.zh_hant for field in table.fields},
    )
    rows = np.arange(len(frame))
    return TableData(table, frame, (book,), np.zeros_like(rows), rows + FIRST_ROW)


@dataclass
class Raw:
    """A raw table as a store would hand it over."""

    book: str
    sheet: str
    name: str
    headers: Sequence[str]
    columns: Sequence[Sequence[object]]
    field_row: Sequence[str] = ()
    first_row: int = FIRST_ROW
    first_column: int = 1
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)


def raw_table(
    name: str, *rows: Mapping[str, object], locale: str = "zh-Hant", book: str = ""
) -> Raw:
    """Return the raw table in our layout whose rows name cells by field; others are blank."""
    table = load_regulation().tables[name]
    return Raw(
        book=book or f"{table.workbook}.xlsm",
        sheet=table.title.written(locale),
        name=name,
        headers=[field.title.written(locale) for field in table.fields],
        columns=[[row.get(field, "") for row in rows] for field in table.names],
        field_row=list(table.names),
    )
