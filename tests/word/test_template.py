from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetsales.errors import TemplateError
from sheetsales.word import Record, Template, read_properties
from tests.word.docx_files import cells, paragraphs, part, template, with_parts

MOMENT = datetime(2026, 3, 13, 8, 30, tzinfo=UTC)
CHART = {
    "title": "季度 <A&B>",
    "categories": ["Q1", "Q2"],
    "series": [{"name": "金額", "values": [1, None]}],
    "kind": "bar",
    "unit": "元",
}


def test_fields_loops_and_conditions_are_shown(tmp_path: Path) -> None:
    made = template(
        tmp_path,
        "{{ buyer.name }}",
        "{%p if signed %}",
        "signed",
        "{%p else %}",
        "open",
        "{%p endif %}",
        rows=[
            ["{%tr for line in lines %}", ""],
            ["{{ line.no }}", "{{ loop.index }}"],
            ["{%tr endfor %}", ""],
        ],
    ).render_bytes(
        Record({"buyer": {"name": "甲"}, "signed": True, "lines": [{"no": "a"}, {"no": "b"}]})
    )
    assert paragraphs(made) == ["甲", "signed"]
    assert cells(made) == [["a", "1"], ["b", "2"]]


def test_a_column_loop_keeps_the_grid_in_step(tmp_path: Path) -> None:
    row = ["{%tc for x in columns %}", "{{ x }}", "{%tc endfor %}"]
    made = template(tmp_path, rows=[row]).render_bytes(Record({"columns": list("vwxyz")}))
    assert cells(made) == [list("vwxyz")]
    assert part(made, "word/document.xml").count(b"<w:gridCol ") == 5


HOSTILE = [
    "A&B <公司>",
    "5 < 6 > 4",
    "</w:t></w:r></w:p><w:p>INJECTED",
    "{{ 7*7 }}",
    "{% if x %}",
    "{_{ }_}",
    "{#tr comment #}",
    "]]>",
    "<!--",
    "&amp;",
    "—“”‘’ 𠮷 👍🏽",
    " leading and trailing ",
    "==cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_appears_literally_and_shortens_nothing(tmp_path: Path, value: str) -> None:
    made = template(tmp_path, "before", "{{ value }}", "after", header="{{ value }}").render_bytes(
        Record({"value": value})
    )
    assert paragraphs(made) == ["before", value, "after"]


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_TEXT)
def test_any_text_comes_out_as_it_went_in(tmp_path: Path, value: str) -> None:
    found = _shared(tmp_path)
    assert paragraphs(found.render_bytes(Record({"value": value}))) == [f"x{value}y", "after"]


def _shared(folder: Path) -> Template:
    path = folder / "template.docx"
    return Template(path) if path.exists() else template(folder, "x{{ value }}y", "after")


def test_line_breaks_and_tabs_become_words_own(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}").render_bytes(Record({"value": "a\r\nb\tc <d>"}))
    assert paragraphs(made) == ["a\nb\tc <d>"]
    assert part(made, "word/document.xml").count(b"<w:br/>") == 1


def test_written_braces_stay_braces(tmp_path: Path) -> None:
    made = template(tmp_path, "{_{ not a field }_}").render_bytes(Record({}))
    assert paragraphs(made) == ["{{ not a field }}"]


@pytest.mark.parametrize("value", ["a\x00b", "\x0b", "\x1b[0m", "\ud800", "\ufffe"])
def test_a_character_that_xml_forbids_is_refused_by_record_and_field(
    tmp_path: Path, value: str
) -> None:
    record = Record({"lines": [{"name": "good"}, {"name": value}]}, {"subject": "CON-000001"})
    with pytest.raises(TemplateError) as caught:
        template(tmp_path, "{{ lines[1].name }}").render_bytes(record)
    assert caught.value.code == "record-character"
    assert caught.value.arguments["record"] == "CON-000001"
    assert caught.value.arguments["field"] == "lines[2].name"


@pytest.mark.parametrize("value", [object(), {1, 2}, Path(), print])
def test_a_value_that_is_no_plain_data_is_refused(tmp_path: Path, value: object) -> None:
    with pytest.raises(TemplateError, match="record-value"):
        template(tmp_path, "{{ value }}").render_bytes(Record({"value": value}))


def test_a_missing_field_is_an_error_and_never_a_blank(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"field-missing.*name"):
        template(tmp_path, "{{ buyer.name }}").render_bytes(Record({"buyer": {}}))


@pytest.mark.parametrize("value", [None, True, [], {}])
def test_what_is_no_text_is_not_printed(tmp_path: Path, value: object) -> None:
    with pytest.raises(TemplateError, match="field-unprintable"):
        template(tmp_path, "{{ value }}").render_bytes(Record({"value": value}))


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }} {{ chart }}")
    record = Record({"value": "x", "chart": CHART}, {"document_id": "DOC-1"}, MOMENT)
    again = Template(made.path)
    assert made.render_bytes(record) == again.render_bytes(record)


def test_the_time_of_making_is_the_given_one(tmp_path: Path) -> None:
    taipei = MOMENT.astimezone(timezone(timedelta(hours=8)))
    out = tmp_path / "out" / "document.docx"
    template(tmp_path, "x").render({}, out, generated_at=taipei)
    found = docx.Document(str(out)).core_properties
    assert (found.created, found.modified) == (MOMENT, MOMENT)


def test_custom_properties_are_written_and_kept(tmp_path: Path) -> None:
    made = template(tmp_path, "x")
    out = tmp_path / "first.docx"
    made.render({}, out, properties={"document_id": "DOC-1", "subject": "A&B"})
    assert read_properties(out) == {"document_id": "DOC-1", "subject": "A&B"}
    second = tmp_path / "second.docx"
    Template(out).render({}, second, properties={"document_id": "DOC-2"})
    assert read_properties(second) == {"subject": "A&B", "document_id": "DOC-2"}
    assert read_properties(made.path) == {}


def test_a_chart_is_drawn_where_it_is_printed(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ chart }}", header="{{ chart }}").render_bytes(
        Record({"chart": CHART})
    )
    document = docx.Document(BytesIO(made))
    assert len(document.inline_shapes) == 1
    assert part(made, "word/media/chart-1.png").startswith(b"\x89PNG")
    assert b"chart-" in part(made, "word/_rels/header1.xml.rels")
    assert "季度 &lt;A&amp;B&gt;".encode() in part(made, "word/document.xml")


def test_check_names_unknown_and_unused_fields(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ buyer.nmae }}", "{% for x in lines %}{{ x.no }}{% endfor %}")
    found = {one.code: one for one in made.check(["buyer.name", "lines[].no"], unused=True)}
    assert {"DOC-unknown-field", "DOC-unused-field"} <= found.keys()
    assert found["DOC-unknown-field"].severity == "error"
    assert found["DOC-unused-field"].severity == "warning"


def test_a_tag_that_cannot_be_read_is_an_error_with_its_place(tmp_path: Path) -> None:
    made = template(tmp_path, "first", "{{ a b }}")
    with pytest.raises(TemplateError, match="template-syntax") as caught:
        made.render_bytes(Record({}))
    assert caught.value.arguments["where"] == "body/p2"
    assert caught.value.arguments["tag"] == "{{ a b }}"


def test_an_error_while_rendering_names_the_tag_and_its_place(tmp_path: Path) -> None:
    made = template(tmp_path, "x", rows=[["a", "b"], ["c", "{{ buyer.name }}"]])
    with pytest.raises(TemplateError, match="field-missing") as caught:
        made.render_bytes(Record({"buyer": {}}, {"subject": "CON-000001"}))
    arguments = caught.value.arguments
    assert arguments["where"] == "body/t1/r2/c2/p1"
    assert arguments["tag"] == "{{ buyer.name }}"
    assert arguments["record"] == "CON-000001"


@pytest.mark.parametrize(
    "tag",
    [
        "{{ cycler() }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% macro m() %}{% endmacro %}",
        "{% autoescape false %}{{ value }}{% endautoescape %}",
    ],
)
def test_a_forbidden_tag_is_found_before_any_record(tmp_path: Path, tag: str) -> None:
    with pytest.raises(TemplateError, match="template-forbidden") as caught:
        _ = template(tmp_path, "x", tag).fields
    assert caught.value.arguments["where"] == "body/p2"


def test_macros_are_refused(tmp_path: Path) -> None:
    path = with_parts(template(tmp_path, "x").path, {"word/vbaProject.bin": b"x"})
    with pytest.raises(TemplateError, match="template-macros"):
        Template(path).render_bytes(Record({}))


def test_external_content_is_refused_but_hyperlinks_are_not(tmp_path: Path) -> None:
    made = template(tmp_path, "x")
    name = "word/_rels/document.xml.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = made.package.content(name).replace(
        b"</Relationships>",
        f'<Relationship Id="r1" Type="{kind}/hyperlink" Target="https://a.example" '
        f'TargetMode="External"/><Relationship Id="r2" Type="{kind}/image" '
        f'Target="https://b.example" TargetMode="External"/></Relationships>'.encode(),
    )
    with pytest.raises(TemplateError, match="template-external") as caught:
        Template(with_parts(made.path, {name: relations})).render_bytes(Record({}))
    assert caught.value.arguments["target"] == "https://b.example"


def test_a_part_that_is_not_well_formed_is_refused(tmp_path: Path) -> None:
    path = with_parts(template(tmp_path, "x").path, {"word/document.xml": b"<w:document>"})
    with pytest.raises(TemplateError, match="part-broken"):
        Template(path).render_bytes(Record({}))


def test_a_missing_or_wrong_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="template-missing"):
        Template(tmp_path / "none.docx").check([])
    wrong = tmp_path / "wrong.docx"
    wrong.write_bytes(b"no zip")
    with pytest.raises(TemplateError, match="template-not-docx"):
        Template(wrong).check([])


def test_a_document_that_grows_without_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sheetsales.word.limits.MAX_CHARACTERS", 50_000)
    made = template(tmp_path, "{% for a in x %}{% for b in x %}{{ a }}{% endfor %}{% endfor %}")
    with pytest.raises(TemplateError, match="document-too-large"):
        made.render_bytes(Record({"x": ["text"] * 300}))


def test_a_template_travels_without_what_it_compiled(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}")
    assert made.fields == {"value"}
    travelled = pickle.loads(pickle.dumps(made))
    assert travelled.path == made.path
    assert travelled.fields == {"value"}


def test_importing_word_loads_neither_pandas_nor_matplotlib() -> None:
    code = "import sys, sheetsales.word; print({'pandas', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
