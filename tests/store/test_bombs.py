"""Small files that ask for much: each is refused within a second and 150 MB, or does no harm."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.store import bombs
from tests.store.books import write_parts

SECONDS, MEGABYTES = 1.0, 150
WAYS = ("read", "edit")
REFUSED = {
    "read": {**bombs.CONTENTS, **bombs.READING, **bombs.FILES},
    "edit": {**bombs.CONTENTS, **bombs.EDITING, **bombs.FILES},
}
SURVIVED = {
    "read": [*bombs.EDITING, *bombs.HARMLESS],
    "edit": [*bombs.READING, *bombs.HARMLESS],
}
ROOT = Path(__file__).resolve().parents[2]


class Outcome(NamedTuple):
    """What a process of its own said of one file."""

    code: str
    seconds: float
    peak: float


def _build(folder: Path) -> dict[str, Path]:
    makers: dict[str, Callable[[], bombs.Content]] = {
        name: make
        for table in (bombs.CONTENTS, bombs.EDITING, bombs.READING)
        for name, (_, make) in table.items()
    }
    paths = {
        name: write_parts(folder / f"{number}.xlsx", make())
        for number, (name, make) in enumerate({**makers, **bombs.HARMLESS}.items())
    }
    for number, (name, (_, write)) in enumerate(bombs.FILES.items(), len(paths)):
        paths[name] = write(folder / f"{number}.xlsx")
    return paths


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Outcome]:
    """Try all bombs both ways, each in a process of its own."""
    paths = _build(tmp_path_factory.mktemp("bombs"))
    found = {}
    for way in WAYS:
        command = [sys.executable, "-m", "tests.store.confined", way, *map(str, paths.values())]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        for name, line in zip(paths, run.stdout.splitlines(), strict=True):
            found[way, name] = Outcome(**json.loads(line))
    return found


def test_there_are_at_least_forty_bombs() -> None:
    assert len(REFUSED["read"].keys() & REFUSED["edit"].keys()) >= 40


@pytest.mark.parametrize(
    ("way", "name", "code"),
    [(way, name, code) for way in WAYS for name, (code, _) in REFUSED[way].items()],
)
def test_a_bomb_is_refused_quickly_and_in_little_memory(
    outcomes: Mapping[tuple[str, str], Outcome], way: str, name: str, code: str
) -> None:
    outcome = outcomes[way, name]
    assert outcome.code == code
    assert outcome.seconds <= SECONDS
    assert outcome.peak <= MEGABYTES


@pytest.mark.parametrize(("way", "name"), [(way, name) for way in WAYS for name in SURVIVED[way]])
def test_what_is_no_bomb_for_one_way_does_no_harm(
    outcomes: Mapping[tuple[str, str], Outcome], way: str, name: str
) -> None:
    outcome = outcomes[way, name]
    assert ":" not in outcome.code, "an exception of another kind, or a crash"
    assert outcome.seconds <= SECONDS
    assert outcome.peak <= 2 * MEGABYTES
