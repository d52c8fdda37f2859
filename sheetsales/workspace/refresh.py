"""Refreshes what the engine owns on the sheets 總覽, 檢核 and ``_lists`` of the workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.locale.conversion import to_simplified
from sheetsales.locale.messages import Messages
from sheetsales.problems import Place
from sheetsales.store import Formula
from sheetsales.tables import column_letters
from sheetsales.tables.headers import bind_headers
from sheetsales.workbooks.content import Content
from sheetsales.workbooks.layout import (
    EXPLANATION,
    FIELD_ROW,
    LISTS_SHEET,
    META_SHEET,
    OVERVIEW,
    OVERVIEW_SHEET,
    PROBLEM,
    SEVERITY,
)
from sheetsales.workbooks.lists import list_entries, list_title, lists_of
from sheetsales.workbooks.overview import overview_places
from sheetsales.workbooks.overview.cells import Snapshot, layout_mark, overview_values
from sheetsales.workbooks.wording import Wording, escaped_header

if TYPE_CHECKING:
    from sheetsales.problems import Problem
    from sheetsales.schema import Table
    from sheetsales.store import RawTable, Workbook
    from sheetsales.tables import Frames
    from sheetsales.workspace.folder import Workspace

_LINK_SIGN = "→"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation: a step, or a cell that a step reads."""

    step: str
    value: str = ""
    weight: str = ""
    formula: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True)
class BookSheets:
    """The engine's own sheets of one workbook.

    Attributes:
        workspace: what they show.
        stem: which of the standard workbooks it is.
        path: its file; a part of a spread book shows its own rows only.
        book: the file, open for editing.
    """

    workspace: Workspace
    stem: str
    path: Path
    book: Workbook

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """The entries of the hidden sheet ``_meta``."""
        if META_SHEET not in self.book.sheets:
            return {}
        sheet, found = self.book.sheet(META_SHEET), {}
        row = 1
        while (key := sheet.get(f"A{row}")) not in (None, ""):
            found[str(key)] = str(sheet.get(f"B{row}"))
            row += 1
        return found

    @cached_property
    def content(self) -> Content:
        """All rows, in the words of this workbook."""
        locale = self.meta.get("locale", self.workspace.locale)
        return Content(Wording(self.workspace.regulation, locale), self.workspace.frames)

    def refresh_field_names(self) -> int:
        """Bring the hidden row of field names up to date; return how many cells changed.

        It says which column is which where people re-worded a header, so it must follow columns
        that they moved or inserted.
        """
        before = self._count()
        for table in self.workspace.regulation.of_workbook(self.stem):
            for raw, bound in zip(
                self.workspace.raws[table.name],
                self.workspace.tables[table.name].books,
                strict=True,
            ):
                if bound.book == self.path.name and raw.first_row > FIELD_ROW + 1:
                    self._write_field_names(raw, {at: name for name, at in bound.columns.items()})
        return self._count() - before

    def _write_field_names(self, raw: RawTable, names: Mapping[int, str]) -> None:
        sheet, row = self.book.sheet(raw.sheet), raw.first_row - 2
        for column, known in enumerate(raw.field_row, start=raw.first_column):
            wanted = names.get(column, "")
            if known.strip() != wanted:
                sheet.set(f"{column_letters(column)}{row}", wanted or None)

    def mend_buttons(self) -> int:
        """Give buttons their macros back that LibreOffice cut off; return on how many sheets."""
        return self.book.mend_buttons()

    def refresh_lists(self) -> int:
        """Bring the drop-down lists up to date; return how many cells changed."""
        if LISTS_SHEET not in self.book.sheets:
            return 0
        before = self._count()
        sheet = self.book.sheet(LISTS_SHEET)
        for one in lists_of(self.workspace.regulation, self.stem):
            column = self.meta.get(one.defined_name)
            if column is None:
                continue
            entries = [list_title(one, self.content.wording), *list_entries(one, self.content)]
            row = 1
            while row <= len(entries) or sheet.get(f"{column}{row}") not in (None, ""):
                wanted = entries[row - 1] if row <= len(entries) else None
                if (sheet.get(f"{column}{row}") or None) != wanted:
                    sheet.set(f"{column}{row}", wanted)
                row += 1
        return self._count() - before

    def refresh_overview(self, as_of: date, problems: Iterable[Problem]) -> int:
        """Bring the figures of 總覽 up to date; return how many cells changed.

        A sheet whose layout is not the one that this program writes, or on which people moved
        cells about, is left alone.
        """
        name = self.content.wording.title(OVERVIEW_SHEET)
        places = overview_places(self.stem, self.content.wording)
        findings = [(problem.place.sheet, problem.severity) for problem in problems]
        snapshot = Snapshot(self.content, as_of, self._own_frames(), findings)
        values = overview_values(places, snapshot)
        if name not in self.book.sheets or self.meta.get("overview") != layout_mark(values):
            return 0
        sheet = self.book.sheet(name)
        if any(cell.formula and sheet.formula(cell.address) is None for cell in values.cells):
            return 0
        before = self._count()
        for cell in values.cells:
            value = cell.value
            if cell.formula and not isinstance(value, date):
                sheet.set(cell.address, Formula(self._in_todays_words(cell.formula), value))
            else:
                sheet.set(cell.address, value)
        if OVERVIEW.name in self.book.tables:
            self._replace(OVERVIEW, values.rows)
        return self._count() - before

    def _in_todays_words(self, formula: str) -> str:
        """Return a formula with the headers that this file has; people may have re-worded some."""
        for table, old, new in self._reworded:
            for form in ("[{}]", "[[#Headers],[{}]]"):
                formula = formula.replace(table + form.format(old), table + form.format(new))
        return formula

    @cached_property
    def _reworded(self) -> tuple[tuple[str, str, str], ...]:
        """Table, standard header and this file's header of the columns that people re-worded."""
        known = self.content.wording
        return tuple(
            (name, escaped_header(standard), escaped_header(header))
            for name, headers in self._headers.items()
            for field, header in headers.items()
            if header != (standard := known.header(known.tables[name].by_name[field]))
        )

    @cached_property
    def _headers(self) -> Mapping[str, Mapping[str, str]]:
        """Headers by field of this file's Tables, the engine's own included."""
        regulation = self.workspace.regulation
        found = {
            table.name: bound.headers
            for table in regulation.of_workbook(self.stem)
            for bound in self.workspace.tables[table.name].books
            if bound.book == self.path.name
        }
        for table in (PROBLEM, EXPLANATION, OVERVIEW):
            if table.name in self.book.tables:
                raw = self.book.table(table.name).read()
                found[table.name] = bind_headers(table, raw, to_simplified).headers
        return found

    def refresh_problems(self, problems: Iterable[Problem]) -> int:
        """Rewrite the list of problems on 檢核; return how many cells changed."""
        if PROBLEM.name not in self.book.tables:
            return 0
        before = self._count()
        wording = self.content.wording
        messages = Messages.load(wording.locale)
        records = [_record(problem, wording, messages) for problem in problems]
        self._replace(PROBLEM, records)
        return self._count() - before

    def refresh_explanation(self, lines: Iterable[Line]) -> int:
        """Rewrite the explanation of a score on 說明; return how many cells changed."""
        if EXPLANATION.name not in self.book.tables:
            return 0
        before = self._count()
        self._replace(EXPLANATION, [self._line_record(line) for line in lines])
        return self._count() - before

    def _line_record(self, line: Line) -> dict[str, object]:
        book = "" if line.place.book == self.path.name else line.place.book
        return {
            "step": line.step,
            "value": line.value,
            "weight": line.weight,
            "formula": line.formula,
            "place": str(line.place),
            "link": _link(line.place.sheet, line.place.cell, book),
        }

    def _replace(self, table: Table, records: Iterable[Mapping[str, object]]) -> None:
        """Rewrite a Table of the engine, in the columns that people left of it."""
        headers = self._headers[table.name]
        self.book.table(table.name, columns=headers).replace(
            {field: value for field, value in record.items() if field in headers}
            for record in records
        )

    def _own_frames(self) -> Frames | None:
        """Return the rows of this file alone where tables are spread over several."""
        if len(self.workspace.books[self.stem]) == 1:
            return None
        frames = dict(self.workspace.frames)
        for table in self.workspace.regulation.of_workbook(self.stem):
            data = self.workspace.tables[table.name]
            numbers = [i for i, bound in enumerate(data.books) if bound.book == self.path.name]
            kept = [number in numbers for number in data.book_numbers]
            frames[table.name] = data.frame[kept].reset_index(drop=True)
        return frames

    def _count(self) -> int:
        return self.book.pending_cells


def _record(problem: Problem, wording: Wording, messages: Messages) -> dict[str, object]:
    what, why, todo = messages.problem_texts(problem)
    table = wording.tables[problem.table]
    field = table.by_name.get(problem.field)
    place = problem.place
    severity = next(option for option in SEVERITY.options if option.code == problem.severity)
    return {
        "severity": wording.title(severity.label),
        "code": problem.code,
        "sheet": place.sheet,
        "cell": place.cell,
        "key": problem.key,
        "field": wording.header(field) if field else "",
        "message": what,
        "why": why,
        "fix": todo,
        "link": _link(place.sheet, place.cell),
    }


def _link(sheet: str, cell: str, book: str = "") -> Formula | None:
    """Return a formula that jumps to the cell, perhaps of another workbook beside this one.

    Quotes in the sheet's name are doubled.
    """
    if not (sheet and cell):
        return None
    target = f"{book}#'{sheet.replace(chr(39), chr(39) * 2)}'!{cell}".replace('"', '""')
    return Formula(f'HYPERLINK("{target}","{_LINK_SIGN}")', _LINK_SIGN)
