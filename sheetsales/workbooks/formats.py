"""Colours, fonts and cell formats: one set for all workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

NAVY = "#1F3864"
BLUE = "#2E75B6"
SKY = "#9DC3E6"
ICE = "#DCE6F1"
MIST = "#F3F6FA"
GREY = "#7F7F7F"
SILVER = "#BFBFBF"
PAPER = "#F2F2F2"
AMBER = "#FFF2CC"
ORANGE = "#C55A11"
RED = "#C00000"
WHITE = "#FFFFFF"
SERIES = (BLUE, SKY, SILVER)
"""Colours of the columns or bars of a chart, in order; lines over them are navy."""

_FONTS = {"en": "Calibri", "zh-Hans": "Microsoft YaHei"}

Properties = dict[str, Any]

_LINE: Properties = {"border": 1, "border_color": "#D9D9D9"}
_HEADER: Properties = {
    "bold": True,
    "font_color": WHITE,
    "valign": "vcenter",
    "text_wrap": True,
    "border": 1,
    "border_color": WHITE,
    "num_format": "@",
}
_CARD: Properties = {
    "bg_color": ICE,
    "right": 5,
    "right_color": WHITE,
    "align": "left",
    "indent": 1,
}

LOOKS: dict[str, Properties] = {
    "title": {
        "font_size": 18,
        "bold": True,
        "font_color": NAVY,
        "valign": "vcenter",
        "align": "left",
        "indent": 1,
    },
    "hint": {"font_size": 9, "font_color": "#404040", "valign": "vcenter", "text_wrap": True},
    "outcome": {
        "font_size": 10,
        "font_color": NAVY,
        "valign": "vcenter",
        "align": "left",
        "indent": 1,
        "text_wrap": True,
        "num_format": "@",
    },
    "link": {"font_size": 10, "font_color": BLUE, "underline": 1, "valign": "vcenter"},
    "bar": {"bottom": 5, "bottom_color": BLUE},
    "names": {"font_size": 8, "font_color": GREY, "num_format": "@"},
    "header-required": {**_HEADER, "bg_color": NAVY},
    "header-optional": {**_HEADER, "bg_color": BLUE},
    "header-engine": {**_HEADER, "bg_color": GREY, "italic": True},
    "plain": {},
    "banner": {
        "font_size": 22,
        "bold": True,
        "font_color": WHITE,
        "bg_color": NAVY,
        "valign": "vcenter",
        "align": "left",
        "indent": 1,
    },
    "banner-side": {
        "font_size": 11,
        "font_color": ICE,
        "bg_color": NAVY,
        "valign": "vcenter",
        "align": "right",
        "indent": 1,
    },
    "note": {
        "font_size": 9,
        "font_color": GREY,
        "text_wrap": True,
        "valign": "top",
        "align": "left",
        "indent": 1,
    },
    "caption": {"font_size": 10, "font_color": GREY, "align": "left", "indent": 1},
    "anchor": {"font_size": 10, "bold": True, "font_color": NAVY, "align": "left"},
    "anchor-date": {
        "font_size": 10,
        "bold": True,
        "font_color": NAVY,
        "align": "left",
        "num_format": "yyyy-mm-dd",
    },
    "section": {
        "font_size": 12,
        "bold": True,
        "font_color": NAVY,
        "bottom": 2,
        "bottom_color": BLUE,
    },
    "card-label": {**_CARD, "font_size": 10, "font_color": "#404040", "valign": "vcenter"},
    "card-note": {**_CARD, "font_size": 9, "font_color": GREY, "valign": "top"},
    "panel-header": {
        "font_size": 9,
        "bold": True,
        "font_color": NAVY,
        "bg_color": ICE,
        "align": "right",
        "valign": "vcenter",
        "text_wrap": True,
    },
    "panel-label": {
        "font_size": 10,
        "bottom": 1,
        "bottom_color": "#D9D9D9",
        "num_format": "@",
        "valign": "vcenter",
    },
    "index-link": {
        "font_size": 10,
        "font_color": BLUE,
        "underline": 1,
        "bottom": 1,
        "bottom_color": "#D9D9D9",
        "valign": "vcenter",
        "align": "left",
        "indent": 1,
    },
    "index-text": {
        "align": "left",
        "indent": 1,
        "font_size": 9,
        "font_color": "#595959",
        "bottom": 1,
        "bottom_color": "#D9D9D9",
        "text_wrap": True,
        "valign": "vcenter",
    },
}
"""Cell formats by name; the font is added to each."""

NUMBERS = {
    "integer": "#,##0",
    "money": "#,##0",
    "decimal": "0.00",
    "percent": '0.0"%"',
    "text": "@",
}
"""Number formats of figures by shape."""


def font_of(locale: str) -> str:
    """Return the font of a locale's workbooks."""
    return _FONTS.get(locale, "Microsoft JhengHei")


class Styles:
    """The formats of one workbook being written; equal properties give one format."""

    def __init__(self, workbook: Workbook, locale: str) -> None:
        self._workbook = workbook
        self.font = font_of(locale)
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def look(self, name: str, **extra: object) -> Format:
        """Return a named format, with some properties of its own."""
        return self.of({**LOOKS[name], **extra})

    def figure(self, shape: str, *, card: bool = False, alarm: bool = False) -> Format:
        """Return the format of a figure on a card or in a panel."""
        if card:
            colour = ORANGE if alarm else NAVY
            look = {**_CARD, "font_size": 24, "bold": True, "font_color": colour, "align": "left"}
        else:
            look = {"font_size": 10, "bottom": 1, "bottom_color": "#D9D9D9", "align": "right"}
        return self.of({**look, "valign": "vcenter", "num_format": NUMBERS[shape]})

    def body(self, look: Properties, *, engine: bool, bordered: bool) -> Format:
        """Return the format of a data column, or with borders that of a data cell."""
        look = {"font_size": 10, "valign": "top", **look}
        if engine:
            look |= {"italic": True, "font_color": "#595959", "bg_color": PAPER}
        return self.of(look | _LINE if bordered else look)

    def of(self, properties: Properties) -> Format:
        """Return the format of some properties."""
        given = {"font_name": self.font, "font_size": 10, **properties}
        key = tuple(sorted(given.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(given)
        return self._formats[key]
