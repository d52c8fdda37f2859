"""The data of a chart in a document; pure numbers and words, drawn elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars or one line: a name and a value per category, None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ChartData:
    """A chart: bars, lines or horizontal bars over named categories.

    Attributes:
        title: what it shows.
        categories: names along the axis.
        series: one or several series of values.
        kind: ``bar``, ``line`` or ``hbar`` (horizontal bars).
        unit: unit of the values; empty for none.
    """

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Literal["bar", "line", "hbar"]
    unit: str = ""
