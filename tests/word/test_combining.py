from __future__ import annotations

from pathlib import Path

import docx
import pytest

from sheetsales.errors import TemplateError
from sheetsales.word.combining import combine
from tests.word.docx_files import template


def test_each_document_keeps_its_text_and_its_header_in_a_section_of_its_own(
    tmp_path: Path,
) -> None:
    made = template(tmp_path, "{{ value }}", "end", header="For {{ value }}")
    results = made.render_many([{"value": f"v{n}"} for n in range(5)], tmp_path / "out")
    count = combine((one.path for one in results if one.path), tmp_path / "all.docx")
    document = docx.Document(str(tmp_path / "all.docx"))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert count == len(document.sections) == 5
    assert texts == [text for n in range(5) for text in (f"v{n}", "end")]
    headers = [section.header.paragraphs[0].text for section in document.sections]
    assert headers == [f"For v{n}" for n in range(5)]
    assert not list(tmp_path.glob(".sheetsales-*"))


def test_documents_of_other_templates_are_refused(tmp_path: Path) -> None:
    first = template(tmp_path, "a")
    other = tmp_path / "other.docx"
    changed = docx.Document(str(first.path))
    changed.styles["Normal"].font.bold = True
    changed.save(str(other))
    with pytest.raises(TemplateError, match="combine-different"):
        combine([first.path, other], tmp_path / "all.docx")
    with pytest.raises(TemplateError, match="combine-none"):
        combine([], tmp_path / "all.docx")
    assert not (tmp_path / "all.docx").exists()
