"""What cannot be done: one family of errors, each a code with arguments.

The texts (what happened, what to do) lie in ``regulation/messages.toml`` under
``[error.<code>]``; the command line and the buttons put them into the reader's
language. ``str(error)`` is the code and its arguments, for logs and tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class SheetsalesError(Exception):
    """Something that was asked for cannot be done.

    Attributes:
        code: stable kebab-case code, the key of the message texts.
        arguments: values that the message names (file, sheet, cell, reason ...).
    """

    code: str = "error"

    def __init__(self, code: str | None = None, /, **arguments: object) -> None:
        super().__init__()
        if code is not None:
            self.code = code
        self.arguments = arguments

    def __str__(self) -> str:
        """Return the code followed by its arguments."""
        details = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.code} ({details})" if details else self.code


class DescriptorError(SheetsalesError):
    """A file below ``regulation/`` says something it may not say."""


class WorkbookError(SheetsalesError):
    """A workbook cannot be read or written as it is."""


class WorkbookBusyError(WorkbookError):
    """Somebody has the workbook open, or it changed since it was read."""


class WorkbookQueuedError(WorkbookBusyError):
    """Somebody has the workbook open; the plan waits and is applied later.

    Attributes:
        arguments: the book, its user ("" if unknown), and the file name of the plan.
    """

    code = "workbook-queued"


class Conflict(NamedTuple):
    """One cell, or one row, that was changed in the workbook and by the plan in different ways.

    Attributes:
        book: file name of the workbook.
        sheet: name of the sheet.
        table: name of the Excel Table, "" for a single cell.
        key: values of the row's key columns; empty where it has none.
        column: header of the column; "" outside a Table, or where the whole row is meant.
        cell: address that the cell had when the plan was made.
        base: the value that the plan was made from.
        theirs: what the workbook holds now.
        ours: what the plan wants.
        reason: ``cell``: both changed it; ``formula``: a formula stands there now; ``key``: the
            key is in use; otherwise what is not there once any more: ``no-row``,
            ``two-rows``, ``no-column``, ``two-columns``, ``no-table``,
            ``no-sheet``.
    """

    book: str
    sheet: str
    table: str
    key: tuple[object, ...]
    column: str
    cell: str
    base: object
    theirs: object
    ours: object
    reason: str = "cell"


class ConflictError(WorkbookError):
    """The workbook and the plan changed the same cells in different ways; nothing was written.

    Attributes:
        conflicts: all of them.
    """

    code = "workbook-conflict"

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        first = conflicts[0]
        shown = "/".join(map(str, first.key))
        place = " ".join(filter(None, (first.table or first.sheet, shown, first.column)))
        super().__init__(book=first.book, count=len(conflicts), place=f"{place} ({first.cell})")
        self.conflicts = tuple(conflicts)


class EditRefusedError(WorkbookError):
    """The edit would damage the workbook or change what it means."""


class WorkbookBuildError(WorkbookError):
    """A standard workbook cannot be built: a macro kept as text is damaged.

    Attributes:
        arguments: the file, the line, and what is wrong with it.
    """

    code = "macro-damaged"


class TemplateError(SheetsalesError):
    """A Word template or one of its records cannot be rendered."""


class WorkspaceError(SheetsalesError):
    """A folder is no workspace, or its settings cannot be used."""


class ScoreError(SheetsalesError):
    """A score cannot be computed or explained as asked."""
