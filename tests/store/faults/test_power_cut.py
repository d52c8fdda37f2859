"""A model of power cuts after every call: old or new, and what is acknowledged stays."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetsales.store import system
from tests.store.faults.hook import Ended
from tests.store.faults.power import Recorder, State, cuts, put
from tests.store.faults.scenarios import Scenario, scenarios
from tests.store.faults.strike import MEMORY

NAMES = [scenario.name for scenario in scenarios()]
LEAST = 15


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="power", dir=MEMORY if MEMORY.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


def made(name: str, place: Path) -> Scenario:
    scenario = next(each for each in scenarios() if each.name == name)
    scenario.set_up(place)
    return scenario


def recorded(scenario: Scenario) -> Recorder:
    folder = scenario.fresh()
    with Recorder(folder) as recorder:
        scenario.act(folder)
    return recorder


def states(recorder: Recorder, rounds: int) -> list[tuple[bool, State]]:
    """Return the states that differ; in each round what is torn is torn elsewhere."""
    chances, different = random.Random(1), {}
    for _ in range(rounds):
        for is_end, state in cuts(recorder, chances):
            different[is_end, tuple(sorted(state.items()))] = (is_end, state)
    return list(different.values())


def faults(scenario: Scenario, is_end: bool, state: State) -> list[str]:
    folder = scenario.place / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    put(state, folder)
    return list(scenario.faults(folder, Ended("done" if is_end else "died")))


@pytest.mark.parametrize("name", NAMES)
def test_a_power_cut_leaves_old_or_new_and_what_is_acknowledged(name: str, place: Path) -> None:
    scenario = made(name, place)
    different = states(recorded(scenario), rounds=3)
    assert len(different) >= LEAST
    assert [fault for each in different for fault in faults(scenario, *each)] == []


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_every_state_that_a_power_cut_may_leave_is_sound(name: str, place: Path) -> None:
    scenario = made(name, place)
    different = states(recorded(scenario), rounds=100)
    assert [fault for each in different for fault in faults(scenario, *each)] == []


@pytest.mark.parametrize("missing", ["sync_file", "sync_folder"])
def test_a_sync_that_is_left_out_is_found(
    missing: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = made("save", place)
    assert scenario.new
    assert scenario.old_next
    assert scenario.new_next
    with monkeypatch.context() as patch:
        patch.setattr(system, missing, lambda _: None)
        recorder = recorded(scenario)
    different = states(recorder, 1)
    neither = [each for each in different if _is_bad(scenario, *each)]
    assert neither


def _is_bad(scenario: Scenario, is_end: bool, state: State) -> bool:
    folder = scenario.place / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    put(state, folder)
    found = scenario.digests(folder)
    return found not in ([scenario.new] if is_end else [scenario.old, scenario.new])
