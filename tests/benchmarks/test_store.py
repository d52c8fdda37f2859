"""The benchmark of the store runs, counts what was lost, and says what it found."""

from __future__ import annotations

import argparse
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from benchmarks import store
from benchmarks.store_books import book_of
from benchmarks.store_jobs import PART, Task, save_with_sheetsales
from benchmarks.store_losses import find_losses
from benchmarks.store_report import as_markdown, with_figures

ROWS = 200


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    words = ["--rows", str(ROWS), "--turns", "1", "--losses", str(ROWS), "--peers"]
    return store.run(store.parse(words))


def _done(tmp_path: Path, job: str = "append") -> Task:
    task = Task(job, ROWS, book_of(ROWS, decorated=True), tmp_path / "book.xlsx")
    save_with_sheetsales(task)()
    return task


def test_every_run_of_ours_has_figures(result: dict[str, Any]) -> None:
    (size,) = result["sizes"]
    runs = [each for job in size["jobs"].values() for each in job.values()]
    assert runs
    assert [each for each in runs if each["note"] or not each["cpu_median"]] == []


def test_ours_loses_nothing(result: dict[str, Any]) -> None:
    for job, found in result["losses"]["jobs"].items():
        for losses in found.values():
            assert (losses["parts"], losses["elements_lost"], losses["note"]) == ([], [], ""), job
            assert losses["identical"] == losses["other_parts"]
            assert losses["cells"] == losses["missed"] == losses["results"] == 0


def test_the_page_shows_every_contender(result: dict[str, Any]) -> None:
    page = as_markdown(result)
    assert page.count("| sheetsales save by key, ISA-L |") == 4
    assert page.count("| floor, stock zlib |") == 2


def test_old_results_stay_where_nothing_was_measured_anew() -> None:
    old = {
        "sizes": [
            {"rows": 10, "date": "old", "jobs": {"update": {"edit": 1, "openpyxl": 2}}},
            {"rows": 30, "date": "old", "jobs": {}},
        ]
    }
    new = {"sizes": [{"rows": 10, "date": "new", "jobs": {"update": {"edit": 3}}}]}
    assert store.merged(old, new)["sizes"] == [
        {"rows": 10, "date": "new", "jobs": {"update": {"edit": 3, "openpyxl": 2}}},
        {"rows": 30, "date": "old", "jobs": {}},
    ]


def test_a_run_that_fails_says_why(tmp_path: Path) -> None:
    runs = store.Runs()
    task = Task("update", ROWS, tmp_path / "missing.xlsx", tmp_path / "book.xlsx")
    store.run_once("edit", task, store.Limits(1_000, 60), runs)
    assert runs.note.startswith("failed: ")
    assert runs.cpu == []


def test_a_run_over_its_limit_is_ended(tmp_path: Path) -> None:
    runs = store.Runs()
    task = Task("update", ROWS, book_of(ROWS), tmp_path / "book.xlsx")
    store.run_once("edit", task, store.Limits(1_000, 0), runs)
    assert runs.note == "stopped after 0 s"


def _rewritten(task: Task, change: dict[str, tuple[bytes, bytes]], drop: str = "") -> None:
    """Write the target anew with some bytes replaced and a part left out."""
    with zipfile.ZipFile(task.target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != drop}
    for name, (old, new) in change.items():
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)
    with zipfile.ZipFile(task.target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


@pytest.mark.parametrize(
    ("name", "old", "new", "figure", "value"),
    [
        (PART, b"<sheetFormatPr", b'<sheetFormatPr x="1"', "elements_changed", ["sheetFormatPr"]),
        (PART, b'<c r="A2" t="s"', b'<c r="A2"', "cells", 1),
        (PART, b'<c r="A2" t="s"', b'<c r="A2" s="1" t="s"', "restyled", 1),
        ("xl/theme/theme1.xml", b"Office Theme", b"Other Theme!", "identical", 21),
        ("xl/tables/table1.xml", b'ref="A1:O1201"', b'ref="A1:O201"', "table", False),
    ],
)
def test_a_planted_loss_is_found(
    tmp_path: Path, name: str, old: bytes, new: bytes, figure: str, value: object
) -> None:
    task = _done(tmp_path)
    before = getattr(find_losses(task), figure)
    _rewritten(task, {name: (old, new)})
    assert before != value
    assert getattr(find_losses(task), figure) == value


def test_a_lost_part_is_found(tmp_path: Path) -> None:
    task = _done(tmp_path)
    _rewritten(task, {}, drop="xl/comments1.xml")
    assert find_losses(task).parts == ["xl/comments1.xml"]


def test_a_lost_result_is_found(tmp_path: Path) -> None:
    task = _done(tmp_path, "update")
    with zipfile.ZipFile(task.source) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml")
    start = xml.index(b"<v>", xml.index(b"</f>"))
    result = xml[start : xml.index(b"</v>", start) + 4]
    _rewritten(task, {"xl/worksheets/sheet2.xml": (result, b"")})
    assert find_losses(task).results == 1


def test_libraries_are_chosen_by_name() -> None:
    assert store.parse(["--peers", "crabxl"]).peers == ["crabxl"]
    with pytest.raises(SystemExit):
        store.parse(["--peers", "unknown"])
    assert isinstance(store.parse([]), argparse.Namespace)


def test_pages_show_the_results_that_are_kept() -> None:
    kept = json.loads((store.RESULTS / "store.json").read_text(encoding="utf-8"))
    assert (store.RESULTS / "store.md").read_text(encoding="utf-8") == as_markdown(kept)
    page = store.DOCS.read_text(encoding="utf-8")
    assert page == with_figures(page, kept), "run: python -m benchmarks.store --save"
