"""A part of a template made ready for Jinja: tags whole, scopes applied, positions known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sheetsales.word.balance import Step, imbalances
from sheetsales.word.cells import cell_edits
from sheetsales.word.delimiters import Found, began, find_tags
from sheetsales.word.edits import (
    BARE_TEXT,
    Edit,
    Placed,
    Plan,
    Stretches,
    in_run,
    joining,
    preserving,
    run_of,
    spliced,
)
from sheetsales.word.emission import Source, tag_of
from sheetsales.word.scan import Grid, Scan, Stream, joined
from sheetsales.word.tags import Tag, TagMistake
from sheetsales.word.vanishing import vanishing
from sheetsales.word.wording import Wording, plain, worded

_LITERALS = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}
_SHOWN = 80
_NOTHING = Wording("comment", "", "", "", "")


@dataclass(frozen=True)
class Prepared:
    """A part of a template, ready to be compiled.

    Attributes:
        part: name of the part.
        source: what Jinja compiles; each tag is on a line of its own.
        tags: the tags in the order of the document.
        mistakes: what is nearly a tag, or a tag in the wrong place.
        imbalances: the tags whose bodies may leave the XML broken.
        repairs_tables: whether tables may need other columns once the part is rendered.
        fills_cells: whether a cell may be left without the paragraph that Word asks for.
        lines: the lines of the source that a tag begins in, ascending.
        line_tags: the tag of each of these lines.
    """

    part: str
    source: str
    tags: tuple[Tag, ...]
    mistakes: tuple[TagMistake, ...]
    imbalances: tuple[Tag, ...]
    repairs_tables: bool
    fills_cells: bool
    lines: tuple[int, ...]
    line_tags: tuple[Tag, ...]

    @property
    def balanced(self) -> bool:
        """Whether the result is well formed whatever the data are."""
        return not self.imbalances

    def tag_at(self, line: int) -> Tag | None:
        """Return the tag that a line of the source belongs to."""
        return tag_of(line, self.lines, self.line_tags)


def prepare(part: str, xml: str) -> Prepared:
    """Make a part of a template ready; its XML must be well formed.

    Args:
        part: name of the part, e.g. ``word/document.xml``.
        xml: its text.
    """
    return _Preparation(part, xml).done()


class _Preparation:
    def __init__(self, part: str, xml: str) -> None:
        self.part = part
        self.xml = xml
        self.scan = Scan(part, xml)
        self.placed: list[Placed] = []
        self.mistakes: list[TagMistake] = []
        self.plan = Plan()
        self.cell_values: list[int] = []
        self.dropped = Stretches(())

    def done(self) -> Prepared:
        for stream in self.scan.streams:
            self._find(stream)
        self.placed.sort(key=lambda placed: placed.tag.start)
        self.placed = list(_read_as_text(_outside_comments(self.placed)))
        self._drop_scopes()
        self.dropped = Stretches(
            (element.start, element.end) for element, _ in self.plan.drops.values()
        )
        for placed in self.placed:
            self._edit(placed)
        self._preserve_blanks()
        self.mistakes += vanishing(self.xml, self.placed, self.plan, self.dropped)
        return self._put_together()

    def _find(self, stream: Stream) -> None:
        text, offsets = joined(self.xml, stream)
        for found in find_tags(text):
            first = bisect_right(offsets, found.start) - 1
            last = bisect_right(offsets, found.end - 1) - 1
            placed = self._place(found, text, stream, (first, last), offsets)
            if found.code in ("tag", "literal"):
                self.placed.append(placed)
            else:
                self._mistaken(found.code, placed.tag)

    def _place(
        self, found: Found, text: str, stream: Stream, pieces: tuple[int, int], offsets: list[int]
    ) -> Placed:
        first, last = pieces
        typed = text[found.start : found.end]
        wording = worded(typed) if found.code == "tag" else _NOTHING
        shown = began(text, found.start) if found.code == "tag-unclosed" else typed
        tag = Tag(
            wording.kind,
            plain(shown),
            wording.inner,
            wording.scope,
            stream.pieces[first].start + found.start - offsets[first],
            stream.pieces[last].start + found.end - offsets[last],
            self.scan.spot(stream.pieces[first].place),
            stream.in_attribute,
        )
        return Placed(tag, wording, stream, first, last, _LITERALS.get(typed, ""))

    def _mistaken(self, code: str, tag: Tag) -> None:
        self.mistakes.append(TagMistake(code, tag.spot, tag.text[:_SHOWN], tag))

    def _drop_scopes(self) -> None:
        for placed in self.placed:
            scope = placed.wording.scope
            if scope in ("", "r"):
                continue
            prefix = "a" if placed.element.name == "a:t" and scope == "p" else "w"
            element = placed.element.around(f"{prefix}:{scope}")
            if element is None or placed.tag.in_attribute:
                self._mistaken("scope-outside", placed.tag)
            else:
                self.plan.drop(element, placed)

    def _edit(self, placed: Placed) -> None:
        scope = placed.wording.scope
        if scope in ("p", "tr", "tc"):
            return
        if placed.wording.cell_property is not None:
            self._edit_cell(placed)
        elif scope == "r" and placed.wording.kind != "comment":
            self._edit_run(placed)
        elif placed.literal:
            self.plan.edits += spliced(placed, placed.code)
        else:
            self.plan.edits += joining(placed, self.dropped)

    def _edit_cell(self, placed: Placed) -> None:
        edits = cell_edits(placed, self.xml)
        if edits is None:
            self._mistaken("scope-outside", placed.tag)
            return
        self.plan.edits += edits
        if not _acts_in_text(placed):
            self.cell_values.append(edits[0].start)

    def _edit_run(self, placed: Placed) -> None:
        if run_of(placed.element) is None:
            self._mistaken("scope-outside", placed.tag)
            self.plan.edits += spliced(placed, placed.code)
            return
        self.plan.edits += in_run(placed)

    def _preserve_blanks(self) -> None:
        """Keep the blanks of the last plain text that begins before each tag, as docxtpl does."""
        marks = [(each.tag.start, each.tag.end, _acts_in_text(each)) for each in self.placed]
        marks += [(at, at, True) for at in self.cell_values]
        position, candidate = 0, -1
        for start, end, acts in sorted(marks):
            found = self.xml.rfind(BARE_TEXT, position, start)
            candidate = found if found >= 0 else candidate
            if acts and candidate >= 0:
                self.plan.edits.append(preserving(candidate))
                candidate = -1
            position = max(position, end)

    def _put_together(self) -> Prepared:
        source = Source()
        steps: list[Step] = []
        position = 0
        for edit in self.plan.final():
            source.data(self.xml[position : edit.start])
            steps += _add(source, edit)
            position = edit.end
        source.data(self.xml[position:], last=True)
        return Prepared(
            self.part,
            source.text(),
            tuple(placed.tag for placed in self.placed if placed.real),
            tuple(sorted(self.mistakes, key=_offset)),
            imbalances(steps),
            self._repairs_tables(),
            self._fills_cells(),
            tuple(source.lines),
            tuple(source.tags),
        )

    def _fills_cells(self) -> bool:
        elements = (element for element, _ in self.plan.drops.values())
        return any(e.name == "w:p" and e.around("w:tc") is not None for e in elements)

    def _repairs_tables(self) -> bool:
        if any(
            placed.wording.scope == "tc"
            or (placed.wording.cell_property or ("",))[0] in ("hm", "colspan")
            for placed in self.placed
        ):
            return True
        loops = Stretches(_row_bodies(self.placed))
        return any(self._uneven(grid, loops) for grid in self.scan.grids)

    def _uneven(self, grid: Grid, loops: Stretches) -> bool:
        """Tell whether the rows that stay may need other columns than the table declares."""
        rows = [row for row in grid.rows if row.start not in self.plan.drops]
        certain = [row.columns for row in rows if loops.start_of(row.start) is None]
        return (
            max((row.cells for row in rows), default=0) > grid.columns
            or max(certain, default=0) < grid.columns
        )


def _row_bodies(placed: Iterable[Placed]) -> Iterator[tuple[int, int]]:
    """Yield the outermost stretches whose rows come and go with the data."""
    depth, start = 0, 0
    for each in placed:
        if each.wording.scope != "tr":
            continue
        if each.wording.word in ("if", "for"):
            start = start if depth else each.tag.start
            depth += 1
        elif each.wording.word in ("endif", "endfor") and depth:
            depth -= 1
            if not depth:
                yield start, each.tag.end


def _acts_in_text(placed: Placed) -> bool:
    """Tell whether a tag leaves code in the text, rather than nothing or in its cell."""
    if placed.literal or placed.wording.kind == "comment":
        return False
    named = placed.wording.cell_property
    return named is None or not named[1]


def _offset(mistake: TagMistake) -> int:
    return mistake.tag.start if mistake.tag else 0


def _add(source: Source, edit: Edit) -> list[Step]:
    steps: list[Step] = []
    before = edit.before
    for content in edit.content:
        if isinstance(content, str):
            source.data(content)
            continue
        source.code(content)
        statement = content.inner if content.kind == "block" else ""
        steps.append(Step(before, before, content.tag, statement, edit.raised))
    if before is not edit.after:
        steps.append(Step(before, edit.after, steps[-1].tag if steps else None))
    return steps


def _outside_comments(placed: Iterable[Placed]) -> Iterator[Placed]:
    until = 0
    for each in placed:
        if each.tag.start < until:
            continue
        if each.wording.kind == "comment" and not each.literal:
            until = each.tag.end
        yield each


def _read_as_text(placed: Iterable[Placed]) -> Iterator[Placed]:
    """Yield all but what stands between ``{% raw %}`` and ``{% endraw %}``, these included."""
    raw = False
    for each in placed:
        word = each.wording.word
        if word == "raw" and not raw:
            raw = True
        elif word == "endraw" and raw:
            raw = False
        elif not raw:
            yield each
            continue
        else:
            continue
        each.silent = True
        yield each
