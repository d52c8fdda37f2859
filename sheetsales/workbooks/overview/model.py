"""What a workbook's sheet 總覽 is made of, as declarations: cards, panels, anchors, items."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from sheetsales.locale.periods import parse_period, year_of
from sheetsales.schema import Field
from sheetsales.workbooks.conditions import Moment
from sheetsales.workbooks.figures import Measure
from sheetsales.workbooks.wording import Wording

Shape = Literal["integer", "money", "decimal", "percent"]
"""How a figure is written."""
Pick: TypeAlias = Callable[[Moment], Iterable[str]]
"""Picks the codes, keys or months that rows or anchors are about."""
FIRST_MONTH = "first-month"
"""Code of the anchor that holds the first month of the fiscal year."""
MONTHS = 12


@dataclass(frozen=True)
class Card:
    """One figure in large type.

    Attributes:
        code: its texts are ``card-<code>`` and ``card-<code>-note``.
        measure: formula and value.
        shape: how it is written.
        alarm: whether anything but 0 is coloured.
    """

    code: str
    measure: Measure
    shape: Shape = "integer"
    alarm: bool = False


class Rows(Protocol):
    """What the rows of a panel are about."""

    @property
    def fixed(self) -> bool:
        """Whether the same rows stand in every book, so that they are written once."""
        ...

    def count(self, wording: Wording) -> int:
        """Return how many rows there are."""
        ...

    def labels(self, wording: Wording) -> tuple[str, ...]:
        """Return the texts of fixed rows; nothing where the engine writes them."""
        ...

    def codes(self, moment: Moment) -> list[str]:
        """Return the code, key or month of each row, at most as many as there are rows."""
        ...

    def shown(self, code: str, moment: Moment) -> str:
        """Return the text of a row."""
        ...


@dataclass(frozen=True)
class Options:
    """One row per value of an enumeration."""

    enumeration: str
    fixed: bool = True

    def count(self, wording: Wording) -> int:
        """Return the number of options."""
        return len(self.labels(wording))

    def labels(self, wording: Wording) -> tuple[str, ...]:
        """Return the labels."""
        return wording.labels(wording.regulation.enumerations[self.enumeration])

    def codes(self, moment: Moment) -> list[str]:
        """Return the codes."""
        return list(moment.content.regulation.enumerations[self.enumeration].codes)

    def shown(self, code: str, moment: Moment) -> str:
        """Return the label."""
        return self.labels(moment.content.wording)[self.codes(moment).index(code)]


@dataclass(frozen=True)
class Months:
    """One row per month of the fiscal year, or per month from another first one."""

    anchor: str = FIRST_MONTH
    fixed: bool = False

    def count(self, wording: Wording) -> int:
        """Return 12."""
        del wording
        return MONTHS

    def labels(self, wording: Wording) -> tuple[str, ...]:
        """Return nothing: the engine writes them."""
        del wording
        return ()

    def codes(self, moment: Moment) -> list[str]:
        """Return the months."""
        first = moment.anchors[self.anchor]
        if not first:
            return []
        start = parse_period(first).start.month
        return list(parse_period(first[:4], start).months)

    def shown(self, code: str, moment: Moment) -> str:
        """Return the month as periods are written."""
        del moment
        return code


@dataclass(frozen=True)
class Picked:
    """The rows that a function picks, such as the ten best.

    Attributes:
        table: table of the field.
        field: field whose codes or keys are picked; says how they are shown.
        most: number of rows kept free.
        pick: picks the codes or keys.
    """

    table: str
    field: str
    most: int
    pick: Pick
    fixed: bool = False

    def count(self, wording: Wording) -> int:
        """Return the number of rows kept free."""
        del wording
        return self.most

    def labels(self, wording: Wording) -> tuple[str, ...]:
        """Return nothing: the engine writes them."""
        del wording
        return ()

    def codes(self, moment: Moment) -> list[str]:
        """Return what is picked."""
        return list(self.pick(moment))[: self.most]

    def shown(self, code: str, moment: Moment) -> str:
        """Return what a cell of the field shows."""
        return moment.content.shown(_field(moment, self.table, self.field), code)


@dataclass(frozen=True)
class Series:
    """One column of figures of a panel; its title is the text ``series-<code>``."""

    code: str
    measure: Measure
    shape: Shape = "integer"


@dataclass(frozen=True)
class Panel:
    """A chart and the figures that it draws, row by row.

    Attributes:
        code: its title is the text ``panel-<code>``.
        rows: what the rows are about.
        series: columns of figures, at most three.
        chart: bars lie, columns stand; doughnut draws the first series only.
        lines: codes of series drawn as lines over the columns.
        undrawn: codes of series that stand in the figures only.
    """

    code: str
    rows: Rows
    series: tuple[Series, ...]
    chart: Literal["bar", "column", "doughnut", "stacked"] = "column"
    lines: tuple[str, ...] = ()
    undrawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Anchor:
    """What the whole sheet is about, such as the latest cycle; written below the title.

    Attributes:
        code: its caption is the text ``anchor-<code>``.
        pick: picks one code, key or month; nothing where there is none.
        table: table of the field.
        field: says how the value is shown; without one it is shown as it is.
    """

    code: str
    pick: Pick
    table: str = ""
    field: str = ""

    def shown(self, code: str, moment: Moment) -> str:
        """Return what the cell shows."""
        if not (self.field and code):
            return code
        return moment.content.shown(_field(moment, self.table, self.field), code)


@dataclass(frozen=True)
class Item:
    """A figure of other books by period or subject; its name is the text ``<code>``.

    Attributes:
        code: code of the name.
        rows: gives period or subject, and value.
        table: table of the field.
        field: says how subjects are shown; without one they are periods.
    """

    code: str
    rows: Callable[[Moment], Iterable[tuple[str, float]]]
    table: str = ""
    field: str = ""

    def shown(self, code: str, moment: Moment) -> str:
        """Return the text of a period or subject."""
        if not self.field:
            return code
        return moment.content.shown(_field(moment, self.table, self.field), code)


@dataclass(frozen=True)
class Overview:
    """All that stands on the sheet 總覽 of one workbook, beside the index of its sheets."""

    cards: tuple[Card, ...] = ()
    panels: tuple[Panel, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    items: tuple[Item, ...] = field(default=())


def first_month(moment: Moment) -> list[str]:
    """Pick the first month of the fiscal year of the date of reference."""
    if moment.as_of is None:
        return []
    starts = moment.content.frames["company"]["fiscal_start_month"].dropna()
    start = int(starts.iloc[0]) if len(starts) else 1
    return [parse_period(year_of(moment.as_of, start), start).months[0]]


def this_month(moment: Moment) -> list[str]:
    """Pick the month of the date of reference."""
    return [] if moment.as_of is None else [f"{moment.as_of:%Y%m}"]


def most_frequent(table: str, name: str) -> Pick:
    """Return what picks the values of a field that most rows have, the most frequent first."""

    def pick(moment: Moment) -> list[str]:
        counts = moment.own[table][name].value_counts()
        ranked = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
        return [str(value) for value, _ in ranked]

    return pick


def _field(moment: Moment, table: str, name: str) -> Field:
    return moment.content.wording.tables[table].by_name[name]
