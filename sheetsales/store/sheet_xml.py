"""One sheet's XML in three pieces: what stands before the rows, the rows, what stands after."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from sheetsales.store import markup
from sheetsales.store.content import Content, Memory, whole
from sheetsales.store.layout import Layout, exact_layout, usual_layout
from sheetsales.store.parts import flag
from sheetsales.store.preflight import check_behind_rows, check_skeleton
from sheetsales.store.ranges import Range, find_range
from sheetsales.store.rows import RowIndex


class SheetXml:
    """The XML of a worksheet.

    Attributes:
        content: the whole part, as UTF-8.
        part: its name for messages.
        layout: where its rows stand.
        prefix: namespace prefix of its elements with the colon, or nothing.
        head: all up to and including ``<sheetData>``.
        tail: ``</sheetData>`` and the rest.
        added_closing: length of the ``</sheetData>`` in `tail` that the part itself lacks.
    """

    def __init__(self, content: Content, part: str) -> None:
        self.part = part
        self.content, self.layout = _laid_out(content, part)
        self.layout.refuse_disorder(part)
        self.prefix = self.layout.prefix
        self.head, self.tail = self.layout.head, self.layout.tail
        closing = b"</%bsheetData>" % self.prefix if self.has_no_rows_element else b""
        self.added_closing = len(closing)
        if closing:
            self.head = self.head[:-2].rstrip() + b">"
            self.tail = closing + self.tail

    @property
    def has_no_rows_element(self) -> bool:
        """Whether ``<sheetData/>`` closes itself."""
        return self.layout.head.endswith(b"/>")

    @cached_property
    def index(self) -> RowIndex:
        """Where its rows stand."""
        return RowIndex(self.content, self.layout, self.part)

    @cached_property
    def skeleton(self) -> bytes:
        """The sheet without its rows: a small document of its own."""
        skeleton = self.head + self.tail
        check_skeleton(skeleton, self.part)
        return skeleton

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

    def array_ranges(self) -> list[Range]:
        """Return the ranges that one array formula or data table fills."""
        return self.layout.arrays


def _laid_out(content: Content, part: str) -> tuple[Content, Layout]:
    layout = usual_layout(content, part)
    if layout is not None:
        return content, layout
    check_behind_rows(content.size, content.blocks(), part)
    data = markup.utf8(whole(content), part)
    content = Memory(data)
    return content, usual_layout(content, part) or exact_layout(data, part)
