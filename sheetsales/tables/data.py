"""A bound table: typed rows and the place of every cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from sheetsales.problems import Place, Problem
from sheetsales.schema import KEY_JOINER

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sheetsales.schema import Table
    from sheetsales.tables.frames import Frames


@dataclass(frozen=True, slots=True)
class BoundBook:
    """One workbook that rows of a table come from.

    Attributes:
        book: file name.
        sheet: sheet name.
        columns: Excel column (counted from 1) by field name; fields without a column are absent.
        headers: header text by field name.
        locale: the locale that its headers are written in.
    """

    book: str
    sheet: str
    columns: Mapping[str, int]
    headers: Mapping[str, str]
    locale: str = "zh-Hant"


@dataclass(frozen=True, eq=False)
class TableData:
    """The rows of one table, from all its workbooks.

    Attributes:
        table: descriptor.
        frame: typed rows; the position of a row is its index.
        books: the workbooks the rows come from.
        book_numbers: index into ``books`` by position.
        excel_rows: Excel row by position.
        problems: what is wrong with single cells.
        rejected: raw values of the cells that could not be typed, by field and position.
    """

    table: Table
    frame: pd.DataFrame
    books: tuple[BoundBook, ...] = ()
    book_numbers: np.ndarray[Any, Any] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    excel_rows: np.ndarray[Any, Any] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    problems: tuple[Problem, ...] = ()
    rejected: Mapping[str, Mapping[int, object]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    def place(self, position: int, field: str = "") -> Place:
        """Return where a row stands, or its cell of a field; without a column, the row's first."""
        if position >= len(self.book_numbers):
            return Place()
        book = self.books[int(self.book_numbers[position])]
        column = book.columns.get(field) or min(book.columns.values(), default=1)
        return Place(book.book, book.sheet, f"{column_letters(column)}{self.excel_rows[position]}")

    def keys(self) -> list[str]:
        """Return the one-line primary key of every row; "" where a part is missing."""
        return row_keys(self.table, self.frame)

    def key(self, position: int) -> str:
        """Return the one-line primary key of a row; "" where a part is missing."""
        parts = [key_text(self.frame[name].iat[position]) for name in self.table.primary_key]
        return KEY_JOINER.join(parts) if all(parts) else ""


Tables: TypeAlias = Mapping[str, TableData]
"""Table name to bound table."""


def frames(tables: Tables) -> Frames:
    """Return the typed frames of bound tables."""
    return {name: data.frame for name, data in tables.items()}


def row_keys(table: Table, frame: pd.DataFrame) -> list[str]:
    """Return the one-line primary key of every row; "" where a part is missing."""
    parts = [list(map(key_text, frame[name])) for name in table.primary_key]
    return [KEY_JOINER.join(row) if all(row) else "" for row in zip(*parts, strict=True)]


def key_text(value: Hashable) -> str:
    """Return one part of a primary key as text: dates as ISO, missing as ""."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)


def column_letters(number: int) -> str:
    """Return the letters of an Excel column counted from 1.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while number:
        number, remainder = divmod(number - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters
