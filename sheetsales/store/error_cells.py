"""Finds the cells of a sheet that show an error (``#N/A``, ``#REF!`` …)."""

from __future__ import annotations

import re
from xml.parsers import expat

from sheetsales.store import markup
from sheetsales.store.ranges import parse_cell

_CELL_TAG = re.compile(rb"""<(?:[\w.-]+:)?c\s[^<>]*>""")
_CELL_END = re.compile(rb"</(?:[\w.-]+:)?c>")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v>([^<]*)<")


def find_error_cells(xml: bytes, part: str) -> dict[tuple[int, int], str]:
    """Return the error values of a sheet by row and column, both counted from 1.

    Args:
        xml: the sheet's part.
        part: its name for messages.
    """
    with markup.sense(part):
        return _find(xml, part)


def _find(xml: bytes, part: str) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    marks = (b't="e"', b"t='e'") if b"'" in xml else (b't="e"',)
    for mark in marks:
        position = xml.find(mark)
        while position >= 0:
            cell = _error_cell(xml, position)
            if cell is None:
                return _find_exactly(xml, part)
            found.update(cell)
            position = xml.find(mark, position + 1)
    return found


def _error_cell(xml: bytes, position: int) -> dict[tuple[int, int], str] | None:
    """Return the cell whose tag holds the mark, none if it is mere text; None: look closer."""
    start = xml.rfind(b"<", 0, position)
    tag = _CELL_TAG.match(xml, start)
    if tag is None or tag.end() <= position:
        return {} if b">" in xml[start:position] and xml[start + 1 : start + 2] != b"!" else None
    reference = markup.attributes(tag[0]).get("r")
    if reference is None:
        return None
    end = _CELL_END.search(xml, tag.end())
    value = None
    if end and not tag[0].endswith(b"/>"):
        value = _VALUE.search(xml, tag.end(), end.start())
    return {parse_cell(reference): markup.unescape(value[1].decode()) if value else ""}


class _Exact:
    """Walks a sheet in which cells have no address of their own, or hold odd markup."""

    def __init__(self, xml: bytes, part: str) -> None:
        self.found: dict[tuple[int, int], str] = {}
        self._row = self._column = 0
        self._is_error = self._in_value = False
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        markup.parse(parser, xml, part)

    def _start(self, name: str, given: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._row, self._column = int(given.get("r", self._row + 1)), 0
        elif local == "c":
            implied = (self._row, self._column + 1)
            self._row, self._column = parse_cell(given["r"]) if "r" in given else implied
            self._is_error = given.get("t") == "e"
            if self._is_error:
                self.found[self._row, self._column] = ""
        self._in_value = local == "v" and self._is_error

    def _end(self, _: str) -> None:
        self._in_value = False

    def _characters(self, text: str) -> None:
        if self._in_value:
            self.found[self._row, self._column] += text


def _find_exactly(xml: bytes, part: str) -> dict[tuple[int, int], str]:
    return _Exact(xml, part).found
