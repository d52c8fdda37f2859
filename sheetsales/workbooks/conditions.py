"""Which rows a figure is about: each condition is a criterion of a formula and a mask of rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pandas as pd

from sheetsales.schema import LABEL_SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheetsales.tables import Frames
    from sheetsales.workbooks.content import Content
    from sheetsales.workbooks.wording import Wording

Number: TypeAlias = "float | int | None"
Figure: TypeAlias = "float | int | str | None"
Pair: TypeAlias = "tuple[str, str]"
"""A range and the criterion that its cells must meet, as they stand in a formula."""

EPOCH = date(1899, 12, 30)
"""What a blank date cell means to a formula: day 0."""


@dataclass(frozen=True)
class Place:
    """What a formula may refer to.

    Attributes:
        wording: words of the book.
        as_of: cell of the date of reference.
        row: cell that names what the figure's row is about; empty on a card.
        anchors: cells that name what the whole sheet is about, by code.
        totals: ranges of the panels' columns by panel and column code.
    """

    wording: Wording
    as_of: str
    row: str = ""
    anchors: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def column(self, table: str, name: str) -> str:
        """Return the structured reference of a column."""
        return self.wording.column(self.wording.tables[table], name)

    def label(self, table: str, name: str, code: object) -> str:
        """Return, for a criterion, the text that a cell shows for a code."""
        return self.wording.label(self.wording.tables[table].by_name[name], code)


@dataclass(frozen=True)
class Moment:
    """What a value is computed from.

    Attributes:
        own: frames of the rows that this very book holds, the engine's own Tables included.
        content: rows of the whole company.
        as_of: date of reference; None in a blank book.
        row: code, key or month that the figure's row is about.
        anchors: codes, keys or months of the anchors.
        totals: values of the panels' columns by panel and column code.
    """

    own: Frames
    content: Content
    as_of: date | None
    row: str = ""
    anchors: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[tuple[str, str], tuple[Figure, ...]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The date of reference as a formula sees it."""
        return self.as_of or EPOCH


class Condition(Protocol):
    """What rows must meet."""

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return alternatives, each a list of criteria that hold together."""
        ...

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows meet it."""
        ...


@dataclass(frozen=True)
class Is:
    """A field shows one of some codes."""

    field: str
    codes: tuple[str | bool, ...]

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return one alternative per code."""
        column = place.column(table, self.field)
        return [[(column, f'"{place.label(table, self.field, code)}"')] for code in self.codes]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows show one of the codes."""
        del moment
        return frame[self.field].isin(self.codes).fillna(value=False).astype(bool)


@dataclass(frozen=True)
class IsNot:
    """A field shows none of some codes; a blank cell shows none."""

    field: str
    codes: tuple[str | bool, ...]

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return one alternative that excludes every code."""
        column = place.column(table, self.field)
        return [[(column, f'"<>{place.label(table, self.field, code)}"') for code in self.codes]]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows show none of the codes."""
        return ~Is(self.field, self.codes).mask(frame, moment)


@dataclass(frozen=True)
class Blank:
    """A field is empty."""

    field: str

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return the criterion for empty cells."""
        return [[(place.column(table, self.field), '""')]]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows have no value."""
        del moment
        return frame[self.field].isna()


@dataclass(frozen=True)
class Filled:
    """A field is not empty."""

    field: str

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return the criterion for cells with something in them."""
        return [[(place.column(table, self.field), '"<>"')]]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows have a value."""
        del moment
        return frame[self.field].notna()


@dataclass(frozen=True)
class Days:
    """A day lies from ``low`` to ``high`` days after the date of reference; both ends count."""

    field: str
    low: int | None = None
    high: int | None = None

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return the criteria for first and last day."""
        column = place.column(table, self.field)
        limits = []
        if self.low is not None:
            limits.append((column, f'">="&{place.as_of}{self.low:+d}'))
        if self.high is not None:
            limits.append((column, f'"<"&{place.as_of}{self.high + 1:+d}'))
        return [limits]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows have a day between the limits."""
        days, today = frame[self.field], pd.Timestamp(moment.day)
        kept = days.notna()
        if self.low is not None:
            kept &= days >= today + pd.Timedelta(days=self.low)
        if self.high is not None:
            kept &= days < today + pd.Timedelta(days=self.high + 1)
        return kept


@dataclass(frozen=True)
class InMonth:
    """A day lies in the month that the row names or, without one, in that of the reference."""

    field: str
    months: int = 1
    anchor: str | None = None

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return the criteria for the first day and the day after the last."""
        column = place.column(table, self.field)
        cell = place.anchors[self.anchor] if self.anchor else place.row
        if cell:
            year, month = f"VALUE(LEFT({cell},4))", f"VALUE(RIGHT({cell},2))"
        else:
            year, month = f"YEAR({place.as_of})", f"MONTH({place.as_of})"
        first = f"IFERROR(DATE({year},{month},1),0)"
        after = f"IFERROR(DATE({year},{month}+{self.months},1),0)"
        return [[(column, f'">="&{first}'), (column, f'"<"&{after}')]]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows have a day in the months."""
        month = moment.anchors[self.anchor] if self.anchor else moment.row
        if self.anchor and not month:
            return frame[self.field].isna() & False
        month = month or f"{moment.day:%Y%m}"
        first = pd.Timestamp(f"{month[:4]}-{month[4:]}-01")
        days = frame[self.field]
        return (days >= first) & (days < first + pd.DateOffset(months=self.months))


@dataclass(frozen=True)
class OfRow:
    """A field shows what the row is about."""

    field: str

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return the row's cell as criterion."""
        return [[(place.column(table, self.field), place.row)]]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows show the row's code, key or month."""
        return frame[self.field] == moment.row


@dataclass(frozen=True)
class OfRowKey:
    """A field holds the bare key of what the row is about, whatever label the row shows."""

    field: str

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return the part of the row's cell before the separator as criterion."""
        return [[(place.column(table, self.field), _bare(place.row))]]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows hold the row's key."""
        return frame[self.field] == moment.row


@dataclass(frozen=True)
class OfAnchor:
    """A field shows what the sheet is about."""

    field: str
    anchor: str

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return the anchor's cell as criterion."""
        return [[(place.column(table, self.field), f'{place.anchors[self.anchor]}&""')]]

    def mask(self, frame: pd.DataFrame, moment: Moment) -> pd.Series[bool]:
        """Return which rows show the anchor's code, key or month."""
        wanted = moment.anchors[self.anchor]
        return frame[self.field] == wanted if wanted else frame[self.field].isna()


@dataclass(frozen=True)
class OfAnchorKey(OfAnchor):
    """A field holds the bare key of what the sheet is about, whatever label the anchor shows."""

    def pairs(self, table: str, place: Place) -> list[list[Pair]]:
        """Return the part of the anchor's cell before the separator as criterion."""
        return [[(place.column(table, self.field), _bare(place.anchors[self.anchor]))]]


def _bare(cell: str) -> str:
    """Return the expression for a cell's text up to the separator between key and label."""
    mark = f'"{LABEL_SEPARATOR}"'
    return f"LEFT({cell},FIND({mark},{cell}&{mark})-1)"
