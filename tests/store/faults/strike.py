"""Strikes every call of one scenario in process and prints what came of it, as JSON.

Usage: ``python -m tests.store.faults.strike SCENARIO``. A process of its own, because forks of a
small one are cheap.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from tests.store.faults.hook import FAULTS, run
from tests.store.faults.scenarios import Scenario, scenarios

MEMORY = Path("/dev/shm")


def points(scenario: Scenario) -> list[tuple[str, int]]:
    """Return the faults and the numbers of the calls that they can meet."""
    undisturbed = run(partial(scenario.act, scenario.fresh()))
    if undisturbed.state != "done":
        raise AssertionError(undisturbed)
    return [
        (fault, number)
        for fault, calls in FAULTS.items()
        for number, name in enumerate(undisturbed.calls, 1)
        if not calls or name in calls
    ]


def struck(scenario: Scenario) -> tuple[int, list[str]]:
    """Strike every point; return how many there are, and what is wrong."""
    struck_points, wrong = points(scenario), []
    for fault, number in struck_points:
        folder = scenario.fresh()
        ended = run(partial(scenario.act, folder), fault, number)
        found = scenario.faults(folder, ended)
        wrong += [f"{fault} {number} {ended.state} {ended.detail}: {each}" for each in found]
    return len(struck_points), wrong


def main(name: str) -> None:
    """Strike a scenario: in memory where that can be, as the disk itself is not tested."""
    scenario = next(each for each in scenarios() if each.name == name)
    place = Path(tempfile.mkdtemp(prefix="faults", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        scenario.set_up(place)
        count, wrong = struck(scenario)
        digests = [scenario.old, scenario.new, scenario.new_next]
        print(json.dumps({"points": count, "wrong": wrong, "digests": digests}))
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main(sys.argv[1])
