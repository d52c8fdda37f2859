"""Draws a chart as a picture: the same data give the same bytes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
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
_GROUP = 0.72
_LABELLED = 16
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
    if chart["kind"] not in _DRAW:
        raise TemplateError("chart-kind", kind=chart["kind"])
    font = _font(_texts(chart))
    height = _HEIGHT_CM
    if chart["kind"] == "hbar":
        bars = len(chart["categories"]) * max(1, len(chart["series"]))
        height = max(3.2, 2.0 + _BAR_CM * bars)
    with rc_context({**_STYLE, "font.family": [font, "DejaVu Sans"]}):
        figure = Figure(figsize=(_WIDTH_CM / _CM_PER_INCH, height / _CM_PER_INCH), dpi=_DPI)
        canvas: Any = FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _DRAW[chart["kind"]](axes, chart)
        figure.subplots_adjust(**_margins(chart, height))
        _dress(axes, chart, height)
        image = BytesIO()
        # Not savefig: it draws everything twice.
        canvas.print_png(image, metadata={"Software": None}, pil_kwargs={"compress_level": 3})
    return DrawnChart(image.getvalue(), _WIDTH_CM, height)


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


def _draw_bars(axes: Axes, chart: Mapping[str, Any]) -> None:
    for offset, width, colour, series in _placed(chart):
        places = [position + offset for position in range(len(chart["categories"]))]
        bars = axes.bar(
            places, _heights(series["values"]), width, color=colour, label=series["name"]
        )
        if _few(chart):
            axes.bar_label(bars, _labels(series["values"]), padding=2, fontsize=7.5)
            axes.margins(y=0.1)
    if not any(any(_heights(series["values"])) for series in chart["series"]):
        axes.set_ylim(0, 1)
    axes.set_xticks(range(len(chart["categories"])), chart["categories"])
    axes.yaxis.set_major_formatter(FuncFormatter(_tick))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="y")


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


_DRAW = {"bar": _draw_bars, "hbar": _draw_columns, "line": _draw_lines}


def _dress(axes: Axes, chart: Mapping[str, Any], height: float) -> None:
    unit = f"（{chart['unit']}）" if chart["unit"] else ""
    if chart["unit"] and chart["unit"].isascii() and chart["title"].isascii():
        unit = f" ({chart['unit']})"
    # A title of the axes would make matplotlib measure every label to keep clear of it.
    left, top = axes.get_position().x0, 1 - 0.3 / height
    axes.figure.text(left, top, f"{chart['title']}{unit}", fontsize=10, va="center")
    if len(chart["series"]) > 1:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=4, frameon=False, fontsize=8)


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
