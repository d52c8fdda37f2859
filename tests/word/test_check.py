from __future__ import annotations

import random
import shutil
import time
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from sheetsales.actions.documents.checking import field_titles
from sheetsales.contexts import KINDS, field_paths
from sheetsales.locale.conversion import to_simplified
from sheetsales.problems import Problem
from sheetsales.resources import doc_templates
from sheetsales.word import Template
from sheetsales.word.checking import shown_fields
from sheetsales.word.conversion import convert_template
from sheetsales.word.naming import spoken_title
from tests.word.defects import DEFECTS, FIELDS, TITLES, write_template
from tests.word.docx_files import with_parts
from tests.word.equality.cases import CASES

LOCALES = ("zh-Hant", "zh-Hans", "en")
SHIPPED = sorted(path for name in ("zh-Hant", "en") for path in doc_templates(name).glob("*.docx"))


def errors(path: Path, fields: object = None) -> list[str]:
    return [
        f"{problem.message_id} {problem.arguments}"
        for problem in Template(path).check(fields)  # type: ignore[arg-type]
        if problem.severity == "error"
    ]


def told(path: Path, **more: object) -> list[Problem]:
    problems = Template(path).check(FIELDS, titles=TITLES, **more)  # type: ignore[arg-type]
    return [problem for problem in problems if problem.severity != "info"]


@pytest.mark.parametrize("seed", range(12))
def test_several_defects_of_one_file_are_all_found_in_one_run(tmp_path: Path, seed: int) -> None:
    plain = [one for one in DEFECTS if one.content[0] == "第一段" and len(one.content) == 3]
    chosen = random.Random(seed).sample(plain, 5 + seed % 6)
    # A tag without its end reaches to what follows; closed paragraphs keep defects apart.
    chosen = [one for one in chosen if not one.code.startswith(("block", "tag.un"))]
    path = write_template(tmp_path / "broken.docx", tuple(one.content[1] for one in chosen))
    found = [(one.message_id, one.arguments["where"]) for one in told(path)]
    assert found == [(f"DOC-{one.code}", f"body/p{n}") for n, one in enumerate(chosen, 1)]


def test_defects_in_header_table_and_body_are_told_in_the_order_of_the_parts(
    tmp_path: Path,
) -> None:
    path = write_template(tmp_path / "a.docx", ("{{ zzz }}", [["a", "{{ buyer.nmae }}"]]))
    document = docx.Document(str(path))
    document.sections[0].header.paragraphs[0].text = "{% if paid %}"
    document.save(str(path))
    assert [(one.message_id, one.arguments["where"]) for one in told(path)] == [
        ("DOC-unknown-field", "body/p1"),
        ("DOC-unknown-field.titled", "body/t1/r1/c2/p1"),
        ("DOC-block.unclosed", "header1/p1"),
    ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_shipped_template_has_no_mistake(path: Path, tmp_path: Path) -> None:
    fields = field_paths(KINDS[path.stem].shape)
    simplified = tmp_path / path.name
    convert_template(path, simplified, to_simplified)
    for template in (path, simplified):
        found = Template(template).check(fields)
        assert [one.message_id for one in found if one.severity != "info"] == []
        assert errors(template) == []


def test_there_are_twelve_shipped_templates() -> None:
    assert len(SHIPPED) == 12


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_template_that_docxtpl_renders_has_no_error(case: object, tmp_path: Path) -> None:
    path = case.build(tmp_path / "template.docx")  # type: ignore[attr-defined]
    assert errors(path) == []


GOOD = (
    "{{ title }} {{ title|upper|default('無', true) }}",
    "{% if paid and title == '甲（乙）' %}是{% elif not paid %}否{% else %}？{% endif %}",
    "{% for n in notes if n %}{{ loop.index }}{{ n }}{% else %}無{% endfor %}",
    "{% for line in lines|sort %}{{ line.no }}{{ line['amount'] }}{% endfor %}",
    "{% set n = lines|length %}{{ n }}",
    "{% with who = buyer %}{{ who.name }}{% endwith %}",
    "{# 註解 {{ zzz }} #}{% raw %}{{ zzz }}{% endraw %}",
    "{{ “甲” ~ title }}",
    "{% for i in range(3) %}{{ i }}{% endfor %}",
    "{{ notes[0] }}{{ notes|first }}{{ notes|join('、') }}",
    "{% if paid %}{% for n in notes %}{{ n }}{% endfor %}{% endif %}",
    "（全形括號）100％ {a} } { [x]",
    "{_{ title }_}",
)


@pytest.mark.parametrize("text", GOOD)
def test_what_templates_are_used_to_is_no_mistake(text: str, tmp_path: Path) -> None:
    assert [one.message_id for one in told(write_template(tmp_path / "a.docx", (text,)))] == []


def test_fields_are_not_judged_where_they_are_not_known(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.docx", ("{{ anything.at.all }}",))
    assert errors(path) == []
    assert errors(path, ["title"])


def test_unused_fields_are_told_when_asked_for(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.docx", ("{{ title }}{{ buyer.name }}",))
    assert told(path) == []
    found = [one.field for one in told(path, unused=True)]
    assert len(found) == len(FIELDS) - 2
    assert {one.severity for one in told(path, unused=True)} == {"warning"}


def test_chinese_without_a_font_is_told_unless_a_style_gives_one(tmp_path: Path) -> None:
    bare = docx.Document()
    bare.add_paragraph("中文")
    bare.add_paragraph("latin only")
    fonts = bare.styles.element.find(".//{*}docDefaults//{*}rFonts")
    for name in [name for name in fonts.attrib if "eastAsia" in name]:
        del fonts.attrib[name]
    bare.save(str(tmp_path / "bare.docx"))
    found = told(tmp_path / "bare.docx")
    assert [(one.message_id, one.severity) for one in found] == [("DOC-font.east-asian", "warning")]
    assert told(write_template(tmp_path / "fine.docx", ("中文",))) == []


def test_fonts_that_this_computer_lacks_are_mentioned(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph().add_run("x").font.name = "No Such Font 7"
    document.save(str(tmp_path / "a.docx"))
    (found,) = (
        one for one in Template(tmp_path / "a.docx").check() if one.message_id == "DOC-font.missing"
    )
    assert "No Such Font 7" in found.arguments["fonts"]
    assert found.severity == "info"


def test_tags_in_parts_that_nobody_renders_are_told(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.docx", ("x",))
    with zipfile.ZipFile(path) as package:
        settings = package.read("word/settings.xml")
    changed = settings.replace(b"</w:settings>", b"<!-- {{ title }} --></w:settings>")
    found = told(with_parts(path, {"word/settings.xml": changed}))
    assert [(one.message_id, one.place.sheet) for one in found] == [
        ("DOC-unrendered", "word/settings.xml")
    ]


def test_a_picture_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.docx", ("x",))
    with zipfile.ZipFile(path) as package:
        body = package.read("word/document.xml").decode()
    link = (
        '<w:hyperlink xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        ' r:id="rId999"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>'
    )
    changed = body.replace("</w:p>", link, 1).encode()
    found = told(with_parts(path, {"word/document.xml": changed}))
    assert [one.message_id for one in found] == ["DOC-relation"]


def test_macros_are_told_and_a_broken_part_does_not_hide_them(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.docx", ("{{ zzz }}",))
    parts = {"word/vbaProject.bin": b"x", "word/document.xml": b"<w:document"}
    found = [one.message_id for one in told(with_parts(path, parts))]
    assert found == ["DOC-broken", "DOC-macros"]


def test_a_copy_under_another_name_gives_the_same_mistakes(tmp_path: Path) -> None:
    path = write_template(tmp_path / "a.docx", ("{{ zzz }}",))
    copy = tmp_path / "另一份.docx"
    shutil.copy(path, copy)
    assert [one.message_id for one in told(copy)] == [one.message_id for one in told(path)]
    assert told(copy)[0].place.book == "另一份.docx"


def test_a_field_that_is_only_shown_on_a_condition_carries_the_condition(tmp_path: Path) -> None:
    text = "{{ title }}{% if paid %}{{ buyer.name }}{% else %}{{ buyer.phone }}{% endif %}"
    path = write_template(tmp_path / "a.docx", (text,))
    assert shown_fields(Template(path)) == {
        ("title", frozenset()),
        ("buyer.name", frozenset({"paid"})),
        ("buyer.phone", frozenset()),
    }


def test_titles_are_joined_as_each_language_writes_them() -> None:
    assert field_titles("sales_contract", "en")["buyer.name"] == "Customer: customer name"
    titles = {
        one: spoken_title(field_titles("sales_contract", one)["buyer.name"]) for one in LOCALES
    }
    assert titles["en"] == "Customer: customer name"
    assert " " not in titles["zh-Hant"] + titles["zh-Hans"]


@pytest.mark.parametrize("text", ["{%p if a %}\n{%p endif %}", "{ { x } }\nx", "｛｛ x ｝｝\nx"])
def test_a_template_is_checked_in_linear_time(text: str, tmp_path: Path) -> None:
    def seconds(times: int) -> float:
        document = docx.Document()
        paragraphs = "".join(
            f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n")
        )
        body = parse_xml(f"<w:body {nsdecls('w')}>{paragraphs * times}</w:body>")
        document.element.body.extend(list(body))
        document.save(str(tmp_path / "many.docx"))
        template = Template(tmp_path / "many.docx")
        start = time.process_time()
        template.check(["a", "x"])
        return time.process_time() - start

    seconds(50)
    # Quadratic work would take 64 times as long.
    assert seconds(1_600) < max(0.5, 20 * seconds(200))
