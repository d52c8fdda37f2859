"""Cell styles, as far as a date needs one: without a date format it would show as a number."""

from __future__ import annotations

import re
from functools import cached_property

from sheetsales.errors import EditRefusedError
from sheetsales.store import markup
from sheetsales.store.parts import BookParts, label

_DATE, _MOMENT = "14", "22"
_BUILT_IN = (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_NO_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_CODE = re.compile(r"[ymdhs]", re.IGNORECASE)


class Styles:
    """The cell formats of a book; a missing date format is added behind the others."""

    def __init__(self, parts: BookParts) -> None:
        self._package = parts.package
        self._part = parts.related("styles")
        self._added: dict[bytes, int] = {}
        self._known: dict[tuple[bytes, bool], bytes] = {}

    def dated(self, style: bytes, *, moment: bool) -> bytes:
        """Return the style itself if it shows dates, else one like it that does.

        Raises:
            EditRefusedError: ``value-date-style`` if the book has no list of formats.
        """
        known = self._known.get((style, moment))
        if known is None:
            known = self._known[style, moment] = self._found_or_made(style, moment=moment)
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

    def _found_or_made(self, style: bytes, *, moment: bool) -> bytes:
        number = int(style or b"0")
        if number >= len(self._formats):
            raise EditRefusedError("value-date-style", style=number)
        original = self._formats[number]
        tag_end = original.index(b">") + 1
        tag = original[:tag_end]
        if markup.attributes(tag).get("numFmtId", "0") in self._dates:
            return style
        tag = markup.with_attribute(tag, "numFmtId", _MOMENT if moment else _DATE)
        added = markup.with_attribute(tag, "applyNumberFormat", "1") + original[tag_end:]
        return str(self._added.setdefault(added, len(self._formats) + len(self._added))).encode()

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
    def _dates(self) -> set[str]:
        found = {str(number) for number in _BUILT_IN}
        for each in self._elements:
            if each.name == "numFmt" and each.depth == 2:
                tag = markup.attributes(self._data[each.start : each.open_end])
                code = tag.get("formatCode", "")
                if not _ELAPSED.search(code) and _DATE_CODE.search(_NO_CODE.sub("", code)):
                    found.add(tag.get("numFmtId", ""))
        return found
