"""Draws a chart as a picture: the same data give the same bytes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection, LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sheetsales.errors import TemplateError

FONTS = (
    "Noto Sans CJK TC",
    "Noto Sans TC",
    "Microsoft JhengHei",
    "PingFang TC",
    "Source Han Sans TC",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans CJK JP",
    "PMingLiU",
    "SimHei",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
)
"""Fonts with Chinese characters, best first."""

_COLOURS = ("#1f4e79", "#c55a11", "#548235", "#7f7f7f", "#7030a0", "#bf9000")
_INK, _GREY, _GRID = "#262626", "#595959", "#d9d9d9"
_WIDTH_CM, _HEIGHT_CM, _BAR_CM = 16.0, 6.2, 0.62
_CM_PER_INCH = 2.54
_CHARACTER_CM = 0.165
"""Width of a half-width character of the tick labels."""
_DPI = 160
_POINTS = 72
"""Points to the inch."""
_GROUP = 0.72
_LABELLED = 16
_ABOVE: dict[bool, Literal["bottom", "top"]] = {True: "bottom", False: "top"}
_LEGEND: dict[str, Any] = {
    "loc": "lower right",
    "bbox_to_anchor": (1, 1.0),
    "ncols": 4,
    "frameon": False,
    "fontsize": 8,
}
_STYLE: dict[Any, Any] = {
    "font.size": 8.5,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "axes.axisbelow": True,
    "text.color": _INK,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "text.parse_math": False,
}


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A picture of a chart in PNG, and how large it is to be shown."""

    image: bytes
    width_cm: float
    height_cm: float


def draw_chart(chart: Mapping[str, Any]) -> DrawnChart:
    """Return the picture of the mapping of a ``ChartData``.

    Raises:
        TemplateError: no installed font has the characters of the chart, or its kind is unknown.
    """
    if chart["kind"] not in ("bar", *_DRAW):
        raise TemplateError("chart-kind", kind=chart["kind"])
    font = _font(_texts(chart))
    height = _HEIGHT_CM
    if chart["kind"] == "hbar":
        bars = len(chart["categories"]) * max(1, len(chart["series"]))
        height = max(3.2, 2.0 + _BAR_CM * bars)
    with rc_context({**_STYLE, "font.family": [font, "DejaVu Sans"]}):
        canvas = _canvas(height)
        canvas.figure.clear()
        margins = _margins(chart, height)
        if chart["kind"] == "bar":
            _Bars(canvas.figure, chart, margins).draw()
        else:
            axes = canvas.figure.add_subplot()
            _DRAW[chart["kind"]](axes, chart)
            canvas.figure.subplots_adjust(**margins)
            if len(chart["series"]) > 1:
                axes.legend(**_LEGEND)
        _write_title(canvas.figure, chart, margins["left"], height)
        image = BytesIO()
        # Not savefig: it draws everything twice.
        canvas.print_png(image, metadata={"Software": None}, pil_kwargs={"compress_level": 3})
    return DrawnChart(image.getvalue(), _WIDTH_CM, height)


@lru_cache(maxsize=1)
def _canvas(height: float) -> Any:
    """Return a canvas to be cleared and drawn on; what one knows of texts serves the next chart."""
    figure = Figure(figsize=(_WIDTH_CM / _CM_PER_INCH, height / _CM_PER_INCH), dpi=_DPI)
    return FigureCanvasAgg(figure)


def _margins(chart: Mapping[str, Any], height: float) -> dict[str, float]:
    """Return the margins as shares of the picture.

    Matplotlib's own layout measures all texts in a drawing of its own; a width per character is
    as good here and twice as fast.
    """
    if chart["kind"] == "hbar":
        wide = max((_width(text) for text in chart["categories"]), default=0)
    else:
        values = [value for one in chart["series"] for value in _heights(one["values"])]
        wide = max((_width(_tick(value, None)) for value in values), default=0)
    left = min(0.5 * _WIDTH_CM, 0.55 + _CHARACTER_CM * wide)
    return {
        "left": left / _WIDTH_CM,
        "right": 1 - 0.35 / _WIDTH_CM,
        "bottom": 0.75 / height,
        "top": 1 - 0.95 / height,
    }


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


class _Bars:
    """Standing bars, drawn line by line: a batch has hundreds, and axes cost three times as much.

    All places are shares of the figure.
    """

    def __init__(
        self, figure: Figure, chart: Mapping[str, Any], margins: Mapping[str, float]
    ) -> None:
        self._figure, self._chart = figure, chart
        self._left, self._right = margins["left"], margins["right"]
        self._bottom, self._top = margins["bottom"], margins["top"]
        self._low, self._high = _limits(chart)
        gaps = max(0, len(chart["categories"]) - 1)
        self._step = (self._right - self._left) / (1.1 * (gaps + _GROUP))
        self._first = (self._left + self._right - self._step * gaps) / 2

    def draw(self) -> None:
        """Draw bars, scales, lines and legend."""
        for offset, width, colour, series in _placed(self._chart):
            self._draw_series(offset - width / 2, width, colour, series["values"])
        self._write_categories()
        self._draw_lines()
        if len(self._chart["series"]) > 1:
            patches = [Patch(color=colour) for _, _, colour, _ in _placed(self._chart)]
            names = [series["name"] for series in self._chart["series"]]
            corner = (self._right, self._top)
            self._figure.legend(patches, names, **{**_LEGEND, "bbox_to_anchor": corner})

    def _draw_series(self, start: float, width: float, colour: str, values: Sequence[Any]) -> None:
        wide, ground = self._step * width, self._level(0)
        sides = [self._first + self._step * (n + start) for n in range(len(values))]
        tops = [self._level(value) for value in _heights(values)]
        boxes = [
            [(x, ground), (x, y), (x + wide, y), (x + wide, ground)]
            for x, y in zip(sides, tops, strict=True)
        ]
        self._add(PolyCollection(boxes, facecolors=colour, edgecolors="none"), 1)
        if not _few(self._chart):
            return
        for x, y, text in zip(sides, tops, _labels(values), strict=True):
            is_up = y >= ground
            above = y + self._points(2 if is_up else -2)
            self._figure.text(
                x + wide / 2, above, text, fontsize=7.5, ha="center", va=_ABOVE[is_up]
            )

    def _write_categories(self) -> None:
        below = self._bottom - self._points(3.5)
        for number, name in enumerate(self._chart["categories"]):
            x = self._first + self._step * number
            self._figure.text(x, below, name, color=_GREY, ha="center", va="top")

    def _draw_lines(self) -> None:
        ticks = MaxNLocator(5).tick_values(self._low, self._high)
        values = [float(value) for value in ticks if self._low <= value <= self._high]
        beside = self._left - 3.5 / (_POINTS * self._figure.get_figwidth())
        for value in values:
            place, text = self._level(value), _tick(value, None)
            self._figure.text(beside, place, text, color=_GREY, ha="right", va="center_baseline")
        left, right, corner = self._left, self._right, (self._left, self._bottom)
        grid = [[(left, self._level(value)), (right, self._level(value))] for value in values]
        self._add(LineCollection(grid, colors=_GRID, linewidths=0.6), 0)
        frame = [[(left, self._top), corner], [corner, (right, self._bottom)]]
        self._add(LineCollection(frame, colors=_GREY, linewidths=0.6), 2)

    def _level(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return self._bottom + (self._top - self._bottom) * share

    def _points(self, count: float) -> float:
        return count / (_POINTS * self._figure.get_figheight())

    def _add(self, lines: Collection, zorder: int) -> None:
        lines.set(transform=self._figure.transFigure, snap=True, zorder=zorder)
        self._figure.add_artist(lines)


def _limits(chart: Mapping[str, Any]) -> tuple[float, float]:
    """Return the values at the lower and upper edge, with room beyond the longest bars."""
    values = [0.0, *(value for one in chart["series"] for value in _heights(one["values"]))]
    low, high = min(values), max(values)
    room = (0.1 if _few(chart) else 0.05) * (high - low)
    return (low - room * (low < 0), high + room * (high > 0)) if room else (0.0, 1.0)


def _draw_columns(axes: Axes, chart: Mapping[str, Any]) -> None:
    for offset, width, colour, series in _placed(chart):
        places = [position + offset for position in range(len(chart["categories"]))]
        bars = axes.barh(
            places, _heights(series["values"]), width, color=colour, label=series["name"]
        )
        axes.bar_label(bars, _labels(series["values"]), padding=3, fontsize=7.5)
    axes.set_yticks(range(len(chart["categories"])), chart["categories"])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.xaxis.set_major_formatter(FuncFormatter(_tick))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="x")


def _draw_lines(axes: Axes, chart: Mapping[str, Any]) -> None:
    for number, series in enumerate(chart["series"]):
        axes.plot(
            range(len(chart["categories"])),
            [float("nan") if value is None else float(value) for value in series["values"]],
            color=_COLOURS[number % len(_COLOURS)],
            marker="o",
            markersize=3.5,
            linewidth=1.6,
            label=series["name"],
        )
    axes.set_xticks(range(len(chart["categories"])), chart["categories"])
    axes.yaxis.set_major_formatter(FuncFormatter(_tick))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="y")


_DRAW = {"hbar": _draw_columns, "line": _draw_lines}


def _write_title(figure: Figure, chart: Mapping[str, Any], left: float, height: float) -> None:
    unit = f"（{chart['unit']}）" if chart["unit"] else ""
    if chart["unit"] and chart["unit"].isascii() and chart["title"].isascii():
        unit = f" ({chart['unit']})"
    # A title of the axes would make matplotlib measure every label to keep clear of it.
    figure.text(left, 1 - 0.3 / height, f"{chart['title']}{unit}", fontsize=10, va="center")


def _placed(chart: Mapping[str, Any]) -> Iterable[tuple[float, float, str, Mapping[str, Any]]]:
    count = max(1, len(chart["series"]))
    width = _GROUP / count
    for number, series in enumerate(chart["series"]):
        yield (
            (number - (count - 1) / 2) * width,
            width,
            _COLOURS[number % len(_COLOURS)],
            series,
        )


def _few(chart: Mapping[str, Any]) -> bool:
    return len(chart["categories"]) * len(chart["series"]) <= _LABELLED


def _heights(values: Sequence[Any]) -> list[float]:
    return [0.0 if value is None else float(value) for value in values]


def _labels(values: Sequence[Any]) -> list[str]:
    return ["—" if value is None else _tick(float(value), None) for value in values]


def _tick(value: float, _position: object) -> str:
    text = f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _texts(chart: Mapping[str, Any]) -> str:
    names = (series["name"] for series in chart["series"])
    return "".join((chart["title"], chart["unit"], *chart["categories"], *names))


def _font(text: str) -> str:
    installed = _installed()
    if installed:
        return installed
    if any(unicodedata.east_asian_width(character) in "WF" for character in text):
        raise TemplateError("chart-font", fonts=", ".join(FONTS[:4]))
    return "DejaVu Sans"


@lru_cache(maxsize=1)
def _installed() -> str | None:
    names = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in names), None)
