"""Compares two Word files: the texts, the canonical XML of each part, the media.

Where the XML differs, differences that have a reason are levelled out one after the other, and
those that were needed are named.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}cNvPr"
_TEXTS = (f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}p")
_COMPARED = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes|styles|numbering)\.xml|docProps/core\.xml"
)
_CORE = "docProps/core.xml"
_PACKED = (".docx", ".xlsx", ".pptx")


@dataclass(frozen=True)
class Document:
    """A Word file taken apart.

    Attributes:
        parts: content of all members by name.
    """

    parts: Mapping[str, bytes]

    @classmethod
    def of(cls, data: bytes) -> Document:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return cls({name: package.read(name) for name in package.namelist()})

    def names(self) -> list[str]:
        return sorted(name for name in self.parts if _COMPARED.fullmatch(name))

    def tree(self, name: str) -> etree._Element:
        parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False)
        return etree.fromstring(self.parts[name], parser)

    def text(self, name: str) -> str:
        """Return the text of a part, paragraphs as lines."""
        said = {f"{_W}tab": "\t", f"{_W}br": "\v", f"{_W}cr": "\v", f"{_W}p": "\n"}
        return "".join(
            (each.text or "") if each.tag == f"{_W}t" else said[each.tag]
            for each in self.tree(name).iter(*_TEXTS)
        )

    def said(self, name: str) -> str:
        """Return all text of a part in any vocabulary, paragraphs as lines."""
        return "".join(
            "\n" if etree.QName(each).localname == "p" else each.text or ""
            for each in self.tree(name).iter("{*}t", "{*}p")
        )

    def properties(self) -> dict[str, str]:
        """Return the document's properties; docxtpl adds the empty ones to a file without them."""
        return {str(each.tag): each.text for each in self.tree(_CORE) if each.text}

    def targets(self, name: str) -> dict[str, str]:
        """Return what the relations of a part lead to: the hash of a part, or an address."""
        folder, _, base = name.rpartition("/")
        relations = f"{folder}/_rels/{base}.rels"
        if relations not in self.parts:
            return {}
        return {each.get("Id", ""): self._target(folder, each) for each in self.tree(relations)}

    def _target(self, folder: str, relation: etree._Element) -> str:
        target = relation.get("Target", "")
        if relation.get("TargetMode") == "External":
            return target
        part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        if part.endswith(".xml"):
            return part
        return digest(self.parts.get(part, part.encode()), part)

    def media(self) -> list[str]:
        """Return the hashes of pictures and embedded files."""
        folders = ("word/media/", "word/embeddings/")
        return sorted(
            digest(data, name) for name, data in self.parts.items() if name.startswith(folders)
        )


def digest(data: bytes, name: str = "") -> str:
    """Return a hash; of a packed file that of its members, whose times say nothing."""
    if name.endswith(_PACKED) and zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as package:
            members = sorted((each, package.read(each)) for each in package.namelist())
        data = repr(members).encode()
    return hashlib.sha256(data).hexdigest()[:16]


@dataclass
class Comparison:
    """What came of comparing.

    Attributes:
        texts: parts whose text differs.
        xml: parts whose XML differs after all that is explained.
        media: whether pictures or embedded files differ.
        explained: the names of the differences that had to be levelled out.
    """

    texts: list[str] = field(default_factory=list)
    xml: list[str] = field(default_factory=list)
    media: bool = False
    explained: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return not (self.texts or self.xml or self.media)


def compare(theirs: bytes, ours: bytes) -> Comparison:
    """Compare a file of docxtpl's with ours."""
    left, right = Document.of(theirs), Document.of(ours)
    found = Comparison(media=left.media() != right.media())
    names = sorted({*left.names(), *right.names()})
    for name in names:
        if name not in left.parts or name not in right.parts:
            found.xml.append(f"{name} is only in one")
        elif name == _CORE:
            if left.properties() != right.properties():
                found.texts.append(name)
        elif left.text(name) != right.text(name):
            found.texts.append(name)
        elif not _is_alike(left, right, name, found.explained):
            found.xml.append(name)
    found.explained = sorted(set(found.explained))
    return found


def _is_alike(left: Document, right: Document, name: str, explained: list[str]) -> bool:
    one, two = left.tree(name), right.tree(name)
    if canonical(one) == canonical(two):
        return True
    for difference, level in LEVELLED.items():
        before = canonical(one), canonical(two)
        one, two = level(one, left.targets(name)), level(two, right.targets(name))
        if (canonical(one), canonical(two)) != before:
            explained.append(difference)
        if canonical(one) == canonical(two):
            return True
    return False


def canonical(tree: etree._Element) -> bytes:
    return etree.tostring(tree, method="c14n", exclusive=True)


def _without_drawing_ids(tree: etree._Element, targets: Mapping[str, str]) -> etree._Element:
    for each in tree.iter(_DRAWING, _PICTURE):
        each.set("id", "")
    return tree


def _without_picture_names(tree: etree._Element, targets: Mapping[str, str]) -> etree._Element:
    for each in tree.iter(_DRAWING, _PICTURE):
        if each.tag == _PICTURE or re.fullmatch(r"Picture \d+", each.get("name", "")):
            each.set("name", "")
    return tree


def _without_idle_space(tree: etree._Element, targets: Mapping[str, str]) -> etree._Element:
    for each in tree.iter(f"{_W}t"):
        if (each.text or "") == (each.text or "").strip():
            each.attrib.pop(_SPACE, None)
    return tree


def _by_target(tree: etree._Element, targets: Mapping[str, str]) -> etree._Element:
    for each in tree.iter():
        for attribute, value in each.attrib.items():
            if str(attribute).startswith(_R) and value in targets:
                each.set(attribute, targets[str(value)])
    return tree


def _with_one_prefix(tree: etree._Element, targets: Mapping[str, str]) -> etree._Element:
    """Return a copy that never knew the prefixes of the original."""
    copy = etree.Element(tree.tag, dict(sorted(tree.attrib.items())))
    copy.text, copy.tail = tree.text, tree.tail
    copy.extend(_with_one_prefix(each, targets) for each in tree.iterchildren("*"))
    return copy


LEVELLED: Mapping[str, Callable[[etree._Element, Mapping[str, str]], etree._Element]] = {
    "drawing ids": _without_drawing_ids,
    "picture names": _without_picture_names,
    "relation ids": _by_target,
    "idle spaces": _without_idle_space,
    "namespace prefixes": _with_one_prefix,
}
"""How each explained difference is levelled out, in the order in which it is tried."""

REASONS: Mapping[str, str] = {
    "drawing ids": (
        "Every drawing of a document needs a number of its own. Which one it gets says nothing; "
        "docxtpl counts on from the pictures it has made, ours count the drawings of the part."
    ),
    "picture names": (
        "The name of an inserted picture, `Picture 1`, and that of its file are made up by both; "
        "docxtpl shows the reader of the document what the file was called."
    ),
    "relation ids": (
        "The ids by which a part names its pictures and links are arbitrary; what they lead to is "
        "compared instead."
    ),
    "idle spaces": (
        "`xml:space` on a text without spaces at its ends says nothing; docxtpl puts it wherever a "
        "paragraph holds braces."
    ),
    "namespace prefixes": ("A prefix stands for a namespace; which one is chosen says nothing."),
}
"""Why each explained difference is none."""
