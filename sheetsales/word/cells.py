"""Tags that change the cell around them: merging, shading, width."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheetsales.word.edits import Edit, Placed, run_of, spliced
from sheetsales.word.emission import Code
from sheetsales.word.scan import Element

_PROPERTIES = re.compile(r"<w:tcPr(?:\s[^>]*?)?(/?)>")
_SPAN = re.compile(r"<w:gridSpan\b[^>]*?w:val=[\"'](\d+)[\"'][^>]*?/>|<w:gridSpan\b[^>]*?/>")
_SHADE = re.compile(r"<w:shd\b[^>]*?/>")
_RUN_PROPERTIES = re.compile(r"(?:<w:rPr>.*?</w:rPr>|<w:rPr/>)?\s*", re.DOTALL)
_PROPERTIES_END = "</w:tcPr>"


@dataclass(frozen=True, slots=True)
class CellProperties:
    """Where the properties of a cell stand in the XML.

    Attributes:
        cell: the cell.
        opened, closing: where what they hold begins and ends.
        exist: whether the cell has any.
        empty: whether they are one tag that is closed at once.
    """

    cell: Element
    opened: int
    closing: int
    exist: bool = True
    empty: bool = False

    @classmethod
    def of(cls, cell: Element, xml: str) -> CellProperties:
        """Find the properties of a cell."""
        found = _PROPERTIES.match(xml, cell.opened)
        if found is None:
            return cls(cell, cell.opened, cell.opened, exist=False)
        if found[1]:
            return cls(cell, found.start(), found.end(), empty=True)
        return cls(cell, found.end(), xml.find(_PROPERTIES_END, found.end(), cell.end))

    def inserted(self, content: tuple[str | Code, ...], order: int, *, last: bool) -> Edit:
        """Return the edit that adds a property, as the first or the last one."""
        if not self.exist:
            content = ("<w:tcPr>", *content, _PROPERTIES_END)
        if self.empty:
            content = ("<w:tcPr>", *content, _PROPERTIES_END)
            return Edit(self.opened, self.closing, content, self.cell, self.cell)
        place = self.closing if last else self.opened
        return Edit(place, place, content, self.cell, self.cell, order=order)


def cell_edits(placed: Placed, xml: str) -> list[Edit] | None:
    """Return the edits for a tag that changes its cell; None if there is no cell around it."""
    cell = placed.element.around("w:tc")
    named = placed.wording.cell_property
    if cell is None or named is None:
        return None
    properties = CellProperties.of(cell, xml)
    name, expression = named
    if name == "vm":
        return _merged_down(placed, properties)
    if name == "hm":
        return _merged_across(placed, properties, xml)
    return _set(placed, properties, xml, name, expression)


def _merged_down(placed: Placed, properties: CellProperties) -> list[Edit]:
    tag = placed.tag
    first = Code(tag, "block", "if loop.first")
    otherwise, end = Code(tag, "block", "else"), Code(tag, "block", "endif")
    merge = ('<w:vMerge w:val="', first, "restart", otherwise, "continue", end, '"/>')
    text = placed.stream.pieces[0]
    own = placed.element
    return [
        properties.inserted(merge, 2, last=True),
        Edit(text.start, text.start, (first,), text.element, text.element),
        *spliced(placed, ()),
        Edit(own.closing, own.closing, (end,), own, own, order=-1),
    ]


def _merged_across(placed: Placed, properties: CellProperties, xml: str) -> list[Edit]:
    cell, tag = properties.cell, placed.tag
    span = _SPAN.search(xml, properties.opened, properties.closing)
    own = f"{span[1]} * " if span and span[1] else ""
    width = ('<w:gridSpan w:val="', Code(tag, "variable", f"{own}loop.length"), '"/>')
    if span:
        widened = Edit(span.start(), span.end(), width, cell, cell)
    else:
        widened = properties.inserted(width, 3, last=True)
    first, end = Code(tag, "block", "if loop.first"), Code(tag, "block", "endif")
    return [
        Edit(cell.start, cell.start, (first,), cell.parent, cell.parent, order=1),
        widened,
        *spliced(placed, ()),
        Edit(cell.end, cell.end, (end,), cell.parent, cell.parent, order=-1),
    ]


def _set(
    placed: Placed, properties: CellProperties, xml: str, name: str, expression: str
) -> list[Edit]:
    cell = properties.cell
    value = Code(placed.tag, "variable", expression)
    if name == "cellbg":
        pattern, order = _SHADE, 0
        content = ('<w:shd w:val="clear" w:color="auto" w:fill="', value, '"/>')
    else:
        pattern, order = _SPAN, 1
        content = ('<w:gridSpan w:val="', value, '"/>')
    edits = [properties.inserted(content, order, last=False)]
    found = pattern.finditer(xml, properties.opened, properties.closing)
    edits += [Edit(old.start(), old.end(), (), cell, cell) for old in found]
    return edits + _removed(placed, xml)


def _removed(placed: Placed, xml: str) -> list[Edit]:
    """Return the edits that take the tag out, with its run where nothing else is in it."""
    own = placed.element
    run = run_of(own)
    text = xml[own.opened : own.closing]
    alone = (
        text.strip() == text and own.opened == placed.tag.start and own.closing == placed.tag.end
    )
    if run is None or not alone:
        return spliced(placed, ())
    before = _RUN_PROPERTIES.fullmatch(xml, run.opened, own.start)
    if before is None or own.end != run.closing:
        return spliced(placed, ())
    return [Edit(run.start, run.end, (), run.parent, run.parent)]
