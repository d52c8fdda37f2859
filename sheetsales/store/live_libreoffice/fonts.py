"""Fonts and colours of cells."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from sheetsales.store.live_libreoffice.loading import load_uno

_BOLD, _NORMAL = 150.0, 100.0
"""com.sun.star.awt.FontWeight."""

Colour = tuple[int, int, int]


def colour_of(number: int) -> Colour | None:
    """Return a colour as red, green, blue; None for no colour of its own."""
    return None if number < 0 else (number >> 16 & 255, number >> 8 & 255, number & 255)


def number_of(colour: Any) -> int:
    """Return a colour given as red, green, blue, as ``#RRGGBB`` or as Excel's number."""
    if isinstance(colour, str):
        colour = tuple(bytes.fromhex(colour.removeprefix("#")))
    if isinstance(colour, int):
        colour = (colour & 255, colour >> 8 & 255, colour >> 16 & 255)
    red, green, blue = colour
    return int(red) << 16 | int(green) << 8 | int(blue)


class Font(base_classes.Font):
    """The font of a block of cells, for western and for Asian characters alike."""

    def __init__(self, cells: Any) -> None:
        self._cells = cells

    @property
    def api(self) -> Any:
        return self._cells

    @property
    def bold(self) -> bool:
        return bool(self._cells.CharWeight >= _BOLD)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set("CharWeight", _BOLD if value else _NORMAL)

    @property
    def italic(self) -> bool:
        return bool(self._cells.CharPosture.value == "ITALIC")

    @italic.setter
    def italic(self, value: bool) -> None:
        word = "ITALIC" if value else "NONE"
        self._set("CharPosture", load_uno().Enum("com.sun.star.awt.FontSlant", word))

    @property
    def size(self) -> float:
        return float(self._cells.CharHeight)

    @size.setter
    def size(self, value: float) -> None:
        self._set("CharHeight", float(value))

    @property
    def color(self) -> Colour | None:
        return colour_of(self._cells.CharColor)

    @color.setter
    def color(self, value: Any) -> None:
        self._cells.CharColor = number_of(value)

    @property
    def name(self) -> str:
        return str(self._cells.CharFontName)

    @name.setter
    def name(self, value: str) -> None:
        self._set("CharFontName", value)

    def _set(self, name: str, value: object) -> None:
        for script in ("", "Asian", "Complex"):
            self._cells.setPropertyValue(f"{name}{script}", value)
