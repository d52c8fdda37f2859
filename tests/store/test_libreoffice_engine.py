"""What xlwings' documentation says holds in LibreOffice: a program of its calls, one test each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.office.session import LibreOffice
from tests.store.libreoffice_program import PROGRAM, shown

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    with LibreOffice(tmp_path_factory.mktemp("engine")) as office:
        done = subprocess.run(
            [sys.executable, "-m", "tests.store.libreoffice_program", office.pipe],
            capture_output=True,
            check=False,
            cwd=ROOT,
            encoding="utf-8",
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("call", PROGRAM)
def test_engine_gives_what_the_documentation_says(call: str, given: dict[str, object]) -> None:
    assert given[call] == shown(PROGRAM[call][1])


def test_program_has_at_least_forty_calls() -> None:
    assert len(PROGRAM) >= 40
