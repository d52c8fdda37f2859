"""Draws the chart of a panel over the figures below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheetsales.workbooks.formats import SERIES, SILVER
from sheetsales.workbooks.overview.places import CHART_ROWS, LEFT, WIDTHS

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart

    from sheetsales.workbooks.overview.model import Panel, Series
    from sheetsales.workbooks.overview.places import PanelPlace
    from sheetsales.workbooks.wording import Wording

_ROW_PIXELS = 20
_NUMBERS = {"integer": "#,##0", "money": "#,##0", "decimal": "0.0", "percent": "0"}
_KINDS = {"bar": "bar", "column": "column", "stacked": "column", "doughnut": "doughnut"}


def chart_size() -> dict[str, int]:
    """Return width and height in pixels of a chart: its panel's."""
    columns = WIDTHS[LEFT - 1 : LEFT + 3]
    return {"width": sum(width * 7 + 5 for width in columns), "height": _ROW_PIXELS * CHART_ROWS}


def build_chart(
    workbook: Workbook, place: PanelPlace, sheet: str, wording: Wording, font: str
) -> Chart:
    """Return the chart of a panel, ready to be inserted.

    Args:
        workbook: the workbook being written.
        place: where the panel's figures stand.
        sheet: name of the sheet that they stand on.
        wording: words of the workbook.
        font: font of its texts.
    """
    panel = place.panel
    drawn = [one for one in panel.series if one.code not in panel.undrawn]
    bars = [one for one in drawn if one.code not in panel.lines]
    options = {"type": _KINDS[panel.chart]}
    if panel.chart == "stacked":
        options["subtype"] = "stacked"
    chart = workbook.add_chart(options)
    for one in bars:
        chart.add_series(_series(place, one, sheet, wording, font, labelled=len(bars) == 1))
    if panel.lines:
        chart.combine(_line_chart(workbook, place, sheet, wording, font))
    _dress(chart, panel, font, legend=len(drawn) > 1)
    return chart


def _line_chart(
    workbook: Workbook, place: PanelPlace, sheet: str, wording: Wording, font: str
) -> Chart:
    lines = workbook.add_chart({"type": "line"})
    for one in place.panel.series:
        if one.code in place.panel.lines:
            colour = SERIES[1]
            options = _series(place, one, sheet, wording, font, labelled=False)
            options |= {
                "line": {"color": colour, "width": 2},
                "marker": {
                    "type": "circle",
                    "size": 5,
                    "fill": {"color": colour},
                    "border": {"color": colour},
                },
            }
            del options["fill"], options["border"]
            lines.add_series(options)
    return lines


def _series(
    place: PanelPlace, series: Series, sheet: str, wording: Wording, font: str, *, labelled: bool
) -> dict[str, Any]:
    number = place.panel.series.index(series)
    bars = [one for one in place.panel.series if one.code not in place.panel.lines]
    colour = SERIES[bars.index(series) if series in bars else 1]
    quoted = sheet.replace("'", "''")
    options: dict[str, Any] = {
        "name": wording.text(f"series-{series.code}"),
        "categories": f"='{quoted}'!{place.cells_of(0)}",
        "values": f"='{quoted}'!{place.cells_of(number + 1)}",
        "fill": {"color": colour},
        "border": {"none": True},
        "gap": 60,
    }
    if place.panel.lines and series in bars and len(bars) > 1:
        options["overlap"] = 0
    if labelled:
        options["data_labels"] = {
            "value": True,
            "num_format": f"{_NUMBERS[series.shape]};;",
            "font": {"name": font, "size": 8, "color": "#595959"},
        }
    return options


def _dress(chart: Chart, panel: Panel, font: str, *, legend: bool) -> None:
    small = {"name": font, "size": 8, "color": "#595959"}
    hairline = {"visible": True, "line": {"color": "#E7E6E6", "width": 0.75}}
    axis = {"num_font": small, "line": {"color": SILVER}, "major_gridlines": {"visible": False}}
    scale = {
        "num_font": small,
        "num_format": _NUMBERS[panel.series[0].shape],
        "line": {"none": True},
        "major_gridlines": hairline,
        "min": 0,
    }
    if panel.chart == "bar":
        chart.set_x_axis(scale)
        chart.set_y_axis({**axis, "reverse": True})
    elif panel.chart != "doughnut":
        chart.set_x_axis(axis)
        chart.set_y_axis(scale)
    chart.set_title({"none": True})
    chart.set_legend({"position": "bottom", "font": small} if legend else {"none": True})
    chart.set_chartarea({"border": {"none": True}, "fill": {"color": "#FFFFFF"}})
    chart.set_size(chart_size())
    chart.show_blanks_as("gap")
