"""A batch of the command line that is killed again and again ends as if it had not been."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetsales.workspace import Workspace
from tests.office.company import AS_OF, filled_company, problems
from tests.small import state_of
from tests.word.test_killed_batches import Watcher

KIND = "customer_card"
PATIENCE = 120
PROGRAM = """
import sys
from datetime import datetime
import sheetsales.cli.docs.make
from sheetsales.cli.main import main
at_noon = datetime.fromisoformat("2026-10-15T12:00:00")
sys.modules["sheetsales.cli.docs.make"]._now = lambda: at_noon
main()
"""
"""The program, with a clock that stands still: so two batches are equal to the byte."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")


def started(folder: Path, *options: str) -> subprocess.Popen[str]:
    words = ["docs", "make", KIND, "-C", str(folder), "--as-of", AS_OF.isoformat(), *options]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def made(folder: Path, *options: str) -> dict[str, object]:
    process = started(folder, "--json", *options)
    out, err = process.communicate(timeout=PATIENCE)
    # 1 where customers have errors planted in their rows, and get no card.
    assert process.returncode in (0, 1), err
    told = json.loads(out)
    assert isinstance(told, dict)
    return told


def documents_in(folder: Path) -> Path:
    return folder / "documents" / KIND / AS_OF.isoformat()


def plans_in(folder: Path) -> list[Path]:
    return [*(folder / ".sheetsales" / "batches").glob("*.jsonl")]


def count_of(folder: Path) -> int:
    return len([*documents_in(folder).glob("DOC-*.docx")])


def is_struck(folder: Path, after: int, delay: float, *, alone: bool) -> bool:
    """Kill a batch when so many documents are there; return whether it still ran.

    Args:
        folder: the workspace.
        after: how many documents; the plan of the batch is there in any case.
        delay: seconds to wait then.
        alone: kill the command alone, not its workers.
    """
    process = started(folder, "-q", "--workers", "2", *(["--resume"] if plans_in(folder) else []))
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if plans_in(folder) and count_of(folder) >= after:
            time.sleep(delay)
            break
        time.sleep(0.001)
    is_running = process.poll() is None
    if is_running:
        (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    return is_running


def moments(count: int, kills: int) -> Iterator[tuple[int, float, bool]]:
    """Yield when to kill: a third while documents are written, the rest while they are kept."""
    chance = random.Random(4)
    early = kills - kills // 2
    for after in sorted(chance.randrange(count) for _ in range(early)):
        yield after, chance.uniform(0, 0.01), chance.random() < 0.5
    for delay in sorted(chance.uniform(0.01, 0.5) for _ in range(kills // 2)):
        yield count, delay, chance.random() < 0.5


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_company(tmp_path_factory.mktemp("company") / "demo", customers=40).folder


@pytest.mark.parametrize(
    ("customers", "kills"), [(40, 4), pytest.param(None, 16, marks=pytest.mark.long)]
)
def test_a_killed_batch_ends_as_if_it_was_not(tmp_path, request, customers, kills):
    folder, whole = tmp_path / "demo", tmp_path / "whole"
    if customers:
        shutil.copytree(request.getfixturevalue("company"), folder)
    else:
        filled_company(folder)
    shutil.copytree(folder, whole)
    told = made(whole)
    count = len(told["documents"])
    assert count == count_of(whole) > kills
    documents_in(folder).mkdir(parents=True)
    watcher = Watcher(documents_in(folder))
    watcher.start()
    struck = 0
    for after, delay, alone in moments(count, kills):
        struck += is_struck(folder, after, delay, alone=alone)
        if struck and not plans_in(folder):
            break
    if plans_in(folder):
        made(folder, "--resume")
    assert [one for one in watcher.stop() if ".docx" in one] == []
    assert struck >= kills // 2
    assert plans_in(folder) == []
    for part in ("documents", ".sheetsales/documents", ".sheetsales/templates"):
        assert state_of(folder / part) == state_of(whole / part), part
    rows = [Workspace.open(one).frames["document"] for one in (folder, whole)]
    assert {one["document_id"] for one in told["documents"]} <= {*rows[0]["document_id"]}
    assert rows[0].equals(rows[1])
    assert problems(folder) == problems(whole)
