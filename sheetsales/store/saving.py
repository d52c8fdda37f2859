"""Puts a new file in the place of a workbook: written beside it, read back, kept, then replaced."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from sheetsales.errors import WorkbookBusyError, WorkbookError
from sheetsales.store import system
from sheetsales.store.history import History
from sheetsales.store.owners import Owner, owner_of

TIMES_THE_SIZE = 3
"""How much room a save wants: for the new file, for the copy of the old one, and to spare."""


class OpenBookError(Exception):
    """Somebody has a book open; caught by whoever can queue the plan.

    Attributes:
        book: the workbook's file.
        owner: who has it; None if a program holds it and no owner file says whose.
    """

    def __init__(self, book: Path, owner: Owner | None) -> None:
        super().__init__(book)
        self.book = book
        self.owner = owner

    @property
    def refusal(self) -> WorkbookBusyError:
        """The error for those who do not want to wait."""
        user, file = (self.owner.user, self.owner.file) if self.owner else ("", "")
        code = "workbook-open" if user else "workbook-open-unknown"
        return WorkbookBusyError(code, book=self.book.name, user=user, owner_file=file)


class StaleError(Exception):
    """A book is no longer the file that the save began with; caught by whoever begins anew."""


class Source(Protocol):
    """Where the new content of a book comes from."""

    @property
    def path(self) -> Path:
        """The workbook's file."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of the file that the new content was made from."""
        ...

    def write_to(self, out: BinaryIO) -> None:
        """Write the new content."""
        ...

    def check_written(self, path: Path) -> None:
        """Read a finished file back and raise what is wrong with it."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """The new file of a book, on the disk beside it.

    Attributes:
        book: the workbook's file.
        temporary: the new file.
        before: SHA-256 of the file that it replaces.
        after: its own SHA-256.
        size: its bytes.
    """

    book: Path
    temporary: Path
    before: str
    after: str
    size: int

    def to_json(self, name: str) -> dict[str, Any]:
        """Return the draft as plain data for JSON; `name` is that of the book."""
        file = self.temporary.name
        return {"book": name, "temporary": file, "before": self.before, "after": self.after}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], book: Path) -> Draft:
        """Return the draft that `to_json` made."""
        temporary = book.with_name(data["temporary"])
        return cls(book, temporary, data["before"], data["after"], 0)

    def discard(self) -> None:
        """Remove the new file, if it is still there."""
        with suppress(OSError):
            system.remove(self.temporary)


def stage(source: Source) -> Draft:
    """Write the new file of a book beside it and read it back.

    Raises:
        WorkbookError: it did not come out as it was meant, or there is too little space.
        OSError: it could not be written.
    """
    path = source.path
    temporary = system.temporary_beside(path)
    refuse_small_space(path, path.stat().st_size)
    try:
        with system.create_exclusive(temporary, 0o600) as out:
            hashing = _Hashing(out.write)
            source.write_to(cast("BinaryIO", hashing))
            refuse_small_space(path, out.size, TIMES_THE_SIZE - 1)
            system.copy_access(path, temporary)
            out.finish()
        source.check_written(temporary)
    except BaseException:
        with suppress(OSError):
            system.remove(temporary)
        raise
    return Draft(path, temporary, source.digest, hashing.digest, out.size)


def refuse_small_space(path: Path, size: int, times: int = TIMES_THE_SIZE) -> None:
    """Refuse to begin where a disk is nearly full.

    Raises:
        WorkbookError: ``workbook-space``.
    """
    free = system.free_space(path.parent)
    if free < times * size:
        raise WorkbookError("workbook-space", book=path.name, needed=times * size, free=free)


def refuse_stale(draft: Draft) -> None:
    """Look once more, right before the book is replaced.

    Raises:
        OpenBookError: somebody opened it in the meantime.
        StaleError: it was saved in the meantime.
    """
    refuse_open(draft.book)
    if digest_of(draft.book) != draft.before:
        raise StaleError


def refuse_open(path: Path) -> None:
    """Refuse a book that somebody has open.

    Raises:
        OpenBookError: with who has it.
    """
    owner = owner_of(path)
    if owner is not None:
        raise OpenBookError(path, owner)


def replace_book(draft: Draft) -> None:
    """Put the new file in the place of the old one, in one step.

    Raises:
        OpenBookError: on Windows, a program holds the old one.
        OSError: it could not be replaced; the old one stands.
    """
    try:
        system.replace(draft.temporary, draft.book)
    except PermissionError as error:
        if system.IS_WINDOWS:  # there a program that has a file open keeps others from it
            raise OpenBookError(draft.book, owner_of(draft.book)) from error
        raise


def settle_book(draft: Draft) -> None:
    """Wait until the new file is there for good, and look that it is.

    Raises:
        WorkbookError: ``workbook-unsettled``; ``workbook-overwritten`` if another program wrote
            over it at once.
    """
    try:
        system.sync_folder(draft.book.parent)
        digest = digest_of(draft.book)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkbookError("workbook-unsettled", book=draft.book.name, reason=reason) from error
    if digest != draft.after:
        raise WorkbookError("workbook-overwritten", book=draft.book.name)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a workbook's file.

    Raises:
        WorkbookError: ``workbook-missing``.
        OSError: it cannot be read.
    """
    try:
        return system.digest_of(path)
    except FileNotFoundError as error:
        raise WorkbookError("workbook-missing", book=str(path)) from error


def keep_version(history: History, book: Path, digest: str) -> None:
    """Keep a workbook in the history as the file that it was said to be.

    Raises:
        StaleError: it is another file by now; nothing is kept of it.
        OSError: it could not be written.
    """
    kept = history.keep(book, digest)
    if system.digest_of(kept) != digest:
        system.remove(kept)
        raise StaleError


def prune_history(history: History, book: Path) -> None:
    """Thin the history out after a save; what cannot be removed stays."""
    with suppress(OSError):
        history.prune(book)


@contextmanager
def explained(book: str) -> Iterator[None]:
    """Turn what the system refuses into an error that says what stands.

    Raises:
        WorkbookBusyError: ``workbook-locked``, permission was denied.
        WorkbookError: ``workbook-not-written``.
    """
    try:
        yield
    except PermissionError as error:
        reason = error.strerror or str(error)
        raise WorkbookBusyError("workbook-locked", book=book, reason=reason) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkbookError("workbook-not-written", book=book, reason=reason) from error


class _Hashing:
    """Passes on what is written, and hashes it on the way."""

    def __init__(self, write: Callable[[bytes], int]) -> None:
        self._write = write
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._write(data)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()
