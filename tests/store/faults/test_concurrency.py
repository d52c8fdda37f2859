"""Many processes save different rows of one workbook: none is lost, whoever is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sheetsales.store import read_tables
from sheetsales.store.folders import StoreFolder
from sheetsales.store.journal import Journal
from tests.store.faults.scenarios import make_book
from tests.store.faults.writer import VALUE

WRITERS = 16
SAVES = 50
KILLS = 40


def start(book: Path, number: int) -> subprocess.Popen[bytes]:
    said, first = book.parent / f"said{number}", number * SAVES + 1
    command = [sys.executable, "-m", "tests.store.faults.writer", book, said, first, SAVES]
    return subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE)


def check(book: Path) -> None:
    """Every row that a writer knows to be saved is there, and the journal is sound."""
    table = read_tables(book)["t"]
    held = dict(zip(*table.columns, strict=True))
    known = {key for said in book.parent.glob("said*") for key in said.read_text().split()}
    assert len(known) == WRITERS * SAVES
    assert {key: held[key] for key in known} == {key: VALUE + int(key[1:]) for key in known}
    assert Journal(StoreFolder(book.parent)).verify() == []
    assert [path.name for path in book.parent.iterdir() if ".tmp." in path.name] == []


def test_no_save_of_sixteen_processes_is_lost(tmp_path: Path) -> None:
    book = make_book(tmp_path / "a.xlsx", WRITERS * SAVES)
    (tmp_path / ".sheetsales").mkdir()
    writers = [start(book, number) for number in range(WRITERS)]
    for writer in writers:
        assert writer.communicate()[1] == b""
        assert writer.returncode == 0
    check(book)


@pytest.mark.long
def test_no_acknowledged_save_is_lost_when_processes_are_killed(tmp_path: Path) -> None:
    book = make_book(tmp_path / "a.xlsx", WRITERS * SAVES)
    (tmp_path / ".sheetsales").mkdir()
    chances = random.Random(1)
    writers = {number: start(book, number) for number in range(WRITERS)}
    for _ in range(KILLS):
        time.sleep(chances.uniform(0.2, 1.5))
        alive = [number for number, writer in writers.items() if writer.poll() is None]
        if alive:
            number = chances.choice(alive)
            writers[number].kill()
            writers[number].communicate()
            writers[number] = start(book, number)
    for writer in writers.values():
        assert writer.communicate()[1] == b""
        assert writer.returncode == 0
    check(book)
