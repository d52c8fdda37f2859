"""Writes typed rows back: every workbook opened once, saved once, only cells that differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sheetsales.errors import ConflictError, WorkbookBusyError
from sheetsales.locale.conversion import to_simplified
from sheetsales.store import Signature, StoreFolder, save_books
from sheetsales.store.live import LiveWorkbook
from sheetsales.store.owners import owner_of
from sheetsales.store.transaction import Terms, save_source
from sheetsales.tables import (
    build_frame,
    cell_values,
    extended_enumerations,
    reference_labels,
    row_keys,
)

if TYPE_CHECKING:
    from sheetsales.schema import Enumeration, Table
    from sheetsales.store import Workbook
    from sheetsales.store.table import Table as StoreTable
    from sheetsales.tables import TableData
    from sheetsales.workspace.folder import Workspace

Rows = Iterable[Mapping[str, object]]


class Writer:
    """Collects edits of a workspace's workbooks and saves them together.

    Args:
        workspace: its tables as read are what changes are measured against.
        command: the command that writes, for the journal.
    """

    def __init__(self, workspace: Workspace, command: str = "") -> None:
        self._workspace = workspace
        self._command = command
        self._books: dict[Path, Workbook] = {}
        self._extra_labels: dict[str, dict[str, str]] = defaultdict(dict)
        self._labels_by_locale: dict[str, Mapping[str, Mapping[str, str]]] = {}
        self.changed: dict[str, int] = defaultdict(int)
        """How many cells were changed, by table."""

    def book(self, path: Path) -> Workbook:
        """Return a workbook, opened now or before."""
        if path not in self._books:
            self._books[path] = self._workspace.open_book(path)
        return self._books[path]

    @property
    def books(self) -> list[Workbook]:
        """The workbooks opened so far."""
        return list(self._books.values())

    def save(self) -> list[Path]:
        """Save the workbooks that were changed, all or none; return them in name order.

        Raises:
            WorkbookQueuedError: somebody has one of them open; all the changes wait.
            ConflictError: somebody changed the same cells since they were read.
            WorkbookError: they could not be written; all are as they were.
        """
        try:
            return self._save(self._changed())
        finally:
            self.close()

    def save_apart(self) -> tuple[list[Path], list[WorkbookBusyError]]:
        """Save the workbooks that nobody has open; the changes to each of the others wait.

        Returns:
            The saved ones in name order, and why each of the others waits.

        Raises:
            ConflictError: somebody changed the same cells since they were read.
            WorkbookError: they could not be written; those that were to be saved are as they were.
        """
        changed = self._changed()
        open_ones = [path for path in changed if self._is_elsewhere(path)]
        closed = [path for path in changed if path not in open_ones]
        saved: list[Path] = []
        busy: list[WorkbookBusyError] = []
        try:
            for paths in (closed, *([path] for path in open_ones)):
                try:
                    saved += self._save(paths)
                except WorkbookBusyError as error:
                    busy.append(error)
        finally:
            self.close()
        return saved, busy

    def save_refreshed(self) -> tuple[list[Path], list[WorkbookBusyError]]:
        """Save lists and figures, each workbook for itself; what cannot be done now is left.

        Nothing waits: it is all computed anew next time.

        Returns:
            The saved ones in name order, and why each of the others was left.

        Raises:
            WorkbookError: one could not be written.
        """
        saved: list[Path] = []
        busy: list[WorkbookBusyError] = []
        try:
            for path in self._changed():
                try:
                    self._save_refreshed(path)
                    saved.append(path)
                except WorkbookBusyError as error:
                    busy.append(error)
                except ConflictError:
                    busy.append(WorkbookBusyError("workbook-changed", book=path.name))
        finally:
            self.close()
        return saved, busy

    def _changed(self) -> list[Path]:
        return [path for path, book in sorted(self._books.items()) if book.is_changed]

    def _is_elsewhere(self, path: Path) -> bool:
        """Whether somebody has a workbook open out of this process's reach."""
        return path not in self._workspace.live and owner_of(path) is not None

    def _save(self, paths: list[Path]) -> list[Path]:
        if paths:
            StoreFolder(self._workspace.folder).made()
            signature = Signature.default(self._command)
            sealed = self._workspace.is_personal
            books = [self._books[path] for path in paths]
            files = [book for book in books if not isinstance(book, LiveWorkbook)]
            live = [book for book in books if isinstance(book, LiveWorkbook)]
            # What somebody typed meanwhile is found before the files are written.
            for book in live:
                book.refuse_changed()
            save_books(files, signature=signature, sealed=sealed)
            for book in live:
                book.save(signature=signature, sealed=sealed)
        return paths

    def _save_refreshed(self, path: Path) -> None:
        StoreFolder(self._workspace.folder).made()
        signature = Signature.default(self._command)
        book = self._books[path]
        if isinstance(book, LiveWorkbook):
            book.save(signature=signature, is_refresh=True)
        else:
            save_source(book, Terms(signature, queue=False, kind="refresh"))

    def forget(self, path: Path) -> None:
        """Let go of one workbook without saving it."""
        del self._books[path]

    def close(self) -> None:
        """Let go of the workbooks without saving."""
        self._books.clear()

    def add_labels(self, rows: Mapping[str, Rows]) -> None:
        """Make known the labels of rows that are about to be added, for references to them."""
        self._labels_by_locale.clear()
        for name, added in rows.items():
            table = self._workspace.regulation.tables[name]
            if table.label_field is None:
                continue
            for row in added:
                key, label = row.get(table.primary_key[0]), row.get(table.label_field)
                if key and label:
                    self._extra_labels[name][str(key)] = str(label)

    def append(self, name: str, rows: Rows) -> None:
        """Add rows of Python values to a table of the main book."""
        frame = build_frame(self._workspace.tables[name].table, rows)
        self.append_cells(name, self.cells(name, frame))

    def cells(self, name: str, frame: pd.DataFrame) -> list[dict[str, object]]:
        """Return typed rows as cell values of the main book of a table."""
        return self._cells(self._workspace.tables[name].table, frame, number=0)

    def append_cells(self, name: str, cells: Iterable[Mapping[str, object]]) -> None:
        """Add rows of cell values to a table of the main book."""
        given = [
            {field: value for field, value in row.items() if value is not None} for row in cells
        ]
        if given:
            self._open_table(self._workspace.tables[name], 0).append(given)
            self.changed[name] += sum(map(len, given))

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Write the values of rows that exist; cells that hold them already stay untouched.

        Args:
            name: table.
            frame: the primary key and the fields to write; rows unknown to the table are ignored.
        """
        data = self._workspace.tables[name]
        fields = [field for field in frame.columns if field not in data.table.primary_key]
        self.write_rows(name, _differing(data, frame, fields))

    def write_rows(self, name: str, wanted: Mapping[int, Mapping[str, object]]) -> None:
        """Write typed values of rows given by their position.

        Args:
            name: table.
            wanted: values by field, by position.
        """
        data = self._workspace.tables[name]
        for number, rows in _by_book(data, wanted).items():
            frame = build_frame(data.table, rows.values())
            cells = self._cells(data.table, frame, number)
            changes = {
                int(data.excel_rows[position]): {field: row[field] for field in fields}
                for (position, fields), row in zip(rows.items(), cells, strict=True)
            }
            self.write_cells(name, number, changes)

    def write_cells(
        self, name: str, number: int, changes: Mapping[int, Mapping[str, object]]
    ) -> None:
        """Write cell values of one of a table's books, by Excel row and field."""
        self._open_table(self._workspace.tables[name], number).update_rows(changes)
        self.changed[name] += sum(map(len, changes.values()))

    def _cells(self, table: Table, frame: pd.DataFrame, number: int) -> list[dict[str, object]]:
        data = self._workspace.tables[table.name]
        locale = data.books[number].locale if data.books else self._workspace.locale
        return cell_values(
            table,
            frame,
            enumerations=self.enumerations,
            labels=self.labels(locale),
            locale=locale,
            simplify=to_simplified,
        )

    @property
    def enumerations(self) -> Mapping[str, Enumeration]:
        """All enumerations, the company's own options included."""
        return extended_enumerations(self._workspace.regulation, self._workspace.frames["enum"])

    def labels(self, locale: str) -> Mapping[str, Mapping[str, str]]:
        """Return the labels behind the keys of all rows, by table, in a locale."""
        if locale not in self._labels_by_locale:
            known = reference_labels(
                self._workspace.regulation, self._workspace.tables, locale, to_simplified
            )
            self._labels_by_locale[locale] = {
                name: {**known.get(name, {}), **self._extra_labels.get(name, {})}
                for name in {*known, *self._extra_labels}
            }
        return self._labels_by_locale[locale]

    def _open_table(self, data: TableData, number: int) -> StoreTable:
        bound = data.books[number]
        book = self.book(self._workspace.path_of(bound.book))
        return book.table(
            data.table.name, columns=dict(bound.headers), key=list(data.table.primary_key)
        )


def _differing(
    data: TableData, frame: pd.DataFrame, fields: list[str]
) -> dict[int, dict[str, object]]:
    """Return position → field → value for the cells whose value is not the wanted one."""
    wanted = build_frame(data.table, _records(frame))
    positions = {key: position for position, key in enumerate(data.keys()) if key}
    found: dict[int, dict[str, object]] = defaultdict(dict)
    keys = row_keys(data.table, wanted)
    for field in fields:
        rejected = data.rejected.get(field, {})
        present = data.frame[field].tolist()
        for key, value in zip(keys, wanted[field].tolist(), strict=True):
            position = positions.get(key)
            if (
                position is None
                or field not in data.books[int(data.book_numbers[position])].columns
            ):
                continue
            if position in rejected or not _same(present[position], value):
                found[position][field] = value
    return found


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    names = [str(name) for name in frame.columns]
    columns = [frame[name].tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _same(one: object, other: object) -> bool:
    if _is_blank(one) or _is_blank(other):
        return _is_blank(one) and _is_blank(other)
    return one == other


def _is_blank(value: object) -> bool:
    missing = value is None or value is pd.NA or value is pd.NaT
    return missing or value != value  # noqa: PLR0124 - NaN


def _by_book(
    data: TableData, wanted: Mapping[int, Mapping[str, object]]
) -> dict[int, dict[int, Mapping[str, object]]]:
    found: dict[int, dict[int, Mapping[str, object]]] = defaultdict(dict)
    for position, fields in sorted(wanted.items()):
        found[int(data.book_numbers[position])][position] = fields
    return found
