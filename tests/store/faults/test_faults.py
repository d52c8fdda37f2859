"""Every call that changes a file is killed and failed, in process; see `strace` for the rest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from sheetsales.errors import SheetsalesError
from tests.store.faults import hook
from tests.store.faults.hook import run
from tests.store.faults.scenarios import Scenario, save, scenarios

SCENARIOS = [scenario.name for scenario in scenarios()]
POINTS = 600


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_fault_at_any_call_leaves_old_or_new_and_the_next_save_works(name: str) -> None:
    command = [sys.executable, "-m", "tests.store.faults.strike", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["wrong"] == []
    assert result["points"] >= POINTS / len(SCENARIOS)
    assert len(set(map(tuple, result["digests"]))) == 3  # before, after, after the next save


def _save_in_place(folder: Path) -> None:
    path, other = folder / "a.xlsx", folder / "other" / "a.xlsx"
    other.parent.mkdir()
    shutil.copy(path, other)
    save(other, "k001", 1)
    data = other.read_bytes()
    shutil.rmtree(other.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
    os.write(descriptor, data)
    os.close(descriptor)


def test_a_save_in_place_is_found_wanting(tmp_path: Path) -> None:
    scenario = Scenario("in_place", ("a.xlsx",), lambda _: None, _save_in_place)
    scenario.set_up(tmp_path)
    last = len(run(partial(scenario.act, scenario.fresh())).calls)
    wrong = []
    for number in (last - 1, last):  # the write and the close
        folder = scenario.fresh()
        ended = run(partial(scenario.act, folder), "torn", number)
        wrong.append([fault for fault in _found(scenario, folder, ended) if "neither" in fault])
    assert [len(found) for found in wrong] == [1, 0]


def _found(scenario: Scenario, folder: Path, ended: hook.Ended) -> Iterator[str]:
    with suppress(SheetsalesError):  # a torn book cannot be saved again
        yield from scenario.faults(folder, ended)


def test_a_fault_is_a_fault() -> None:
    def two_calls() -> None:
        reading, writing = hook.os.pipe()
        hook.os.write(writing, b"four")
        if hook.os.read(reading, 4) != b"four":
            raise ValueError
        hook.os.close(writing)

    assert hook.run(two_calls) == hook.Ended("done", "", ("write", "close"))
    assert hook.run(two_calls, "kill", 1) == hook.Ended("died")
    assert hook.run(two_calls, "kill", 3).state == "done"
    assert "OSError" in hook.run(two_calls, "EIO", 2).detail
    assert "No space" in hook.run(two_calls, "full", 1).detail
