"""Figures of a workbook: each is said once and gives both a formula and the value of it.

A figure counts, sums or averages the rows of one Table that meet some conditions. The formula
works in Excel 2016, WPS and LibreOffice (COUNTIFS, SUMIFS, AVERAGEIFS; no dynamic arrays); the
value is computed from the typed rows, so that a book shows right figures before anything has
recalculated it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import product
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

    def label(self, table: str, name: str, code: str | bool) -> str:
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
        return [
            [(column, f'"{place.label(table, self.field, code)}"')] for code in self.codes
        ]

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
        return [
            [(column, f'"<>{place.label(table, self.field, code)}"') for code in self.codes]
        ]

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
        mark = f'"{LABEL_SEPARATOR}"'
        key = f"LEFT({place.row},FIND({mark},{place.row}&{mark})-1)"
        return [[(place.column(table, self.field), key)]]

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


class Measure(Protocol):
    """A figure: formula and value of one definition."""

    def formula(self, place: Place) -> str:
        """Return the formula without its equals sign."""
        ...

    def value(self, moment: Moment) -> Figure:
        """Return what the formula gives; None where it shows nothing."""
        ...


class NumberMeasure(Measure, Protocol):
    """A figure that is a number."""

    def value(self, moment: Moment) -> Number:
        """Return what the formula gives; None where it shows nothing."""
        ...


@dataclass(frozen=True)
class Rows:
    """How many rows of a Table have a key, inactive ones included."""

    table: str

    def formula(self, place: Place) -> str:
        """Return a COUNTA of the key column."""
        return f"COUNTA({_key(self.table, place)})"

    def value(self, moment: Moment) -> Number:
        """Return the number of rows."""
        frame = moment.own[self.table]
        return int(frame[_key_field(self.table, moment.content.wording)].notna().sum())


@dataclass(frozen=True)
class Count:
    """How many rows with a key meet the conditions."""

    table: str
    where: tuple[Condition, ...] = ()

    def formula(self, place: Place) -> str:
        """Return a COUNTIFS, or a sum of several."""
        return _joined("COUNTIFS", "", self.table, self.where, place)

    def value(self, moment: Moment) -> Number:
        """Return the number of rows."""
        return int(_mask(self.table, self.where, moment).sum())


@dataclass(frozen=True)
class Sum:
    """The sum of a number over the rows that meet the conditions."""

    table: str
    field: str
    where: tuple[Condition, ...] = ()

    def formula(self, place: Place) -> str:
        """Return a SUMIFS, or a sum of several."""
        summed = place.column(self.table, self.field) + ","
        return _joined("SUMIFS", summed, self.table, self.where, place)

    def value(self, moment: Moment) -> Number:
        """Return the sum."""
        frame = moment.own[self.table]
        return float(frame.loc[_mask(self.table, self.where, moment), self.field].sum())


@dataclass(frozen=True)
class Mean:
    """The mean of a number over the rows that meet the conditions; nothing without rows.

    Conditions with alternatives have no mean of one formula and are refused.
    """

    table: str
    field: str
    where: tuple[Condition, ...] = ()

    def formula(self, place: Place) -> str:
        """Return an AVERAGEIFS that shows nothing where there is no row."""
        averaged = place.column(self.table, self.field) + ","
        ways = _ways(self.table, self.where, place)
        if len(ways) > 1:
            raise ValueError(f"mean over alternatives: {self}")
        return f'IFERROR({_call("AVERAGEIFS", averaged, ways[0])},"")'

    def value(self, moment: Moment) -> Number:
        """Return the mean, None without rows."""
        frame = moment.own[self.table]
        numbers = frame.loc[_mask(self.table, self.where, moment), self.field].dropna()
        return float(numbers.mean()) if len(numbers) else None


@dataclass(frozen=True)
class Ratio:
    """One figure in percent of another; nothing where the other is 0 or nothing."""

    part: NumberMeasure
    whole: NumberMeasure

    def formula(self, place: Place) -> str:
        """Return the quotient in percent."""
        part, whole = self.part.formula(place), self.whole.formula(place)
        return f'IFERROR(({part})/({whole})*100,"")'

    def value(self, moment: Moment) -> Number:
        """Return the quotient in percent, None without a denominator."""
        part, whole = self.part.value(moment), self.whole.value(moment)
        return None if not whole or part is None else part / whole * 100


@dataclass(frozen=True)
class TextOf:
    """What a field shows in the one row that has two given keys; nothing without such a row."""

    table: str
    field: str
    row_field: str
    anchor_field: str
    anchor: str

    def formula(self, place: Place) -> str:
        """Return an INDEX by the row's position, found without an array formula."""
        row_column = place.column(self.table, self.row_field)
        anchor_column = place.column(self.table, self.anchor_field)
        header = row_column.replace("[", "[[#Headers],[", 1) + "]"
        position = (
            f"SUMPRODUCT(({row_column}={place.row})"
            f"*({anchor_column}={place.anchors[self.anchor]})"
            f"*(ROW({row_column})-ROW({header})))"
        )
        column = place.column(self.table, self.field)
        return f'IF({position}=0,"",INDEX({column},{position})&"")'

    def value(self, moment: Moment) -> Figure:
        """Return the text of the row."""
        frame = moment.own[self.table]
        found = frame.loc[
            (frame[self.row_field] == moment.row)
            & (frame[self.anchor_field] == moment.anchors[self.anchor]),
            self.field,
        ].dropna()
        field = moment.content.wording.tables[self.table].by_name[self.field]
        return moment.content.shown(field, found.iloc[0]) if len(found) else None


@dataclass(frozen=True)
class FromCompany:
    """A figure of other books: what the engine wrote into Table ``overview`` for an item."""

    item: str
    of_row: bool = True

    def formula(self, place: Place) -> str:
        """Return a SUMIFS over Table ``overview``."""
        pairs = [(place.column("overview", "item"), f'"{place.wording.text(self.item)}"')]
        if self.of_row:
            pairs.append((place.column("overview", "period"), place.row))
        return _call("SUMIFS", place.column("overview", "value") + ",", pairs)

    def value(self, moment: Moment) -> Number:
        """Return the sum over the rows of Table ``overview``."""
        frame = moment.own["overview"]
        kept = frame["item"] == self.item
        if self.of_row:
            kept &= frame["period"] == moment.row
        return float(frame.loc[kept, "value"].sum())


@dataclass(frozen=True)
class Total:
    """The sum of one column of a panel."""

    panel: str
    column: str

    def formula(self, place: Place) -> str:
        """Return the sum of the column's cells."""
        return f"SUM({place.totals[self.panel, self.column]})"

    def value(self, moment: Moment) -> Number:
        """Return the sum of the column's values."""
        figures = moment.totals[self.panel, self.column]
        return sum(figure for figure in figures if isinstance(figure, int | float))


def _mask(table: str, where: tuple[Condition, ...], moment: Moment) -> pd.Series[bool]:
    wording = moment.content.wording
    frame = moment.own[table]
    kept = frame[_key_field(table, wording)].notna()
    for condition in (*_live(table, wording), *where):
        kept &= condition.mask(frame, moment)
    return kept


def _ways(table: str, where: tuple[Condition, ...], place: Place) -> list[list[Pair]]:
    conditions = (*_live(table, place.wording), *where)
    found = product(*(condition.pairs(table, place) for condition in conditions))
    key = (_key(table, place), '"<>"')
    return [[key, *(pair for pairs in way for pair in pairs)] for way in found]


def _live(table: str, wording: Wording) -> tuple[Condition, ...]:
    """An inactive row does not exist for a figure."""
    known = wording.tables[table].by_name
    return (IsNot("inactive", (True,)),) if "inactive" in known else ()


def _key(table: str, place: Place) -> str:
    return place.column(table, _key_field(table, place.wording))


def _key_field(table: str, wording: Wording) -> str:
    return wording.tables[table].primary_key[0]


def _joined(
    function: str, first: str, table: str, where: tuple[Condition, ...], place: Place
) -> str:
    return "+".join(_call(function, first, way) for way in _ways(table, where, place))


def _call(function: str, first: str, pairs: list[Pair]) -> str:
    return f"{function}({first}{','.join(f'{area},{wanted}' for area, wanted in pairs)})"
