"""The shipped templates of contract, target letter and customer card with their contexts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from sheetsales.contexts import KINDS, field_paths
from sheetsales.resources import doc_templates
from sheetsales.schema import load_regulation
from sheetsales.word import Record, Template
from tests.contexts.scene import AS_OF, scene
from tests.office import Office
from tests.word.docx_files import part

LOCALES = ("zh-Hant", "en")
DOCUMENTS = {
    ("sales_contract", "CON-000001"): 8,
    ("sales_contract", "CON-000002"): 7,
    ("target_letter", "SP-000001/E-000004"): 4,
    ("customer_card", "C-000001"): 4,
    ("customer_card", "C-000003"): 3,
}
"""Kind and key to the most pages that the document may have."""


def template(kind: str, locale: str) -> Template:
    return Template(doc_templates(locale) / f"{kind}.docx")


def record(kind: str, key: str, locale: str) -> Record:
    context = KINDS[kind].build(
        scene(), key, regulation=load_regulation(), locale=locale, as_of=AS_OF, document_no="DOC-1"
    )
    return Record(asdict(context), {"subject": key})


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", ["sales_contract", "target_letter", "customer_card"])
def test_a_template_shows_exactly_the_fields_of_its_context(kind: str, locale: str) -> None:
    found = template(kind, locale).check(field_paths(KINDS[kind].shape), unused=True)
    assert [problem for problem in found if problem.severity != "info"] == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", ["sales_contract", "target_letter", "customer_card"])
def test_every_style_names_a_font_for_chinese(kind: str, locale: str) -> None:
    styles = part(template(kind, locale).path.read_bytes(), "word/styles.xml").decode()
    for style in styles.split("<w:style ")[1:]:
        if 'w:type="paragraph"' in style:
            assert "w:eastAsia=" in style
    assert "w:eastAsia=" in styles.split("<w:style ")[0]


@pytest.mark.libreoffice
@pytest.mark.parametrize("locale", LOCALES)
def test_documents_print_whole_on_the_expected_pages(
    office: Office, tmp_path: Path, locale: str
) -> None:
    files = []
    for kind, key in DOCUMENTS:
        files.append(tmp_path / f"{kind}.{key.replace('/', '-')}.{locale}.docx")
        files[-1].write_bytes(template(kind, locale).render_bytes(record(kind, key, locale)))
    for pdf, (subject, most) in zip(office.to_pdf(files), DOCUMENTS.items(), strict=True):
        text = office.text(pdf)
        assert 2 <= office.pages(pdf) <= most, subject
        assert all(len(page.split()) > 30 for page in text.strip("\f").split("\f")), subject
        assert not any(mark in text for mark in ("{{", "{%", "None", "\ufffd")), subject
        assert all(office.fonts(pdf).values()), subject


@pytest.mark.libreoffice
def test_the_contract_prints_its_clauses_numbers_and_amounts_in_words(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "contract.docx"
    path.write_bytes(
        template("sales_contract", "zh-Hant").render_bytes(
            record("sales_contract", "CON-000001", "zh-Hant")
        )
    )
    text = "".join(office.text(office.to_pdf([path])[0]).split())
    for words in (
        "第一條定義",
        "第二十條特別約定",
        "新臺幣壹佰貳拾伍萬元整",
        "中華民國法律",
        "第1頁，共",
    ):
        assert words in text
    assert "香港" not in text
