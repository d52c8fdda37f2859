"""A damaged workbook in a workspace: one message, exit code 3, and never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.store.mutants import changed
from tests.store.test_read_errors import CASES

SAMPLED, ALL = 25, 500
BUG = 4


def book_of(folder: Path, stem: str) -> Path:
    return folder / "workbooks" / f"{stem}.xlsm"


@pytest.mark.parametrize("name", CASES)
def test_a_book_that_cannot_be_read_is_one_message(small, cli, name):
    code, make = CASES[name]
    path = book_of(small, "customer")
    path.unlink()
    make(path)
    said = cli("check", "-C", small)
    assert said.code == 3, code
    assert said.out == ""
    what, do = said.err.splitlines()
    assert "customer" in what
    assert do.startswith("→ ")
    assert "Traceback" not in said.err


def outcomes(small: Path, cli, numbers: range) -> list[tuple[int, str]]:
    """Return the mutants of a workspace's books that ended as a bug."""
    whole = {stem: book_of(small, stem).read_bytes() for stem in ("customer", "sales")}
    bugs = []
    for number in numbers:
        dice = random.Random(number)
        stem = dice.choice(sorted(whole))
        book_of(small, stem).write_bytes(changed(whole[stem], dice))
        said = cli("check", "-C", small)
        if said.code == BUG or "Traceback" in said.err:
            bugs.append((number, said.err))
        book_of(small, stem).write_bytes(whole[stem])
    return bugs


def test_mutants_in_a_workspace_are_problems_or_refusals(small, cli):
    assert outcomes(small, cli, range(SAMPLED)) == []


@pytest.mark.long
def test_500_mutants_in_a_workspace_are_problems_or_refusals(small, cli):
    assert outcomes(small, cli, range(SAMPLED, ALL)) == []
