"""Every call that changes a file is killed and failed, in process; see `strace` for the rest."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.store.faults import hook
from tests.store.faults.scenarios import scenarios

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
