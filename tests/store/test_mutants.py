"""Real workbooks changed at random: no exception but our own, no crash, no hang."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.store.mutants import ROOT, mutant, with_tables, workbooks

SAMPLED, ALL, BATCH = 1_500, 20_000, 2_000


def faults(first: int, last: int) -> Iterator[str]:
    """Yield what went wrong with the mutants of a range, tried in processes of their own."""
    while first < last:
        command = [sys.executable, "-m", "tests.store.mutants", str(first), str(last)]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        yield from (f"{number}: {wrong}" for number, *rest in lines for wrong in rest)
        if run.returncode == 0:
            return
        assert lines, run.stderr
        yield f"{lines[-1][0]}: the process ended with {run.returncode}\n{run.stderr[-2000:]}"
        first = lines[-1][0] + 1


def test_mutants_are_made_of_many_workbooks_and_always_the_same() -> None:
    assert len(workbooks()) >= 300
    assert len(with_tables()) >= 20
    assert [mutant(number) for number in range(20)] == [mutant(number) for number in range(20)]


def test_mutants_are_read_edited_and_written_or_refused() -> None:
    assert list(faults(0, SAMPLED)) == []


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, ALL, BATCH))
def test_each_of_20000_mutants_is_read_edited_and_written_or_refused(first: int) -> None:
    assert list(faults(first, first + BATCH)) == []
