"""What becomes of the XML around a tag: the stretches that are replaced, and by what."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sheetsales.word.emission import Code
from sheetsales.word.scan import Element, Piece, Stream
from sheetsales.word.tags import Tag
from sheetsales.word.wording import Wording

_PRESERVE = ' xml:space="preserve"'
BARE_TEXT = "<w:t>"
"""The start of a text whose blanks at both ends are not kept."""
_RUNS = {"w:t": "w:r", "a:t": "a:r"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the XML and what stands there instead.

    Attributes:
        start, end: the stretch; empty where something is only inserted.
        content: texts and code, in order.
        before, after: what holds the texts before and after it.
        raised: how many elements are closed before the content and opened again after it.
        order: which of the edits of one stretch comes first.
    """

    start: int
    end: int
    content: tuple[str | Code, ...] = ()
    before: Element | None = None
    after: Element | None = None
    raised: int = 0
    order: int = 0


class Stretches:
    """Stretches of the XML, the outermost only, to look offsets up in."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        """Keep the stretches that no other one holds."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(stretches):
            if not self._ends or start >= self._ends[-1]:
                self._starts.append(start)
                self._ends.append(end)

    def start_of(self, offset: int) -> int | None:
        """Return where the stretch begins that an offset lies in."""
        index = bisect_right(self._starts, offset) - 1
        return self._starts[index] if index >= 0 and offset < self._ends[index] else None


@dataclass(slots=True)
class Placed:
    """A tag and the pieces of text that it stands in.

    Attributes:
        tag: the tag.
        wording: the tag taken apart.
        stream: the text that it belongs to.
        first, last: the numbers of its first and last piece.
        literal: what the document shows instead of a tag; empty for a real one.
        silent: whether it only marks where text is not to be read as tags.
    """

    tag: Tag
    wording: Wording
    stream: Stream
    first: int
    last: int
    literal: str = ""
    silent: bool = False

    @property
    def real(self) -> bool:
        """Whether it does something."""
        return not (self.literal or self.silent)

    @property
    def element(self) -> Element:
        """What holds the beginning of the tag."""
        return self.stream.pieces[self.first].element

    @property
    def code(self) -> tuple[str | Code, ...]:
        """What stands in the source instead of the tag."""
        if self.literal:
            return (self.literal,)
        if self.silent:
            return ()
        wording = self.wording
        return (Code(self.tag, wording.kind, wording.inner, wording.left, wording.right),)


def alike(one: Element | None, other: Element | None) -> bool:
    """Tell whether leaving one element and entering the other only passes the same names."""
    while one is not other:
        if one is None or other is None or one.name != other.name:
            return False
        one, other = one.parent, other.parent
    return True


def spliced(placed: Placed, content: tuple[str | Code, ...], raised: int = 0) -> list[Edit]:
    """Return the edits that put a content where a tag stands, however Word has split it."""
    pieces = placed.stream.pieces[placed.first : placed.last + 1]
    first, last = pieces[0], pieces[-1]
    start, end = placed.tag.start, placed.tag.end
    if alike(first.element, last.element):
        return [Edit(start, end, content, first.element, last.element, raised)]
    # What stands between cannot be dropped as a whole: only the letters of the tag go.
    edits = [Edit(start, first.end, content, first.element, first.element, raised)]
    for piece in pieces[1:]:
        stop = end if piece is last else piece.end
        edits.append(Edit(piece.start, stop, (), piece.element, piece.element))
    return edits


def run_of(element: Element) -> Element | None:
    """Return the run whose direct child a text is."""
    name = _RUNS.get(element.name)
    parent = element.parent
    return parent if name and parent is not None and parent.name == name else None


def in_run(placed: Placed) -> list[Edit]:
    """Return the edits for a tag that stands between two runs."""
    text = placed.element.name
    run = _RUNS[text]
    space = _PRESERVE if text == "w:t" else ""
    content = (f"</{text}></{run}>", *placed.code, f"<{run}><{text}{space}>")
    return spliced(placed, content, raised=2)


def joining(placed: Placed, dropped: Stretches) -> list[Edit]:
    """Return the edits of a tag whose ``-`` may join it to the paragraph before or after."""
    pieces = placed.stream.pieces
    wording = placed.wording
    start, end = placed.tag.start, placed.tag.end
    first, last = pieces[placed.first], pieces[placed.last]
    left, right = wording.left, wording.right
    before, after = first.element, last.element
    if wording.kind == "block" and left == "-" and start == first.start:
        joined = _neighbour(pieces, placed.first, placed.first - 1, dropped)
        if joined is not None:
            left, start, before = "", joined.end, joined.element
    if wording.kind == "block" and right == "-" and end == last.end:
        joined = _neighbour(pieces, placed.last, placed.last + 1, dropped)
        if joined is not None:
            right, end, after = "", joined.start, joined.element
    if (
        placed.silent
        or not alike(before, after)
        or (start, end) == (placed.tag.start, placed.tag.end)
    ):
        return spliced(placed, placed.code)
    code = Code(placed.tag, wording.kind, wording.inner, left, right)
    return [Edit(start, end, (code,), before, after)]


def _neighbour(pieces: Sequence[Piece], own: int, other: int, dropped: Stretches) -> Piece | None:
    if not 0 <= other < len(pieces):
        return None
    here, there = pieces[own], pieces[other]
    if here.blocks != there.blocks or not alike(here.element, there.element):
        return None
    if dropped.start_of(there.start) is not None:
        return None
    return there


def preserving(start: int) -> Edit:
    """Return the edit that keeps the blanks of a text that begins somewhere."""
    place = start + len(BARE_TEXT) - 1
    return Edit(place, place, (_PRESERVE,))


@dataclass(slots=True)
class Plan:
    """All edits of a part.

    Attributes:
        edits: the edits of tags, by offset once they are sorted.
        drops: elements replaced as a whole, by their start, with the code that replaces them.
    """

    edits: list[Edit] = field(default_factory=list)
    drops: dict[int, tuple[Element, list[Placed]]] = field(default_factory=dict)

    def drop(self, element: Element, placed: Placed) -> None:
        """Replace an element by the code of a tag within it."""
        self.drops.setdefault(element.start, (element, []))[1].append(placed)
        name = element.name
        other = placed.stream.pieces[placed.last].element.around(name)
        if other is not None and other is not element:
            # The tag runs on into the next paragraph, which goes with it.
            self.drops.setdefault(other.start, (other, []))

    def final(self) -> list[Edit]:
        """Return the edits in order, without those inside of what is dropped."""
        for element, tags in self.drops.values():
            content = tuple(code for placed in tags for code in placed.code)
            edit = Edit(element.start, element.end, content, element.parent, element.parent)
            self.edits.append(edit)
        self.edits.sort(key=_rank)
        kept: list[Edit] = []
        until = 0
        for edit in self.edits:
            if edit.start >= until:
                kept.append(edit)
                until = max(until, edit.end)
            elif edit.end > until:
                kept.append(Edit(until, edit.end, edit.content, edit.before, edit.after))
                until = edit.end
        return kept


def _rank(edit: Edit) -> tuple[int, bool, int, int]:
    # Insertions come before what replaces; of two stretches the one that holds the other.
    return edit.start, edit.start != edit.end, -edit.end, edit.order
