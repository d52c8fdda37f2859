"""Workbooks that are open in Excel or LibreOffice: what people typed and did not save yet counts.

A live workbook is read from a copy that its application writes of what it holds right now, by the
same code that reads files, so that Tables, types and errors mean the same. It is written through
the application, cell by cell, after every cell was compared with the copy. Saving is left to the
people who have it open.
"""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sheetsales.errors import WorkbookBusyError, WorkbookError
from sheetsales.store import system
from sheetsales.store.folders import StoreFolder
from sheetsales.store.journal import Journal
from sheetsales.store.live_cells import LiveCells
from sheetsales.store.plan import CellChange, Plan, RowChange
from sheetsales.store.records import Record, Sealed, Signature
from sheetsales.store.recovery import note_abort
from sheetsales.store.values import Formula
from sheetsales.store.workbook import Workbook

if TYPE_CHECKING:
    from types import TracebackType

    import xlwings

VIA = "live"
"""How the journal calls the way into an open workbook."""
_LIBREOFFICE = "libreoffice"


class LiveBook:
    """A workbook in the application that has it open.

    As a context manager it removes its copy on leaving.

    Attributes:
        book: the workbook, as xlwings gives it.
        path: its file.
    """

    def __init__(self, book: xlwings.Book) -> None:
        self.book = book
        self.path = Path(book.fullname).resolve()
        self._folder = Path(tempfile.mkdtemp(prefix="sheetsales-"))
        self._copy: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def copy(self) -> Path:
        """A file of the same name that holds what the application holds, unsaved values included.

        Raises:
            WorkbookError: ``live-unsaved``, this application writes no copies and the workbook has
                unsaved changes.
        """
        if self._copy is None:
            # A new folder each time: an application may still hold the copy before.
            folder = self._folder / secrets.token_hex(4)
            folder.mkdir()
            self._copy = folder / self.path.name
            _write_copy(self.book, self._copy, self.path)
        return self._copy

    def forget_copy(self) -> None:
        """Let the next reading see what people typed since."""
        self._copy = None

    def open(self) -> LiveWorkbook:
        """Return the workbook ready to be read and edited."""
        return LiveWorkbook(self)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep the picture still while cells are written, as one step that can be undone."""
        app = self.book.app
        shown = app.screen_updating
        app.screen_updating = False
        try:
            with _undo_step(self.book):
                yield
        finally:
            app.screen_updating = shown


class LiveWorkbook(Workbook):
    """An open workbook with the interface of `Workbook`; `save` writes into the application."""

    def __init__(self, live: LiveBook) -> None:
        self._live = live
        super().__init__(live.path, None)

    @property
    def _file(self) -> Path:
        return self._live.copy

    def save(
        self,
        *,
        signature: Signature | None = None,
        queue: bool = True,  # noqa: ARG002 - nothing waits: the workbook is at hand
        sealed: Sealed | None = None,
        is_refresh: bool = False,
    ) -> Plan:
        """Write all changes into the open workbook, or nothing; return what was written.

        The file is left to those who have it open. Formulas that stand in their cells already are
        left to the application.

        Args:
            signature: who writes, by which command; by default the user of this process.
            queue: without meaning here.
            sealed: as in `Workbook.save`.
            is_refresh: everything is computed, so that the journal keeps no values.

        Raises:
            ConflictError: somebody typed into the same cells in the meantime.
            WorkbookError: ``live-not-written``.
        """
        plan = self._without_standing_formulas()
        if not plan:
            return plan
        cells = LiveCells(self._live.book)
        cells.refuse_changed(plan)
        kept = replace(plan, rows=()) if is_refresh else plan.without_refreshes()
        with self._announced(kept, signature or Signature.default(), sealed):
            try:
                with self._live.writing():
                    cells.write(plan)
                    self._resize_tables()
            finally:
                self._live.forget_copy()
        self.reload()
        return plan

    def mend_buttons(self) -> int:
        """Return 0: buttons on a screen are the application's."""
        return 0

    def refuse_changed(self) -> None:
        """Look whether the cells to be written are still as they were read.

        Raises:
            ConflictError: somebody typed into them in the meantime.
        """
        LiveCells(self._live.book).refuse_changed(self._without_standing_formulas())

    def rebased(self) -> Self:
        """Return the workbook as it is on the screen now, with the changes merged in."""
        self._live.forget_copy()
        fresh = type(self)(self._live)
        fresh.apply(replace(self.changes, id=""))
        return fresh

    def _without_standing_formulas(self) -> Plan:
        plan = self.changes
        rows = [replace(row, cells=tuple(self._to_write(row))) for row in plan.rows]
        return replace(plan, rows=tuple(row for row in rows if row.cells))

    def _to_write(self, row: RowChange) -> Iterator[CellChange]:
        sheet = self.sheet(row.sheet)
        for cell in row.cells:
            stands = isinstance(cell.new, Formula) and sheet.formula(cell.cell) is not None
            if row.is_refresh or not stands:
                yield cell

    def _resize_tables(self) -> None:
        for name, rows in self._rows.items():
            if rows.is_changed:
                area, sheet = rows.part.ref, self._live.book.sheets[rows.part.sheet]
                corners = (
                    (area.first_row, area.first_column),
                    (rows.last_row + rows.part.totals_rows, area.last_column),
                )
                sheet.tables[name].resize(sheet.range(*corners))

    @contextmanager
    def _announced(self, kept: Plan, signature: Signature, sealed: Sealed | None) -> Iterator[None]:
        """Keep a record in the journal, which is taken back if nothing comes of it."""
        folder = StoreFolder.of(self.path)
        digest = system.digest_of(self.path) if self.path.exists() else ""
        record = Record.signed(
            "save" if kept else "refresh",
            signature,
            book=folder.name_of(self.path),
            via=VIA,
            before=digest,
            after=digest,
            plan=kept.to_json() if kept else None,
            plan_id=kept.id if kept else "",
        )
        appended = Journal(folder).append(record, sealed)
        is_written = False
        try:
            yield
            is_written = True
        finally:
            if not is_written:
                with suppress(OSError, WorkbookBusyError):
                    note_abort(folder, appended)


def _write_copy(book: xlwings.Book, copy: Path, path: Path) -> None:
    """Let the application write what it holds into a file."""
    if _is_libreoffice(book):
        from sheetsales.store.live_libreoffice import save_copy  # noqa: PLC0415 - needs UNO

        save_copy(book, copy)
    elif sys.platform == "darwin":
        # Excel for Mac has no command for a copy that leaves the workbook what it is.
        if not book.api.saved.get():
            raise WorkbookError("live-unsaved", book=path.name)
        shutil.copyfile(path, copy)
    else:
        book.api.SaveCopyAs(str(copy))


@contextmanager
def _undo_step(book: xlwings.Book) -> Iterator[None]:
    """Make one step of what is written; Excel forgets its steps whenever a program writes."""
    if _is_libreoffice(book):
        from sheetsales.store.live_libreoffice import undo_step  # noqa: PLC0415 - needs UNO

        with undo_step(book, "sheetsales"):
            yield
    else:
        yield


def _is_libreoffice(book: xlwings.Book) -> bool:
    return bool(book.app.engine.name == _LIBREOFFICE)
