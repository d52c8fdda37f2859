"""The page on Word files names every filter, only tests that there are, and every difference."""

from __future__ import annotations

import re
from pathlib import Path

from sheetsales.word.environment import PlainEnvironment
from tests.word.equality.cases import CASES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "word.md").read_text(encoding="utf-8")
MARKS = ("tested", "measured", "by design")
UNSAID = {"e", "escape", "in_attribute"}
"""What Jinja's users write out of habit, for values are escaped anyway; and one that is put in."""


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of all table rows below a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\| (.+) \|$", section, re.MULTILINE)
    return [re.split(r"(?<!\\) \| ?", line) for line in lines if not line.startswith("---")]


# Names that begin with a space are those that calls are rewritten to; nobody can type them.
def test_every_filter_is_on_the_page_and_no_other() -> None:
    rows = _rows("Filters")[1:]
    shown = {name for row in rows for name in re.findall(r"`(\w+)(?:\(.*?\))?`", row[0])}
    known = {name for name in PlainEnvironment().filters if not name.startswith(" ")}
    assert shown == known - UNSAID


def test_every_promise_is_marked_and_names_tests_that_exist() -> None:
    rows = _rows("What it promises")[1:]
    assert len(rows) >= 8
    for promise, mark, place in rows:
        assert mark.startswith(MARKS), promise
        files = re.findall(r"`(tests/[^`]+)`", place)
        assert files or not mark.startswith("tested"), promise
        assert [name for name in files if not (ROOT / name).exists()] == [], promise


def test_the_page_counts_the_templates_that_are_compared() -> None:
    assert f"with {len(CASES)} templates" in PAGE
