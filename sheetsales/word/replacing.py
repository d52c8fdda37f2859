"""Files inside of a template that are exchanged for others: pictures, books, any member."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sheetsales.errors import TemplateError
from sheetsales.word import relations
from sheetsales.word.images import ImageSource, source_of
from sheetsales.word.package import Package
from sheetsales.word.relations import Relation
from sheetsales.word.xml import parsed

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NAMES = ("name", "title", "descr")


@dataclass
class Replacements:
    """What is exchanged in a template before it is rendered.

    Attributes:
        pictures: new pictures by name, title or description of the old ones.
        contents: new contents by checksum of the old ones.
        members: new contents by name in the zip.
        links: addresses by the id of their relation.
    """

    pictures: dict[str, bytes] = field(default_factory=dict)
    contents: dict[tuple[int, int], bytes] = field(default_factory=dict)
    members: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def applied(self, package: Package, file: str) -> Package:
        """Return a package with everything exchanged.

        Raises:
            TemplateError: the template has no such picture or member.
        """
        changed = dict(_by_checksum(package, self.contents))
        changed |= self._named(package, file)
        changed |= _by_picture(package, self.pictures, file)
        if self.links:
            changed |= _linked(package, self.links, file)
        return package.replaced(changed)

    def _named(self, package: Package, file: str) -> dict[str, bytes]:
        for name in self.members:
            if name not in package:
                raise TemplateError("template-no-such", file=file, name=name)
        return self.members


def bytes_of(source: ImageSource) -> bytes:
    """Return what a file holds.

    Raises:
        TemplateError: it cannot be read.
    """
    found = source_of(source)
    if isinstance(found, bytes):
        return found
    try:
        return found.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise TemplateError("template-missing", file=found.name, reason=reason) from error


def checksum(content: bytes) -> tuple[int, int]:
    """Return what a content is recognised by."""
    return zlib.crc32(content), len(content)


def _by_checksum(
    package: Package, contents: Mapping[tuple[int, int], bytes]
) -> Iterator[tuple[str, bytes]]:
    if contents:
        for name in package.members:
            if name.startswith(("word/media/", "word/embeddings/")):
                found = contents.get(checksum(package.content(name)))
                if found is not None:
                    yield name, found


def _by_picture(package: Package, pictures: Mapping[str, bytes], file: str) -> dict[str, bytes]:
    changed: dict[str, bytes] = {}
    missing = set(pictures)
    for part in relations.text_parts(package, file) if pictures else ():
        targets = {one.id: one for one in relations.relations_of(package, part, file)}
        for names, relation in _pictures(package, part, file):
            for name in names & pictures.keys():
                if relation in targets:
                    missing.discard(name)
                    changed[relations.target_of(part, targets[relation])] = pictures[name]
    for name in missing:
        raise TemplateError("template-no-such", file=file, name=name)
    return changed


def _pictures(package: Package, part: str, file: str) -> Iterator[tuple[set[str], str]]:
    """Yield the names of every picture of a part and the id of its relation."""
    tree = parsed(package.content(part), file, part)
    for tag in (f"{_DRAWING}inline", f"{_DRAWING}anchor"):
        for drawing in tree.iter(tag):
            shown = drawing.find(f"{_DRAWING}docPr")
            own = drawing.find(f".//{_PICTURE}cNvPr")
            names = {
                element.get(name, "")
                for element in (shown, own)
                if element is not None
                for name in _NAMES
            }
            for blip in drawing.iter(f"{_MAIN}blip"):
                yield names - {""}, blip.get(f"{_RELATION}embed", "")


def _linked(package: Package, links: Mapping[str, str], file: str) -> dict[str, bytes]:
    added = [Relation(one, relations.HYPERLINK, url, external=True) for one, url in links.items()]
    return {
        relations.relations_part(part): relations.with_relations(
            package, relations.relations_part(part), added, file
        )
        for part in relations.text_parts(package, file)
        if part.startswith("word/") and "/charts/" not in part and "/diagrams/" not in part
    }
