"""One writer at a time: a lock file per book, freed by the system when its holder dies.

The lock itself says nothing about its holder; a small file beside it does, for people.

Where a file system knows no such locks, it depends on the version of filelock. Old ones give up,
which is refused here. Those of today (4.x) warn and take the mere existence of the file for the
lock if the system answers ``ENOSYS``; all other answers, such as ``ENOTSUP``, are refused here.
Who creates that file writes process, machine and start into it and removes it at the end. That too
lets in one writer at a time, but only among those who do the same: a machine that has real locks on
the same folder does not see it. The mark of a process that died on this machine is taken over if
the file system can exchange two files. Any other mark, such as that of a dead process of another
machine or an empty lock file from a time with real locks, stays until somebody deletes it; until
then every save ends in ``workbook-lock-timeout``.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from sheetsales.errors import WorkbookBusyError, WorkbookError
from sheetsales.store import system
from sheetsales.store.folders import StoreFolder

PATIENCE = 10.0
"""Seconds to wait for a lock."""

_POLL = 0.02
_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)
_LONGEST_STEM = 40
_TRY = (
    "import sys\n"
    "from filelock import FileLock, Timeout\n"
    "try:\n"
    "    FileLock(sys.argv[1], timeout=0).acquire()\n"
    "except Timeout:\n"
    "    sys.exit(3)\n"
)
_REFUSED = 3
_TEST_SECONDS = 60


@contextmanager
def book_lock(folder: StoreFolder, book: Path, timeout: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of one book.

    It is not reentrant: whoever has it must not ask for it again.

    Args:
        folder: the store folder of the book.
        book: the workbook's file.
        timeout: seconds to wait.

    Raises:
        WorkbookBusyError: ``workbook-lock-timeout``, with who has it as far as known.
        WorkbookError: ``workbook-lock-unsupported``, the file system has no locks.
    """
    with file_lock(lock_file(folder, book), book.name, timeout):
        yield


@contextmanager
def book_locks(
    folder: StoreFolder, books: Iterable[Path], timeout: float = PATIENCE
) -> Iterator[None]:
    """Hold the locks of several books, taken in one order by everybody; see `book_lock`."""
    with ExitStack() as held:
        for book in sorted(set(books), key=lambda book: folded_name(folder, book)):
            held.enter_context(book_lock(folder, book, timeout))
        yield


@contextmanager
def file_lock(path: Path, book: str, timeout: float = PATIENCE) -> Iterator[None]:
    """Hold a lock file.

    Args:
        path: the lock file; it is made if missing and never removed.
        book: what it guards, for the message.
        timeout: seconds to wait.

    Raises:
        WorkbookBusyError: ``workbook-lock-timeout``.
        WorkbookError: ``workbook-lock-unsupported``.
    """
    system.make_folder(path.parent)
    lock = FileLock(path, timeout=timeout, poll_interval=_POLL)
    _acquire(lock, path, book)
    try:
        _name_holder(path)
        yield
    finally:
        with suppress(OSError):
            _holder_file(path).unlink(missing_ok=True)
        with suppress(OSError):  # closing the file frees the lock, whatever unlocking says
            lock.release()


def lock_file(folder: StoreFolder, book: Path) -> Path:
    """Return the lock file of a book: the same for every spelling of its name."""
    name = folded_name(folder, book)
    short = hashlib.sha256(name.encode()).hexdigest()[:12]
    return folder.locks / f"{Path(name).stem[:_LONGEST_STEM]}-{short}.lock"


def folded_name(folder: StoreFolder, book: Path) -> str:
    """Return the name of a book by which locks are sorted, upper and lower case alike."""
    return unicodedata.normalize("NFC", folder.name_of(book).casefold())


def holder_of(path: Path) -> str:
    """Return who holds a lock file, as ``user@host (pid)``; "" if that is not known."""
    try:
        holder = json.loads(_holder_file(path).read_bytes())
        return f"{holder['user']}@{holder['host']} ({holder['pid']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def lock_test(folder: Path) -> bool:
    """Tell whether locks hold between processes in a folder; on some network drives they do not.

    Another process must fail to take a lock that this one has, and succeed afterwards.
    """
    path = folder / f"lock_test.{os.getpid()}.lock"
    try:
        with file_lock(path, path.name, 0):
            refused = _tried_elsewhere(path) == _REFUSED
        return refused and _tried_elsewhere(path) == 0
    except WorkbookError:
        return False
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _acquire(lock: BaseFileLock, path: Path, book: str) -> None:
    try:
        lock.acquire()
    except Timeout as error:
        holder = holder_of(path)
        raise WorkbookBusyError("workbook-lock-timeout", book=book, holder=holder) from error
    except (NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LOCKS:
            raise
        folder = str(path.parent)
        raise WorkbookError("workbook-lock-unsupported", book=book, folder=folder) from error


def _tried_elsewhere(path: Path) -> int:
    command = [sys.executable, "-I", "-c", _TRY, str(path)]
    # Nothing foreign is run: this interpreter, with a fixed program.
    return subprocess.run(command, check=False, timeout=_TEST_SECONDS).returncode  # noqa: S603


def _holder_file(path: Path) -> Path:
    return path.with_suffix(".holder.json")


def _name_holder(path: Path) -> None:
    """Say who holds a lock, for people only: nothing depends on it, so it may fail."""
    holder = {
        "user": system.user_name(),
        "host": system.host_name(),
        "pid": os.getpid(),
        "since": system.now().isoformat(timespec="seconds"),
    }
    with suppress(OSError):
        _holder_file(path).write_text(json.dumps(holder, ensure_ascii=False), encoding="utf-8")
