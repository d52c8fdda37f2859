"""One pass over the XML of a part: its texts, what holds them and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sheetsales.word.spots import Spot, root_of

PARAGRAPH_END = "\n"
"""Stands in a joined text where a paragraph ends."""
TABLE_END = "\0"
"""Stands in a joined text where a table or another block was left out; XML cannot hold it."""

_TOKEN = re.compile(
    r"<(?:(/?)([A-Za-z_][^\s/>]*)([^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*)"
    r"|!--.*?--|!\[CDATA\[.*?\]\]|\?.*?\?|![^>]*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"[^\s=]+\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ID = re.compile(r"\bw:id\s*=\s*[\"']([^\"']*)")
_NAME = re.compile(r"\bname\s*=\s*[\"']([^\"']*)")
_SIGNS = re.compile(r"[{}｛｝]")
_OPENING = re.compile(r"\{[{%#]")

_LETTERS = {
    "w:p": "p",
    "a:p": "p",
    "w:tbl": "t",
    "w:tr": "r",
    "w:tc": "c",
    "w:txbxContent": "box",
    "c:v": "v",
}
_NOTES = {"w:footnote", "w:endnote", "w:comment"}
_ALTERNATIVES = {"mc:Choice", "mc:Fallback"}
_JOINED = {"w:t", "a:t", "m:t", "w:instrText"}
_DELETED = {"w:delText", "w:delInstrText"}
_SPANS = {"w:gridSpan": 1, "w:gridBefore": 0, "w:gridAfter": 0}
_PLACED = _LETTERS.keys() | _NOTES | _ALTERNATIVES | {"mc:AlternateContent"}
_COUNTED = _PLACED | _SPANS.keys() | {"w:gridCol"}


class Element:
    """An element of the XML: its name, its parent and its four offsets.

    Attributes:
        start, opened: where its start tag begins and ends.
        closing, end: where its end tag begins and ends.
        depth: the number of elements around it.
    """

    __slots__ = ("closing", "depth", "end", "name", "opened", "parent", "start")

    def __init__(self, name: str, parent: Element | None, start: int, opened: int) -> None:
        """Begin an element; its end is not known yet."""
        self.name = name
        self.parent = parent
        self.start = start
        self.opened = opened
        self.closing = self.end = opened
        self.depth: int = 0 if parent is None else parent.depth + 1

    def around(self, name: str) -> Element | None:
        """Return the nearest element of a name that holds this one."""
        found = self.parent
        while found is not None and found.name != name:
            found = found.parent
        return found


class Place:
    """What paragraphs, tables or boxes are counted in, and the texts joined within it."""

    __slots__ = ("counts", "parent", "step", "streams")

    def __init__(self, step: str, parent: Place | None) -> None:
        """Begin a place whose step is known."""
        self.step = step
        self.parent = parent
        self.counts: dict[str, int] = {}
        self.streams: dict[str, Stream] = {}

    def next(self, letter: str) -> str:
        """Return the step of the next thing of a kind."""
        number = self.counts.get(letter, 0) + 1
        self.counts[letter] = number
        return f"{letter}{number}"

    def steps(self) -> tuple[str, ...]:
        """Return all steps from the part to this place."""
        found: list[str] = []
        place: Place | None = self
        while place is not None:
            if place.step:
                found.append(place.step)
            place = place.parent
        return tuple(reversed(found))

    def holder(self) -> Place:
        """Return the place whose text runs on from one paragraph to the next."""
        place = self
        while place.parent is not None and place.step.startswith("p") and place.step[1:].isdigit():
            place = place.parent
        return place


@dataclass(slots=True)
class Piece:
    """A stretch of text without markup.

    Attributes:
        start, end: where it stands in the XML.
        element: what holds it; for the value of an attribute a stand-in named after it.
        place: where a reader finds it.
        blocks: how many tables stood before it in what holds its paragraph.
    """

    start: int
    end: int
    element: Element
    place: Place
    blocks: int = 0


@dataclass(slots=True)
class Stream:
    """Texts that are read as one.

    Attributes:
        pieces: the stretches, in order.
        in_attribute: whether it is the value of an attribute.
    """

    pieces: list[Piece] = field(default_factory=list)
    in_attribute: bool = False


@dataclass(slots=True)
class Row:
    """A row of a table.

    Attributes:
        start: where it stands in the XML.
        cells: how many cells it has.
        columns: how many columns they take, with those skipped before and after them.
    """

    start: int = 0
    cells: int = 0
    columns: int = 0


@dataclass(slots=True)
class Grid:
    """The columns of a table and of its rows.

    Attributes:
        columns: number of columns that the table declares.
        rows: its rows.
    """

    columns: int = 0
    rows: list[Row] = field(default_factory=list)


class Scan:
    """What one pass over the XML of a part finds.

    Attributes:
        part: name of the part.
        xml: its XML.
        streams: texts that may hold tags.
        grids: its tables.
    """

    def __init__(self, part: str, xml: str) -> None:
        """Read the XML once, from its beginning to its end."""
        self.part = part
        self.xml = xml
        self.grids: list[Grid] = []
        self.streams: list[Stream] = []
        root = root_of(part)
        self._by_child = root == "property"
        self._root = self._place = Place(root, None)
        self._top: Element | None = None
        self._boxes: list[int] = []
        self._open_grids: list[Grid] = []
        self._open_rows: list[Row] = []
        self._read()
        self._finish(self._root)

    def spot(self, place: Place) -> Spot:
        """Return the position that a place stands for."""
        return Spot(self.part, place.steps())

    def _finish(self, place: Place) -> None:
        """Keep the texts of a place that may hold tags; nothing more can be added to them."""
        streams = place.streams.values()
        self.streams += [stream for stream in streams if self._promising(stream)]
        # A text knows its place: the circle is broken, so that memory is freed at once.
        place.streams = {}

    def _promising(self, stream: Stream) -> bool:
        xml = self.xml
        return any(_SIGNS.search(xml, piece.start, piece.end) for piece in stream.pieces)

    def _read(self) -> None:
        xml = self.xml
        last = 0
        for token in _TOKEN.finditer(xml):
            start = token.start()
            if start > last and self._top is not None:
                self._text(last, start)
            last = token.end()
            closing, name, attributes = token.groups()
            if name is None:
                continue
            if closing:
                self._close(start, last)
            elif not attributes.endswith("/"):
                self._open(name, attributes, start, last)
            elif name in _COUNTED or self._by_child or "{" in attributes:
                self._open(name, attributes, start, last)
                self._close(last, last)

    def _open(self, name: str, attributes: str, start: int, end: int) -> None:
        element = Element(name, self._top, start, end)
        self._top = element
        if name in _COUNTED or (self._by_child and element.depth == 1):
            self._enter(element, attributes)
        if "{" in attributes and _OPENING.search(attributes):
            self._attributes(element, attributes, end - 1 - len(attributes))

    def _enter(self, element: Element, attributes: str) -> None:
        name = element.name
        if name == "w:gridCol":
            self._count_column()
        elif name in _SPANS:
            self._widen_row(_number(attributes) - _SPANS[name])
        elif name == "mc:AlternateContent":
            self._boxes.append(self._place.counts.get("box", 0))
        elif name in _ALTERNATIVES:
            # The alternatives show the same box, in different words.
            if self._boxes:
                self._place.counts["box"] = self._boxes[-1]
        else:
            parent = None if name in _NOTES else self._place
            self._place = Place(self._step(name, attributes), parent)
            self._begin_table(name, element.start)

    def _count_column(self) -> None:
        if self._open_grids:
            self._open_grids[-1].columns += 1

    def _widen_row(self, columns: int) -> None:
        if self._open_rows:
            self._open_rows[-1].columns += columns

    def _step(self, name: str, attributes: str) -> str:
        if name in _NOTES:
            number = _ID.search(attributes)
            return f"{name[2:]}{number.group(1) if number else ''}"
        letter = _LETTERS.get(name)
        if letter is not None:
            return self._place.next(letter)
        named = _NAME.search(attributes)
        return named.group(1) if named else name.rpartition(":")[2]

    def _begin_table(self, name: str, start: int) -> None:
        if name == "w:tbl":
            grid = Grid()
            self.grids.append(grid)
            self._open_grids.append(grid)
        elif name == "w:tr":
            self._open_rows.append(Row(start))
        elif name == "w:tc" and self._open_rows:
            self._open_rows[-1].cells += 1
            self._open_rows[-1].columns += 1

    def _close(self, start: int, end: int) -> None:
        element = self._top
        if element is None:
            return
        element.closing = start
        element.end = end
        self._top = element.parent
        name = element.name
        if name in _PLACED or (self._by_child and element.depth == 1):
            self._leave(element)

    def _leave(self, element: Element) -> None:
        name = element.name
        if name == "mc:AlternateContent":
            self._boxes.pop()
            return
        if name in _ALTERNATIVES:
            return
        if self._place.streams:
            self._finish(self._place)
        self._place = self._place.parent or self._root
        if name == "w:tbl":
            self._open_grids.pop()
        elif name == "w:tr" and self._open_rows:
            row = self._open_rows.pop()
            if self._open_grids:
                self._open_grids[-1].rows.append(row)

    def _text(self, start: int, end: int) -> None:
        element = self._top
        assert element is not None
        if element.name in _JOINED:
            holder = self._place.holder()
            stream = holder.streams.get(element.name)
            if stream is None:
                stream = holder.streams[element.name] = Stream()
            blocks = holder.counts.get("t", 0)
            stream.pieces.append(Piece(start, end, element, self._place, blocks))
        elif element.name not in _DELETED and _SIGNS.search(self.xml, start, end):
            self.streams.append(Stream([Piece(start, end, element, self._place)]))

    def _attributes(self, element: Element, attributes: str, offset: int) -> None:
        for found in _ATTRIBUTE.finditer(attributes):
            group = 1 if found.group(1) is not None else 2
            start, end = found.span(group)
            if _OPENING.search(attributes, start, end):
                stand_in = Element(f"@{offset + start}", element.parent, element.start, element.end)
                piece = Piece(offset + start, offset + end, stand_in, self._place)
                self.streams.append(Stream([piece], in_attribute=True))


def _number(attributes: str) -> int:
    found = re.search(r"w:val\s*=\s*[\"'](\d+)", attributes)
    return int(found.group(1)) if found else 1


def joined(xml: str, stream: Stream) -> tuple[str, list[int]]:
    """Return the text of a stream and where in it each piece begins."""
    parts: list[str] = []
    offsets: list[int] = []
    length = 0
    for text, between in _texts(xml, stream):
        length += len(between)
        offsets.append(length)
        length += len(text)
        parts += (between, text)
    return "".join(parts), offsets


def _texts(xml: str, stream: Stream) -> Iterator[tuple[str, str]]:
    last: Piece | None = None
    for piece in stream.pieces:
        between = ""
        if last is not None and last.blocks != piece.blocks:
            between = TABLE_END
        elif last is not None and last.place is not piece.place:
            between = PARAGRAPH_END
        yield xml[piece.start : piece.end], between
        last = piece
