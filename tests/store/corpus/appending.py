"""Rows appended to every Excel Table of a workbook, and what stood there before."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from sheetsales.errors import SheetsalesError
from sheetsales.store.ranges import cell_name
from tests.store.corpus import comparison
from tests.store.corpus.facts import (
    BookFacts,
    Box,
    Place,
    SheetFacts,
    TableFacts,
    local,
    named,
    read_facts,
)

if TYPE_CHECKING:
    from tests.store.corpus.trial import Trial

_ROWS = 2
_RIGHT = {
    "book-signed",
    "book-shared",
    "book-sheets-twice",
    "sheet-row-order",
    "sheet-protected",
    "table-source",
    "table-blocked",
    "table-full",
    "column-array",
    "column-relative",
    "cell-merged",
    "cell-array",
    "cell-pivot",
    "table-totals-row",
}
_RANGES = ("conditionalFormatting", "dataValidation", "sqref")


class Appending:
    """Appends to the tables of one workbook, each in a copy of its own."""

    def __init__(self, trial: Trial, facts: BookFacts) -> None:
        self.trial = trial
        self.facts = facts

    def run(self) -> None:
        """Append to at most six tables."""
        tables = [(sheet, table) for sheet in self.facts.sheets for table in sheet.tables]
        for number, (sheet, table) in enumerate(tables[:6]):
            self.trial.stage(f"append to {table.name}")
            self._append(number, sheet, table)

    def _append(self, number: int, sheet: SheetFacts, table: TableFacts) -> None:
        copy = self.trial.copied(f"append-{number}")
        free = [n for n in range(len(table.columns)) if n not in table.calculated]
        with self.trial.opened(copy) as book:
            try:
                rows = book.table(table.name)
                headers = rows.headers
                before = rows.last_row
                rows.append([{headers[n]: f"新{row}-{n}" for n in free} for row in range(_ROWS)])
            except SheetsalesError as error:
                self.trial.outcome.refusals[f"append: {error.code}"] += 1
                if error.code not in _RIGHT or not self._is_right(error, sheet, table):
                    self.trial.problem(f"append to {table.name} refused without cause: {error}")
                return
            after = rows.last_row
            if not self.trial.saved(book):
                return
        self.trial.outcome.appended += 1
        self._check(copy, sheet, table, after - before)
        self.trial.reopen(copy)

    def _is_right(self, error: SheetsalesError, sheet: SheetFacts, table: TableFacts) -> bool:
        """Say whether the file bears out the reason that is given."""
        match error.code:
            case "sheet-protected":
                return sheet.is_protected
            case "table-source":
                return table.source != "worksheet"
            case "column-array" | "column-relative":
                return bool(table.calculated)
            case "table-blocked":
                return str(error.arguments["cell"]) in set(self._in_the_way(sheet, table))
            case _:
                return True

    def _in_the_way(self, sheet: SheetFacts, table: TableFacts) -> Iterator[str]:
        top, left, right = table.box[2] + 1, table.box[1], table.box[3]
        boxes = [*sheet.merged, *sheet.arrays, *sheet.pivots]
        boxes += [other.box for other in sheet.tables if other is not table]
        for row in range(top - table.totals, top + _ROWS):
            for column in range(left, right + 1):
                cell = sheet.cells.get((row, column))
                filled = cell is not None and len(cell)
                if filled or any(b[0] <= row <= b[2] and b[1] <= column <= b[3] for b in boxes):
                    yield cell_name(row, column)

    def _check(self, copy, sheet: SheetFacts, table: TableFacts, grown: int) -> None:
        after = read_facts(copy)
        new = next(each for each in after.sheets if each.name == sheet.name)
        found = next(each for each in new.tables if each.name == table.name)
        box = (table.box[0], table.box[1], table.box[2] + grown, table.box[3])
        if found.box != box:
            self.trial.problem(f"{table.name}: stands at {found.box}, not {box}")
        touched = {sheet.part, table.part, self.facts.workbook, self.facts.styles or ""}
        removed = set()
        if self.facts.calc_chain and self._ends_formula(sheet, table, grown):
            removed = {self.facts.calc_chain}
            touched |= self.trial.chain_parts(self.facts)
        for problem in comparison.lost_members(self.trial.path, copy, touched, removed):
            self.trial.problem(f"{table.name}: {problem}")
        for problem in self._cells(sheet, new, table, grown):
            self.trial.problem(f"{table.name}: {problem}")
        if _frame(sheet.root) != _frame(new.root):
            difference = comparison.first_difference(_frame(sheet.root), _frame(new.root))
            self.trial.problem(f"{table.name}: changed around the rows: {difference}")
        if self._part(self.trial.path, table, sheet) != self._part(copy, table, sheet):
            self.trial.problem(f"{table.name}: its part changed")
        if not new.in_order or new.odd_rows != sheet.odd_rows:
            self.trial.problem(f"{table.name}: rows or cells out of order")

    def _cells(
        self, old: SheetFacts, new: SheetFacts, table: TableFacts, grown: int
    ) -> Iterator[str]:
        """Yield what became of cells that should have stayed, or moved with the totals."""
        last = table.box[2]
        totals = (last, table.box[1], last, table.box[3]) if table.totals else None
        for place, cell in old.cells.items():
            goal = place
            if totals and grown and _within(place, totals):
                goal = (place[0] + grown, place[1])
            now = new.cells.get(goal)
            was_blank = not len(cell)
            if now is None or (not was_blank and _bare(cell) != _bare(now)):
                shown = etree.tostring(now) if now is not None else None
                yield f"{cell_name(*place)}: {etree.tostring(cell)!r} became {shown!r}"
        written = sum(
            any(text.startswith("新") for text in cell.itertext()) for cell in new.cells.values()
        ) - sum(
            any(text.startswith("新") for text in cell.itertext()) for cell in old.cells.values()
        )
        wanted = _ROWS * (len(table.columns) - len(table.calculated))
        if written != wanted:
            yield f"{written} of {wanted} cells written"
        for position in table.calculated:
            for row in range(last - table.totals + 1, last - table.totals + 1 + grown):
                cell = new.cells.get((row, table.box[1] + position))
                if cell is None or not any(local(each) == "f" for each in cell):
                    yield f"no formula in {cell_name(row, table.box[1] + position)}"

    def _ends_formula(self, sheet: SheetFacts, table: TableFacts, grown: int) -> bool:
        """Say whether a cell that held a formula holds none now: the totals moved away."""
        if not table.totals or not grown:
            return False
        return any(
            local(each) == "f"
            for position in range(len(table.columns))
            if position not in table.calculated
            for each in sheet.cells.get((table.box[2], table.box[1] + position), ())
        )

    def _part(self, path, table: TableFacts, sheet: SheetFacts) -> bytes:
        """Return a table's part without its ranges."""
        with zipfile.ZipFile(path) as archive:
            root = etree.fromstring(archive.read(table.part))
        for element in root.iter():
            if local(element) in ("table", "autoFilter", "sortState", "sortCondition"):
                element.attrib.pop("ref", None)
                element.attrib.pop("insertRow", None)
        return etree.tostring(root, method="c14n")


def _marked(sheet: SheetFacts) -> int:
    """Return how many cells begin like those that were appended."""
    return sum(
        any(text.startswith("新") for text in cell.itertext()) for cell in sheet.cells.values()
    )


def _within(place: Place, box: Box) -> bool:
    return box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]


def _bare(cell: etree._Element) -> tuple[object, ...]:
    """Return what a cell says, its address left out."""
    given = {name: value for name, value in cell.attrib.items() if name != "r"}
    return given, b"".join(etree.tostring(each, method="c14n", with_tail=False) for each in cell)


def _frame(root: etree._Element) -> bytes:
    """Return a sheet without its rows, and without the ranges that may grow with a table."""
    root = etree.fromstring(etree.tostring(root))
    for element in list(named(root, "row")):
        comparison.drop(element)
    for element in list(named(root, "dimension")):
        comparison.drop(element)
    for element in root.iter():
        if local(element) in _RANGES:
            element.attrib.pop("sqref", None)
            if local(element) == "sqref":
                element.text = None
        if local(element) == "sheetData":
            element.text = None
    return etree.tostring(root, method="c14n")
