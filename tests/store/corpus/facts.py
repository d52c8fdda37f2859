"""What a workbook file says about itself, read without any code of the store."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from lxml import etree
from openpyxl.utils.cell import column_index_from_string, range_boundaries

Place = tuple[int, int]
Box = tuple[int, int, int, int]
"""First row, first column, last row, last column."""

_TRUE = ("1", "true", "on")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


class UnreadableError(Exception):
    """The file is not what zipfile and lxml take for a workbook."""


@dataclass
class TableFacts:
    """One Excel Table."""

    name: str
    part: str
    box: Box
    header: bool
    totals: bool
    columns: list[str]
    calculated: set[int]
    source: str


@dataclass
class SheetFacts:
    """One worksheet, parsed as a tree."""

    name: str
    part: str
    root: etree._Element
    cells: dict[Place, etree._Element]
    rows: dict[int, etree._Element]
    is_protected: bool
    merged: list[Box]
    arrays: list[Box]
    pivots: list[Box]
    in_order: bool
    odd_rows: set[int]
    tables: list[TableFacts] = field(default_factory=list)


@dataclass
class BookFacts:
    """One workbook."""

    path: Path
    workbook: str
    sheets: list[SheetFacts]
    styles: str | None
    calc_chain: str | None
    is_signed: bool
    is_shared: bool
    is_doubled: bool
    blank_texts: set[str]
    date1904: bool


def read_facts(path: Path) -> BookFacts:
    """Read a workbook with zipfile and lxml.

    Raises:
        UnreadableError: it cannot be read so.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Reader(archive).book(path)
    except (
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        LookupError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        zlib.error,
    ) as error:
        raise UnreadableError(f"{type(error).__name__}: {error}") from error


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the descendants of that local name."""
    return (each for each in element.iter() if local(each) == name)


def is_true(text: str | None) -> bool:
    """Return what an XML boolean says."""
    return text in _TRUE


def box_of(text: str) -> Box | None:
    """Return the corners of a range; None if it is none."""
    try:
        left, top, right, bottom = range_boundaries(text)
    except (ValueError, TypeError):
        return None
    return top or 1, left or 1, bottom or 1_048_576, right or 16_384


def is_in(place: Place, box: Box) -> bool:
    """Say whether a cell lies in a range."""
    return box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]


def positions(
    root: etree._Element,
) -> tuple[dict[int, etree._Element], dict[Place, etree._Element], bool, set[int]]:
    """Return rows and cells by position, if the rows are in order, and rows whose cells are not."""
    rows: dict[int, etree._Element] = {}
    cells: dict[Place, etree._Element] = {}
    odd: set[int] = set()
    number, in_order = 0, True
    for data in (each for each in root if local(each) == "sheetData"):
        for row in (each for each in data if local(each) == "row"):
            following = int(row.get("r") or number + 1)
            in_order = in_order and (following > number or not rows)
            number = following
            rows[number] = row
            column = 0
            for cell in (each for each in row if local(each) == "c"):
                place = _column(cell, column)
                if place <= column:
                    odd.add(number)
                column = place
                cells[number, column] = cell
    return rows, cells, in_order, odd


def _column(cell: etree._Element, before: int) -> int:
    address = cell.get("r")
    if not address:
        return before + 1
    return column_index_from_string(address.rstrip("0123456789").replace("$", ""))


class _Reader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {name.replace("\\", "/").casefold(): name for name in archive.namelist()}
        self.names |= {name: name for name in archive.namelist()}

    def book(self, path: Path) -> BookFacts:
        roots = list(self.relations(""))
        main = [target for kind, target, _ in roots if kind == "officeDocument"]
        root = self.tree(main[0])
        related = list(self.relations(main[0]))
        by_id = {key: (kind, target) for kind, target, key in related}
        sheets, listed = [], []
        for sheet in named(root, "sheet"):
            key = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
            if not key:  # a module of the macros of old
                continue
            kind, target = by_id[key]
            listed.append((sheet.get("name", "").casefold(), target.casefold()))
            if kind == "worksheet":
                sheets.append(self.sheet(sheet.get("name", ""), target))
        first = {kind: target for kind, target, _ in reversed(related) if self.has(target)}
        return BookFacts(
            path=path,
            workbook=self.member(main[0]),
            sheets=sheets,
            styles=first.get("styles"),
            calc_chain=first.get("calcChain"),
            is_signed=any(kind == "origin" for kind, _, _ in roots),
            is_shared="revisionHeaders" in first,
            blank_texts=self.blank_texts(first.get("sharedStrings")),
            is_doubled=any(len(set(each)) < len(listed) for each in zip(*listed, strict=True)),
            date1904=any(is_true(each.get("date1904")) for each in named(root, "workbookPr")),
        )

    def blank_texts(self, part: str | None) -> set[str]:
        """Return the numbers of shared texts that are empty."""
        listed = [each for each in self.tree(part) if local(each) == "si"] if part else []
        return {str(number) for number, each in enumerate(listed) if not "".join(each.itertext())}

    def sheet(self, name: str, part: str) -> SheetFacts:
        root = self.tree(part)
        rows, cells, in_order, odd_rows = positions(root)
        merged = [box_of(each.get("ref", "")) for each in named(root, "mergeCell")]
        arrays = [
            box_of(formula.get("ref", ""))
            for formula in named(root, "f")
            if formula.get("t") in ("array", "dataTable")
        ]
        facts = SheetFacts(
            name=name,
            part=self.member(part),
            root=root,
            cells=cells,
            rows=rows,
            is_protected=any(is_true(tag.get("sheet")) for tag in named(root, "sheetProtection")),
            merged=list(filter(None, merged)),
            arrays=list(filter(None, arrays)),
            pivots=[],
            in_order=in_order,
            odd_rows=odd_rows,
        )
        for kind, target, _ in self.relations(part):
            if kind == "table" and self.has(target):
                facts.tables.append(self.table(target))
            elif kind == "pivotTable" and self.has(target):
                facts.pivots += self.pivot(target)
        return facts

    def table(self, part: str) -> TableFacts:
        root = self.tree(part)
        columns = list(named(root, "tableColumn"))
        calculated = {
            position
            for position, column in enumerate(columns)
            if any(True for _ in named(column, "calculatedColumnFormula"))
        }
        box = box_of(root.get("ref", ""))
        assert box is not None
        return TableFacts(
            name=root.get("displayName") or root.get("name") or "",
            part=self.member(part),
            box=box,
            header=root.get("headerRowCount", "1") != "0",
            totals=root.get("totalsRowCount", "0") != "0",
            columns=[column.get("name", "") for column in columns],
            calculated=calculated,
            source=root.get("tableType", "worksheet"),
        )

    def pivot(self, part: str) -> Iterator[Box]:
        for location in named(self.tree(part), "location"):
            box = box_of(location.get("ref", ""))
            if box:
                yield box
            pages = int(location.get("rowPageCount", "0"))
            if box and pages:
                width = 3 * int(location.get("colPageCount", "1")) - 2
                first, last = max(1, box[0] - 1 - pages), max(1, box[0] - 2)
                yield first, box[1], last, min(16_384, box[1] + width)

    def tree(self, part: str) -> etree._Element:
        return etree.fromstring(self.archive.read(self.member(part)), _PARSER)

    def has(self, part: str) -> bool:
        return part in self.names or part.casefold() in self.names

    def member(self, part: str) -> str:
        return self.names.get(part) or self.names[part.casefold()]

    def relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        folder, name = posixpath.split(part.replace("\\", "/"))
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(source):
            return
        for each in named(self.tree(source), "Relationship"):
            if each.get("TargetMode") == "External":
                continue
            target = each.get("Target", "").replace("\\", "/")
            full = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            full = full if self.has(full) else unquote(full)
            kind = each.get("Type", "").rpartition("/")[2]
            yield kind, self.member(full) if self.has(full) else full, each.get("Id", "")
