"""Where everything stands on the sheet 總覽 of a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from sheetsales.tables import column_letters
from sheetsales.workbooks.overview.model import FIRST_MONTH, Card, Overview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheetsales.schema import Table
    from sheetsales.workbooks.overview.model import Panel
    from sheetsales.workbooks.wording import Wording

WIDTHS = (2, 20, 11, 17, 14, 2, 20, 11, 17, 14, 2)
"""Widths of the columns A to K: two panels of four columns, each as wide as two cards."""
LEFT, RIGHT = 2, 7
"""First columns (B, G) of the two panels."""
CARD_COLUMNS = (2, 4, 7, 9)
"""First columns of the four cards of a row; a card is two columns wide."""
CHART_ROWS = 14
PANEL_COLUMNS = 4
AS_OF_ROW = 3
AS_OF_CELL = "$C$3"
OUTCOME_ROW = 6
"""Row of the buttons and of what came of a press."""
OUTCOME_COLUMNS = (4, 8)
LINK_COLUMNS = (9, 10)
"""First and last columns of what came of a press, and of the link to what it made."""
_FIRST_CARDS = 7
_PAGE_ROWS = 62
"""Rows that a printed page holds at least."""
_CARD_ROWS = 3

_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class PanelPlace:
    """A panel's rows: title, chart, header, figures."""

    panel: Panel
    title_row: int
    column: int
    count: int

    @property
    def chart_row(self) -> int:
        """First row of the chart."""
        return self.title_row + 1

    @property
    def header_row(self) -> int:
        """Row of the figures' header."""
        return self.chart_row + CHART_ROWS

    @property
    def first_row(self) -> int:
        """First row of the figures."""
        return self.header_row + 1

    @property
    def last_row(self) -> int:
        """Last row of the figures."""
        return self.header_row + self.count

    def series_column(self, index: int) -> int:
        """Return the column of a series: the last ones, so that long row texts have room."""
        return self.column + PANEL_COLUMNS - len(self.panel.series) + index

    def cells_of(self, column: int) -> str:
        """Return the absolute range of the figures' rows in a column."""
        letter = column_letters(column)
        return f"${letter}${self.first_row}:${letter}${self.last_row}"


@dataclass(frozen=True)
class OverviewPlaces:
    """Where the parts of one workbook's 總覽 stand; rows and columns count from 1.

    Attributes:
        overview: what stands there.
        tables: the workbook's tables, one row of the index each.
        wording: words of the workbook.
    """

    overview: Overview
    tables: tuple[Table, ...]
    wording: Wording

    @cached_property
    def anchors(self) -> dict[str, tuple[int, int]]:
        """Cell of each anchor by code; the caption stands left of it."""
        left = [anchor for anchor in self.overview.anchors if anchor.code == FIRST_MONTH]
        right = [anchor for anchor in self.overview.anchors if anchor.code != FIRST_MONTH]
        found = {anchor.code: (AS_OF_ROW + 1, LEFT + 1) for anchor in left}
        found |= {anchor.code: (AS_OF_ROW + n, RIGHT + 1) for n, anchor in enumerate(right)}
        return found

    @cached_property
    def cards(self) -> tuple[tuple[Card, int, int], ...]:
        """Each card with row and column of its label; value and note stand below."""
        return tuple(
            (card, _FIRST_CARDS + line * (_CARD_ROWS + 1), column)
            for line, cards in enumerate(_split(self.overview.cards, len(CARD_COLUMNS)))
            for card, column in zip(cards, CARD_COLUMNS, strict=False)
        )

    @property
    def index_row(self) -> int:
        """Row of the index's title; header and one row per sheet follow."""
        lines = -(-len(self.overview.cards) // len(CARD_COLUMNS))
        return _FIRST_CARDS + lines * (_CARD_ROWS + 1)

    @property
    def index_first(self) -> int:
        """Row of the first sheet in the index."""
        return self.index_row + 2

    @cached_property
    def panels(self) -> tuple[PanelPlace, ...]:
        """The panels, two side by side."""
        row = self.index_first + len(self.tables) + 2
        found = []
        for pair in _split(self.overview.panels, 2):
            counts = [panel.rows.count(self.wording) for panel in pair]
            for panel, count, column in zip(pair, counts, (LEFT, RIGHT), strict=False):
                found.append(PanelPlace(panel, row, column, count))
            row += CHART_ROWS + 3 + max(counts)
        return tuple(found)

    @property
    def items_row(self) -> int | None:
        """Row of the title of what comes from other books; None where nothing does."""
        if not self.overview.items:
            return None
        bottom = max((place.last_row for place in self.panels), default=self.index_first)
        return bottom + 2

    @property
    def table_row(self) -> int | None:
        """Header row of the Table ``overview``; field names stand hidden above it."""
        return None if self.items_row is None else self.items_row + 2

    @property
    def page_breaks(self) -> list[int]:
        """Rows after which a new printed page begins, so that no chart is cut in two."""
        starts = sorted({place.title_row for place in self.panels})
        starts += [] if self.items_row is None else [self.items_row]
        ends = [*(start - 1 for start in starts[1:]), self.last_row]
        breaks = [0]
        for start, end in zip(starts, ends, strict=True):
            if end - breaks[-1] > _PAGE_ROWS:
                breaks.append(start - 1)
        return breaks[1:]

    @property
    def last_row(self) -> int:
        """Last row that is planned."""
        if self.table_row is not None:
            return self.table_row + 1
        bottom = max((place.last_row for place in self.panels), default=0)
        return max(bottom, self.index_first + len(self.tables))


def address(row: int, column: int) -> str:
    """Return the address of a cell.

    >>> address(3, 2)
    'B3'
    """
    return f"{column_letters(column)}{row}"


def absolute(row: int, column: int) -> str:
    """Return the absolute address of a cell.

    >>> absolute(3, 2)
    '$B$3'
    """
    return f"${column_letters(column)}${row}"


def _split(things: tuple[_Thing, ...], size: int) -> Iterator[tuple[_Thing, ...]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
