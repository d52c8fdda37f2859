"""Saves workbooks, and applies the plans that waited for them before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, Self

from sheetsales.errors import Conflict, ConflictError, SheetsalesError, WorkbookError
from sheetsales.store.folders import StoreFolder
from sheetsales.store.journal import Journal
from sheetsales.store.locks import book_locks
from sheetsales.store.owners import owner_of
from sheetsales.store.pending import Pending, PendingPlan
from sheetsales.store.plan import Plan
from sheetsales.store.records import Sealed, Signature
from sheetsales.store.recovery import SAVES, recover_held, settle
from sheetsales.store.saving import StaleError, explained
from sheetsales.store.transaction import Changing, Terms, save_together


class Book(Changing, Protocol):
    """A book that can be opened, and takes plans."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a book."""
        ...

    def apply(self, plan: Plan) -> None:
        """Merge a plan into the book."""
        ...


def save_books(
    books: Sequence[Book],
    *,
    signature: Signature | None = None,
    queue: bool = True,
    sealed: Sealed | None = None,
) -> list[Plan]:
    """Save several workbooks: all of them or none.

    Args:
        books: open workbooks; those without changes are left alone.
        signature: who saves, by which command; by default the user of this process.
        queue: where somebody has one of them open, the plans of all wait and are applied later;
            otherwise that is an error.
        sealed: tells by name of the Table and header which columns hold personal data; the
            journal keeps only salted hashes of their values.

    Returns:
        What was written, for each of the books.

    Raises:
        WorkbookQueuedError: somebody has one of them open; the plans wait.
        WorkbookBusyError: the same without `queue`, or a lock was not to be had.
        ConflictError: others changed the same cells since the books were opened.
        WorkbookError: it could not be written; the old files stand as they were, or, under
            ``workbook-unsettled``, the rest follows with the next save.
    """
    changed = [book for book in books if book.is_changed]
    plans = {book.path: book.changes for book in books if book not in changed}
    if changed:
        terms = Terms(signature or Signature.default(), queue=queue, sealed=sealed)
        with explained(", ".join(book.path.name for book in changed)):
            folder = _folder_of_all(changed)
            names = {folder.name_of(book.path) for book in changed}
            opener = type(changed[0])
            with suppress(OSError):  # what waits can wait longer
                apply_waiting(folder, opener, sealed, lambda each: not names.isdisjoint(each.books))
            plans |= save_together(folder, changed, terms)
    return [plans[book.path] for book in books]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a pending plan.

    Attributes:
        plan: the entry.
        state: ``applied``; ``open``: somebody still has a book open; ``conflict``: others changed
            the same cells; ``failed``: anything else. All but the first stay pending.
        user: who has the book open.
        conflicts: the cells that both sides changed.
        error: why it failed.
    """

    plan: PendingPlan
    state: Literal["applied", "open", "conflict", "failed"]
    user: str = ""
    conflicts: tuple[Conflict, ...] = ()
    error: SheetsalesError | None = None


class Opener(Protocol):
    """Opens workbooks: the class `Workbook`, or one of its kind."""

    def open(self, path: Path) -> Book:
        """Open a workbook."""
        ...


def apply_waiting(
    folder: StoreFolder,
    opener: Opener,
    sealed: Sealed | None = None,
    wanted: Callable[[PendingPlan], bool] | None = None,
) -> list[Outcome]:
    """Apply the plans that wait in a store folder, oldest first, each at most once.

    Args:
        folder: the store folder.
        opener: opens the workbooks.
        sealed: see `save_books`.
        wanted: tells which entries to apply; None: all.
    """
    waiting = [entry for entry in Pending(folder).list() if wanted is None or wanted(entry)]
    return [_apply_entry(folder, opener, entry, sealed) for entry in waiting]


def was_written(book: Path, digest: str, plan: Plan) -> bool:
    """Say whether the journal knows a plan as applied to a book.

    Args:
        book: the workbook's file.
        digest: its SHA-256 as it was read.
        plan: what may have been applied.
    """
    folder = StoreFolder.of(book)
    journal = Journal(folder)
    if not journal.seen(plan.id):
        return False
    last = journal.last(folder.name_of(book), SAVES)
    # What was announced last may not have come about; then the file is still the one before.
    return last is None or last.plan_id != plan.id or last.before != digest


def _apply_entry(
    folder: StoreFolder, opener: Opener, entry: PendingPlan, sealed: Sealed | None
) -> Outcome:
    """Apply one entry and remove it, or say why it stays."""
    try:
        with explained(", ".join(entry.books)):
            if not _was_applied(folder, entry):
                for path in map(folder.book, entry.books):
                    if owner := owner_of(path):
                        return Outcome(entry, "open", owner.user)
                _put_entry(folder, opener, entry, sealed)
            with suppress(OSError):  # next time nothing is left to apply, and it goes
                Pending(folder).remove(entry.id)
    except ConflictError as error:
        return Outcome(entry, "conflict", conflicts=error.conflicts, error=error)
    except SheetsalesError as error:
        is_open = error.code in ("workbook-open", "workbook-open-unknown")
        user = str(error.arguments.get("user", "")) if is_open else ""
        return Outcome(entry, "open" if is_open else "failed", user, error=error)
    return Outcome(entry, "applied")


def _put_entry(
    folder: StoreFolder, opener: Opener, entry: PendingPlan, sealed: Sealed | None
) -> None:
    once = [each.plan.id for each in entry.plans]
    terms = Terms(entry.signature, queue=False, sealed=sealed, once=once)
    books = []
    for each in entry.plans:
        books.append(opener.open(folder.book(each.name)))
        books[-1].apply(each.plan)
    changed = [book for book in books if book.is_changed]
    if changed:
        save_together(folder, changed, terms)


def _was_applied(folder: StoreFolder, entry: PendingPlan) -> bool:
    """Say whether a process that died had applied an entry, but not removed it."""
    journal = Journal(folder)
    if not all(journal.seen(each.plan.id) for each in entry.plans):
        return False
    # The journal speaks before the file is replaced: what did not come about is noted first.
    paths = [folder.book(name) for name in entry.books]
    with book_locks(folder, paths):
        recover_held(folder, paths)
        for path in paths:
            with suppress(StaleError):  # it was not taken back then, but saved by somebody else
                settle(folder, path)
        return all(journal.seen(each.plan.id) for each in entry.plans)


def _folder_of_all(books: Sequence[Book]) -> StoreFolder:
    """Return the store folder of all books; saving together needs one journal."""
    folder = StoreFolder.of(books[0].path)
    for book in books[1:]:
        if StoreFolder.of(book.path) != folder:
            raise WorkbookError("workbook-apart", book=books[0].path.name, other=book.path.name)
    return folder
