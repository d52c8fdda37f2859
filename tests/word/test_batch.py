from __future__ import annotations

from pathlib import Path

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word import Record
from tests.word.docx_files import paragraphs, template


def records(count: int) -> list[Record]:
    return [Record({"value": f"v{number}"}, {"subject": f"K-{number}"}) for number in range(count)]


def test_every_record_becomes_a_file_of_its_own(tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    results = template(tmp_path, "{{ value }}").render_many(
        [{"value": "a"}, {"value": "A"}],
        tmp_path / "out",
        name="{value}",
        progress=lambda made, total: done.append((made, total)),
    )
    assert [result.path and result.path.name for result in results] == ["a.docx", "A (2).docx"]
    assert [paragraphs(result.path) for result in results if result.path] == [["a"], ["A"]]
    assert done == [(1, 2), (2, 2)]


def test_a_bad_record_spoils_only_itself(tmp_path: Path) -> None:
    batch = [*records(3), Record({"value": "\x00"}, {"subject": "K-bad"}), Record({})]
    results = template(tmp_path, "{{ value }}").render_many(batch, tmp_path / "out")
    assert [result.error.code if result.error else "" for result in results] == [
        "",
        "",
        "",
        "record-character",
        "field-missing",
    ]
    assert results[3].error is not None
    assert results[3].error.arguments["record"] == "K-bad"
    assert results[4].error is not None
    assert results[4].error.arguments["record"] == "5"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "1.docx",
        "2.docx",
        "3.docx",
    ]


def test_a_record_without_the_field_of_its_name_spoils_only_itself(tmp_path: Path) -> None:
    results = template(tmp_path, "x").render_many(
        [{}, {"key": "good"}], tmp_path / "out", name="{key}"
    )
    assert results[0].error is not None
    assert results[0].error.code == "name-field"
    assert results[1].path == tmp_path / "out" / "good.docx"


def test_processes_make_the_same_files_in_the_same_order(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}")
    batch = [*records(20), Record({"value": "\x00"})]
    alone = made.render_many(batch, tmp_path / "alone", name="{number}")
    together = made.render_many(batch, tmp_path / "together", name="{number}", workers=2)
    assert [one.path.read_bytes() for one in alone if one.path] == [
        one.path.read_bytes() for one in together if one.path
    ]
    assert together[-1].error is not None
    assert together[-1].error.arguments["field"] == "value"


def test_a_broken_template_is_one_error_and_not_one_per_record(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="template-syntax"):
        template(tmp_path, "{{ value").render_many(records(2), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "out" / "1.docx").mkdir(parents=True)
    result = template(tmp_path, "x").render_many([{}], tmp_path / "out")[0]
    assert result.error is not None
    assert result.error.code == "document-not-written"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["1.docx"]
