"""What a process left undone when it died: finished, taken back or told, never guessed.

All of it happens under the lock of the book in question, at the start of every save.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sheetsales.errors import WorkbookBusyError, WorkbookError
from sheetsales.store import system
from sheetsales.store.folders import StoreFolder
from sheetsales.store.history import History
from sheetsales.store.journal import Journal
from sheetsales.store.locks import book_lock, file_lock
from sheetsales.store.owners import owner_of
from sheetsales.store.pending import LOCK as PENDING_LOCK
from sheetsales.store.pending import BookPlan, Pending
from sheetsales.store.plan import Plan
from sheetsales.store.records import Record, Signature
from sheetsales.store.saving import Draft, StaleError, digest_of, keep_version

ENDING = ".txn.json"
LOCK = "txn.lock"
_JOURNAL_LOCK = "journal.lock"
_TEMPORARY = ".tmp."


@dataclass(frozen=True, slots=True)
class Finding:
    """What recovery did, or could not do.

    Attributes:
        kind: ``crumb``: a leftover file was removed; ``abort``: a save that did not come about
            was noted; ``foreign``: a save by another program was noted; ``finished``: a book of a
            transaction got its new file; ``waiting``: it will, once it is closed; ``stopped``: it
            changed in between, so that the plan is pending now; ``unreadable``: a transaction
            that says nothing.
        book: name of the book, or of the file.
        detail: a file name, hash or id.
    """

    kind: Literal["crumb", "abort", "foreign", "finished", "waiting", "stopped", "unreadable"]
    book: str
    detail: str = ""


def recover(folder: StoreFolder, books: Iterable[Path] = ()) -> list[Finding]:
    """Put in order what is left of saves that did not end, book by book.

    Locks are not waited for: who holds one puts its book in order himself.

    Args:
        folder: the store folder.
        books: books to look at beside those of transactions.

    Raises:
        OSError: files could not be read or changed.
    """
    found = _finish_transactions(folder, ())
    for book in sorted(set(books)):
        with ExitStack() as stack, suppress(WorkbookBusyError, StaleError):
            stack.enter_context(book_lock(folder, book, 0))
            found += _remove_crumbs(folder, book)
            if book.exists():
                found += settle(folder, book)[1]
    return found + _sweep(folder)


def recover_held(folder: StoreFolder, books: Collection[Path]) -> list[Finding]:
    """Put books in order whose locks the caller holds; see `recover`."""
    found = _finish_transactions(folder, [folder.name_of(book) for book in books])
    for book in books:
        found += _remove_crumbs(folder, book)
    return found + _sweep(folder)


def settle(
    folder: StoreFolder, book: Path, history: History | None = None
) -> tuple[str, list[Finding]]:
    """Compare a book with what the journal expects it to be, and note what it is.

    Only under the lock of the book.

    Returns:
        SHA-256 of its file, and what was noted.

    Raises:
        StaleError: it is being saved by another program just now.
        WorkbookError: ``workbook-missing``.
        OSError: the journal or the history could not be written.
    """
    digest, name = digest_of(book), folder.name_of(book)
    journal = Journal(folder)
    last = journal.last(name, SAVES)
    if last is None or last.after == digest or waits(folder, book):
        return digest, []
    if last.before == digest and last.kind not in ("abort", "foreign"):
        journal.append(_undone(last, digest))
        return digest, [Finding("abort", name, digest)]
    keep_version(history or History(folder), book, digest)
    journal.append(Record("foreign", name, before=last.after, after=digest))
    return digest, [Finding("foreign", name, digest)]


SAVES = ("save", "foreign", "abort", "refresh", "restore", "txn")
"""Kinds of records that say what a book's file is."""


def _undone(record: Record, digest: str) -> Record:
    """Return the record that takes another one back."""
    return Record("abort", record.book, before=record.after, after=digest, plan_id=record.plan_id)


def note_abort(folder: StoreFolder, record: Record) -> None:
    """Note that a save which the journal announced did not come about."""
    Journal(folder).append(_undone(record, record.before))


def transaction_file(folder: StoreFolder, number: str) -> Path:
    """Return the file of a transaction."""
    return folder.transactions / f"{number}{ENDING}"


def write_transaction(folder: StoreFolder, path: Path, books: list[dict[str, Any]]) -> None:
    """Write down that several books are about to be replaced; from here on they all will be."""
    system.make_folder(path.parent)
    data = json.dumps({"books": books}, ensure_ascii=False).encode()
    with file_lock(folder.locks / LOCK, path.name):
        system.write_durable(path, data)


def end_transaction(path: Path) -> None:
    """Note that all books of a transaction have their new files."""
    system.remove(path)
    system.sync_folder(path.parent)


def open_transactions(folder: StoreFolder) -> Iterator[Path]:
    """Yield the transactions that have not ended."""
    place = folder.transactions
    names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
    return (place / name for name in names if name.endswith(ENDING) and name[0] != ".")


def waits(folder: StoreFolder, book: Path) -> bool:
    """Say whether a book is still to get its new file from a transaction."""
    name = folder.name_of(book)
    return any(
        entry["book"] == name and book.with_name(entry["temporary"]).exists()
        for path in open_transactions(folder)
        for entry in _entries(path)
    )


def _entries(path: Path) -> list[dict[str, Any]]:
    """Return the books of a transaction; none if it ended just now or says nothing."""
    try:
        entries = json.loads(path.read_bytes())["books"]
        for entry in entries:
            Draft.from_json(entry, Path(entry["book"]))
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return list(entries)


def _finish_transactions(folder: StoreFolder, held: Collection[str]) -> list[Finding]:
    found: list[Finding] = []
    for path in open_transactions(folder):
        found += _finish(folder, path, held)
    return found


def _finish(folder: StoreFolder, path: Path, held: Collection[str]) -> list[Finding]:
    """Give every book of a transaction its new file, if it is free."""
    entries = _entries(path)
    drafts = [Draft.from_json(entry, folder.book(entry["book"])) for entry in entries]
    if not entries:
        return [Finding("unreadable", path.name)] if path.exists() else []
    found: list[Finding] = []
    is_done = True
    for entry, draft in zip(entries, drafts, strict=True):
        if not draft.temporary.exists():  # replaced before, or taken back
            continue
        finding = _finish_book(folder, entry, draft, held)
        is_done = is_done and finding.kind != "waiting"
        found.append(finding)
    if is_done:
        end_transaction(path)
    return found


def _finish_book(
    folder: StoreFolder, entry: Mapping[str, Any], draft: Draft, held: Collection[str]
) -> Finding:
    """Give one book its new file under its lock."""
    name = entry["book"]
    with ExitStack() as stack:
        if name not in held:
            try:
                stack.enter_context(book_lock(folder, draft.book, 0))
            except WorkbookBusyError:
                return Finding("waiting", name, draft.temporary.name)
        if not draft.temporary.exists():
            return Finding("finished", name, draft.after)
        return _roll_forward(folder, entry, draft)


def _roll_forward(folder: StoreFolder, entry: Mapping[str, Any], draft: Draft) -> Finding:
    name = entry["book"]
    try:
        digest = digest_of(draft.book)
    except WorkbookError:
        digest = ""
    is_whole = digest == draft.before and system.digest_of(draft.temporary) == draft.after
    if is_whole and owner_of(draft.book):
        return Finding("waiting", name, draft.temporary.name)
    if is_whole:
        system.replace(draft.temporary, draft.book)
        system.sync_folder(draft.book.parent)
        return Finding("finished", name, draft.after)
    if digest == draft.after:
        draft.discard()
        return Finding("finished", name, draft.after)
    return _stop(folder, entry, draft)


def _stop(folder: StoreFolder, entry: Mapping[str, Any], draft: Draft) -> Finding:
    """Leave a book alone that changed since; its plan waits to be merged."""
    plan = Plan.from_json(entry["plan"])
    signature = Signature(entry["who"], entry["command"], entry["role"])
    undone = Record("txn", entry["book"], before=draft.before, after=draft.after, plan_id=plan.id)
    note_abort(folder, undone)
    if plan:
        Pending(folder).add([BookPlan(entry["book"], plan)], "", signature)
    system.remove(draft.temporary)
    return Finding("stopped", entry["book"], plan.id)


def _remove_crumbs(folder: StoreFolder, book: Path) -> list[Finding]:
    """Remove files beside a book that a dead process was writing; its lock is held."""
    History(folder).clean(book)
    waiting = (entry for path in open_transactions(folder) for entry in _entries(path))
    kept = {entry["temporary"] for entry in waiting}
    found = []
    for path in list(book.parent.iterdir()):
        if system.is_temporary_of(path.name, book.name) and path.name not in kept:
            _take_back(folder, book, path)
            system.remove(path)
            found.append(Finding("crumb", book.name, path.name))
    return found


def _take_back(folder: StoreFolder, book: Path, temporary: Path) -> None:
    """Note that an announced save did not come about, for its new file was never moved.

    Afterwards, if another program saved the book since, nothing would tell.
    """
    last = Journal(folder).last(folder.name_of(book), SAVES)
    if last is None or last.kind in ("abort", "foreign"):
        return
    present = system.digest_of(book) if book.exists() else ""
    if last.after == system.digest_of(temporary) and present != last.after:
        note_abort(folder, last)


def _sweep(folder: StoreFolder) -> list[Finding]:
    """Remove unfinished files of the store folder; each place is written under a lock."""
    found = []
    for place, lock in (
        (folder.path, _JOURNAL_LOCK),
        (folder.pending, PENDING_LOCK),
        (folder.transactions, LOCK),
    ):
        if _unfinished(place):
            with file_lock(folder.locks / lock, place.name):
                for path in _unfinished(place):
                    system.remove(path)
                    found.append(Finding("crumb", place.name, path.name))
    return found


def _unfinished(place: Path) -> list[Path]:
    if not place.is_dir():
        return []
    return [path for path in place.iterdir() if path.name[0] == "." and _TEMPORARY in path.name]
