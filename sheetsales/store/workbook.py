"""An Excel workbook, edited without loss: only what is changed is written anew."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from sheetsales.errors import ConflictError, WorkbookBusyError, WorkbookError
from sheetsales.store.applying import save_books, was_written
from sheetsales.store.cell_reading import CellBook
from sheetsales.store.current import BookView
from sheetsales.store.mending import mended_buttons
from sheetsales.store.merge import merge
from sheetsales.store.package import Package
from sheetsales.store.parts import BookParts, SheetPart
from sheetsales.store.plan import Plan
from sheetsales.store.putting import put_changes
from sheetsales.store.reading import BookValues
from sheetsales.store.recalculation import formula_cells, recalculation_changes
from sheetsales.store.records import Sealed, Signature
from sheetsales.store.repack import Change, write_package
from sheetsales.store.sheet import Sheet
from sheetsales.store.sheet_edit import SheetEdit
from sheetsales.store.styles import Styles
from sheetsales.store.table import Columns, Table
from sheetsales.store.table_part import TablePart, read_table_parts, resized
from sheetsales.store.table_rows import TableRows
from sheetsales.store.values import plain_value
from sheetsales.store.verify import check_package

_ID_SIZE = 8


class Workbook:
    """An open workbook: read it, ask for changes, save them all at once.

    Use `Workbook.open`; as a context manager it drops what was not saved. Reading shows the file
    as it was when it was opened or last saved.

    Attributes:
        path: the file, symbolic links followed.
        plan_id: what the changes are known by until they are saved.
    """

    def __init__(self, path: Path, history: Path | None) -> None:
        self.path = path
        self._history = history
        self._applied: set[str] = set()
        self._load()

    @classmethod
    def open(
        cls, path: Path | str, *, history: Path | str | None = None, digest: str | None = None
    ) -> Self:
        """Open a workbook.

        Args:
            path: any .xlsx, .xlsm, .xltx or .xltm file.
            history: folder that keeps the file as it was before each save; by default
                ``.sheetsales/history`` of the folder above that has one, else beside the book.
            digest: SHA-256 that the file must have (`RawTable.digest` of an earlier read).

        Raises:
            WorkbookError: the file is missing, no workbook, damaged or encrypted.
            WorkbookBusyError: ``workbook-changed`` if it is not the file of that digest.
        """
        book = cls(Path(path).resolve(), Path(history) if history is not None else None)
        if digest is not None and book.digest != digest:
            raise WorkbookBusyError("workbook-changed", book=book.name)
        return book

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._edits.clear()
        self._rows.clear()

    @property
    def name(self) -> str:
        """File name of the workbook."""
        return self.path.name

    @property
    def _file(self) -> Path:
        """The file to read."""
        return self.path

    @property
    def digest(self) -> str:
        """SHA-256 of the file as it was read."""
        return self._digest

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of its sheets, in order, chart sheets included."""
        return tuple(sheet.name for sheet in self._parts.sheets)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its Excel Tables, sheet by sheet."""
        return tuple(table.name for table in self._tables)

    def sheet(self, name: str) -> Sheet:
        """Return a worksheet by its name.

        Raises:
            WorkbookError: ``sheet-missing``, or ``sheet-kind`` for a chart sheet and the like.
        """
        part = next((each for each in self._parts.sheets if each.name == name), None) or next(
            (each for each in self._parts.sheets if each.name.casefold() == name.casefold()), None
        )
        if part is None:
            raise WorkbookError("sheet-missing", book=self.name, sheet=name)
        if part.kind != "worksheet":
            raise WorkbookError("sheet-kind", book=self.name, sheet=name, kind=part.kind)
        return Sheet(self._edit(part))

    def table(
        self,
        name: str,
        columns: Mapping[str, str] | None = None,
        key: Sequence[str] = (),
        key_of: Callable[[object], object] = plain_value,
    ) -> Table:
        """Return an Excel Table by its name.

        Args:
            name: as formulas use it; case does not count.
            columns: header by field name; without it the headers are the fields. Headers are
                compared after NFKC and trimming.
            key: fields whose values name a row in `Table.update`.
            key_of: turns the value of a key cell into the value that names the row.

        Raises:
            WorkbookError: ``book-table-missing``, ``table-column-missing`` or
                ``table-column-duplicate``.
        """
        folded = name.casefold()
        part = next((each for each in self._tables if each.name.casefold() == folded), None)
        if part is None:
            raise WorkbookError("book-table-missing", book=self.name, table=name)
        edit = self._edit(next(each for each in self._parts.sheets if each.name == part.sheet))
        if part.name not in self._rows:
            self._rows[part.name] = TableRows(part, edit)
        wanted = Columns(columns, tuple(key), key_of)
        return Table(self._rows[part.name], wanted)

    @property
    def formula_cells(self) -> int:
        """How many cells of the file hold a formula.

        After `save` their results may be old. Excel computes them when it opens the book, unless
        its calculation is manual; other programs show the old results until they compute.
        """
        return formula_cells(self._parts)

    @property
    def pending_cells(self) -> int:
        """How many cells `save` would write; 0 if it would do nothing."""
        return sum(edit.pending_cells for edit in self._edits.values())

    @property
    def changes(self) -> Plan:
        """What `save` would change, with old and new values."""
        rows = [
            change
            for part in self._parts.sheets
            if part.name in self._edits
            for change in self._edits[part.name].changes()
        ]
        return Plan(self.name, self.digest, tuple(rows), self.plan_id)

    @property
    def is_changed(self) -> bool:
        """Whether `save` would write the file."""
        edited = any(edit.pending for edit in self._edits.values())
        return edited or bool(self._mended) or any(rows.is_changed for rows in self._rows.values())

    @property
    def kept_in(self) -> Path | None:
        """Folder of its history; None: that of its store folder."""
        return self._history

    def save(
        self,
        *,
        signature: Signature | None = None,
        queue: bool = True,
        sealed: Sealed | None = None,
    ) -> Plan:
        """Write all changes to the file, or nothing; return what was written.

        Without changes the file is not touched. If others saved it since it was opened, the
        changes are merged into what they saved; a cell that both changed is a conflict. What Excel
        computes from the changed cells is shown anew when Excel opens the book; other programs
        show the old results until then.

        Args:
            signature: who saves, by which command; by default the user of this process.
            queue: where somebody has the book open, the changes wait and are applied later;
                otherwise that is an error.
            sealed: tells by name of the Table and header which columns hold personal data; the
                journal keeps only salted hashes of their values.

        Raises:
            WorkbookQueuedError: somebody has the book open; the changes wait.
            WorkbookBusyError: the same without `queue`, or its lock was not to be had.
            ConflictError: others changed the same cells.
            WorkbookError: it could not be written; the old file stands as it was.
        """
        return save_books([self], signature=signature, queue=queue, sealed=sealed)[0]

    def mend_buttons(self) -> int:
        """Give buttons back their macros where LibreOffice's saving cut them off.

        Returns:
            How many sheets have such buttons; `save` mends them.
        """
        self._mended = mended_buttons(self._parts)
        return len(self._mended)

    def apply(self, plan: Plan) -> None:
        """Merge a plan, perhaps from JSON, into the open workbook.

        What the workbook holds already is left alone, so that applying a plan twice is the same as
        once. Rewritten Tables are left out: they are computed anew.

        Raises:
            ConflictError: others changed the same cells; nothing is kept of the plan.
            EditRefusedError: a cell or value may not be written; the workbook should be opened
                anew.
        """
        if plan.id and (plan.id in self._applied or self._was_written(plan)):
            return
        merged = merge(plan, self._view())
        if merged.conflicts:
            raise ConflictError(merged.conflicts)
        if plan.id and not self.is_changed:
            self.plan_id = plan.id
        put_changes(self, merged.plan)
        self._applied.add(plan.id)

    def rebased(self) -> Self:
        """Return the workbook as its file is now, with the changes merged in.

        Raises:
            ConflictError: others changed the same cells.
            WorkbookError: the file is no longer what it was: a Table or a column is missing.
        """
        fresh = type(self)(self.path, self._history)
        for name, rows in self._rows.items():
            if rows.records is not None:
                fresh.table(name).replace(rows.records)
        if self._mended:
            fresh.mend_buttons()
        fresh.apply(replace(self.changes, id=""))
        fresh.plan_id, fresh._applied = self.plan_id, self._applied
        return fresh

    def reload(self) -> None:
        """Read the file anew; changes that were not saved are dropped."""
        self._load()

    def write_to(self, out: BinaryIO) -> None:
        """Write the workbook with all pending changes in it; nothing but writing is asked of `out`.

        A part in memory is packed before its header is written; a larger one flows through.
        """
        write_package(self._parts.package, self._parts_to_write(), out)

    def check_written(self, path: Path) -> None:
        """Read a file that `write_to` made back and compare it with what was asked for.

        Every member is inflated and its checksum compared; untouched members are raw equal,
        touched ones equal outside the edited cells, and the edited rows say what was planned.

        Raises:
            WorkbookError: ``workbook-not-written`` names what differs.
        """
        edited = [edit for edit in self._edits.values() if edit.pending]
        planned = {edit.part.part: edit.planned for edit in edited}
        written = Package.read(path, self.name)
        check_package(written, self._parts.package, self._parts_to_write(), planned)

    def _edit(self, part: SheetPart) -> SheetEdit:
        if part.name not in self._edits:
            tables = [table for table in self._tables if table.sheet == part.name]
            self._edits[part.name] = SheetEdit(
                part, self._values, tables, self._styles, self._cells
            )
        return self._edits[part.name]

    def _parts_to_write(self) -> dict[str, Change]:
        package = self._parts.package
        edited = [edit for edit in self._edits.values() if edit.pending]
        changed: dict[str, Change] = {each.part.part: each.patch() for each in edited}
        for rows in self._rows.values():
            if rows.is_changed:
                changed[rows.part.part] = resized(package, rows.part, rows.last_row)
        changed |= self._mended
        if not changed:
            return {}
        styles = self._styles.changed()
        if styles is not None:
            changed[styles[0]] = styles[1]
        ends_formulas = any(edit.ends_formulas() for edit in edited)
        known = {each.part.part: each.formulas for each in edited}
        return changed | recalculation_changes(
            self._parts, ends_formulas=ends_formulas, known=known
        )

    def _was_written(self, plan: Plan) -> bool:
        """Say whether a plan was applied before, as far as the cells themselves do not tell."""
        is_told = all(row.key or row.kind != "append" for row in plan.rows)
        return not is_told and was_written(self.path, self.digest, plan)

    def _view(self) -> BookView:
        return BookView(self.digest, self._worksheet, self._table_rows)

    def _worksheet(self, name: str) -> SheetEdit | None:
        parts = (each for each in self._parts.sheets if each.name == name)
        part = next(parts, None)
        return self._edit(part) if part and part.kind == "worksheet" else None

    def _table_rows(self, name: str) -> TableRows | None:
        folded = name.casefold()
        found = next((each for each in self._tables if each.name.casefold() == folded), None)
        if found is None:
            return None
        self.table(found.name)
        return self._rows[found.name]

    def _load(self) -> None:
        parts = BookParts(Package.read(self._file))
        tables = tuple(read_table_parts(parts))
        # Now, not when it is asked for: some programs write into a file that others have open.
        self._digest = parts.package.digest
        # From here on nothing fails: a book that cannot be read again stays what it was, or its
        # changes, perhaps saved by now, would be saved again under another number.
        self.plan_id = secrets.token_hex(_ID_SIZE)
        self._parts = parts
        self._tables: tuple[TablePart, ...] = tables
        self._values = BookValues(self._parts)
        self._styles = Styles(self._parts)
        self._cells = CellBook(self._parts)
        self._edits: dict[str, SheetEdit] = {}
        self._rows: dict[str, TableRows] = {}
        self._mended = {}
