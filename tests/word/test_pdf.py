from __future__ import annotations

import os
from pathlib import Path

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word import Record, convert_to_pdf, pdf
from tests.word.docx_files import template


@pytest.mark.libreoffice
def test_word_files_become_pdf_files_in_order(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}").render_many(
        [Record({"value": "甲"}), Record({"value": "乙"})], tmp_path, name="{value}"
    )
    found = convert_to_pdf([one.path for one in made if one.path], tmp_path / "pdf")
    assert [path.name for path in found] == ["甲.pdf", "乙.pdf"]
    assert all(path.read_bytes().startswith(b"%PDF") for path in found)
    assert sorted(path.name for path in (tmp_path / "pdf").iterdir()) == ["乙.pdf", "甲.pdf"]


def fake_converter(folder: Path, script: str) -> Path:
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    ("script", "code"), [("sleep 60 & sleep 60", "pdf-timeout"), ("exit 0", "pdf-failed")]
)
def test_a_converter_that_fails_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    monkeypatch.setattr(pdf, "find_converter", lambda: fake_converter(tmp_path, script))
    with pytest.raises(TemplateError, match=code):
        convert_to_pdf([tmp_path / "a.docx"], tmp_path / "out", timeout=0.5)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_missing_converter_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "_USUAL", ())
    with pytest.raises(TemplateError, match="pdf-converter-missing"):
        convert_to_pdf([tmp_path / "a.docx"], tmp_path / "out")
