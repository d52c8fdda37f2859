"""Cell addresses: ``B7`` and ``$A$1:C9`` to numbers and back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?([0-9]{1,7}):\$?([0-9]{1,7})")


@lru_cache(maxsize=LAST_COLUMN)
def column_letters(number: int) -> str:
    """Return the letters of a column, counted from 1."""
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


@lru_cache(maxsize=LAST_COLUMN)
def column_number(letters: str) -> int:
    """Return the number of a column, counted from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, column: int) -> str:
    """Return the address of a cell, such as ``B7``."""
    return f"{column_letters(column)}{row}"


def parse_cell(text: str) -> tuple[int, int]:
    """Return row and column of an address such as ``B7``.

    Raises:
        ValueError: this is no cell of a sheet.
    """
    match = _CELL.fullmatch(text.strip())
    if match:
        row, column = int(match[2]), column_number(match[1])
        if 1 <= row <= LAST_ROW and column <= LAST_COLUMN:
            return row, column
    raise ValueError(f"no cell: {text}")


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells, both ends included, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @classmethod
    def parse(cls, text: str) -> Range:
        """Return the range of a text such as ``A1:C9``, ``B2``, ``A:C`` or ``2:5``.

        Raises:
            ValueError: this is no range of a sheet.
        """
        if match := _COLUMNS.fullmatch(text):
            return cls(1, column_number(match[1]), LAST_ROW, column_number(match[2]))
        if match := _ROWS.fullmatch(text):
            return cls(int(match[1]), 1, int(match[2]), LAST_COLUMN)
        first, _, last = text.partition(":")
        top, left = parse_cell(first)
        bottom, right = parse_cell(last) if last else (top, left)
        return cls(min(top, bottom), min(left, right), max(top, bottom), max(left, right))

    def __str__(self) -> str:
        first = cell_name(self.first_row, self.first_column)
        last = cell_name(self.last_row, self.last_column)
        return first if first == last else f"{first}:{last}"

    def __contains__(self, cell: tuple[int, int]) -> bool:
        row, column = cell
        return (
            self.first_row <= row <= self.last_row
            and self.first_column <= column <= self.last_column
        )

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.last_row - self.first_row + 1

    def overlaps(self, other: Range) -> bool:
        """Say whether the two have a cell in common."""
        return (
            self.first_row <= other.last_row
            and other.first_row <= self.last_row
            and self.first_column <= other.last_column
            and other.first_column <= self.last_column
        )

    def ending_at(self, row: int) -> Range:
        """Return the range with another last row."""
        return replace(self, last_row=row)


def find_range(text: str) -> Range | None:
    """Return the range of a text, or None if it is something else (``#REF!`` in old files)."""
    try:
        return Range.parse(text)
    except ValueError:
        return None
