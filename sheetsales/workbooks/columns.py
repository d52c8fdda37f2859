"""How a column of a table looks: number format, width, and who fills it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetsales.schema import Field, Table
    from sheetsales.workbooks.wording import Wording

_FILTER_BUTTON = 3
_WIDEST_LABEL = 32
_WIDTHS = {
    "integer": 9,
    "number": 12,
    "boolean": 8,
    "date": 12,
    "datetime": 17,
    "list": 28,
}
_NUMBER_FORMATS = {
    "integer": "0",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}


@dataclass(frozen=True)
class Column:
    """One column of a table's sheet."""

    table: Table
    field: Field
    wording: Wording

    @property
    def header(self) -> str:
        """Text of the header cell."""
        return self.wording.header(self.field)

    @property
    def is_generated_key(self) -> bool:
        """Whether ``update`` gives the key: staff leave it blank."""
        key = (self.field.name,) == self.table.primary_key
        return key and self.table.key_prefix is not None

    @property
    def is_locked(self) -> bool:
        """Whether only the engine writes it, so that typing is refused.

        In a Table of the engine that marks no column as computed, every column is the engine's.
        """
        if self.field.computed:
            return True
        engine = self.table.engine
        return engine and (self.field.name in self.table.primary_key or not self.table.computed)

    @property
    def is_engine(self) -> bool:
        """Whether it looks like a column that staff leave alone."""
        return self.is_locked or self.is_generated_key

    @property
    def must_be_filled(self) -> bool:
        """Whether staff must fill it in every row."""
        return self.field.required and not self.is_engine

    @property
    def number_format(self) -> str:
        """Number format of the cells; text stays text whatever is typed."""
        if self.field.name == "link" and self.field.computed:
            return "General"
        if self.field.type == "number":
            if self.field.unit == "money":
                return "#,##0.00"
            return "0.00" if self.field.unit == "%" or self.field.computed else "General"
        return _NUMBER_FORMATS.get(self.field.type, "@")

    @property
    def alignment(self) -> dict[str, object]:
        """How the cells are aligned, so that a number does not touch the text right of it."""
        if self.field.type in ("integer", "number"):
            return {"align": "right", "indent": 1}
        if self.field.type in ("date", "datetime", "boolean"):
            return {"align": "center"}
        return {"text_wrap": True} if self.wraps else {}

    @property
    def line_width(self) -> int:
        """Characters that fit a line; Latin ones are narrower than the width's unit."""
        return round(self.width * 1.1) if self.wording.locale == "en" else self.width

    @property
    def wraps(self) -> bool:
        """Whether long text wraps."""
        return self.field.is_note or self.field.many

    @cached_property
    def width(self) -> int:
        """Width in characters: the content's, and room for the header in two lines."""
        content = self.field.width or self._content_width()
        return max(content, self._header_width(), self._label_width())

    def _label_width(self) -> int:
        """Return the room that the longest label needs; it differs by language."""
        enumeration = self.wording.enumeration(self.field)
        if enumeration is None or self.wraps:
            return 0
        longest = max(map(display_width, self.wording.labels(enumeration)), default=0)
        return min(longest + 1, _WIDEST_LABEL)

    def _content_width(self) -> int:
        field = self.field
        enumeration = self.wording.enumeration(field)
        if field.type in _WIDTHS:
            return 16 if field.unit == "money" else _WIDTHS[field.type]
        if enumeration is not None:
            labels = self.wording.labels(enumeration)
            return max(10, 4 + max(map(display_width, labels), default=0))
        if field.reference is not None:
            return 24
        if field.name in self.table.primary_key:
            return 14
        return 44 if field.is_note else 20

    def _header_width(self) -> int:
        words = [display_width(word) for word in self.header.split()]
        whole = display_width(self.header) + _FILTER_BUTTON
        if whole <= 14:
            return whole
        return max(max(words) if len(words) > 1 else 0, -(-whole // 2)) + _FILTER_BUTTON


def columns_of(table: Table, wording: Wording) -> tuple[Column, ...]:
    """Return the columns of a table in order."""
    return tuple(Column(table, field, wording) for field in table.fields)


def display_width(text: str) -> int:
    """Return the width of a text in characters; a Chinese character is two wide.

    >>> display_width("訂單 SO-1")
    9
    """
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def line_count(text: str, width: int) -> int:
    """Return how many lines a text fills in a cell of a width."""
    return sum(max(1, -(-display_width(line) // width)) for line in text.split("\n"))
