"""What the store keeps about workbooks, and what dead processes and sync programs left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from sheetsales.actions.doctor.finding import Finding
from sheetsales.store.folders import StoreFolder
from sheetsales.store.journal import Journal
from sheetsales.store.locks import lock_test
from sheetsales.store.owners import owner_file_names, owner_of
from sheetsales.store.pending import Pending
from sheetsales.store.recovery import open_transactions
from sheetsales.store.system import is_temporary_of

_OWNER_MARKS = ("~$", ".~lock.")
_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")
_SYNC_MARK = ".sync-conflict-"
_JOINTS = (" ", "-", "_", "(", "~")
"""What sync programs put between the name of a workbook and what they add to it."""


def examine_store(folder: StoreFolder, books: Collection[Path]) -> Iterator[Finding]:
    """Yield what is to be said about a store folder and its workbooks."""
    yield from _locks(folder)
    yield from _journal(folder)
    yield from _owners(books)
    yield from _stale_owners(books)
    yield from _waiting(folder)
    yield from _leftovers(folder, books)
    yield from _copies(books)


def _locks(folder: StoreFolder) -> Iterator[Finding]:
    if not folder.path.is_dir():
        return
    # A folder that cannot be written to is told by the examination of the folders.
    with suppress(OSError):
        yield Finding("locks", "ok" if lock_test(folder.path) else "broken")


def _journal(folder: StoreFolder) -> Iterator[Finding]:
    journal = Journal(folder)
    broken = [fault for fault in journal.verify() if fault.is_tampering]
    if broken:
        yield Finding("journal", "broken", {"count": len(broken)})
    elif journal.head.count:
        yield Finding("journal", "ok", {"count": journal.head.count})


def _owners(books: Iterable[Path]) -> Iterator[Finding]:
    for book in books:
        owner = owner_of(book)
        if owner is not None:
            code = "open" if owner.user else "owner"
            arguments = {"file": owner.file, "book": book.name, "user": owner.user}
            yield Finding(code, "advice", arguments)


def _stale_owners(books: Iterable[Path]) -> Iterator[Finding]:
    """Yield the owner files of workbooks that are not there."""
    known = {book.with_name(name) for book in books for name in owner_file_names(book)}
    for path in _beside(books):
        if path.name.startswith(_OWNER_MARKS) and path not in known:
            yield Finding("stale", "advice", {"file": path.name})


def _waiting(folder: StoreFolder) -> Iterator[Finding]:
    waiting = len(Pending(folder).list())
    if waiting:
        yield Finding("pending", "advice", {"count": waiting})
    begun = sum(1 for _ in open_transactions(folder))
    if begun:
        yield Finding("transactions", "advice", {"count": begun})


def _leftovers(folder: StoreFolder, books: Collection[Path]) -> Iterator[Finding]:
    names = {book.name for book in books}
    left = [path for path in _beside(books) if any(is_temporary_of(path.name, n) for n in names)]
    if folder.history.is_dir():
        left += sorted(folder.history.rglob("*.part"))
    if left:
        yield Finding("leftovers", "advice", {"count": len(left), "file": left[0].name})


def _copies(books: Collection[Path]) -> Iterator[Finding]:
    """Yield the files that look like another state of one of the workbooks."""
    for path in _beside(books):
        if path.suffix.casefold() in _SUFFIXES and not path.name.startswith("."):
            is_own = path in books and _SYNC_MARK not in path.name
            if not is_own and any(_is_copy(path, book) for book in books):
                yield Finding("copies", "advice", {"file": path.name})


def _is_copy(path: Path, book: Path) -> bool:
    rest = path.stem.removeprefix(book.stem.partition(".")[0])
    return rest != path.stem and (rest.startswith(_JOINTS) or _SYNC_MARK in path.name)


def _beside(books: Iterable[Path]) -> list[Path]:
    """Return the files in the folders of some workbooks."""
    folders = sorted({book.parent for book in books})
    return [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
