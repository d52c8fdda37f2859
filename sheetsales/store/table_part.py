"""The part that describes one Excel Table: where it stands and what its columns are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sheetsales.store import markup
from sheetsales.store.package import Package
from sheetsales.store.parts import BookParts, children, flag, label, read_relations, read_xml
from sheetsales.store.ranges import Range, find_range

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: its header, and its formula if Excel fills it with one."""

    name: str
    formula: str = ""
    array: bool = False


@dataclass(frozen=True, slots=True)
class TablePart:
    """One Excel Table as its part describes it.

    Attributes:
        name: the name formulas use.
        part: its part in the package.
        sheet: name of the sheet it stands on.
        ref: all of it, header and totals included.
        header_rows: 1, or 0 where the header is switched off.
        totals_rows: 0, or 1 with a totals row.
        columns: in order.
        insert_row: Excel shows the only row as the place to begin.
        source: ``worksheet``; otherwise it belongs to a query or an XML map.
    """

    name: str
    part: str
    sheet: str
    ref: Range
    header_rows: int
    totals_rows: int
    columns: tuple[TableColumn, ...]
    insert_row: bool
    source: str

    @property
    def data(self) -> Range:
        """The rows between header and totals."""
        ref = self.ref
        first, last = ref.first_row + self.header_rows, ref.last_row - self.totals_rows
        return Range(first, ref.first_column, last, ref.last_column)


def plain_header(text: str) -> str:
    """Return a header as it is compared: NFKC, no white space around it."""
    return unicodedata.normalize("NFKC", text).strip()


def decoded(text: str) -> str:
    """Return the text that Excel means by ``_x000a_`` and its like."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def read_table_parts(book: BookParts) -> Iterator[TablePart]:
    """Yield all Excel Tables of a book, sheet by sheet."""
    for sheet in book.sheets:
        if sheet.kind != "worksheet":
            continue
        for relation in read_relations(book.package, sheet.part):
            if relation.kind == "table":
                with markup.sense(label(book.package, relation.target)):
                    table = _parsed(book.package, relation.target, sheet.name)
                yield table


def _parsed(package: Package, part: str, sheet: str) -> TablePart:
    root = read_xml(package, part)
    columns = [
        _column(column)
        for listed in children(root, "tableColumns")
        for column in children(listed, "tableColumn")
    ]
    table = TablePart(
        name=decoded(root.get("displayName") or root.get("name") or ""),
        part=part,
        sheet=sheet,
        ref=Range.parse(root.get("ref", "")),
        header_rows=int(root.get("headerRowCount", "1")),
        totals_rows=int(root.get("totalsRowCount", "0")),
        columns=tuple(columns),
        insert_row=flag(root.get("insertRow")),
        source=root.get("tableType", "worksheet"),
    )
    ref, rows = table.ref, {table.header_rows, table.totals_rows}
    if len(columns) != ref.last_column - ref.first_column + 1 or not rows <= {0, 1}:
        raise ValueError(f"table {table.name}: columns or rows do not fit {ref}")
    if table.data.height < 0:
        raise ValueError(f"table {table.name}: its header is missing")
    return table


def _column(element: etree._Element) -> TableColumn:
    name = decoded(element.get("name", ""))
    for formula in children(element, "calculatedColumnFormula"):
        return TableColumn(name, formula.text or "", flag(formula.get("array")))
    return TableColumn(name)


def resized(package: Package, table: TablePart, last_row: int) -> bytes:
    """Return the table part with its last data row moved; the totals row stays behind it.

    The ranges of its filter and its sort state end with the data and move along; the mark of an
    empty table's insert row goes, because the row is in use now.
    """
    where = label(package, table.part)
    data = markup.utf8(package.part(table.part), where)
    edits: list[markup.Edit] = []
    for element in markup.scan(data, where):
        if element.name not in ("table", "autoFilter", "sortState", "sortCondition"):
            continue
        tag = data[element.start : element.open_end]
        area = find_range(markup.attributes(tag).get("ref", ""))
        if area is not None and area.last_row in (table.data.last_row, table.ref.last_row):
            moved = area.last_row + last_row - table.data.last_row
            tag = markup.with_attribute(tag, "ref", str(area.ending_at(moved)))
        if element.name == "table":
            tag = markup.with_attribute(tag, "insertRow", None)
        edits.append((element.start, element.open_end, tag))
    return markup.splice(data, edits)
