"""What a workbook holds besides its data: macros, links to elsewhere, embedded objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sheetsales.errors import WorkbookError
from sheetsales.store.package import Package
from sheetsales.store.parts import (
    CONTENT_TYPES,
    BookParts,
    Relation,
    children,
    local_name,
    read_relations,
    read_xml,
)
from sheetsales.store.table_part import read_table_parts

_RELATIONS = re.compile(r"^(?P<folder>(?:.*/)?)_rels/(?P<name>[^/]*)\.rels$", re.IGNORECASE)
_BY_RELATION = {
    "vbaProject": "macros",
    "wordVbaData": "macros",
    "xlMacrosheet": "macro-sheets",
    "xlIntlMacrosheet": "macro-sheets",
    "dialogsheet": "dialog-sheets",
    "externalLink": "external-links",
    "connections": "connections",
    "queryTable": "queries",
    "oleObject": "embedded-objects",
    "package": "embedded-objects",
    "control": "controls",
    "activeXControlBinary": "controls",
    "ctrlProp": "controls",
    "attachedToolbars": "toolbars",
    "extensibility": "ribbon",
    "powerPivotData": "data-model",
    "webextension": "web-extensions",
    "taskpanes": "web-extensions",
    "webextensiontaskpanes": "web-extensions",
    "origin": "signature",
    "revisionHeaders": "revision-log",
    "attachedTemplate": "template",
    "xmlMaps": "xml-maps",
}
_BY_NAME = (
    (re.compile(r"(?:^|/)vbaproject[^/]*\.bin$", re.IGNORECASE), "macros"),
    (re.compile(r"(?:^|/)embeddings/", re.IGNORECASE), "embedded-objects"),
    (re.compile(r"(?:^|/)activex/", re.IGNORECASE), "controls"),
    (re.compile(r"(?:^|/)externallinks/[^/]+$", re.IGNORECASE), "external-links"),
    (re.compile(r"(?:^|/)connections\.xml$", re.IGNORECASE), "connections"),
    (re.compile(r"(?:^|/)macrosheets/[^/]+$", re.IGNORECASE), "macro-sheets"),
    (re.compile(r"(?:^|/)customui/", re.IGNORECASE), "ribbon"),
)
_AUTOMATIC = re.compile(r"^(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)", re.IGNORECASE)
_FORMATS = {
    "sheet.main+xml": "xlsx",
    "sheet.macroEnabled.main+xml": "xlsm",
    "template.main+xml": "xltx",
    "template.macroEnabled.main+xml": "xltm",
    "addin.macroEnabled.main+xml": "xlam",
}
_UNREADABLE = {"workbook-xls": "xls", "workbook-xlsb": "xlsb", "workbook-encrypted": "encrypted"}


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One sheet: its kind (``worksheet`` …) and whether Excel shows it."""

    name: str
    kind: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One Excel Table: where it stands and what its columns are called."""

    name: str
    sheet: str
    range: str
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a workbook file holds.

    Attributes:
        book: file name.
        format: ``xlsx``, ``xlsm``, ``xltx``, ``xltm``, ``xlam``; ``encrypted``, ``xls`` and
            ``xlsb`` cannot be read further.
        digest: SHA-256 of the file; "" where it cannot be read further.
        sheets: its sheets, in order.
        tables: its Excel Tables, sheet by sheet.
        holds: what else, by kind (``macros``, ``external-links``, ``links``, ``connections``,
            ``embedded-objects``, ``controls``, ``signature`` …), each with its parts or targets.
    """

    book: str
    format: str
    digest: str = ""
    sheets: tuple[SheetFacts, ...] = ()
    tables: tuple[TableFacts, ...] = ()
    holds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def inspect_book(path: Path | str) -> Inspection:
    """Return what a workbook file holds; foreign files are safer with `isolated.inspect`.

    Raises:
        WorkbookError: the file is missing, no workbook of any kind, or damaged.
    """
    path = Path(path)
    try:
        parts = BookParts(Package.read(path))
    except WorkbookError as error:
        if error.code in _UNREADABLE:
            return Inspection(path.name, _UNREADABLE[error.code])
        raise
    return Inspection(
        book=path.name,
        format=_format(parts),
        digest=parts.package.digest,
        sheets=tuple(_sheets(parts)),
        tables=tuple(
            TableFacts(each.name, each.sheet, str(each.ref), tuple(c.name for c in each.columns))
            for each in read_table_parts(parts)
        ),
        holds=_holds(parts),
    )


def _format(parts: BookParts) -> str:
    """Return the kind of workbook that the content types name; an Override outdoes a Default."""
    extension = parts.workbook.rpartition(".")[2].casefold()
    kinds = {}
    for each in read_xml(parts.package, CONTENT_TYPES):
        name = each.get("PartName") or each.get("Extension") or ""
        kinds[local_name(each), name.casefold()] = each.get("ContentType", "")
    given = kinds.get(("Override", f"/{parts.workbook}".casefold()))
    kind = given or kinds.get(("Default", extension), "")
    return _FORMATS.get(kind.rpartition("spreadsheetml.")[2].rpartition("ms-excel.")[2], "xlsx")


def _sheets(parts: BookParts) -> Iterator[SheetFacts]:
    root = read_xml(parts.package, parts.workbook)
    states = {
        sheet.get("name", ""): sheet.get("state", "visible")
        for sheets in children(root, "sheets")
        for sheet in children(sheets, "sheet")
    }
    for sheet in parts.sheets:
        yield SheetFacts(sheet.name, sheet.kind, states[sheet.name] != "visible")


def _holds(parts: BookParts) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for kind, what in _findings(parts):
        found.setdefault(kind, set()).add(what)
    return {kind: tuple(sorted(found[kind])) for kind in sorted(found)}


def _findings(parts: BookParts) -> Iterator[tuple[str, str]]:
    package = parts.package
    for member in package.members:
        for pattern, kind in _BY_NAME:
            if pattern.search(member.name):
                yield kind, member.name
        relations = _RELATIONS.match(member.name)
        if relations:
            for relation in read_relations(package, relations["folder"] + relations["name"]):
                yield from _of_relation(package, relation)
    for names in children(read_xml(package, parts.workbook), "definedNames"):
        for name in children(names, "definedName"):
            if _AUTOMATIC.match(name.get("name", "")):
                yield "automatic-macros", name.get("name", "")


def _of_relation(package: Package, relation: Relation) -> Iterator[tuple[str, str]]:
    if relation.external:
        yield "links" if relation.kind == "hyperlink" else "external-targets", relation.target
    kind = _BY_RELATION.get(relation.kind)
    if kind is not None:
        yield kind, relation.target
    if kind == "external-links" and package.find(relation.target):
        root = read_xml(package, relation.target)
        if next(children(root, "ddeLink"), None) is not None:
            yield "dde", relation.target
