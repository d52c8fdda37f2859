"""A batch is killed at random moments and resumed; no half document is ever to be seen."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.word.batch_scripts import batch_of
from tests.word.docx_files import template

_PATIENCE = 120


class Watcher(threading.Thread):
    """Opens every document that it sees in a folder, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.broken: list[str] = []
        self._folder = folder
        self._stopped = threading.Event()
        self._known: set[tuple[str, int]] = set()

    def run(self) -> None:
        while not self._stopped.wait(0.02):
            for entry in os.scandir(self._folder):
                if not entry.name.startswith("."):
                    self._open(entry)

    def _open(self, entry: os.DirEntry[str]) -> None:
        seen = (entry.name, entry.stat().st_ino)
        if seen in self._known:
            return
        self._known.add(seen)
        try:
            with zipfile.ZipFile(entry.path) as package:
                package.read("word/document.xml")
        except (zipfile.BadZipFile, KeyError, EOFError) as error:
            self.broken.append(f"{entry.name}: {error}")

    def stop(self) -> list[str]:
        self._stopped.set()
        self.join()
        return self.broken


def contents(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, check=False)
    return [int(child) for child in found.stdout.split()]


def visible(folder: Path) -> int:
    return sum(not path.name.startswith(".") for path in folder.iterdir())


def killed(process: subprocess.Popen[bytes], folder: Path, after: int, *, worker: bool) -> bool:
    """Kill a batch, or one of its workers, once so many documents are there; return if it ran."""
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if visible(folder) >= after:
            # The last child is a worker; the first may be what cleans up after all.
            victims = children_of(process.pid)[-1:] if worker else [process.pid]
            for pid in victims:
                os.kill(pid, signal.SIGKILL)
            return True
        time.sleep(0.002)
    return False


def battered(folder: Path, source: Path, count: int, kills: int) -> tuple[int, list[str]]:
    """Make a batch in spite of kills, every third of a worker; return kills and broken files."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.word.batch_scripts", str(source), str(folder)]
    chance = random.Random(4)
    moments = sorted(chance.sample(range(count * 19 // 20), kills))
    watcher = Watcher(folder)
    watcher.start()
    struck = 0
    for number, moment in enumerate(moments):
        process = subprocess.Popen([*command, str(count), "2"], stderr=subprocess.DEVNULL)
        worker = number % 3 == 2
        struck += killed(process, folder, moment, worker=worker)
        if not worker:
            process.wait(_PATIENCE)
            continue
        # The batch goes on without that worker; then it is killed as well.
        time.sleep(0.2)
        process.kill()
        process.wait(_PATIENCE)
    subprocess.run([*command, str(count), "2"], check=True, timeout=10 * _PATIENCE)
    return struck, watcher.stop()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize(
    ("count", "kills"), [(300, 4), pytest.param(5000, 20, marks=pytest.mark.long)]
)
def test_a_batch_that_is_killed_again_and_again_ends_as_if_it_was_not(
    tmp_path: Path, count: int, kills: int
) -> None:
    made = template(tmp_path, "{{ value }}", "結束")
    made.render_many(batch_of(count), tmp_path / "whole", "{value} {number}")
    struck, broken = battered(tmp_path / "out", made.path, count, kills)
    assert struck >= kills // 2
    assert broken == []
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
