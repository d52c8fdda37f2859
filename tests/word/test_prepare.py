from __future__ import annotations

import random
import time
from typing import Any

import pytest
from docxtpl import DocxTemplate
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from lxml import etree

from sheetsales.word.prepare import Prepared, prepare
from tests.word.xml_parts import cell, document, paragraph, row, run, table

DATA: dict[str, Any] = {
    "x": 1,
    "y": "Y",
    "yes": True,
    "no": False,
    "n": 2,
    "color": "FF0000",
    "items": [{"n": "a", "v": [1, 2]}, {"n": "b", "v": [3, 4]}, {"n": "c", "v": []}],
    "rich": "<w:r><w:t>RICH</w:t></w:r>",
    "para": "<w:p><w:r><w:t>PARA</w:t></w:r></w:p>",
    "d": {"k": "v"},
}
JINJA = Environment()
ROW_LOOP = (
    row(cell(paragraph("{%tr for i in items %}")), cell(paragraph("")))
    + row(cell(paragraph("{{ i.n }}")), cell(paragraph("{{ i.v|length }}")))
    + row(cell(paragraph("{%tr endfor %}")), cell(paragraph("")))
)
SHADED = '<w:tcW w:w="1"/><w:shd w:val="clear" w:fill="AAAAAA"/><w:gridSpan w:val="2"/>'


def prepared(body: str) -> Prepared:
    return prepare("word/document.xml", document(body))


def rendered(source: str) -> str:
    tree = etree.fromstring(JINJA.from_string(source).render(DATA).encode())
    return etree.tostring(tree, method="c14n").decode()


def same_as_docxtpl(body: str) -> bool:
    expected = DocxTemplate("").patch_xml(document(body))
    return rendered(prepared(body).source) == rendered(expected)


def shown(body: str) -> str:
    return "".join(etree.fromstring(rendered(prepared(body).source).encode()).itertext())


def codes(body: str) -> list[str]:
    return [mistake.code for mistake in prepared(body).mistakes]


@pytest.mark.parametrize(
    "body",
    [
        paragraph("Hello {{ x }} and {{ y }}!"),
        paragraph("Hello {", "{ x }} a", "nd {{", " y }", "}!"),
        paragraph("{% if ", "no %}A{% e", "lse %}B{% endif", " %} tail"),
        paragraph("{%p if yes %}") + paragraph("{{ x }}") + paragraph("{%p endif %}"),
        paragraph("{%", "p for i in items %}")
        + paragraph("{{ i.n }}: ")
        + paragraph("{%p endfor %}"),
        table(row(cell(paragraph("a")), cell(paragraph("b"))) + ROW_LOOP),
        table(row(cell(table(ROW_LOOP), paragraph("")), cell(paragraph("x")))),
        table(
            row(
                *(
                    cell(paragraph(text))
                    for text in ("{%tc for i in items %}", "{{ i.n }}", "{%tc endfor %}")
                )
            )
        ),
        table(
            row(cell(paragraph("{%tr for i in items %}")))
            + row(cell(paragraph("m"), paragraph("{% vm %}n", "o")), cell(paragraph("{{ i.n }}")))
            + row(cell(paragraph("{%tr endfor %}")))
        ),
        table(
            row(
                cell(paragraph("{%tc for i in items %}")),
                cell(paragraph("{% hm %}{{ i.n }}")),
                cell(paragraph("{%tc endfor %}")),
            )
        ),
        table(
            row(cell(paragraph("{%tc for i in items %}")))
            + row(cell(paragraph("{% hm %}w"), properties=SHADED))
            + row(cell(paragraph("{%tc endfor %}")))
        ),
        table(row(cell(paragraph("{% cellbg color %}a")), cell(paragraph("{% colspan n %}b")))),
        table(row(cell(paragraph("{% cellbg “0F0F0F” %}", "a"), properties=SHADED))),
        table(row(cell(paragraph("{% colspan n %}"), paragraph("b"), properties=SHADED))),
        table(row(cell(paragraph("{#tr note #}")), cell(paragraph("z")))),
        table(row(cell(paragraph("{#tc note #}")), cell(paragraph("z")))),
        paragraph("pre {{r rich }} post"),
        paragraph("a {{r rich }} b {{r rich }}{{ x }} d"),
        paragraph("{{r", " rich }}", "b"),
        paragraph("{{p para }}") + paragraph("{", "{p para }", "}"),
        paragraph("x {%r if no %}gone{%r endif %} tail"),
        paragraph("one ") + paragraph("{%- if yes %}two") + paragraph("{%- endif %} three"),
        paragraph("one {% if yes -%}") + paragraph("two {% endif -%}") + paragraph("three"),
        paragraph("{#p note #}") + paragraph("a{# c #}b", "{#", " d #}"),
        paragraph("“{{ x if y == “Y” else ‘b’ }}”"),
        paragraph("{{ 1 if x &lt; 2 and x &gt; 0 else 3 }}"),
        paragraph("{%p set z = 5 %}") + paragraph("{{ z }}"),
        paragraph("{{ x") + paragraph("}} after"),
        paragraph("a\u00a0{{\u00a0x\u00a0}}"),
        paragraph("{{- x -}} y {%if yes%}q{%endif%}{{x}}"),
        paragraph("{% raw %}{{ x }}{% endraw %}"),
        paragraph("100% {50%} {a} }{ # }"),
        f"<w:p>{run('{{ x')}<w:proofErr w:type='s'/><w:bookmarkStart w:id='1'/>{run(' }}')}</w:p>",
        f"<w:p>{run('{{ x')}<w:r><w:tab/><w:t>}}}}</w:t><w:br/><w:t>c</w:t></w:r></w:p>",
        f"<w:p><w:hyperlink r:id='rId1'>{run('{{ x }}')}</w:hyperlink></w:p>",
        "<w:p><w:r><w:drawing><wp:docPr id='1' name='p' descr='{{ y }}'/></w:drawing></w:r></w:p>",
        "<w:p><w:r><w:instrText xml:space='preserve'> PAGE {{ x }} </w:instrText></w:r></w:p>",
    ],
)
def test_the_result_is_that_of_docxtpl(body: str) -> None:
    assert same_as_docxtpl(body)


PARTS = (
    "Hello ¦{{ x }}¦{{ y|upper }}¦{% if yes %}t{{ x }} {% endif %}¦{{r rich }}¦ tail ¦。¦"
    "{# note #}¦“¦a{b}c¦{% for i in items %}{{ i.n }}{% endfor %}¦"
    "{% if no %}z{% else %}{{r rich }}{% endif %}"
).split("¦")


def split(text: str, chance: random.Random) -> list[str]:
    cuts = sorted(chance.sample(range(1, len(text)), min(len(text) - 1, chance.randint(0, 5))))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def test_the_result_is_that_of_docxtpl_however_word_splits_the_text() -> None:
    chance = random.Random(11)
    for _ in range(300):
        texts = split("".join(chance.choices(PARTS, k=chance.randint(1, 5))), chance)
        assert same_as_docxtpl(paragraph(*texts)), texts


def test_a_split_text_shows_what_the_whole_text_shows() -> None:
    chance = random.Random(12)
    for _ in range(300):
        text = "".join(chance.choices(PARTS, k=chance.randint(1, 5)))
        assert shown(paragraph(*split(text, chance))) == shown(paragraph(text))


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="<>&\r", exclude_categories=["Cc", "Cs"])
    | st.sampled_from("{}%#_ "),
    max_size=30,
)


@given(st.lists(TEXTS.filter(lambda text: "{" not in text), max_size=5))
def test_a_part_without_tags_stays_as_it_is(texts: list[str]) -> None:
    found = prepared(paragraph(*texts))
    assert found.source == document(paragraph(*texts))
    assert found.tags == ()


@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(TEXTS, max_size=4))
def test_text_outside_of_tags_is_not_changed(before: list[str], after: list[str]) -> None:
    kept = [text.replace("{", "(").replace("}", ")") for text in (*before, *after)]
    start, end = kept[: len(before)], kept[len(before) :]
    body = paragraph(*start, "{{ x }}", *end)
    assert shown(body) == "".join(start) + "1" + "".join(end)


@given(st.lists(TEXTS, max_size=6))
def test_whatever_is_typed_makes_a_source_that_jinja_can_split(texts: list[str]) -> None:
    found = prepared(paragraph(*texts))
    list(JINJA.lex(found.source)) if not found.tags else None
    assert len(found.lines) == len(found.line_tags)


@given(st.text("{}%#", max_size=12))
def test_what_is_no_tag_is_shown_as_typed(text: str) -> None:
    found = prepared(paragraph(text))
    if not found.tags:
        assert shown(paragraph(text)) == text


def test_signs_meant_literally_are_shown() -> None:
    assert shown(paragraph("{_{ x }_} {_% if ", "%_", "}")) == "{{ x }} {% if %}"


def test_entities_within_a_tag_are_resolved() -> None:
    assert shown(paragraph("{{ d[&quot;k&quot;] }}{{ 'a&amp;b'|length }}")) == "v3"


def test_strings_and_mappings_within_a_tag_may_hold_its_end() -> None:
    assert shown(paragraph("{{ '}}'|length }}{{ {'a': {'b': 1}}['a']['b'] }}")) == "21"


def test_a_tag_that_reaches_into_a_link_leaves_the_link_whole() -> None:
    body = f"<w:p><w:hyperlink>{run('{{')}</w:hyperlink>{run(' x }} b')}</w:p>"
    assert shown(body) == "1 b"
    assert "<w:hyperlink>" in rendered(prepared(body).source)


def test_a_brace_before_a_tag_is_shown() -> None:
    assert shown(paragraph("{{{ x }} {", "{{ x }}")) == "{1 {1"


def test_a_comment_may_reach_over_tables_and_tags() -> None:
    body = paragraph("a {# b") + table(row(cell(paragraph("{{ q }}")))) + paragraph("c #} d")
    assert shown(body) == "a  d"


def test_several_tags_in_one_paragraph_all_count() -> None:
    body = (
        paragraph("{%p if yes %}{%p if no %}")
        + paragraph("x")
        + paragraph("{%p endif %}", "{%p endif %}")
    )
    assert shown(body) == ""


def test_a_cell_property_needs_no_properties_before() -> None:
    bare = f"<w:tc>{paragraph('{% colspan n %}x')}</w:tc>"
    assert '<w:gridSpan w:val="2">' in rendered(prepared(table(row(bare))).source)
    empty = f"<w:tc><w:tcPr/>{paragraph('{% cellbg color %}x')}</w:tc>"
    assert 'w:fill="FF0000"' in rendered(prepared(table(row(empty))).source)


def test_deleted_text_is_left_alone() -> None:
    body = "<w:p><w:del><w:r><w:delText>{{ gone }}</w:delText></w:r></w:del></w:p>"
    assert shown(body) == "{{ gone }}"


def test_each_line_of_the_source_leads_to_its_tag() -> None:
    body = paragraph("{{ x }} text", "{% if yes %}") + "\n\n" + paragraph("{{ y }}{% endif %}")
    found = prepared(body)
    lines = found.source.split("\n")
    for tag in found.tags:
        line = next(n for n, text in enumerate(lines, 1) if text.startswith(tag.inner))
        assert found.tag_at(line) == tag
    assert found.tag_at(1) is None
    assert found.tag_at(len(lines)) == found.tags[-1]


def test_a_tag_knows_where_it_stands_in_the_xml() -> None:
    body = paragraph("a {", "{ x", " }} b")
    tag = prepared(body).tags[0]
    assert document(body)[tag.start] == "{"
    assert document(body)[tag.end - 2 : tag.end] == "}}"
    assert (tag.text, tag.inner, tag.kind) == ("{{ x }}", "x", "variable")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ x", "tag-unclosed"),
        ("{% if x", "tag-unclosed"),
        ("{# x", "tag-unclosed"),
        ("x }}", "tag-unopened"),
        ("x %}", "tag-unopened"),
        ("{ { x }}", "tag-spaced"),
        ("{ % if x % }", "tag-spaced"),
        ("{% if x % }", "tag-spaced"),
        ("｛｛ x ｝｝", "tag-fullwidth"),
        ("{{ x ｝｝", "tag-fullwidth"),
        ("｛% if x %｝", "tag-fullwidth"),
        ("{％ if x ％}", "tag-fullwidth"),
        ("{{ x %}", "tag-mixed"),
        ("{% if x }}", "tag-mixed"),
        ("{{ x }", "tag-half"),
        ("{% if x }", "tag-half"),
        ("{ x }}", "tag-half"),
        ("{ if x %}", "tag-half"),
        ("{%tr for i in items %}", "scope-outside"),
        ("{%tc endfor %}", "scope-outside"),
        ("{% vm %}", "scope-outside"),
    ],
)
def test_what_is_nearly_a_tag_is_named_with_its_text(text: str, code: str) -> None:
    for body in (paragraph(text), paragraph(*text)):
        mistakes = prepared(body).mistakes
        assert [mistake.code for mistake in mistakes] == [code]
        assert mistakes[0].text in text
        assert str(mistakes[0].spot) == "body/p1"


def test_braces_of_other_uses_are_no_mistake() -> None:
    assert codes(paragraph("{a} } {b} { } {} 50% {x: {y: 1} } f(x) = { 1, 2 }")) == []


def test_a_tag_without_end_is_shown_with_the_words_after_it() -> None:
    (mistake,) = prepared(paragraph("{{ buyer.name and more")).mistakes
    assert mistake.text == "{{ buyer.name and more"


def test_a_tag_without_end_does_not_swallow_the_next_one() -> None:
    found = prepared(paragraph("{{ x") + paragraph("{{ y }}") + paragraph("{% if"))
    assert [tag.text for tag in found.tags] == ["{{ y }}"]
    assert [str(mistake.spot) for mistake in found.mistakes] == ["body/p1", "body/p3"]


def test_what_vanishes_with_a_paragraph_is_noted() -> None:
    assert codes(paragraph("{%p if yes %} note")) == ["scope-text"]
    assert codes(paragraph("{%p if yes %}{{ x }}")) == ["scope-mixed"]
    assert codes(paragraph("{%p if yes %}") + paragraph("{%p endif %}")) == []
    assert codes(paragraph("{%p if yes %}{# for the author #}")) == []
    assert prepared(paragraph("a {%p if yes %} b {{ x }}")).mistakes[0].lost == "a  b {{ x }}"


def test_a_tag_that_runs_into_the_next_paragraph_loses_what_stands_in_both() -> None:
    split = paragraph("{%p if") + paragraph("yes %}{BESIDE}") + paragraph("{%p endif %}")
    assert codes(split.replace("{BESIDE}", "")) == []
    assert codes(split.replace("{BESIDE}", " note")) == ["scope-text"]


@pytest.mark.parametrize("scope", ["p", "tr", "tc"])
def test_a_block_whose_ends_are_in_one_element_is_noted(scope: str) -> None:
    def noted(*cells: str) -> list[str]:
        return codes(table(row(*(cell(paragraph(text.replace("@", scope))) for text in cells))))

    assert noted("{%@ for x in xs %}{{ x }}{%@ endfor %}") == ["scope-hollow"]
    assert noted("{%@ if x %}{%@ if y %}{%@ endif %}") == ["scope-hollow"]
    assert noted("{%@ endif %}{%@ if y %}") == []
    assert noted("{%@ for x in xs %}{%@ set n = x %}{%@ endfor %}") == []
    assert noted("{%@ if x %}{%@ if y %}{%@ set n = x %}{%@ endif %}{%@ endif %}") == []


@pytest.mark.parametrize(
    "text",
    [
        '{"issued":{"year":2000}}',
        '{"a":{"b":{"c":"甲"}},"d":{}}',
        r"{\mathchoice{\mathgroup\the\mathgroup\relax}}",
    ],
)
def test_the_braces_of_other_languages_are_text(text: str) -> None:
    assert prepared(paragraph(f"{text} {{{{ x }}}} {text}")).mistakes == ()


def test_braces_of_a_paragraph_before_close_no_tag() -> None:
    found = prepared(paragraph("{ { 甲") + paragraph("x }}")).mistakes
    assert [mistake.code for mistake in found] == ["tag-unopened"]


@pytest.mark.parametrize(
    "text",
    ["{", "{{ x ", '{{ "', "{% '", "{# ", "}", "｛", "{ {", "{{{", "{%p if x %}{%p endif %}", "} "],
)
def test_a_text_is_read_in_linear_time(text: str) -> None:
    xml = {times: paragraph(text * times) for times in (100, 2_000, 16_000)}

    def once(times: int) -> float:
        start = time.process_time()
        prepared(xml[times])
        return time.process_time() - start

    def seconds(times: int) -> float:
        return min(once(times) for _ in range(3))  # what else the machine does only adds

    once(100)
    # Quadratic work would take 64 times as long.
    assert seconds(16_000) < max(0.1, 25 * seconds(2_000))


def test_nested_tables_are_read_in_linear_time() -> None:
    body = paragraph("{{ x }}")
    for _ in range(100):
        body = table(row(cell(body)))
    start = time.process_time()
    assert str(prepared(body).tags[0].spot).count("/t1/r1/c1") == 100
    assert time.process_time() - start < 0.5


def test_only_a_paragraph_that_goes_from_a_cell_may_leave_it_empty() -> None:
    scoped = paragraph("{%p if yes %}") + paragraph("x") + paragraph("{%p endif %}")
    assert prepared(table(row(cell(scoped)))).fills_cells
    assert not prepared(
        scoped + table(row(cell(paragraph("{% if yes %}x{% endif %}"))))
    ).fills_cells
