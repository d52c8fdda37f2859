"""What a reader sees of a Word file: its paragraphs, pictures and tracked changes, with places.

What programs change on saving is left out: how text is divided into runs, what Word notes for
itself, numbers of pages and other results that fields renew, empty paragraphs, names of parts.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from sheetsales.word.package import Package
from sheetsales.word.spots import root_of
from sheetsales.word.xml import parsed

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_V = "{urn:schemas-microsoft-com:vml}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MAIN = "word/document.xml"
_APPLICATION = "docProps/app.xml"
_COMMENTS = "word/comments.xml"
_NOTES = (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote"))
_RENEWED = frozenset(
    "PAGE NUMPAGES SECTIONPAGES PAGEREF DATE TIME SAVEDATE PRINTDATE FILENAME FILESIZE SEQ TOC "
    "EDITTIME REVNUM NUMWORDS NUMCHARS LASTSAVEDBY".split()
)
_MARK = "#"
_LITERAL = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "ptab": "\t"}
_LOOKS = ("b", "i", "u", "strike", "dstrike", "highlight", "vertAlign", "caps", "vanish")
_OFF = frozenset({"0", "false", "off", "none", "baseline"})
_STORY = re.compile(r"(body|header|footer|footnote|endnote|comment)")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with text.

    Attributes:
        spot: code of its place, e.g. ``body/t2/r1/c3/p1``.
        text: what it says, tracked insertions included, deletions not.
        looks: stretches of characters with what is special about each, e.g. ``b`` for bold.
    """

    spot: str
    text: str
    looks: tuple[tuple[int, str], ...]

    @property
    def story(self) -> str:
        """Which part of the document it belongs to, without its number: ``body``, ``header``."""
        found = _STORY.match(self.spot)
        return found.group() if found else ""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A tracked change that nobody has accepted or rejected: ``inserted`` or ``deleted`` text."""

    spot: str
    kind: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its place and the hash of its file."""

    spot: str
    digest: str


@dataclass(slots=True)
class Reading:
    """What stands in a Word file.

    Attributes:
        application: the program that saved it, as the file says.
        comments: how many comments it has.
    """

    paragraphs: list[Paragraph] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    tracked: list[Tracked] = field(default_factory=list)
    application: str = ""
    comments: int = 0

    @property
    def text(self) -> str:
        """All paragraphs, one a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


def read_document(source: Path | bytes, file: str) -> Reading:
    """Return what stands in a Word file.

    Args:
        source: the file or its bytes.
        file: its name, for errors.

    Raises:
        TemplateError: the file is missing, no docx or damaged.
    """
    package = Package.read(source) if isinstance(source, Path) else Package.of(source, file)
    reading = Reading()
    body = parsed(package.content(_MAIN), file, _MAIN) if _MAIN in package else None
    if body is None:
        return reading
    _Story(reading, package, file, _MAIN).read(body, "body")
    for part in _headers(body, _targets(package, file, _MAIN)):
        if part in package:
            tree = parsed(package.content(part), file, part)
            _Story(reading, package, file, part).read(tree, root_of(part))
    for part, word in _NOTES:
        if part in package:
            story = _Story(reading, package, file, part)
            for note in parsed(package.content(part), file, part):
                story.read(note, f"{word}{note.get(f'{_W}id')}")
    if _COMMENTS in package:
        reading.comments = len(parsed(package.content(_COMMENTS), file, _COMMENTS))
    if _APPLICATION in package:
        tree = parsed(package.content(_APPLICATION), file, _APPLICATION)
        reading.application = tree.findtext("{*}Application") or ""
    return reading


def _headers(body: etree._Element, targets: dict[str, str]) -> Iterator[str]:
    """Yield the parts of headers and footers once, in the order in which sections name them."""
    seen = set()
    for word in ("headerReference", "footerReference"):
        for reference in body.iter(f"{_W}{word}"):
            part = targets.get(reference.get(f"{_R}id", ""), "")
            if part and part not in seen:
                seen.add(part)
                yield part


def _targets(package: Package, file: str, part: str) -> dict[str, str]:
    """Return where the relations of a part point to within the file, by their ids."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in package:
        return {}
    return {
        item.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, item.get("Target", "")))[
            1:
        ]
        for item in parsed(package.content(path), file, path)
        if item.get("TargetMode") != "External"
    }


class _Story:
    """Walks one part and adds what it finds to a reading."""

    def __init__(self, reading: Reading, package: Package, file: str, part: str) -> None:
        self._reading = reading
        self._package = package
        self._targets = _targets(package, file, part)

    def read(self, root: etree._Element, spot: str) -> None:
        """Read the paragraphs and tables below an element."""
        counts = {"p": 0, "t": 0}
        for element in _blocks(root):
            word = "p" if element.tag == f"{_W}p" else "t"
            counts[word] += 1
            place = f"{spot}/{word}{counts[word]}"
            if word == "p":
                self._paragraph(element, place)
            else:
                self._table(element, place)

    def _table(self, table: etree._Element, spot: str) -> None:
        for number, row in enumerate(_inner(table, "tr"), start=1):
            for column, cell in enumerate(_inner(row, "tc"), start=1):
                self.read(cell, f"{spot}/r{number}/c{column}")

    def _paragraph(self, paragraph: etree._Element, spot: str) -> None:
        text = _Text(spot)
        text.walk(paragraph)
        self._reading.tracked += text.tracked
        shown = text.shown
        if shown.strip():
            self._reading.paragraphs.append(Paragraph(spot, shown.rstrip(), text.looks))
        for link in text.pictures:
            part = self._targets.get(link, "")
            if part in self._package:
                digest = hashlib.sha256(self._package.content(part)).hexdigest()
                self._reading.pictures.append(Picture(spot, digest))
        for number, box in enumerate(text.boxes, start=1):
            self.read(box, f"{spot}/box{number}")


class _Text:
    """The text of one paragraph as it is read, run by run."""

    def __init__(self, spot: str) -> None:
        self.tracked: list[Tracked] = []
        self.pictures: list[str] = []
        self.boxes: list[etree._Element] = []
        self._spot = spot
        self._pieces: list[tuple[str, str]] = []
        self._fields: list[list[str]] = []
        self._change: tuple[str, str] | None = None

    @property
    def shown(self) -> str:
        """The text."""
        return "".join(text for text, _look in self._pieces)

    @property
    def looks(self) -> tuple[tuple[int, str], ...]:
        """Lengths of stretches that look alike; blanks look like what stands before them."""
        found: list[tuple[int, str]] = []
        for text, look in self._pieces:
            if found and (look == found[-1][1] or not text.strip()):
                found[-1] = (found[-1][0] + len(text), found[-1][1])
            elif text:
                found.append((len(text), look))
        return tuple(found)

    def walk(self, element: etree._Element) -> None:
        """Take in the runs below an element, in order."""
        for child in element.iterchildren(etree.Element):
            name = _local(child)
            if name == "txbxContent":
                self.boxes.append(child)
            elif name == "r":
                self._run(child)
            elif name in {"ins", "moveTo", "del", "moveFrom"} and child.tag.startswith(_W):
                self._changed(child, "inserted" if name in {"ins", "moveTo"} else "deleted")
            elif name == "fldSimple":
                self._simple_field(child)
            elif name not in {"pPr", "sdtPr", "rPr"} and child.tag != _FALLBACK:
                self.walk(child)

    def _changed(self, element: etree._Element, kind: str) -> None:
        before, self._change = self._change, (kind, element.get(f"{_W}author", ""))
        self.walk(element)
        self._change = before

    def _simple_field(self, element: etree._Element) -> None:
        self._fields.append([element.get(f"{_W}instr", ""), "result", ""])
        self.walk(element)
        self._fields.pop()

    def _run(self, run: etree._Element) -> None:
        properties = run.find(f"{_W}rPr")
        look = "" if properties is None else _look(properties)
        for child in run.iterchildren(etree.Element):
            self._piece(child, _local(child), look)

    def _piece(self, child: etree._Element, name: str, look: str) -> None:
        if name in {"t", "delText"}:
            self._add(child.text or "", look)
        elif name in _LITERAL and child.get(f"{_W}type", "textWrapping") == "textWrapping":
            # A page break may as well be a property of the paragraph; programs exchange them.
            self._add(_LITERAL[name], look)
        elif name == "sym":
            self._add(chr(int(child.get(f"{_W}char", "25A1"), 16)), look)
        elif name == "fldChar":
            self._field(child.get(f"{_W}fldCharType", ""))
        elif name == "instrText" and self._fields:
            self._fields[-1][0] += child.text or ""
        elif child.tag != _FALLBACK and name != "rPr":
            self._drawn(child)

    def _drawn(self, element: etree._Element) -> None:
        """Note pictures and text boxes below an element, without what older programs read."""
        if element.tag == f"{_W}txbxContent":
            self.boxes.append(element)
            return
        if element.tag in {f"{_A}blip", f"{_V}imagedata"}:
            link = element.get(f"{_R}embed") or element.get(f"{_R}id")
            if link:
                self.pictures.append(link)
        for child in element.iterchildren(etree.Element):
            if child.tag != _FALLBACK:
                self._drawn(child)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(["", "code", ""])
        elif kind == "separate" and self._fields:
            self._fields[-1][1] = "result"
        elif kind == "end" and self._fields:
            # A field that was never worked out shows nothing; once it is, that is no edit.
            instruction, state, _ = self._fields.pop()
            if state == "code" and _is_renewed(instruction):
                self._pieces.append((_MARK, ""))

    def _add(self, text: str, look: str) -> None:
        if self._change is not None:
            self._track(text)
            if self._change[0] == "deleted":
                return
        renewed = next((one for one in self._fields if _is_renewed(one[0])), None)
        if renewed is None:
            self._pieces.append((text, look))
        elif not renewed[2]:
            renewed[2] = _MARK
            self._pieces.append((_MARK, ""))

    def _track(self, text: str) -> None:
        assert self._change is not None
        kind, author = self._change
        last = self.tracked[-1] if self.tracked else None
        if last is not None and (last.kind, last.author) == (kind, author):
            self.tracked[-1] = Tracked(self._spot, kind, author, last.text + text)
        else:
            self.tracked.append(Tracked(self._spot, kind, author, text))


def _is_renewed(instruction: str) -> bool:
    return instruction.strip().partition(" ")[0].upper() in _RENEWED


def _look(properties: etree._Element) -> str:
    found = []
    for name in _LOOKS:
        element = properties.find(f"{_W}{name}")
        value = "" if element is None else element.get(f"{_W}val", "")
        if element is not None and value not in _OFF:
            found.append(name)
    return " ".join(found)


def _blocks(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables of a body, cell, box or note, those in controls included."""
    for child in root.iterchildren(etree.Element):
        if child.tag in {f"{_W}p", f"{_W}tbl"}:
            yield child
        elif _local(child) not in {"sectPr", "tcPr", "sdtPr"} and child.tag != _FALLBACK:
            yield from _blocks(child)


def _inner(element: etree._Element, name: str) -> Iterable[etree._Element]:
    """Yield rows of a table or cells of a row, those in controls and tracked ones included."""
    for child in element.iterchildren(etree.Element):
        if child.tag == f"{_W}{name}":
            yield child
        elif _local(child) in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _inner(child, name)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
