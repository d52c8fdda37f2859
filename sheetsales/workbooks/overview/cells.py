"""What the engine writes on the sheet 總覽: every cell with its formula and the value of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from sheetsales.workbooks.conditions import Figure, Is, Moment, OfRow, Place
from sheetsales.workbooks.figures import Count, Measure, Rows
from sheetsales.workbooks.layout import PROBLEM
from sheetsales.workbooks.overview.model import Overview, Shape
from sheetsales.workbooks.overview.places import (
    AS_OF_CELL,
    AS_OF_ROW,
    LEFT,
    OverviewPlaces,
    PanelPlace,
    absolute,
    address,
)

if TYPE_CHECKING:
    from sheetsales.tables import Frames
    from sheetsales.workbooks.content import Content

CellValue: TypeAlias = "str | float | int | date | None"
Finding: TypeAlias = "tuple[str, str]"
"""Sheet name and severity of a problem."""

_PROBLEMS = Count(PROBLEM.name, (OfRow("sheet"), Is("severity", ("error", "warning"))))


@dataclass(frozen=True, slots=True)
class OverviewCell:
    """One cell that the engine writes.

    Attributes:
        row: Excel row.
        column: Excel column, counted from 1.
        value: what it shows.
        formula: formula without its equals sign; empty for a plain value.
        shape: how a figure is written; ``text`` for the rest, ``date`` for the date of reference.
        is_card: whether it is a figure in large type.
    """

    row: int
    column: int
    value: CellValue
    formula: str = ""
    shape: Shape | str = "text"
    is_card: bool = False

    @property
    def address(self) -> str:
        """Address such as ``B7``."""
        return address(self.row, self.column)


@dataclass(frozen=True)
class Snapshot:
    """What an overview is computed from.

    Attributes:
        content: rows of the whole company.
        as_of: date of reference; None leaves a blank book.
        own: frames of the rows of this very book; None if it holds all rows of its tables.
        findings: sheet and severity of the problems of this book.
    """

    content: Content
    as_of: date | None = None
    own: Frames | None = None
    findings: Sequence[Finding] = ()


@dataclass(frozen=True)
class OverviewValues:
    """Everything that the engine writes on one 總覽.

    Attributes:
        cells: cells with formulas and plain values, in writing order.
        rows: rows of Table ``overview``, by field.
    """

    cells: tuple[OverviewCell, ...]
    rows: tuple[Mapping[str, CellValue], ...] = field(default=())


def overview_values(places: OverviewPlaces, snapshot: Snapshot) -> OverviewValues:
    """Return what the engine writes on a 總覽; pure.

    Args:
        places: where everything stands.
        snapshot: what it is computed from.
    """
    moment, rows = _moment(places.overview, snapshot)
    place = Place(
        wording=places.wording,
        as_of=AS_OF_CELL,
        anchors={code: absolute(*cell) for code, cell in places.anchors.items()},
        totals={
            (panel.panel.code, series.code): panel.cells_of(panel.series_column(index))
            for panel in places.panels
            for index, series in enumerate(panel.panel.series)
        },
    )
    cells = [OverviewCell(AS_OF_ROW, LEFT + 1, snapshot.as_of, shape="date")]
    cells += _anchor_cells(places, moment)
    cells += _index_cells(places, place, moment)
    totals: dict[tuple[str, str], tuple[Figure, ...]] = {}
    for panel in places.panels:
        for cell in _panel_cells(panel, place, moment, totals):
            cells.append(cell)
    cells += _card_cells(places, place, replace(moment, totals=totals))
    return OverviewValues(tuple(cells), rows)


def layout_mark(values: OverviewValues) -> str:
    """Return a mark of a layout: another one where a cell has moved or a formula has changed."""
    lines = [f"{cell.address} {cell.formula}" for cell in values.cells]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _moment(
    overview: Overview, snapshot: Snapshot
) -> tuple[Moment, tuple[Mapping[str, CellValue], ...]]:
    problems = pd.DataFrame(snapshot.findings, columns=["sheet", "severity"], dtype=object)
    problems["code"] = "x"
    frames = dict(snapshot.content.frames if snapshot.own is None else snapshot.own)
    moment = Moment({**frames, PROBLEM.name: problems}, snapshot.content, snapshot.as_of)
    for anchor in overview.anchors:
        picked = next(iter(anchor.pick(moment)), "")
        moment = replace(moment, anchors={**moment.anchors, anchor.code: picked})
    given = [
        (item, code, float(value))
        for item in overview.items
        if snapshot.as_of is not None
        for code, value in item.rows(moment)
    ]
    known = pd.DataFrame(
        [(item.code, code, value) for item, code, value in given],
        columns=["item", "period", "value"],
    )
    say = snapshot.content.wording.text
    rows = tuple(
        {
            "item": say(item.code),
            "as_of": snapshot.as_of,
            "period": item.shown(code, moment),
            "value": value,
        }
        for item, code, value in given
    )
    return replace(moment, own={**moment.own, "overview": known}), rows


def _anchor_cells(places: OverviewPlaces, moment: Moment) -> Iterator[OverviewCell]:
    for anchor in places.overview.anchors:
        row, column = places.anchors[anchor.code]
        shown = anchor.shown(moment.anchors[anchor.code], moment)
        yield OverviewCell(row, column, shown or None)


def _index_cells(places: OverviewPlaces, place: Place, moment: Moment) -> Iterator[OverviewCell]:
    for row, table in enumerate(places.tables, start=places.index_first):
        here = replace(place, row=absolute(row, LEFT))
        sheet = replace(moment, row=places.wording.sheet(table))
        yield _figure(row, LEFT + 1, Rows(table.name), here, sheet)
        if table.name != PROBLEM.name:
            yield _figure(row, LEFT + 2, _PROBLEMS, here, sheet)


def _panel_cells(
    panel: PanelPlace,
    place: Place,
    moment: Moment,
    totals: dict[tuple[str, str], tuple[Figure, ...]],
) -> Iterator[OverviewCell]:
    rows = panel.panel.rows
    codes = rows.codes(moment)
    series = panel.panel.series
    figures: list[list[Figure]] = [[] for _ in series]
    for offset in range(panel.count):
        row = panel.first_row + offset
        code = codes[offset] if offset < len(codes) else ""
        if not rows.fixed:
            yield OverviewCell(row, panel.column, rows.shown(code, moment) if code else None)
        here = replace(place, row=absolute(row, panel.column))
        for index, one in enumerate(series):
            value = one.measure.value(replace(moment, row=code)) if code else None
            figures[index].append(value)
            formula = one.measure.formula(here)
            if not rows.fixed:
                formula = f'IF({here.row}="","",{formula})'
            shown = "" if value is None else value
            yield OverviewCell(row, panel.series_column(index), shown, formula, one.shape)
    for one, values in zip(series, figures, strict=True):
        totals[panel.panel.code, one.code] = tuple(values)


def _card_cells(places: OverviewPlaces, place: Place, moment: Moment) -> Iterator[OverviewCell]:
    for card, row, column in places.cards:
        cell = _figure(row + 1, column, card.measure, place, moment)
        yield replace(cell, shape=card.shape, is_card=True)


def _figure(row: int, column: int, measure: Measure, place: Place, moment: Moment) -> OverviewCell:
    value = measure.value(moment)
    shown = "" if value is None else value
    return OverviewCell(row, column, shown, measure.formula(place), "integer")
