"""The page on the store names every refusal, and only tests that there are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")
CHECKLIST = (ROOT / "docs" / "store-checklist.md").read_text(encoding="utf-8")
MARKS = ("tested", "stand-in", "by design", "measured")


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of all table rows below a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\| (.+) \|$", section, re.MULTILINE)
    return [line.split(" | ") for line in lines if not line.startswith("---")]


def test_every_refusal_of_the_store_has_a_reason_and_a_way_out() -> None:
    texts = (ROOT / "sheetsales/regulation/messages/store.toml").read_text(encoding="utf-8")
    codes = set(tomllib.loads(texts)["error"])
    rows = [row for row in _rows("What it refuses") if row[0].startswith("`")]
    assert [row for row in rows if len(row) != 3 or not all(row)] == []
    named = {code for row in rows for code in re.findall(r"`([a-z0-9-]+)`", row[0])}
    assert codes - named == set(), "refusals that the page does not explain"
    assert named - codes == set(), "refusals that there are no more"


def test_every_promise_is_marked_and_names_tests_that_exist() -> None:
    rows = _rows("What it promises")[1:]
    assert len(rows) >= 15
    for promise, mark, place in rows:
        assert mark.startswith(MARKS), promise
        files = re.findall(r"`(tests/[^`]+)`", place)
        assert files or not mark.startswith(("tested", "stand-in")), promise
        assert [name for name in files if not (ROOT / name).exists()] == [], promise


def test_the_checklist_has_a_line_for_the_result_of_each_step() -> None:
    steps = re.findall(r"^(\d+)\. ", CHECKLIST, re.MULTILINE)
    results = re.findall(r"^\| (\d+) \|", CHECKLIST, re.MULTILINE)
    assert steps == results == [str(number) for number in range(1, len(steps) + 1)]
