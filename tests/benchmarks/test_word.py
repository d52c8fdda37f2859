"""The benchmark of Word files runs, compares texts, and says what it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import word
from benchmarks.word_files import BRACES, records, texts_of, write_template
from benchmarks.word_report import as_markdown, ratio, with_figures
from sheetsales.word import Template

COUNT = 3


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    words = ["--counts", str(COUNT), "--turns", "1", "--batch", "0", "--styles", "lean", "--peers"]
    return word.run(word.parse(words))


def test_every_run_of_ours_has_figures(result: dict[str, Any]) -> None:
    (size,) = result["sizes"]
    assert set(size["runs"]) == set(word.OURS)
    assert [runs["note"] for runs in size["runs"].values() if not runs.get("cpu_median")] == []
    assert size["runs"]["ours"]["kb"] > 0
    assert ratio(size, "ours", "floor") is not None


def test_the_page_shows_every_contender(result: dict[str, Any]) -> None:
    page = as_markdown(result)
    assert page.count("| sheetsales, ISA-L |") == 1
    assert page.count("| floor, stock zlib |") == 1


def test_the_lean_template_has_styles_as_large_as_words(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(write_template(tmp_path / "lean.docx", "lean")) as package:
        assert 30_000 < package.getinfo("word/styles.xml").file_size <= 39_000
        assert "word/stylesWithEffects.xml" not in package.namelist()


def test_every_field_of_a_record_is_shown(tmp_path: Path) -> None:
    (record,) = records(1)
    out = tmp_path / "out.docx"
    Template(write_template(tmp_path / "template.docx", "lean")).render(record, out)
    shown = "\n".join(texts_of(out.read_bytes()))
    values = [value for value in record.values() if isinstance(value, str)]
    values += [value for line in record["items"] for value in line.values()]
    assert len(values) == 20 + 70
    assert [value for value in values if value not in shown] == []


def test_a_changed_text_is_another_text(tmp_path: Path) -> None:
    first, second = records(2)
    template = Template(write_template(tmp_path / "template.docx", "lean"))
    made = []
    for record in (first, {**first, "total": "0"}, second):
        template.render(record, tmp_path / "out.docx")
        made.append(texts_of((tmp_path / "out.docx").read_bytes()))
    assert made[0] != made[1] != made[2]


def test_the_template_of_the_other_syntax_has_no_tag_of_ours(tmp_path: Path) -> None:
    shown = "\n".join(
        texts_of(write_template(tmp_path / "braces.docx", "lean", BRACES).read_bytes())
    )
    assert "{#items}{code}" in shown
    assert "{{" not in shown


def test_old_results_stay_where_nothing_was_measured_anew() -> None:
    old = {"sizes": [{"count": 5, "styles": "lean", "runs": {"ours": 1, "docxtpl": 2}}], "pdf": 1}
    new = {"sizes": [{"count": 5, "styles": "lean", "runs": {"ours": 3}}]}
    assert word.merged(old, new) == {
        "sizes": [{"count": 5, "styles": "lean", "runs": {"ours": 3, "docxtpl": 2}}],
        "pdf": 1,
    }


def test_a_run_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="failed: "):
        word.said(word._module(["ours", str(tmp_path / "no.docx"), "1", str(tmp_path)]), 60)


def test_pages_show_the_results_that_are_kept() -> None:
    kept = json.loads((word.RESULTS / "word.json").read_text(encoding="utf-8"))
    assert (word.RESULTS / "word.md").read_text(encoding="utf-8") == as_markdown(kept)
    page = word.DOCS.read_text(encoding="utf-8")
    assert page == with_figures(page, kept), "run: python -m benchmarks.word --save"
