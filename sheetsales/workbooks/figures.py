"""Figures of a workbook: each is said once and gives both a formula and the value of it.

A figure counts, sums or averages the rows of one Table that meet some conditions. The formula
works in Excel 2016, WPS and LibreOffice (COUNTIFS, SUMIFS, AVERAGEIFS; no dynamic arrays); the
value is computed from the typed rows, so that a book shows right figures before anything has
recalculated it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Protocol

from sheetsales.workbooks.conditions import Condition, Figure, IsNot, Moment, Number, Pair, Place

if TYPE_CHECKING:
    import pandas as pd

    from sheetsales.workbooks.wording import Wording


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
