from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

import pytest
from jinja2 import Environment, Template, TemplateSyntaxError
from lxml import etree

from sheetsales.word.prepare import prepare
from tests.word.xml_parts import cell, document, paragraph, row, run, table


def imbalances(body: str) -> list[str]:
    prepared = prepare("word/document.xml", document(body))
    assert prepared.balanced == (not prepared.imbalances)
    return [tag.text for tag in prepared.imbalances]


@pytest.mark.parametrize(
    "body",
    [
        paragraph("{% if a %}x{% else %}y{% endif %}"),
        paragraph("{% if a %}x") + paragraph("y{% endif %}"),
        paragraph("{%p for i in x %}") + paragraph("{{ i }}") + paragraph("{%p endfor %}"),
        paragraph("x{%r if a %}y{%r else %}z{%r endif %}"),
        paragraph("x {% if a -%}") + paragraph("y") + paragraph("{%- endif %} z"),
        paragraph("{% for i in x %}{{ i }}{% else %}none{% endfor %}"),
        paragraph("{% set a %}text{% endset %}{% set b = 1 %}"),
        table(row(cell(paragraph("{%tc for i in x %}")), cell(paragraph("{%tc endfor %}")))),
        table(row(cell(paragraph("y") + paragraph("{% vm %}{% hm %}{% cellbg a %}x")))),
        '<w:p><w:pPr><w:shd w:fill="{% if a %}FF0000{% else %}00FF00{% endif %}"/></w:pPr></w:p>',
        "<w:p><w:hyperlink>" + run("{{ a") + "</w:hyperlink>" + run(" }}") + "</w:p>",
    ],
)
def test_a_template_that_cannot_break_is_proven(body: str) -> None:
    assert imbalances(body) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (
            table(row(cell(paragraph("{% if a %}x")), cell(paragraph("y{% endif %}"))))
            .replace("<w:tc>", "<w:tc><w:sdt>", 1)
            .replace("</w:tc>", "</w:sdt></w:tc>", 1),
            "{% if a %}",
        ),
        (paragraph("{%p if a %}") + paragraph("x{% endif %}"), "{%p if a %}"),
        (paragraph("{% for i in x %}") + paragraph("{%p endfor %}"), "{% for i in x %}"),
        (
            "<w:p><w:hyperlink>" + run("{% if a %}x") + "</w:hyperlink>" + run("{% endif %}</w:p>"),
            "{% if a %}",
        ),
        (
            paragraph("{% if a %}x{% else %}") + paragraph("{%p endif %}"),
            "{% if a %}",
        ),
        ('<w:p w:a="{% if a %}x" w:b="y{% endif %}"/>', "{% if a %}"),
        (paragraph("{% if a %}never ends"), "{% if a %}"),
    ],
)
def test_a_body_that_may_break_is_named_by_its_tag(body: str, fault: str) -> None:
    assert imbalances(body) == [fault]


def test_a_sound_body_within_a_broken_one_is_not_blamed() -> None:
    body = paragraph("{%p if a %}") + paragraph("{% if b %}x{% endif %}{% endif %}")
    assert imbalances(body) == ["{%p if a %}"]


def test_branches_that_leave_the_same_elements_open_agree() -> None:
    body = (
        "<w:p>"
        + run("{% if a %}x</w:t></w:r><w:r><w:t>y{% else %}z</w:t></w:r><w:r><w:t>q{% endif %}")
        + "</w:p>"
    )
    assert imbalances(body) == []


LINK = "<w:hyperlink><w:r><w:t>@</w:t></w:r></w:hyperlink>"
SHAPES = (
    paragraph("@", "@"),
    f"<w:p>{run('@')}{LINK}<w:r><w:t>@</w:t><w:tab/><w:t>@</w:t></w:r></w:p>",
    table(row(cell(paragraph("@")), cell(paragraph("@"))) + row(cell(paragraph("@"), LINK))),
)
MIDDLES = ("{% else %}", "{%p else %}", "{%r else %}", "{{ x }}", "{% vm %}", "{%- else -%}", "")


def random_body(chance: random.Random) -> str:
    body = "".join(chance.choices(SHAPES, k=chance.randint(1, 3)))
    slots = body.count("@")
    texts = ["t"] * slots
    for number in range(chance.randint(1, 3)):
        begin, middle, end = sorted(chance.choices(range(slots), k=3))
        first, last = chance.choices(["", "p ", "r ", "tr ", "tc ", "- "], k=2)
        texts[begin] += f"{{%{first}if b{number} %}}"
        texts[middle] += chance.choice(MIDDLES)
        texts[end] += f"{{%{last}endif %}}"
    filled = iter(texts)
    return "".join(next(filled) if sign == "@" else sign for sign in body)


def whole(template: Template, flags: Sequence[bool]) -> bool:
    data = {f"b{number}": flag for number, flag in enumerate(flags)}
    try:
        etree.fromstring(template.render(data, x=1, loop={"first": flags[0]}).encode())
    except etree.XMLSyntaxError:
        return False
    return True


def test_what_is_proven_is_whole_whatever_the_data_are() -> None:
    chance = random.Random(3)
    proven = broken = 0
    for _ in range(600):
        body = random_body(chance)
        prepared = prepare("word/document.xml", document(body))
        try:
            template = Environment().from_string(prepared.source)
        except TemplateSyntaxError:
            continue
        results = [whole(template, flags) for flags in product([True, False], repeat=3)]
        assert all(results) or not prepared.balanced, body
        proven += prepared.balanced
        broken += not all(results)
    assert proven > 30
    assert broken > 50
