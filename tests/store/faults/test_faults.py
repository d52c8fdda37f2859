"""Every call that changes a file is killed and failed, in process; see `strace` for the rest."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.store.faults.hook import FAULTS, Ended, run
from tests.store.faults.scenarios import Scenario, scenarios

POINTS = 600
SCENARIOS = {scenario.name: scenario for scenario in scenarios()}
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder in memory where there is one: the order of the calls is tested, not the disk."""
    parent = MEMORY if MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="faults", dir=parent))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest, place: Path) -> Scenario:
    found = SCENARIOS[request.param]
    found.set_up(place)
    assert found.old != found.new
    assert found.new != found.new_next
    return found


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_call_leaves_old_or_new_and_the_next_save_works(
    scenario: Scenario, fault: str
) -> None:
    wrong = []
    for number in points(scenario, fault):
        folder = scenario.fresh()
        ended = run(partial(scenario.act, folder), fault, number)
        found = scenario.faults(folder, ended)
        wrong += [f"{fault} {number} {ended.state} {ended.detail}: {each}" for each in found]
    assert wrong == []


def test_there_are_many_points(place: Path) -> None:
    count = 0
    for made in scenarios():
        made.name += "_counted"
        made.set_up(place)
        count += sum(len(points(made, fault)) for fault in FAULTS)
    assert count >= POINTS


def points(scenario: Scenario, fault: str) -> list[int]:
    """Return the numbers of the calls to strike."""
    undisturbed = _undisturbed(scenario)
    calls = enumerate(undisturbed.calls, 1)
    return [number for number, name in calls if fault != "torn" or name == "write"]


def _undisturbed(scenario: Scenario) -> Ended:
    ended = run(partial(scenario.act, scenario.fresh()))
    assert ended.state == "done", ended.detail
    return ended
