"""Rows of our own making, starter rows and the demo company, in Simplified characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetsales.locale.conversion import to_simplified
from sheetsales.sample import RawCell

Row = dict[str, object]


def simplified_rows(rows: Mapping[str, Iterable[Mapping[str, object]]]) -> dict[str, list[Row]]:
    """Return rows by table with every text in Simplified characters.

    Only for texts that the program brings along: what a company typed stays as typed.
    """
    return {
        name: [{field: _simplified(value) for field, value in row.items()} for row in given]
        for name, given in rows.items()
    }


def _simplified(value: object) -> object:
    if isinstance(value, str):
        return value if value.isascii() else to_simplified(value)
    if isinstance(value, tuple):
        return tuple(map(_simplified, value))
    return RawCell(_simplified(value.content)) if isinstance(value, RawCell) else value
