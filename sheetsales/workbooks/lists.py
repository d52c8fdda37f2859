"""The drop-downs of a workbook: one column of the hidden sheet ``_lists`` per list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from sheetsales.tables import column_letters
from sheetsales.workbooks.layout import LAST_ROW, LISTS_SHEET, MOST_CHOICES

if TYPE_CHECKING:
    from sheetsales.schema import Regulation
    from sheetsales.workbooks.content import Content
    from sheetsales.workbooks.wording import Wording


@dataclass(frozen=True, slots=True)
class DropList:
    """One list that drop-downs offer.

    Attributes:
        kind: ``enum`` for the labels of an enumeration, ``table`` for the rows of a table.
        name: name of the enumeration or table.
        column: letters of its column on ``_lists``.
    """

    kind: Literal["enum", "table"]
    name: str
    column: str

    @property
    def defined_name(self) -> str:
        """Name that validations refer to; also the list's key on sheet ``_meta``."""
        return f"list_{self.kind}_{self.name}"

    @property
    def refers_to(self) -> str:
        """The cells from row 2 down to the last filled one, so that the list may grow."""
        column = self.column
        return (
            f"={LISTS_SHEET}!${column}$2:INDEX({LISTS_SHEET}!${column}:${column},"
            f"1+COUNTA({LISTS_SHEET}!${column}$2:${column}${LAST_ROW}))"
        )


def lists_of(regulation: Regulation, stem: str) -> tuple[DropList, ...]:
    """Return the lists that a workbook's columns choose from, enumerations first."""
    fields = [field for table in regulation.of_workbook(stem) for field in table.fields]
    enums = {field.enumeration: None for field in fields if field.enumeration is not None}
    tables = {field.reference.table: None for field in fields if field.reference is not None}
    names: list[tuple[Literal["enum", "table"], str]] = [
        *(("enum", name) for name in enums),
        *(("table", name) for name in tables),
    ]
    return tuple(
        DropList(kind, name, column_letters(number))
        for number, (kind, name) in enumerate(names, start=1)
    )


def list_title(drop_list: DropList, wording: Wording) -> str:
    """Return the text above a list; a drop-down shows it as long as the list is empty."""
    if drop_list.kind == "enum":
        return drop_list.name
    table = wording.regulation.tables[drop_list.name]
    return wording.text("list-empty", table=wording.sheet(table))


def list_entries(drop_list: DropList, content: Content) -> list[str]:
    """Return what a list offers: labels of an enumeration, ``key｜label`` of a table's rows.

    What is inactive or merged away is not offered, and nothing above 5,000 rows.

    Args:
        drop_list: which list.
        content: the rows of all tables.
    """
    offered = _labels if drop_list.kind == "enum" else _references
    entries = offered(drop_list.name, content)
    return entries if len(entries) <= MOST_CHOICES else []


def _labels(name: str, content: Content) -> list[str]:
    own = content.frames["enum"]
    off = own["is_active"].eq(other=False).fillna(value=False)
    hidden = set(own.loc[(own["enum_name"] == name) & off, "code"])
    return [
        content.wording.title(option.label)
        for option in content.enumerations[name].options
        if option.code not in hidden
    ]


def _references(name: str, content: Content) -> list[str]:
    frame = content.frames[name]
    keys = frame.loc[_is_offered(frame), content.regulation.tables[name].primary_key[0]]
    return [content.reference(name, key) for key in keys.dropna()]


def _is_offered(frame: pd.DataFrame) -> pd.Series[bool]:
    offered = pd.Series(data=True, index=frame.index)
    if "inactive" in frame:
        offered &= ~frame["inactive"].fillna(value=False).astype(bool)
    if "merged_into" in frame:
        offered &= frame["merged_into"].isna()
    return offered
