"""One sheet's XML in three pieces: what stands before the rows, the rows, what stands after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from xml.parsers import expat

from sheetsales.errors import WorkbookError
from sheetsales.store import markup
from sheetsales.store.parts import flag
from sheetsales.store.ranges import Range, find_range
from sheetsales.store.rows import RowIndex

_ROOT_NAME = re.compile(rb"<(?:([^\s:/>!?]+):)?worksheet[\s/>]")


class SheetXml:
    """The XML of a worksheet.

    Attributes:
        data: the whole part as UTF-8.
        part: its name for messages.
        prefix: namespace prefix of its elements with the colon, or nothing.
        body: offsets between which its rows stand.
        head: all up to and including ``<sheetData>``.
        tail: ``</sheetData>`` and the rest.
    """

    def __init__(self, data: bytes, part: str) -> None:
        self.data = markup.utf8(data, part)
        self.part = part
        root = _ROOT_NAME.search(self.data)
        if root is None:
            raise WorkbookError("workbook-part", part=part, reason="worksheet")
        self.prefix = root[1] + b":" if root[1] else b""
        opening, end = self._rows_element()
        tag = self.data[opening[0] : opening[1]]
        closing = b"</%bsheetData>" % self.prefix
        if tag.endswith(b"/>"):
            self.body = (opening[1], opening[1])
            self.head = self.data[: opening[0]] + tag[:-2].rstrip() + b">"
            self.tail = closing + self.data[opening[1] :]
        else:
            self.body = (opening[1], end)
            self.head, self.tail = self.data[: opening[1]], self.data[end:]

    @cached_property
    def index(self) -> RowIndex:
        """Where its rows stand."""
        return RowIndex(self.data, self.prefix, *self.body, self.part)

    @cached_property
    def skeleton(self) -> bytes:
        """The sheet without its rows: a small document of its own."""
        return self.head + self.tail

    @cached_property
    def elements(self) -> list[markup.Element]:
        """All elements of the skeleton."""
        return markup.scan(self.skeleton, self.part)

    def tags(self, name: str) -> Iterator[dict[str, str]]:
        """Yield the attributes of all elements of that name outside the rows."""
        for element in self.elements:
            if element.name == name:
                yield markup.attributes(self.skeleton[element.start : element.open_end])

    @property
    def is_protected(self) -> bool:
        """Whether the sheet is protected."""
        return any(flag(tag.get("sheet")) for tag in self.tags("sheetProtection"))

    @property
    def merged(self) -> list[Range]:
        """The merged ranges."""
        found = (find_range(tag.get("ref", "")) for tag in self.tags("mergeCell"))
        return [area for area in found if area is not None]

    def column_style(self, column: int) -> bytes:
        """Return the style number that a column gives to its empty cells."""
        with markup.sense(self.part):
            return self._column_style(column)

    def _column_style(self, column: int) -> bytes:
        for tag in self.tags("col"):
            if "style" in tag and int(tag.get("min", "1")) <= column <= int(tag.get("max", "1")):
                return tag["style"].encode()
        return b""

    def array_ranges(self) -> Iterator[Range]:
        """Yield the ranges that one array formula or data table fills."""
        pattern = re.compile(rb"<%bf\s[^>]*>" % re.escape(self.prefix))
        for match in pattern.finditer(self.data, *self.body):
            tag = markup.attributes(match[0])
            area = find_range(tag.get("ref", ""))
            if tag.get("t") in ("array", "dataTable") and area is not None:
                yield area

    def _rows_element(self) -> tuple[tuple[int, int], int]:
        """Return the span of the opening tag of ``sheetData`` and the offset of its end."""
        name = b"%bsheetData" % self.prefix
        opening = re.compile(rb"<" + re.escape(name) + rb"(?:\s[^>]*)?>").search(self.data)
        end = self.data.rfind(b"</" + name)
        start = opening.start() if opening else len(self.data)
        odd = self.data.find(b"<!", 0, start) >= 0 or self.data.find(b"<!", max(end, start)) >= 0
        if opening and not odd:
            return opening.span(), end
        return self._exact_rows_element()

    def _exact_rows_element(self) -> tuple[tuple[int, int], int]:
        found: dict[str, int] = {}
        parser = expat.ParserCreate("utf-8")

        def note(key: str, name: str) -> None:
            if name.rpartition(":")[2] == "sheetData":
                found.setdefault(key, parser.CurrentByteIndex)

        parser.StartElementHandler = lambda name, _: note("start", name)
        parser.EndElementHandler = lambda name: note("end", name)
        markup.parse(parser, self.data, self.part)
        if "start" not in found:
            raise WorkbookError("workbook-part", part=self.part, reason="sheetData")
        return (found["start"], self.data.index(b">", found["start"]) + 1), found["end"]
