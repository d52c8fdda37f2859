"""Lock files: one writer at a time, between processes and threads, whoever dies."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import unicodedata
import warnings
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookBusyError, WorkbookError
from sheetsales.store import locks
from sheetsales.store.folders import StoreFolder
from sheetsales.store.locks import book_lock, book_locks, file_lock, holder_of, lock_file, lock_test

_HOLD = """
import sys, time
from pathlib import Path
from sheetsales.store.folders import StoreFolder
from sheetsales.store.locks import book_lock
book = Path(sys.argv[1])
with book_lock(StoreFolder(book.parent), book):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "客戶.xlsx"
    path.write_bytes(b"")
    return path


def test_another_process_waits_and_is_told_who_holds_the_lock(book: Path) -> None:
    folder = StoreFolder(book.parent)
    other = subprocess.Popen([sys.executable, "-c", _HOLD, book], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    with pytest.raises(WorkbookBusyError) as caught, book_lock(folder, book, timeout=0.1):
        pass
    other.send_signal(signal.SIGKILL)
    other.wait()
    other.stdout.close()
    assert caught.value.code == "workbook-lock-timeout"
    assert f"({other.pid})" in str(caught.value.arguments["holder"])
    with book_lock(folder, book, timeout=5):  # the system frees the lock of the dead
        assert f"({os.getpid()})" in holder_of(lock_file(folder, book))


def test_threads_exclude_each_other(book: Path) -> None:
    folder, inside, most = StoreFolder(book.parent), [0], [0]

    def work() -> None:
        for _ in range(10):
            with book_lock(folder, book):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_every_spelling_of_a_name_has_the_same_lock(tmp_path: Path) -> None:
    folder = StoreFolder(tmp_path)
    composed = tmp_path / "Café.xlsx"
    spellings = (tmp_path / unicodedata.normalize("NFD", "Café.xlsx"), tmp_path / "CAFÉ.XLSX")
    assert {lock_file(folder, path) for path in spellings} == {lock_file(folder, composed)}
    assert lock_file(folder, tmp_path / "Cafe.xlsx") != lock_file(folder, composed)
    longest = lock_file(folder, tmp_path / ("長" * 80 + ".xlsx")).with_suffix(".holder.json")
    assert len(longest.name.encode()) <= 255


def test_several_locks_are_taken_in_one_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    monkeypatch.setattr(locks, "_name_holder", lambda path: taken.append(path.name))
    books = [tmp_path / name for name in ("b.xlsx", "A.xlsx", "c.xlsx", "A.xlsx")]
    for order in (books, books[::-1]):
        with book_locks(StoreFolder(tmp_path), order):
            pass
    assert [name[0] for name in taken] == ["a", "b", "c"] * 2


def test_the_lock_stays_and_the_name_of_its_holder_goes(book: Path) -> None:
    folder = StoreFolder(book.parent)
    with book_lock(folder, book):
        pass
    assert list(folder.locks.iterdir()) == [lock_file(folder, book)]
    assert holder_of(lock_file(folder, book)) == ""


def test_a_holder_file_that_says_nothing_harms_nothing(book: Path) -> None:
    path = lock_file(StoreFolder(book.parent), book)
    with file_lock(path, book.name):
        path.with_suffix(".holder.json").write_text("[]")
        with pytest.raises(WorkbookBusyError), file_lock(path, book.name, 0):
            pass


def test_the_lock_test_sees_locks_that_hold(tmp_path: Path) -> None:
    assert lock_test(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_lock_test_sees_locks_that_do_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_tried_elsewhere", lambda _: 0)
    assert not lock_test(tmp_path)


@pytest.mark.parametrize(
    "answer",
    [NotImplementedError("no flock"), OSError(errno.ENOTSUP, "no"), OSError(errno.ENOLCK, "no")],
    ids=["not implemented", "ENOTSUP", "ENOLCK"],
)
def test_a_drive_without_locks_is_refused(
    book: Path, monkeypatch: pytest.MonkeyPatch, answer: Exception
) -> None:
    def acquire(_: object) -> None:
        raise answer

    monkeypatch.setattr(locks.FileLock, "acquire", acquire)
    with pytest.raises(WorkbookError) as caught, book_lock(StoreFolder(book.parent), book):
        pass
    assert caught.value.code == "workbook-lock-unsupported"
    assert caught.value.arguments["book"] == book.name
    assert not lock_test(book.parent)


def test_any_other_answer_of_the_system_stays_what_it_is(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def acquire(_: object) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(locks.FileLock, "acquire", acquire)
    with pytest.raises(OSError, match="broken"), book_lock(StoreFolder(book.parent), book):
        pass


def test_where_the_system_has_no_flock_there_is_still_one_writer_or_none(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(*_: int) -> None:
        raise OSError(errno.ENOSYS, "no flock")

    monkeypatch.setattr(fcntl, "flock", flock)
    folder = StoreFolder(book.parent)
    refused = ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with (
                book_lock(folder, book),
                pytest.raises(WorkbookBusyError),
                book_lock(folder, book, timeout=0),
            ):
                pass
            with book_lock(folder, book, timeout=0):
                pass
        except WorkbookError as error:
            refused = error.code
    assert refused in ("", "workbook-lock-unsupported")
