"""One workbook on trial: cells are set, rows appended, and every promise checked."""

from __future__ import annotations

import math
import random
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from lxml import etree

from sheetsales.errors import SheetsalesError
from sheetsales.store import Formula, Workbook
from sheetsales.store.ranges import cell_name
from tests.store.corpus import comparison, refusals
from tests.store.corpus.facts import (
    BookFacts,
    Place,
    SheetFacts,
    UnreadableError,
    local,
    read_facts,
)

VALUES: tuple[object, ...] = (
    4242.5,
    "改過的文字",
    True,
    date(2024, 2, 29),
    '=1+1 & <b> "q" _x0041_',
    Decimal("0.1"),
    datetime(2031, 5, 6, 7, 8, 9),  # noqa: DTZ001  # workbooks have no zones
    "  two\nlines ",
    7,
    "00123",
    None,
    "＠home",
    Formula("1+1", 2),
)
_MOST_SHEETS = 6
_SPRAWL = 50_000_000
_WHOLE = ("sheet-protected", "book-signed", "book-shared", "book-sheets-twice")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


@dataclass
class Outcome:
    """What became of one workbook."""

    name: str
    stage: str = ""
    refused: str = ""
    edits: int = 0
    appended: int = 0
    untouched: int = 0
    sheets: int = 0
    reopened: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


Reopen = Callable[[Path], None]
"""Opens a workbook with another program's reader, or raises."""


class Trial:
    """Edits copies of one workbook.

    Args:
        path: the workbook; it is only read.
        folder: an empty folder for the copies.
        readers: other readers by name, which must open the result if they open the original.
        report: told each stage before it begins.
    """

    def __init__(
        self,
        path: Path,
        folder: Path,
        readers: dict[str, Reopen],
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.path = path
        self.folder = folder
        self.readers = readers
        self.report = report
        self.outcome = Outcome(str(path))
        self.facts: BookFacts | None = None
        self.random = random.Random(path.name)

    def run(self) -> Outcome:
        """Do it all; a crash is one of the problems."""
        try:
            self._run()
        except SheetsalesError as error:
            self.problem(f"unexpected refusal at {self.outcome.stage}: {error}")
        return self.outcome

    def _run(self) -> None:
        self.stage("facts")
        try:
            facts: BookFacts | None = read_facts(self.path)
        except UnreadableError as error:
            facts, why = None, str(error)
        self.stage("open")
        refused = self._opens()
        if refused is not None:
            self.outcome.refused = refused.code
            if not refusals.opening_is_right(self.path, refused, facts):
                self.problem(f"opening refused without cause: {refused}")
            return
        if facts is None:
            self.stage(f"opened, but: {why}")
            return
        self.facts = facts
        self._edit_cells(facts)
        self._overwrite_formula(facts)

    def _opens(self) -> SheetsalesError | None:
        try:
            with Workbook.open(self.path) as book:
                _ = book.sheets, book.tables
        except SheetsalesError as error:
            return error
        return None

    def _edit_cells(self, facts: BookFacts) -> None:
        self.stage("set")
        copy = self.copied("set")
        wanted: dict[str, dict[Place, object]] = {}
        with self.opened(copy) as book:
            for sheet in self._chosen(facts.sheets):
                done = self._set_all(book, facts, sheet)
                if done:
                    wanted[sheet.name] = done
            if not wanted:
                return
            self.stage("save")
            if not self.saved(book):
                return
        self.check(facts, copy, wanted)

    def _set_all(self, book: Workbook, facts: BookFacts, sheet: SheetFacts) -> dict[Place, object]:
        done: dict[Place, object] = {}
        for place in self._targets(sheet):
            value = self.random.choice(VALUES)
            expected = refusals.of_cell(facts, sheet, place)
            where = f"{sheet.name}!{cell_name(*place)}"
            try:
                book.sheet(sheet.name).set(cell_name(*place), value)
            except SheetsalesError as error:
                self.outcome.refusals[error.code] += 1
                if error.code not in expected and not refusals.is_borne_out(
                    error.code, facts, sheet, place, value
                ):
                    self.problem(f"{where} refused without cause: {error}")
                if error.code in _WHOLE:
                    return done
                continue
            if expected:
                self.problem(f"{where} accepted, should be {sorted(expected)}")
            done[place] = value
        return done

    def _overwrite_formula(self, facts: BookFacts) -> None:
        """Put a number in place of a formula, so that the calculation chain has to go."""
        places = [
            (sheet, place)
            for sheet in facts.sheets
            for place, cell in sheet.cells.items()
            if any(local(each) == "f" and not each.get("t") for each in cell)
            and not refusals.of_cell(facts, sheet, place)
        ]
        if not places:
            return
        self.stage("formula")
        sheet, place = self.random.choice(places)
        copy = self.copied("formula")
        with self.opened(copy) as book:
            book.sheet(sheet.name).set(cell_name(*place), 4242.5)
            if not self.saved(book):
                return
        self.check(facts, copy, {sheet.name: {place: 4242.5}}, ends_formula=True)

    def _chosen(self, sheets: list[SheetFacts]) -> list[SheetFacts]:
        return sheets if len(sheets) <= _MOST_SHEETS else self.random.sample(sheets, _MOST_SHEETS)

    def _targets(self, sheet: SheetFacts) -> Iterator[Place]:
        """Yield cells of every kind, some of which may not be written."""
        found: list[Place] = []
        constants = [
            place
            for place, cell in sheet.cells.items()
            if len(cell) and not any(local(each) == "f" for each in cell)
        ]
        found += self.random.sample(constants, min(3, len(constants)))
        found += self.random.sample(list(sheet.cells), min(2, len(sheet.cells)))
        rows = list(sheet.rows)
        for row in self.random.sample(rows, min(2, len(rows))):
            last = max((column for number, column in sheet.cells if number == row), default=0)
            found.append((row, min(last + self.random.randint(1, 3), _LAST_COLUMN)))
            found.append((row, self.random.randint(1, last + 1)))
        bottom = max(rows, default=0)
        found.append((min(bottom + self.random.randint(1, 4), _LAST_ROW), 2))
        found.append((self.random.randint(1, max(1, bottom)), 1))
        for box in (*sheet.merged[:2], *sheet.arrays[:2], *sheet.pivots[:2]):
            found.append((self.random.randint(box[0], box[2]), self.random.randint(box[1], box[3])))
        for table in sheet.tables[:3]:
            box = table.box
            column = self.random.randint(box[1], box[3])
            found += [(box[0], column), (box[2], column)]
        shared = [
            place
            for place, cell in sheet.cells.items()
            if any(local(each) == "f" and each.get("t") == "shared" for each in cell)
        ]
        found += self.random.sample(shared, min(1, len(shared)))
        yield from dict.fromkeys(found)

    # What the other trials of the same workbook use too.

    def copied(self, name: str) -> Path:
        """Return a copy of the workbook in a folder of its own."""
        folder = self.folder / name
        folder.mkdir()
        return Path(shutil.copyfile(self.path, folder / self.path.name))

    def opened(self, copy: Path) -> Workbook:
        """Return a copy, open."""
        return Workbook.open(copy, history=copy.parent / "history")

    def saved(self, book: Workbook) -> bool:
        """Save, unless that is rightly refused because another member is damaged."""
        try:
            book.save()
        except SheetsalesError as error:
            self.outcome.refusals[f"save: {error.code}"] += 1
            if error.code != "workbook-broken" or not refusals.is_damaged(self.path):
                self.problem(f"not saved at {self.outcome.stage}: {error}")
            return False
        return True

    def check(
        self,
        facts: BookFacts,
        copy: Path,
        wanted: dict[str, dict[Place, object]],
        *,
        ends_formula: bool = False,
    ) -> None:
        """Compare a saved copy with the original."""
        self.stage("check")
        by_name = {sheet.name: sheet for sheet in facts.sheets}
        touched = {by_name[name].part for name in wanted} | {facts.workbook}
        touched |= {facts.styles} if facts.styles else set()
        had_formula = ends_formula or any(
            any(local(each) == "f" for each in by_name[name].cells.get(place, ()))
            for name, places in wanted.items()
            for place, value in places.items()
            if not isinstance(value, Formula)
        )
        removed = set()
        if had_formula and facts.calc_chain:
            removed = {facts.calc_chain}
            touched |= self.chain_parts(facts)
        for problem in comparison.lost_members(self.path, copy, touched, removed):
            self.problem(problem)
        self.outcome.untouched += self._member_count() - len(touched | removed)
        after = read_facts(copy)
        styles = self._styles(facts, self.path), self._styles(after, copy)
        for sheet in after.sheets:
            if sheet.name in wanted:
                self._check_sheet(facts, by_name[sheet.name], sheet, wanted[sheet.name], styles)
        self.reopen(copy)

    def _check_sheet(
        self,
        facts: BookFacts,
        old: SheetFacts,
        new: SheetFacts,
        wanted: dict[Place, object],
        styles: tuple[etree._Element | None, etree._Element | None],
    ) -> None:
        self.outcome.sheets += 1
        self.outcome.edits += len(wanted)
        before = comparison.outside(old.root, wanted, old.rows)
        after = comparison.outside(new.root, wanted, old.rows)
        if before != after:
            difference = comparison.first_difference(before, after)
            self.problem(f"{old.name}: changed outside the edited cells: {difference}")
        if not new.in_order or new.odd_rows != old.odd_rows:
            self.problem(f"{old.name}: rows or cells out of order")
        for place, value in wanted.items():
            where = f"{old.name}!{cell_name(*place)}"
            cell = new.cells.get(place)
            is_kept = value is None and _is_blank_text(cell, facts)
            if not is_kept and not comparison.holds(cell, value, date1904=facts.date1904):
                shown = etree.tostring(cell) if cell is not None else None
                self.problem(f"{where}: does not hold {value!r}: {shown!r}")
            if place in old.cells and cell is not None:
                if not _is_clean(old.cells[place], cell):
                    self.problem(f"{where}: keeps what belonged to its old value: {cell.attrib}")
                numbers = old.cells[place].get("s", "0"), cell.get("s", "0")
                if numbers[0] != numbers[1] and not comparison.style_kept(
                    (styles[0], numbers[0]), (styles[1], numbers[1])
                ):
                    self.problem(f"{where}: style {numbers[0]} became {numbers[1]}")

    def reopen(self, copy: Path) -> None:
        """Open with the other readers whatever they opened before."""
        for name, reader in self.readers.items():
            self.stage(f"{name}: original")
            try:
                reader(self.path)
            except Exception:  # noqa: BLE001  # a reader that cannot read the original
                continue
            self.stage(f"{name}: result")
            try:
                reader(copy)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is new
                if not _sprawls(copy):
                    self.problem(f"{name} no longer opens it: {type(error).__name__}: {error}")
            else:
                self.outcome.reopened[name] += 1

    def chain_parts(self, facts: BookFacts) -> set[str]:
        """Return the parts that name the calculation chain."""
        folder, _, name = facts.workbook.rpartition("/")
        relations = f"{folder}/_rels/{name}.rels".lstrip("/").casefold()
        with zipfile.ZipFile(self.path) as archive:
            return {
                each
                for each in archive.namelist()
                if each.casefold() in (relations, "[content_types].xml")
            }

    def _member_count(self) -> int:
        with zipfile.ZipFile(self.path) as archive:
            return len(archive.namelist())

    def _styles(self, facts: BookFacts, path: Path) -> etree._Element | None:
        if facts.styles is None:
            return None
        with zipfile.ZipFile(path) as archive:
            return etree.fromstring(archive.read(facts.styles))

    def stage(self, stage: str) -> None:
        """Say what comes next."""
        self.outcome.stage = stage
        self.report(stage)

    def problem(self, text: str) -> None:
        """Note what is wrong."""
        self.outcome.problems.append(text)


def _is_blank_text(cell: etree._Element | None, facts: BookFacts) -> bool:
    """Say whether a cell holds an empty shared text, which is as good as nothing."""
    if cell is None or cell.get("t") != "s":
        return False
    return "".join(cell.itertext()).strip() in facts.blank_texts


def _sprawls(path: Path) -> bool:
    """Say whether a sheet's cells lie so far apart that a reader asks for room for all between."""
    for sheet in read_facts(path).sheets:
        spans = [max(numbers) - min(numbers) + 1 for numbers in zip(*sheet.cells, strict=True)]
        if math.prod(spans) > _SPRAWL:
            return True
    return False


def _is_clean(old: etree._Element, new: etree._Element) -> bool:
    """Say whether a cell is as it was, or rid of rich values, metadata and phonetic marks."""
    same = etree.tostring(old, method="c14n") == etree.tostring(new, method="c14n")
    return same or not {"vm", "cm", "ph"} & set(map(str, new.attrib))
