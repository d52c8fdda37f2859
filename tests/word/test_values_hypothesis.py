from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st
from markupsafe import Markup

from sheetsales.errors import TemplateError
from sheetsales.word import Record, Template
from sheetsales.word.names import safe_name
from tests.word import lean_files as lean

POSITIONS = {
    "word/document.xml": "first[{}]<{}><{}>last",
    "word/header1.xml": "head[{}]end",
    "word/footnotes.xml": "note[{}]end",
    "word/charts/chart1.xml": "chart[{}]end",
    "docProps/core.xml": "subject[{}]end",
}
PIECES = [
    '{{ 7*7 }}', '{% if x %}', '{#', '#}', '{%p endif %}', '{_{', '}_}',
    '{%tr for x in y %}', '</w:t>', '</w:t></w:r></w:p><w:p>', '<w:sectPr/>', ']]>',
    '<![CDATA[', '<!--', '-->', '<?xml', '&', '&amp;', '&#0;', '&#x1b;', '&lt;',
    '&nbsp;', '<', '>', '"', "'", 'A&B <公司>', '5 < 6 > 4', '" w:color="FF0000',
    '<w:fldSimple w:instr="DDEAUTO c:\\\\cmd.exe"/>', '<!DOCTYPE x>', '=1+1', '\u202e',
    '\u2066', '\u200b', '\ufeff', 'é', '𠮷', '👍🏽', '\x00', '\x0b', '\x1b', '\x1f',
    '\x7f', '\x85', '\u2028', '\ud800', '\udfff', '\ufffe', '\uffff', '\U0001fffe',
    '\U0010ffff', '\n', '\r\n', '\r', '\t', '\x07', '\x0c', '\x01', '\x02', '\x03', '  ',
    ' ', '\u3000', '\xa0', '', 'CON', '..', 'a/b', '%s', '{0}', '${x}', '\\', '\\n',
    "e" * 200, 'ﷺ', 'ﬁ', 'Ａ', '中',
]  # fmt: skip
VALUES = st.one_of(
    st.text(st.characters(), max_size=40),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.text(st.characters(max_codepoint=0x7F), max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
)
ILLEGAL = re.compile("[\x00-\x06\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Template:
    shade = '<w:tc><w:tcPr><w:shd w:val="clear" w:fill="auto"/></w:tcPr>'
    rows = (
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>"
        f"<w:tr><w:tc>{lean.paragraph('{%tr for line in lines %}')}</w:tc></w:tr>"
        f"<w:tr>{shade}{lean.paragraph('{% cellbg value %}<{{ line.value }}>')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{lean.paragraph('{%tr endfor %}')}</w:tc></w:tr></w:tbl>"
    )
    shown = lean.paragraph("[{{ value }}]")
    parts = {
        "word/document.xml": lean.document(
            lean.paragraph("first"), shown, rows, lean.paragraph("last")
        ),
        "word/header1.xml": lean.header(lean.paragraph("head[{{ value }}]end")),
        "word/footnotes.xml": lean.footnotes(lean.paragraph("note[{{ value }}]end")),
        "word/charts/chart1.xml": lean.chart("chart[{{ value }}]end"),
        "docProps/core.xml": lean.core("subject[{{ value }}]end"),
    }
    return Template(lean.lean_file(tmp_path_factory.mktemp("values") / "all.docx", parts))


def comes_out_whole_or_is_refused(made: Template, value: str) -> None:
    record = Record({"value": value, "lines": [{"value": value}] * 2}, {"subject": "R-1"})
    if ILLEGAL.search(value):
        with pytest.raises(TemplateError) as caught:
            made.render_bytes(record)
        assert caught.value.code == "record-character"
        assert caught.value.arguments["record"] == "R-1"
        assert str(caught.value.arguments["field"]).endswith("value")
        return
    content = made.render_bytes(record)
    found = lean.texts(content)
    for part, pattern in POSITIONS.items():
        expected = pattern.replace("{}", value)
        assert lean.without_breaks(found[part]) == lean.without_breaks(expected), part
    fills = lean.attributes(content, "word/document.xml", "w:fill")
    assert [fill.split() for fill in fills] == [_blank(value).split()] * 2
    name = safe_name(value)
    assert name.endswith(".docx")
    assert len(name.encode()) <= 255


def _blank(value: str) -> str:
    # XML itself reads the end of a line in an attribute as a blank.
    return value.replace("\a", "\n").replace("\f", "\n")


@seed(20261123)
@settings(
    max_examples=1000,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(value=VALUES)
@example(value="A&B <公司>")
@example(value="\ud800")
@example(value="</w:t></w:r></w:p><w:p>INJECTED")
def test_a_value_comes_out_literally_everywhere_or_its_record_is_refused_by_name(
    made: Template, value: str
) -> None:
    comes_out_whole_or_is_refused(made, value)


@pytest.mark.long
@seed(20261124)
@settings(
    max_examples=10_000, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(value=VALUES)
def test_ten_thousand_values_come_out_literally_or_are_refused(made: Template, value: str) -> None:
    comes_out_whole_or_is_refused(made, value)


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_comes_out_literally_or_is_refused(made: Template, piece: str) -> None:
    comes_out_whole_or_is_refused(made, piece)


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_every_control_character_is_a_break_or_refused(made: Template, code: int) -> None:
    comes_out_whole_or_is_refused(made, f"a{chr(code)}b")


class Look(str):
    """A text that pretends to be markup."""

    __slots__ = ()

    def __html__(self) -> str:
        return "</w:t></w:r></w:p>"

    def __str__(self) -> str:
        return "</w:t>"

    def __format__(self, _: str) -> str:
        return "</w:t>"


@pytest.mark.parametrize("value", [Look("a<b"), Markup("</w:t>"), [Look("a")], {"x": Markup("a")}])
def test_what_pretends_to_be_markup_is_refused_by_name(made: Template, value: object) -> None:
    with pytest.raises(TemplateError, match="record-value") as caught:
        made.render_bytes(Record({"value": value, "lines": []}, {"subject": "R-1"}))
    assert caught.value.arguments["record"] == "R-1"
    assert str(caught.value.arguments["field"]).startswith("value")
