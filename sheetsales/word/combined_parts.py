"""The parts of a combined file: what is the same is kept once, what differs gets a new name."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from posixpath import basename, dirname, join, normpath, relpath, splitext
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from lxml import etree

_TYPES = "[Content_Types].xml"
_ROOT = "_rels/.rels"
_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"
_REPEATED = frozenset(
    (
        "header footer image hyperlink chart chartEx oleObject package control video audio media"
        " diagramData diagramLayout diagramQuickStyle diagramColors diagramDrawing aFChunk"
    ).split()
)
"""Kinds of relations that a document may have many of; of others the first one's are kept."""
_OWN = ("docProps/custom.xml",)
_PAGES = re.compile(rb'(<w:instrText\b[^>]*>[^<]*?|\bw:instr="[^"]*?)\bNUMPAGES\b')
_CHUNK = 1 << 18
_DATE = (1980, 1, 1, 0, 0, 0)

Members = Mapping[str, bytes]


def own_pages(content: bytes) -> bytes:
    """Return a part in which the number of pages is that of the section, not of the whole file."""
    return _PAGES.sub(rb"\1SECTIONPAGES", content) if b"NUMPAGES" in content else content


class CombinedZip:
    """The zip as it is written; what grows with every document waits, squeezed, on the disk."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED)
        self._stories: dict[str, _Story] = {}
        self.names: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for story in self._stories.values():
            story.close()
        self._zip.close()

    def add(self, name: str, content: bytes) -> None:
        """Write a part."""
        self.names.add(name)
        self._zip.writestr(_info(name), content)

    def write(self, name: str, text: str) -> None:
        """Add text to the end of a part that grows."""
        if name not in self._stories:
            self._stories[name] = _Story()
            self.names.add(name)
        self._stories[name].write(text.encode())

    def finish(self) -> None:
        """Write the parts that grew."""
        for name, story in self._stories.items():
            with self._zip.open(_info(name), "w") as out:
                for piece in story.pieces():
                    out.write(piece)


class _Story:
    """A part that grows, squeezed in a file without a name."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by close()
        self._squeeze = zlib.compressobj(1)

    def write(self, content: bytes) -> None:
        self._file.write(self._squeeze.compress(content))

    def pieces(self) -> list[bytes] | map[bytes]:
        self._file.write(self._squeeze.flush())
        self._file.seek(0)
        unsqueeze = zlib.decompressobj()
        return map(unsqueeze.decompress, iter(lambda: self._file.read(_CHUNK), b""))

    def close(self) -> None:
        self._file.close()


class Parts:
    """All parts but those that grow.

    Args:
        first: the members of the first document, whose parts keep their names.
        target: the zip.
        growing: the parts that are written elsewhere.
    """

    def __init__(self, first: Members, target: CombinedZip, growing: set[str]) -> None:
        self._first = first
        self._target = target
        self._growing = growing
        self._placed: dict[bytes, str] = {}
        self._types = _Types(first[_TYPES])
        self._relations: dict[str, _Relations] = {}
        self.keeps_pages = True
        """Whether a document is one section, so that its pages are the section's."""

    def take(self, members: Members, owner: str) -> dict[str, str]:
        """Take in what a part of a document points to; return new ids by old ones."""
        known = self._relations.setdefault(owner, _Relations())
        changed = {}
        for id_, kind, target, external in _relations_of(members, owner):
            place = target if external else self._place(members, target)
            new = known.id_of(id_, kind, place, external=external)
            if new != id_:
                changed[id_] = new
        return changed

    def add(self, owner: str, kind: str, name: str, content: bytes) -> str:
        """Add a part of our own; return its id."""
        if name not in self._target.names:
            self._target.add(name, content)
            self._types.put(name, f"{_WORD_TYPE}{basename(kind)}+xml")
        return self._relations[owner].id_of("", kind, name, external=False)

    def finish(self) -> None:
        """Write the relations, the types and what nothing in the text points to."""
        for owner, relations in self._relations.items():
            if relations:
                self._target.add(_relations_part(owner), relations.content(owner))
        self._target.add(_ROOT, _root_without_own(self._first[_ROOT]))
        for name, content in self._first.items():
            left_out = {*self._growing, *self._target.names, *_OWN, _TYPES}
            if name not in left_out and not name.endswith("/"):
                self._target.add(name, content)
        self._target.add(_TYPES, self._types.content(self._target.names))

    def _place(self, members: Members, name: str) -> str:
        """Write a part unless it is there; return its name in the combined file."""
        if name in self._growing or name not in members:
            return name
        content = members[name]
        if self.keeps_pages and basename(name).startswith(("header", "footer")):
            content = own_pages(content)
        nested = [
            (id_, kind, target if external else self._place(members, target), external)
            for id_, kind, target, external in _relations_of(members, name)
        ]
        digest = sha256(repr((name, nested)).encode() + content).digest()
        if digest not in self._placed:
            self._placed[digest] = self._written(members, name, content, nested)
        return self._placed[digest]

    def _written(
        self, members: Members, name: str, content: bytes, nested: list[tuple[str, str, str, bool]]
    ) -> str:
        stem, extension = splitext(name)
        place, number = name, len(self._placed)
        while place in self._target.names:
            number += 1
            place = f"{stem}_{number}{extension}"
        self._target.add(place, content)
        self._types.take(members[_TYPES], name, place)
        if nested:
            relations = _Relations()
            for id_, kind, target, external in nested:
                relations.add(id_, kind, target, external=external)
            self._target.add(_relations_part(place), relations.content(place))
        return place


_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."


class _Relations:
    """What one part of the combined file points to."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], str] = {}
        self._lines: list[tuple[str, str, str, bool]] = []
        self._used: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._lines)

    def id_of(self, wanted: str, kind: str, target: str, *, external: bool) -> str:
        """Return the id of a relation, which is added if it is new."""
        key = (kind, target if basename(kind) in _REPEATED else "")
        if key not in self._ids:
            id_, number = wanted or "rIdS", len(self._lines)
            while id_ in self._used:
                number += 1
                id_ = f"rIdS{number}"
            self._ids[key] = id_
            self.add(id_, kind, target, external=external)
        return self._ids[key]

    def add(self, id_: str, kind: str, target: str, *, external: bool) -> None:
        """Add a relation under an id."""
        self._used.add(id_)
        self._lines.append((id_, kind, target, external))

    def content(self, owner: str) -> bytes:
        """Return the part that holds them."""
        root = etree.fromstring(f'<Relationships xmlns="{_RELATION}"/>')
        for id_, kind, target, external in self._lines:
            item = etree.SubElement(root, f"{{{_RELATION}}}Relationship")
            place = target if external else relpath(target, dirname(owner) or ".")
            for name, value in (("Id", id_), ("Type", kind), ("Target", place)):
                item.set(name, value)
            if external:
                item.set("TargetMode", "External")
        return _serialised(root)


class _Types:
    """The types of the parts of the combined file."""

    def __init__(self, content: bytes) -> None:
        self._root = etree.fromstring(content)
        self._namespace = self._root.tag.removesuffix("Types")

    def take(self, content: bytes, name: str, place: str) -> None:
        """Give a part the type that it has in its document."""
        for item in etree.fromstring(content):
            if item.get("PartName") == f"/{name}":
                self.put(place, item.get("ContentType", ""))
            extension = splitext(name)[1].lstrip(".").lower()
            if item.get("Extension", "").lower() == extension:
                self._add("Default", "Extension", extension, item.get("ContentType", ""))

    def put(self, name: str, kind: str) -> None:
        """Give a part a type."""
        self._add("Override", "PartName", f"/{name}", kind)

    def content(self, names: set[str]) -> bytes:
        """Return the part that holds them, for the parts that there are."""
        for item in list(self._root):
            part = item.get("PartName")
            if part is not None and part.lstrip("/") not in names:
                self._root.remove(item)
        return _serialised(self._root)

    def _add(self, tag: str, key: str, value: str, kind: str) -> None:
        if any(item.get(key, "").lower() == value.lower() for item in self._root):
            return
        item = etree.Element(f"{self._namespace}{tag}")
        item.set(key, value)
        item.set("ContentType", kind)
        self._root.insert(0 if tag == "Default" else len(self._root), item)


def _relations_of(members: Members, owner: str) -> list[tuple[str, str, str, bool]]:
    part = _relations_part(owner)
    if part not in members:
        return []
    found = []
    for item in etree.fromstring(members[part]):
        external = item.get("TargetMode") == "External"
        target = item.get("Target", "")
        if not external:
            target = normpath(join(f"/{dirname(owner)}", target)).lstrip("/")
        found.append((item.get("Id", ""), item.get("Type", ""), target, external))
    return found


def _relations_part(owner: str) -> str:
    return f"{dirname(owner)}/_rels/{basename(owner)}.rels".removeprefix("/")


def _root_without_own(content: bytes) -> bytes:
    root = etree.fromstring(content)
    for item in list(root):
        if item.get("Target", "").lstrip("/") in _OWN:
            root.remove(item)
    return _serialised(root)


def _serialised(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
