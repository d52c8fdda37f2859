"""The text of one document, made fit to stand beside others in one file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PLACES = {"w": W, "r": _R}
_IN_SECTION = (
    "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders"
    " lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter"
    " docGrid printerSettings sectPrChange"
).split()
_IN_PARAGRAPH = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers"
).split()
_LAST_IN_PARAGRAPH = ("pPrChange",)
_LONGEST_BOOKMARK = 40


def w(name: str) -> str:
    """Return a name of Word's own namespace."""
    return f"{{{W}}}{name}"


class Body:
    """The body of one document.

    Args:
        content: the main part.
        number: which document of the combined file it is, from 1.
    """

    def __init__(self, content: bytes, number: int) -> None:
        self.root = etree.fromstring(content)
        self._number = number
        found = self.root.find(w("body"))
        if found is None:
            raise KeyError("body")
        self._body = found
        if not len(found) or found[-1].tag != w("sectPr"):
            etree.SubElement(found, w("sectPr"))
        self.sections = [
            *found.findall(f"{w('p')}/{w('pPr')}/{w('sectPr')}"),
            found[-1],
        ]

    def split(self) -> tuple[str, str, str]:
        """Return what stands before the content of the body, the content, and what follows."""
        text = etree.tostring(self.root, encoding="unicode")
        name = f"{self._body.prefix}:body" if self._body.prefix else "body"
        start = text.index(">", text.index(f"<{name}")) + 1
        end = text.rindex(f"</{name}>")
        return text[:start], text[start:end], text[end:]

    def point(self, changed: Mapping[str, str]) -> None:
        """Point to other relations."""
        point(self.root, changed)

    def shift_notes(self, element: str, numbers: Mapping[str, str]) -> None:
        """Refer to notes by their new numbers."""
        if numbers:
            names = [w(f"{element}{part}") for part in ("Reference", "RangeStart", "RangeEnd")]
            for item in self.root.iter(*names):
                item.set(w("id"), numbers.get(item.get(w("id"), ""), item.get(w("id"), "")))

    def number_drawings(self, first: int) -> int:
        """Give drawings ids of their own; return the next one."""
        for item in self.root.iter(f"{{{_WP}}}docPr"):
            item.set("id", str(first))
            first += 1
        return first

    def rename_bookmarks(self, first: int) -> int:
        """Give bookmarks ids and names of their own; return the next id."""
        ids, names = {}, {}
        for item in self.root.iter(w("bookmarkStart")):
            ids[item.get(w("id"), "")] = str(first)
            first += 1
            if self._number > 1:
                name, suffix = item.get(w("name"), ""), f"_{self._number}"
                names[name] = name[: _LONGEST_BOOKMARK - len(suffix)] + suffix
                item.set(w("name"), names[name])
        for item in self.root.iter(w("bookmarkStart"), w("bookmarkEnd")):
            item.set(w("id"), ids.get(item.get(w("id"), ""), item.get(w("id"), "")))
        if names:
            self._refer(names)
        return first

    def forget_identities(self) -> None:
        """Drop the ids by which Word knows paragraphs and controls again; they would be double."""
        for item in self.root.iter(w("p"), w("tr")):
            for name in ("paraId", "textId"):
                item.attrib.pop(f"{{{_W14}}}{name}", "")
        for control in self.root.iter(w("sdtPr")):
            for item in control.findall(w("id")):
                control.remove(item)

    def begin(self) -> None:
        """Begin on a new page, which is page 1; count notes anew."""
        start = self.sections[0]
        kind = start.find(w("type"))
        if kind is not None and kind.get(w("val")) in ("continuous", "nextColumn"):
            start.remove(kind)
        pages = _child(start, "pgNumType")
        if pages.get(w("start")) is None:
            pages.set(w("start"), "1")
        for name in ("footnotePr", "endnotePr"):
            if len(self.sections) == 1 and self._has(name.removesuffix("Pr")):
                restart = _child(start, name)
                if restart.find(w("numRestart")) is None:
                    etree.SubElement(restart, w("numRestart")).set(w("val"), "eachSect")

    def missing_margins(self) -> list[tuple[etree._Element, str, str]]:
        """Return the headers and footers that the first section would take from the one before.

        Those are the ones that a later section of the document has and the first has not.
        """
        start = self.sections[0]
        found = {
            (item.tag, item.get(w("type"), "default"))
            for section in self.sections
            for item in section.findall(w("headerReference"))
            + section.findall(w("footerReference"))
        }
        own = {(item.tag, item.get(w("type"), "default")) for item in start}
        return [
            (start, "header" if tag == w("headerReference") else "footer", kind)
            for tag, kind in sorted(found - own)
        ]

    def end_section(self) -> None:
        """Close the last section where the text ends, for more follows."""
        section = self._body[-1]
        self._body.remove(section)
        last = self._body[-1] if len(self._body) else None
        properties = None
        if last is not None and last.tag == w("p"):
            properties = _properties(last)
        if properties is None or properties.find(w("sectPr")) is not None:
            # A line of one point: it must not open a page of its own.
            paragraph = etree.SubElement(self._body, w("p"))
            properties = etree.SubElement(paragraph, w("pPr"))
            spacing = etree.SubElement(properties, w("spacing"))
            for name, value in (("before", "0"), ("after", "0"), ("line", "20")):
                spacing.set(w(name), value)
            spacing.set(w("lineRule"), "exact")
        change = properties.find(w(_LAST_IN_PARAGRAPH[0]))
        place = len(properties) if change is None else properties.index(change)
        properties.insert(place, section)

    def _has(self, element: str) -> bool:
        return next(self.root.iter(w(f"{element}Reference")), None) is not None

    def _refer(self, names: Mapping[str, str]) -> None:
        pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")
        for link in self.root.iter(w("hyperlink")):
            anchor = link.get(w("anchor"))
            if anchor is not None and anchor in names:
                link.set(w("anchor"), names[anchor])
        for field in self.root.iter(w("instrText")):
            field.text = pattern.sub(lambda match: names[match.group()], field.text or "")
        for field in self.root.iter(w("fldSimple")):
            text = field.get(w("instr"), "")
            field.set(w("instr"), pattern.sub(lambda match: names[match.group()], text))


def add_margin(section: etree._Element, element: str, kind: str, relation: str) -> None:
    """Give a section a header or footer."""
    item = etree.Element(w(f"{element}Reference"))
    item.set(w("type"), kind)
    item.set(f"{{{_R}}}id", relation)
    section.insert(0, item)


def point(root: etree._Element, changed: Mapping[str, str]) -> None:
    """Let elements point to other relations."""
    if not changed:
        return
    for item in cast("list[etree._Element]", root.xpath("//*[@r:*]", namespaces=_PLACES)):
        for name, value in item.attrib.items():
            if str(name).startswith(f"{{{_R}}}") and value in changed:
                item.set(name, changed[str(value)])


def set_list(paragraph: etree._Element, number: str, level: str) -> None:
    """Make a paragraph an item of a list."""
    properties = _properties(paragraph)
    found = properties.find(w("numPr"))
    if found is None:
        found = etree.Element(w("numPr"))
        before = {w(name) for name in _IN_PARAGRAPH[: _IN_PARAGRAPH.index("numPr")]}
        place = sum(1 for item in properties if item.tag in before)
        properties.insert(place, found)
    for name, value in (("ilvl", level), ("numId", number)):
        item = found.find(w(name))
        if item is None:
            item = etree.Element(w(name))
            found.insert(0 if name == "ilvl" else 1, item)
            item.set(w("val"), value)
        elif name == "numId":
            item.set(w("val"), value)


def _properties(paragraph: etree._Element) -> etree._Element:
    found = paragraph.find(w("pPr"))
    if found is None:
        found = etree.Element(w("pPr"))
        paragraph.insert(0, found)
    return found


def _child(section: etree._Element, name: str) -> etree._Element:
    """Return a child of a section's properties; it is put where the schema wants it."""
    found = section.find(w(name))
    if found is None:
        found = etree.Element(w(name))
        before = {w(other) for other in _IN_SECTION[: _IN_SECTION.index(name)]}
        section.insert(sum(1 for item in section if item.tag in before), found)
    return found
