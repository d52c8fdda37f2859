"""Cell styles, as far as a value needs one of its own.

A date would show as a number without a date format. Text that begins like a formula would turn
into one when somebody edits the cell and presses Enter; the quote mark (``quotePrefix``, what
Excel sets for a typed apostrophe) keeps it text, and has to go where a number or a date follows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from sheetsales.errors import EditRefusedError
from sheetsales.store import markup
from sheetsales.store.parts import BookParts, flag, label

_DATE, _MOMENT, _TEXT = "14", "22", "49"
_BUILT_IN = (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_NO_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_CODE = re.compile(r"[ymdhs]", re.IGNORECASE)
_MOST_FORMATS = 65_490
_TAKEN_FOR_INPUT = tuple("=+-@'\t\r\n＝＋－＠")


def needs_quote(text: str) -> bool:
    """Say whether Excel would make something else of a text that is typed into a cell again."""
    return text.startswith(_TAKEN_FOR_INPUT)


class Styles:
    """The cell formats of a book; one that is missing is added behind the others."""

    def __init__(self, parts: BookParts) -> None:
        self._package = parts.package
        self._part = parts.related("styles")
        self._added: dict[bytes, int] = {}
        self._known: dict[tuple[bytes, str], bytes] = {}

    def dated(self, style: bytes, *, moment: bool) -> bytes:
        """Return the style itself if it shows dates, else one like it that does.

        Raises:
            EditRefusedError: ``value-date-style`` if the book has no list of formats.
        """
        key = (style, _MOMENT if moment else _DATE)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._dated(style, key[1])
        return known

    def quoted(self, style: bytes) -> bytes:
        """Return a style in which any text stays text when it is edited.

        It is the style itself if that is a text format or has the quote mark; else one like it
        with the mark. A book without a list of formats leaves the style as it is.
        """
        key = (style, "quoted")
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._quoted(style)
        return known

    def unquoted(self, style: bytes) -> bytes:
        """Return the style without the quote mark, so that a number is a number to Excel."""
        key = (style, "unquoted")
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._unquoted(style)
        return known

    def changed(self) -> tuple[str, bytes] | None:
        """Return part name and content with the added formats, or None if there are none."""
        if not self._added or self._list is None or self._part is None:
            return None
        start, end = self._list.start, self._list.open_end
        count = str(len(self._formats) + len(self._added))
        tag = markup.with_attribute(self._data[start:end], "count", count)
        close = self._list.close_start
        edits = [(start, end, tag), (close, close, b"".join(self._added))]
        return self._part, markup.splice(self._data, edits)

    def _dated(self, style: bytes, number: str) -> bytes:
        given = self._attributes(style)
        if given is not None and given.get("numFmtId", "0") in self._dates:
            return style
        made = self._like(style, {"numFmtId": number, "applyNumberFormat": "1"})
        if given is None or made is None:
            raise EditRefusedError("value-date-style", style=int(style or b"0"))
        return made

    def _quoted(self, style: bytes) -> bytes:
        given = self._attributes(style)
        if given is None or given.get("numFmtId", "0") in self._texts:
            return style
        if flag(given.get("quotePrefix")):
            return style
        return self._like(style, {"quotePrefix": "1"}) or style

    def _unquoted(self, style: bytes) -> bytes:
        if b"quotePrefix" not in self._data:
            return style
        given = self._attributes(style)
        if given is None or not flag(given.get("quotePrefix")):
            return style
        return self._like(style, {"quotePrefix": None}) or style

    def _attributes(self, style: bytes) -> dict[str, str] | None:
        """Return what the file says of a style, None if it does not list it."""
        original = self._format(style)
        return None if original is None else markup.attributes(original[: original.index(b">") + 1])

    def _format(self, style: bytes) -> bytes | None:
        """Return the XML of a format, an added one too."""
        number = int(style or b"0")
        if number < len(self._formats):
            return self._formats[number]
        return next((xml for xml, given in self._added.items() if given == number), None)

    def _like(self, style: bytes, changes: Mapping[str, str | None]) -> bytes | None:
        """Return the number of a format with some attributes changed, None if there is no room."""
        original = self._format(style)
        if original is None or self._list is None:
            return None
        end = original.index(b">") + 1
        tag = original[:end]
        for name, value in changes.items():
            tag = markup.with_attribute(tag, name, value)
        made = tag + original[end:]
        number = self._places.get(made)
        if number is None and len(self._formats) + len(self._added) < _MOST_FORMATS:
            number = self._added.setdefault(made, len(self._formats) + len(self._added))
        return None if number is None else str(number).encode()

    @cached_property
    def _data(self) -> bytes:
        if self._part is None:
            return b"<styleSheet/>"
        return markup.utf8(self._package.part(self._part), label(self._package, self._part))

    @cached_property
    def _elements(self) -> list[markup.Element]:
        return markup.scan(self._data, label(self._package, self._part or ""))

    @cached_property
    def _list(self) -> markup.Element | None:
        return next((each for each in self._elements if each.name == "cellXfs"), None)

    @cached_property
    def _formats(self) -> list[bytes]:
        return [
            self._data[each.start : each.end]
            for each in self._elements
            if each.name == "xf" and each.parent is not None and each.parent is self._list
        ]

    @cached_property
    def _places(self) -> dict[bytes, int]:
        """The first number of each format that the file has."""
        numbered = list(enumerate(self._formats))
        return {xml: number for number, xml in reversed(numbered)}

    @cached_property
    def _codes(self) -> dict[str, str]:
        """The number formats that the book itself defines."""
        tags = [
            markup.attributes(self._data[each.start : each.open_end])
            for each in self._elements
            if each.name == "numFmt" and each.depth == 2
        ]
        return {tag.get("numFmtId", ""): tag.get("formatCode", "") for tag in tags}

    @cached_property
    def _dates(self) -> set[str]:
        own = {
            number
            for number, code in self._codes.items()
            if not _ELAPSED.search(code) and _DATE_CODE.search(_NO_CODE.sub("", code))
        }
        return own | {str(number) for number in _BUILT_IN}

    @cached_property
    def _texts(self) -> set[str]:
        return {_TEXT} | {number for number, code in self._codes.items() if code == "@"}
