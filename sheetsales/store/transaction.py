"""Saves workbooks, one or several, all or none; what a save promises is kept here, step by step.

The plan waits if somebody has a book open. Otherwise, under the locks of all books: what dead
processes left is put in order; a book that others saved since gets the plan merged anew; the new
files are written, read back and kept on the disk; the old ones go into the history; the journal
says what is about to happen; then each file is replaced in one step. Several books have a file of
their own that says so before the first is replaced, so that the rest follow whatever happens.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol, Self

from sheetsales.errors import (
    WorkbookBusyError,
    WorkbookError,
    WorkbookQueuedError,
)
from sheetsales.store import system
from sheetsales.store.collector import paused_collector
from sheetsales.store.folders import StoreFolder
from sheetsales.store.history import History
from sheetsales.store.journal import Journal
from sheetsales.store.locks import book_locks
from sheetsales.store.owners import owner_of
from sheetsales.store.pending import BookPlan, Pending
from sheetsales.store.plan import Plan
from sheetsales.store.records import Kind, Record, Sealed, Signature
from sheetsales.store.recovery import (
    SAVES,
    end_transaction,
    note_abort,
    recover_held,
    settle,
    transaction_file,
    waits,
    write_transaction,
)
from sheetsales.store.saving import (
    Draft,
    OpenBookError,
    Source,
    StaleError,
    explained,
    keep_version,
    prune_history,
    refuse_open,
    refuse_stale,
    replace_book,
    settle_book,
    stage,
)

_TRIES = 3
_ID_SIZE = 8


class Changing(Source, Protocol):
    """A book that may have changes to save."""

    @property
    def changes(self) -> Plan:
        """What is to be changed."""
        ...

    @property
    def plan_id(self) -> str:
        """What the changes are known by until they are saved."""
        ...

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        ...

    @property
    def kept_in(self) -> Path | None:
        """Folder of its history; None: that of the store folder."""
        ...

    def rebased(self) -> Self:
        """Return the book as its file is now, with the changes merged in."""
        ...

    def reload(self) -> None:
        """Read the file anew; changes that were not saved are dropped."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """How a save is done.

    Attributes:
        signature: who wants it, by which command.
        queue: the plan waits if somebody has a book open; otherwise that is an error.
        sealed: tells which columns hold personal data.
        kind: what the journal calls it; "" for the usual. Of a ``refresh`` the journal keeps no
            values: everything in it is computed.
        note: what else the journal is to keep.
        once: ids of plans; if the journal knows all of them, nothing is written.
    """

    signature: Signature
    queue: bool = True
    sealed: Sealed | None = None
    kind: Kind | Literal[""] = ""
    note: Mapping[str, Any] = field(default_factory=dict)
    once: Collection[str] = ()


def save_source(source: Changing, terms: Terms) -> Plan:
    """Save one book on special terms."""
    return save_together(StoreFolder.of(source.path), [source], terms)[source.path]


@paused_collector()
def save_together(folder: StoreFolder, books: Sequence[Changing], terms: Terms) -> dict[Path, Plan]:
    """Save books of one store folder that have changes, all or none.

    Returns:
        What was written, by file.

    Raises:
        WorkbookQueuedError: somebody has one of them open; the plans wait.
        WorkbookBusyError: the same where they are not to wait, or a lock was not to be had.
        ConflictError: others changed the same cells since the books were opened.
        WorkbookError: it could not be written; ``workbook-unsettled``: it was written, but
            could not be read again, and the book still has its changes. To save them once more
            does nothing.
    """
    ordered = sorted(books, key=lambda book: folder.name_of(book.path))
    try:
        with explained(", ".join(book.path.name for book in ordered)):
            for book in ordered:
                refuse_open(book.path)
            with book_locks(folder, [book.path for book in ordered]):
                plans = _Save(folder, ordered, terms).run()
    except OpenBookError as error:
        if not terms.queue:
            raise error.refusal from None
        raise _queued(folder, ordered, terms, error) from None
    for book in ordered:
        prune_history(History(folder, book.kept_in), book.path)
    _reload(ordered)
    return plans


def _reload(books: Sequence[Changing]) -> None:
    """Read all books anew; the error of one that cannot be read says that it was written."""
    failed: list[WorkbookError] = []
    for book in books:
        try:
            book.reload()
        except (WorkbookError, OSError) as error:
            told = WorkbookError("workbook-unsettled", book=book.path.name, reason=str(error))
            told.__cause__ = error
            failed.append(told)
    if failed:
        raise failed[0]


def _queued(
    folder: StoreFolder, books: Sequence[Changing], terms: Terms, error: OpenBookError
) -> WorkbookBusyError:
    """Let the plans wait; return the error that says so."""
    merged = ((book, book.changes.without_refreshes()) for book in books)
    plans = [BookPlan(folder.name_of(book.path), plan) for book, plan in merged if plan]
    if not plans:  # what is computed is computed anew next time
        return error.refusal
    user = error.owner.user if error.owner else ""
    with explained(error.book.name):
        entry = Pending(folder).add(plans, user, terms.signature)
    code = "workbook-queued" if user else "workbook-queued-unknown"
    owner_file = error.owner.file if error.owner else ""
    return WorkbookQueuedError(
        code, book=error.book.name, user=user, plan=entry.file, owner_file=owner_file
    )


class _Save:
    """One save under the locks of its books."""

    def __init__(self, folder: StoreFolder, books: Sequence[Changing], terms: Terms) -> None:
        self._folder = folder
        self._books = books
        self._terms = terms
        self._journal = Journal(folder)
        self._plans: dict[Path, Plan] = {}
        self._is_committed = False

    def run(self) -> dict[Path, Plan]:
        """Save; return what was written, by book."""
        recover_held(self._folder, [book.path for book in self._books])
        for book in self._books:
            if waits(self._folder, book.path):  # it was opened just now
                raise OpenBookError(book.path, owner_of(book.path))
        for _ in range(_TRIES):
            with suppress(StaleError):
                current = [self._current(book) for book in self._books]
                self._plans = {book.path: book.changes for book in current}
                left = [book for book in current if book.is_changed and not self._was_saved(book)]
                if left and not self._was_applied():
                    self._write(left)
                return self._plans
        raise WorkbookBusyError("workbook-changed", book=self._books[0].path.name)

    def _current(self, book: Changing) -> Changing:
        """Return a book on the base of its file as it is now."""
        digest, _ = settle(self._folder, book.path, self._history(book))
        return book if digest == book.digest or self._was_saved(book) else book.rebased()

    def _was_saved(self, book: Changing) -> bool:
        """Say whether this very plan is in the file, though the save ended in an error."""
        last = self._journal.last(self._folder.name_of(book.path), SAVES)
        is_own = last is not None and last.kind != "abort" and last.plan_id == book.plan_id
        return is_own and last is not None and last.before == book.digest

    def _was_applied(self) -> bool:
        once = self._terms.once
        return bool(once) and all(self._journal.seen(number) for number in once)

    def _history(self, book: Changing) -> History:
        return History(self._folder, book.kept_in)

    def _write(self, books: Sequence[Changing]) -> None:
        """Write new files beside the books and put them in their places."""
        drafts: list[Draft] = []
        try:
            for book in books:
                drafts.append(stage(book))
                keep_version(self._history(book), book.path, book.digest)
            for draft in drafts:
                refuse_stale(draft)
            self._commit(drafts)
        finally:
            if not self._is_committed:
                for draft in drafts:
                    draft.discard()

    def _commit(self, drafts: Sequence[Draft]) -> None:
        """Announce the new files in the journal and put them in their places."""
        number = secrets.token_hex(_ID_SIZE) if len(drafts) > 1 else ""
        with self._announced([self._record(draft, number) for draft in drafts]):
            if number:
                self._replace_all(drafts, number)
            else:
                replace_book(drafts[0])
                self._is_committed = True
        for draft in drafts:
            settle_book(draft)

    @contextmanager
    def _announced(self, records: Sequence[Record]) -> Iterator[None]:
        """Keep records in the journal that are taken back unless the save comes about."""
        count = 0
        try:
            for record in records:
                self._journal.append(record, self._terms.sealed)
                count += 1
            yield
        finally:
            if not self._is_committed:
                for record in reversed(records[:count]):
                    # If this fails too, the next save sees it: the file is still the old one.
                    with suppress(OSError, WorkbookBusyError):
                        note_abort(self._folder, record)

    def _replace_all(self, drafts: Sequence[Draft], number: str) -> None:
        """Replace several books; once that is written down, nothing takes it back."""
        signature = self._terms.signature
        signed = {"who": signature.who, "command": signature.command, "role": signature.role}
        entries = []
        for draft in drafts:
            plan = self._plans[draft.book].without_refreshes().to_json()
            entries.append(
                draft.to_json(self._folder.name_of(draft.book)) | signed | {"plan": plan}
            )
        path = transaction_file(self._folder, number)
        book = drafts[0].book.name
        for parent in {draft.book.parent for draft in drafts}:
            system.sync_folder(parent)  # whoever finds the transaction must find its new files
        try:
            write_transaction(self._folder, path, entries)
            self._is_committed = True
            for draft in drafts:
                book = draft.book.name
                replace_book(draft)
                settle_book(draft)
            end_transaction(path)
        except (OpenBookError, OSError) as error:
            # Written, but perhaps not for good: the next save reads it and decides.
            self._is_committed = self._is_committed or path.exists()
            if not self._is_committed:
                raise
            reason = getattr(error, "strerror", None) or str(error)
            raise WorkbookError("workbook-unsettled", book=book, reason=reason) from error

    def _record(self, draft: Draft, number: str) -> Record:
        """Return what the journal is to say of one book."""
        plan = self._plans[draft.book].without_refreshes()
        if self._terms.kind == "refresh":
            plan = replace(plan, rows=())
        kind: Kind = "txn" if number else "save" if plan else "refresh"
        note = {**self._terms.note, "txn": number} if number else dict(self._terms.note)
        return Record.signed(
            self._terms.kind or kind,
            self._terms.signature,
            book=self._folder.name_of(draft.book),
            before=draft.before,
            after=draft.after,
            plan=plan.to_json() if plan else None,
            plan_id=plan.id if plan else "",
            note=note,
        )
