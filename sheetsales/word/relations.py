"""How the parts of a docx point to each other, and what type each part has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename, dirname

from lxml import etree

from sheetsales.word.package import Package
from sheetsales.word.xml import parsed, serialised

TYPES_PART = "[Content_Types].xml"
IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_TEXT_PARTS = frozenset(
    _WORD + kind + "+xml"
    for kind in ("document.main", "template.main", "header", "footer", "footnotes", "endnotes")
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
            for item in parsed(package.content(name), file, name):
                yield (
                    name,
                    Relation(
                        id=item.get("Id", ""),
                        type=item.get("Type", ""),
                        target=item.get("Target", ""),
                        external=item.get("TargetMode") == "External",
                    ),
                )


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
    """Return the parts that hold text of the document: body, headers, footers, notes."""
    tree = parsed(package.content(TYPES_PART), file, TYPES_PART)
    named = [
        item.get("PartName", "").removeprefix("/")
        for item in tree
        if item.get("ContentType") in _TEXT_PARTS
    ]
    return [name for name in package.members if name in named]
