"""The parts of a workbook: sheets, relations, what kind of book it is."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from lxml import etree

from sheetsales.errors import EditRefusedError, WorkbookError
from sheetsales.store import markup
from sheetsales.store.package import Package
from sheetsales.store.preflight import check_small_part, check_tree

CONTENT_TYPES = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part says about another: kind is the last word of its type."""

    id: str
    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of the workbook: its name, its part, ``worksheet`` or another kind."""

    name: str
    part: str
    kind: str


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace; empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the children of that local name, in any namespace (transitional or strict)."""
    return (child for child in element if local_name(child) == name)


def flag(value: str | None) -> bool:
    """Return what a boolean attribute says; absent is false."""
    return value in ("1", "true", "on")


def label(package: Package, part: str) -> str:
    """Return the name of a part for messages."""
    return f"{package.book}: {part}"


def read_xml(package: Package, part: str) -> etree._Element:
    """Return the root of a small XML part.

    Raises:
        WorkbookError: it is missing, damaged, too large for a tree, or holds a DOCTYPE.
    """
    where, member = label(package, part), package.find(part)
    if member is not None:
        check_small_part(member.size, where)
    data = markup.utf8(package.part(part), where)
    check_tree(data, where)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise WorkbookError("workbook-part", part=where, reason=str(error)) from error


def relations_part(part: str) -> str:
    """Return the name of the part that holds a part's relations."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def read_relations(package: Package, part: str) -> list[Relation]:
    """Return the relations of a part (of the package itself if its name is empty)."""
    source = relations_part(part)
    if package.find(source) is None:
        return []
    return [
        _relation(package, part, element)
        for element in children(read_xml(package, source), "Relationship")
    ]


def _relation(package: Package, part: str, element: etree._Element) -> Relation:
    target, external = element.get("Target", ""), element.get("TargetMode") == "External"
    return Relation(
        id=element.get("Id", ""),
        kind=element.get("Type", "").rpartition("/")[2],
        target=target if external else _resolved(package, part, target),
        external=external,
    )


def _resolved(package: Package, part: str, target: str) -> str:
    """Return the member that a relation points at, as it is spelt in the zip."""
    target = target.replace("\\", "/")
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
    member = package.find(path) or package.find(unquote(path))
    return member.name if member else path


class BookParts:
    """The workbook part of a package and the sheets it lists.

    Raises:
        WorkbookError: it is no Excel workbook of the XML kind.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self._roots = read_relations(package, "")
        workbook = [each.target for each in self._roots if each.kind == "officeDocument"]
        if not workbook:
            raise WorkbookError("workbook-not-excel", book=package.book)
        self.workbook = workbook[0]
        if self.workbook.endswith(".bin"):
            raise WorkbookError("workbook-xlsb", book=package.book)
        root = read_xml(package, self.workbook)
        if local_name(root) != "workbook":
            raise WorkbookError("workbook-not-excel", book=package.book)
        self.relations = read_relations(package, self.workbook)
        self.sheets = tuple(self._listed(root))
        self.date1904 = any(flag(each.get("date1904")) for each in children(root, "workbookPr"))

    def _listed(self, root: etree._Element) -> Iterator[SheetPart]:
        by_id = {each.id: each for each in self.relations}
        seen: set[str] = set()
        for sheets in children(root, "sheets"):
            for sheet in children(sheets, "sheet"):
                relation_id = _relation_id(sheet)
                if not relation_id:  # a module of the macros of old, which has no part
                    continue
                relation = by_id.get(relation_id)
                if relation is None or self.package.find(relation.target) is None:
                    raise self.package.broken("missing", f"sheet {sheet.get('name')}")
                if relation.target in seen:
                    raise self.package.broken("two sheets in one part", relation.target)
                seen.add(relation.target)
                yield SheetPart(sheet.get("name", ""), relation.target, relation.kind)

    def related(self, kind: str) -> str | None:
        """Return the part that the workbook relates to under a kind, such as ``styles``."""
        for each in self.relations:
            if each.kind == kind and self.package.find(each.target):
                return each.target
        return None

    @cached_property
    def calc_chain(self) -> str | None:
        """Part in which Excel keeps the order of formulas; there only if Excel found some."""
        return self.related("calcChain")

    def refuse_edits(self) -> None:
        """Refuse edits that would break what guards the book as a whole.

        Raises:
            EditRefusedError: the book is signed, or shared in the old way with a revision log, or
                two of its sheets are one part or have one name.
        """
        book = self.package.book
        if any(each.kind == "origin" for each in self._roots):
            raise EditRefusedError("book-signed", book=book)
        if self.related("revisionHeaders"):
            raise EditRefusedError("book-shared", book=book)
        for listed in ([each.part for each in self.sheets], [each.name for each in self.sheets]):
            if len({each.casefold() for each in listed}) < len(listed):
                raise EditRefusedError("book-sheets-twice", book=book)


def _relation_id(element: etree._Element) -> str:
    """Return the ``r:id`` of an element, whatever its namespace is called or numbered."""
    for name, value in element.attrib.items():
        if str(name).endswith("}id"):
            return str(value)
    return ""
