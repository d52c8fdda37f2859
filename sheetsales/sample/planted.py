"""The errors planted in the sample."""

from __future__ import annotations

from dataclasses import dataclass

from sheetsales.sample.setting import Setting
from sheetsales.schema import Regulation


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell content that is no value of its field, such as a word where a number belongs."""

    content: object


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted error as ``check`` must report it.

    Attributes:
        code: rule code.
        book: stem of the workbook.
        sheet: table whose sheet it stands on.
        key: one-line primary key of the row.
        field: field name; empty if the row is meant.
    """

    code: str
    book: str
    sheet: str
    key: str
    field: str


def plant_errors(setting: Setting, regulation: Regulation) -> tuple[Planted, ...]:
    """Plant errors and return what was planted."""
    return ()
