"""Cells that may not be written one by one, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lxml import etree

from sheetsales.errors import EditRefusedError
from sheetsales.store import markup
from sheetsales.store.package import Package
from sheetsales.store.parts import SheetPart, children, label, read_relations, read_xml
from sheetsales.store.ranges import LAST_COLUMN, Range, cell_name
from sheetsales.store.sheet_xml import SheetXml
from sheetsales.store.table_part import TablePart

_STRETCH = 1024
"""How many rows are looked up together; some books have tens of thousands of merged ranges."""


class Block(NamedTuple):
    """A range that refuses edits with a code; the anchor of a merged range does not."""

    area: Range
    code: str
    free_anchor: bool = False

    def holds(self, cell: tuple[int, int]) -> bool:
        """Say whether this cell is one of those."""
        anchor = (self.area.first_row, self.area.first_column)
        return cell in self.area and not (self.free_anchor and cell == anchor)


@dataclass(frozen=True, slots=True)
class Guards:
    """What a sheet refuses.

    Attributes:
        book: file name of the workbook.
        sheet: name of the sheet.
        protected: the whole sheet refuses.
        blocks: ranges that do.
    """

    book: str
    sheet: str
    protected: bool
    blocks: tuple[Block, ...]
    _by_rows: dict[int, list[Block]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[int, list[Block]] = {}
        for block in self.blocks:
            first, last = block.area.first_row // _STRETCH, block.area.last_row // _STRETCH
            for stretch in range(first, last + 1):
                found.setdefault(stretch, []).append(block)
        object.__setattr__(self, "_by_rows", found)

    def narrowed(self, area: Range) -> Guards:
        """Return what counts inside an area, so that many cells are checked quickly."""
        return replace(self, blocks=tuple(b for b in self.blocks if b.area.overlaps(area)))

    def check_sheet(self) -> None:
        """Refuse a sheet that is protected, its unlocked cells too.

        Which cells are unlocked is a matter of styles, and what a person behind a password may do
        is no licence for a program.

        Raises:
            EditRefusedError: ``sheet-protected``.
        """
        if self.protected:
            raise EditRefusedError("sheet-protected", book=self.book, sheet=self.sheet)

    def check(self, row: int, column: int) -> None:
        """Refuse a cell that may not be written.

        Raises:
            EditRefusedError: ``sheet-protected``, ``cell-merged``, ``cell-array``,
                ``cell-pivot``, ``cell-table-header`` or ``cell-table-totals``.
        """
        self.check_sheet()
        for block in self._by_rows.get(row // _STRETCH, ()):
            if block.holds((row, column)):
                raise EditRefusedError(
                    block.code,
                    book=self.book,
                    sheet=self.sheet,
                    cell=cell_name(row, column),
                    range=str(block.area),
                )


def load_guards(
    package: Package, sheet: SheetPart, xml: SheetXml, tables: Iterable[TablePart]
) -> Guards:
    """Return what a sheet refuses."""
    blocks = [Block(area, "cell-merged", free_anchor=True) for area in xml.merged]
    blocks += [Block(area, "cell-array") for area in xml.array_ranges()]
    blocks += [Block(area, "cell-pivot") for area in _pivots(package, sheet)]
    for table in tables:
        blocks += _table_blocks(table)
    return Guards(package.book, sheet.name, xml.is_protected, tuple(blocks))


def _table_blocks(table: TablePart) -> list[Block]:
    ref = table.ref
    blocks = []
    if table.header_rows:
        blocks.append(Block(ref.ending_at(ref.first_row), "cell-table-header"))
    if table.totals_rows:
        totals = Range(ref.last_row, ref.first_column, ref.last_row, ref.last_column)
        blocks.append(Block(totals, "cell-table-totals"))
    return blocks


def _pivots(package: Package, sheet: SheetPart) -> list[Range]:
    """Return the ranges of pivot tables, and of the filter fields above them."""
    areas: list[Range] = []
    for relation in read_relations(package, sheet.part):
        if relation.kind != "pivotTable" or relation.external:
            continue
        for location in children(read_xml(package, relation.target), "location"):
            with markup.sense(label(package, relation.target)):
                areas += _pivot_areas(location)
    return areas


def _pivot_areas(location: etree._Element) -> Iterator[Range]:
    """Yield the table itself, and its filter fields: two columns each, a blank row below them."""
    area = Range.parse(location.get("ref", ""))
    yield area
    rows = int(location.get("rowPageCount", "0"))
    if rows > 0 and area.first_row > 1:
        columns = max(1, int(location.get("colPageCount", "1")))
        yield Range(
            max(1, area.first_row - 1 - rows),
            area.first_column,
            max(1, area.first_row - 2),
            min(LAST_COLUMN, area.first_column + 3 * columns - 2),
        )
