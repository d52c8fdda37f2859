from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from sheetsales.errors import TemplateError
from sheetsales.word import Template, convert_template
from sheetsales.word.conversion import FONTS

LETTERS = str.maketrans("銷計劃價條國體", "销计划价条国体")


def simplified(text: str) -> str:
    return text.translate(LETTERS)


@pytest.fixture
def source(tmp_path) -> Path:
    return tmp_path / "source.docx"


def converted(source: Path, document) -> docx.document.Document:
    document.save(source)
    convert_template(source, source.with_name("target.docx"), simplified)
    return docx.Document(source.with_name("target.docx"))


def test_texts_are_converted_and_tags_are_not(source):
    document = docx.Document()
    document.add_paragraph("銷售計劃：{{ 計劃 }}，{% if 銷 %}條{% endif %}{# 國 #}國")
    (paragraph,) = converted(source, document).paragraphs
    assert paragraph.text == "销售计划：{{ 計劃 }}，{% if 銷 %}条{% endif %}{# 國 #}国"


def test_a_tag_that_word_has_split_stays_whole(source):
    document = docx.Document()
    paragraph = document.add_paragraph()
    for text in ("銷{", "{ 計", "劃 }", "}價"):
        paragraph.add_run(text)
    (found,) = converted(source, document).paragraphs
    assert [run.text for run in found.runs] == ["销{", "{ 計", "劃 }", "}价"]


def test_tables_headers_and_properties_are_converted(source):
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "價"
    document.sections[0].header.paragraphs[0].text = "銷"
    document.core_properties.title = "計劃"
    found = converted(source, document)
    assert found.tables[0].cell(0, 0).text == "价"
    assert found.sections[0].header.paragraphs[0].text == "销"
    assert found.core_properties.title == "计划"


def test_what_is_read_aloud_is_converted(source):
    document = docx.Document()
    drawing = parse_xml(f'<w:r {nsdecls("w", "wp")}><wp:docPr id="1" name="x" descr="銷"/></w:r>')
    document.add_paragraph()._p.append(drawing)
    (paragraph,) = converted(source, document).paragraphs
    assert 'descr="销"' in paragraph._p.xml


@pytest.mark.parametrize(("font", "kin"), FONTS.items())
def test_fonts_are_exchanged_for_their_kin(source, font, kin):
    document = docx.Document()
    run = document.add_paragraph().add_run("a")
    run.font.size = Pt(10)
    run._r.rPr.get_or_add_rFonts().set(qn("w:eastAsia"), font)
    run._r.rPr.append(parse_xml(f'<w:lang {nsdecls("w")} w:eastAsia="zh-TW"/>'))
    (paragraph,) = converted(source, document).paragraphs
    assert f'w:eastAsia="{kin}"' in paragraph._p.xml
    assert 'w:eastAsia="zh-CN"' in paragraph._p.xml


def test_other_fonts_stay(source):
    document = docx.Document()
    document.add_paragraph().add_run("a").font.name = "Arial"
    (paragraph,) = converted(source, document).paragraphs
    assert 'w:ascii="Arial"' in paragraph._p.xml


def test_the_shipped_templates_keep_their_fields(tmp_path):
    folder = Path(__file__).resolve().parents[2] / "doc_templates" / "zh-Hant"
    for path in sorted(folder.glob("*.docx")):
        target = tmp_path / path.name
        convert_template(path, target, simplified)
        assert Template(target).fields == Template(path).fields
        text = re.sub(r"<[^>]+>", "", docx.Document(target).element.xml)
        assert "銷" not in text


def test_a_file_that_is_no_template_is_refused(source):
    source.write_text("no docx")
    with pytest.raises(TemplateError):
        convert_template(source, source.with_name("target.docx"), simplified)
    assert not source.with_name("target.docx").exists()
