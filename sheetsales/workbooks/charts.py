"""Draws the chart of a panel over the figures below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheetsales.workbooks.formats import NAVY, SERIES, SILVER, WHITE
from sheetsales.workbooks.overview.places import CHART_ROWS, LEFT, PANEL_COLUMNS, WIDTHS

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart

    from sheetsales.workbooks.overview.model import Series
    from sheetsales.workbooks.overview.places import PanelPlace
    from sheetsales.workbooks.wording import Wording

_ROW_PIXELS = 20
_CROWDED = 8
"""From so many columns on, their names are turned."""
_MOST_LABELS = 14
_MOST_LINES = 13
"""Above so many bars their names are written smaller, or every other one would be left out."""
_NUMBERS = {"integer": "#,##0", "money": "#,##0", "decimal": "0.0", "percent": "0"}
_SCALES = {**_NUMBERS, "decimal": "0"}


@dataclass(frozen=True)
class PanelChart:
    """The chart of one panel.

    Attributes:
        place: where the panel's figures stand.
        sheet: name of the sheet that they stand on.
        wording: words of the workbook.
        font: font of its texts.
    """

    place: PanelPlace
    sheet: str
    wording: Wording
    font: str

    def build(self, workbook: Workbook) -> Chart:
        """Return the chart, ready to be inserted."""
        chart = workbook.add_chart(self._kind)
        for series in self._bars:
            chart.add_series(self._drawn(series) | self._bar(series))
        if self._lines:
            lines = workbook.add_chart({"type": "line"})
            for series in self._lines:
                lines.add_series(self._drawn(series) | _LINE)
            chart.combine(lines)
        self._dress(chart)
        return chart

    @property
    def _kind(self) -> dict[str, str]:
        kind = self.place.panel.chart
        return {"type": "column", "subtype": "stacked"} if kind == "stacked" else {"type": kind}

    @property
    def _bars(self) -> list[Series]:
        panel = self.place.panel
        hidden = {*panel.lines, *panel.undrawn}
        return [series for series in panel.series if series.code not in hidden]

    @property
    def _lines(self) -> list[Series]:
        panel = self.place.panel
        return [series for series in panel.series if series.code in panel.lines]

    @property
    def _lies(self) -> bool:
        return self.place.panel.chart == "bar"

    def _drawn(self, series: Series) -> dict[str, Any]:
        index = self.place.panel.series.index(series)
        quoted = self.sheet.replace("'", "''")
        return {
            "name": self.wording.text(f"series-{series.code}"),
            "categories": f"='{quoted}'!{self.place.cells_of(self.place.column)}",
            "values": f"='{quoted}'!{self.place.cells_of(self.place.series_column(index))}",
        }

    def _bar(self, series: Series) -> dict[str, Any]:
        options: dict[str, Any] = {
            "fill": {"color": SERIES[self._bars.index(series)]},
            "border": {"none": True},
            "gap": 45,
        }
        if self._has_labels(series):
            number = _NUMBERS[series.shape]
            font = self._white if self.place.panel.chart == "stacked" else self._small
            label = {"value": True, "num_format": f"{number};;", "font": font}
            options["data_labels"] = label
        return options

    def _has_labels(self, series: Series) -> bool:
        """Numbers that would run into each other stand in the figures below alone."""
        if self._lies:
            return len(self._bars) == 1
        return series.shape != "money" and len(self._bars) * self.place.count <= _MOST_LABELS

    @property
    def _small(self) -> dict[str, Any]:
        return {"name": self.font, "size": 8, "color": "#595959"}

    @property
    def _white(self) -> dict[str, Any]:
        """Numbers that stand inside the columns."""
        return {**self._small, "color": WHITE, "bold": True}

    def _dress(self, chart: Chart) -> None:
        names = {"num_font": self._small, "line": {"color": SILVER}}
        if self._lies:
            if self.place.count > _MOST_LINES:
                names["num_font"] = {**self._small, "size": 6}
            every = {"interval_unit": 1, "interval_tick": 1}
            chart.set_y_axis({**names, **every, "reverse": True, "major_tick_mark": "none"})
            chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        else:
            crowded = self.place.count >= _CROWDED
            turned = {**self._small, "rotation": -45} if crowded else self._small
            chart.set_x_axis({**names, "num_font": turned, "major_tick_mark": "none"})
            chart.set_y_axis(self._scale)
        chart.set_title({"none": True})
        several = len(self._bars) + len(self._lines) > 1
        legend = {"position": "bottom", "font": self._small}
        chart.set_legend(legend if several else {"none": True})
        chart.set_chartarea({"border": {"none": True}, "fill": {"color": "#FFFFFF"}})
        chart.set_size(chart_size())

    @property
    def _scale(self) -> dict[str, Any]:
        return {
            "num_font": self._small,
            "num_format": _SCALES[self.place.panel.series[0].shape],
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": "#E7E6E6", "width": 0.75}},
            "min": 0,
        }


_LINE = {
    "line": {"color": NAVY, "width": 2},
    "marker": {
        "type": "circle",
        "size": 5,
        "fill": {"color": NAVY},
        "border": {"color": NAVY},
    },
}


def chart_size() -> dict[str, int]:
    """Return width and height in pixels of a chart: those of its panel."""
    columns = WIDTHS[LEFT - 1 : LEFT - 1 + PANEL_COLUMNS]
    return {
        "width": sum(width * 7 + 5 for width in columns),
        "height": _ROW_PIXELS * CHART_ROWS - 10,
    }
