"""How the parts of a docx point to each other, and what type each part has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename, dirname, normpath

from lxml import etree

from sheetsales.word.package import Package
from sheetsales.word.xml import parsed, serialised

TYPES_PART = "[Content_Types].xml"
ROOT_PART = "_rels/.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
IMAGE = f"{_OFFICE}/image"
HYPERLINK = f"{_OFFICE}/hyperlink"
CUSTOM = f"{_OFFICE}/custom-properties"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"

_DOCUMENT = f"{_OFFICE}/officeDocument"
_STRICT_DOCUMENT = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE_XML = "application/vnd.openxmlformats-officedocument."
_WORD_KINDS = "document.main template.main header footer footnotes endnotes comments".split()
_TEXT_PARTS = frozenset(
    [
        *(f"{_OFFICE_XML}wordprocessingml.{kind}+xml" for kind in _WORD_KINDS),
        f"{_OFFICE_XML}drawingml.chart+xml",
        f"{_OFFICE_XML}drawingml.diagramData+xml",
        f"{_OFFICE_XML}extended-properties+xml",
    ]
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A pointer from one part to another, or to something outside of the file."""

    id: str
    type: str
    target: str
    external: bool = False


def relations_part(part: str) -> str:
    """Return the name of the part that holds the relations of a part."""
    return f"{dirname(part)}/_rels/{basename(part)}.rels".removeprefix("/")


def all_relations(package: Package, file: str) -> Iterator[tuple[str, Relation]]:
    """Yield every relation of a package with the part that holds it."""
    for name in package.members:
        if name.endswith(".rels"):
            for relation in _relations(package, name, file):
                yield name, relation


def relations_of(package: Package, part: str, file: str) -> list[Relation]:
    """Return the relations of one part; none if it has no part for them."""
    name = relations_part(part)
    return list(_relations(package, name, file)) if name in package else []


def main_part(package: Package, file: str) -> str:
    """Return the name of the part that holds the body of the document."""
    for relation in _relations(package, ROOT_PART, file):
        if relation.type in {_DOCUMENT, _STRICT_DOCUMENT}:
            return relation.target.removeprefix("/")
    return "word/document.xml"


def target_of(part: str, relation: Relation) -> str:
    """Return the name of the part that a relation of a part points to."""
    if relation.target.startswith("/"):
        return relation.target.removeprefix("/")
    return normpath(f"{dirname(part)}/{relation.target}").removeprefix("/")


def with_relations(package: Package, path: str, added: Iterable[Relation], file: str) -> bytes:
    """Return a relations part with some relations added; one of the same id is replaced."""
    if path in package:
        tree = parsed(package.content(path), file, path)
    else:
        tree = etree.fromstring(f'<Relationships xmlns="{_RELATIONS}"/>')
    for relation in added:
        for old in [item for item in tree if item.get("Id") == relation.id]:
            tree.remove(old)
        item = etree.SubElement(tree, f"{{{_RELATIONS}}}Relationship")
        item.set("Id", relation.id)
        item.set("Type", relation.type)
        item.set("Target", relation.target)
        if relation.external:
            item.set("TargetMode", "External")
    return serialised(tree)


def with_types(
    package: Package, extensions: Mapping[str, str], parts: Mapping[str, str], file: str
) -> bytes:
    """Return the content types with those of some extensions and parts added where missing."""
    tree = parsed(package.content(TYPES_PART), file, TYPES_PART)
    known = {item.get("Extension", "").lower() for item in tree}
    named = {item.get("PartName", "") for item in tree}
    for extension, content_type in extensions.items():
        if extension not in known:
            item = etree.Element(f"{{{_TYPES}}}Default")
            item.set("Extension", extension)
            item.set("ContentType", content_type)
            tree.insert(0, item)
    for part, content_type in parts.items():
        if f"/{part}" not in named:
            item = etree.SubElement(tree, f"{{{_TYPES}}}Override")
            item.set("PartName", f"/{part}")
            item.set("ContentType", content_type)
    return serialised(tree)


def text_parts(package: Package, file: str) -> list[str]:
    """Return the parts that hold text: body, headers, footers, notes, comments, charts."""
    tree = parsed(package.content(TYPES_PART), file, TYPES_PART)
    named = {
        item.get("PartName", "").removeprefix("/")
        for item in tree
        if item.get("ContentType") in _TEXT_PARTS
    }
    return [name for name in package.members if name in named]


def _relations(package: Package, name: str, file: str) -> Iterator[Relation]:
    for item in parsed(package.content(name), file, name):
        yield Relation(
            id=item.get("Id", ""),
            type=item.get("Type", ""),
            target=item.get("Target", ""),
            external=item.get("TargetMode") == "External",
        )
