from __future__ import annotations

import statistics
import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import jinja2
import pytest
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError

from sheetsales.word.environment import PlainEnvironment, compile_source
from sheetsales.word.limits import LimitError, run
from sheetsales.word.printing import CharacterError, PrintError
from sheetsales.word.rewriting import ForbiddenTagError, line_of, offences, parse_source

ENVIRONMENT = PlainEnvironment()


def rendered(text: str, **context: Any) -> str:
    return run(compile_source(text, ENVIRONMENT)[0], context)


def test_a_key_wins_over_a_method_of_the_mapping() -> None:
    assert rendered("{{ x.items }} {{ x['count'] }}", x={"items": 1, "count": 2}) == "1 2"


def test_lists_are_read_by_position() -> None:
    text = "{{ x[0] }}{{ x[-1] }}{% for y in x[1:] %}{{ y }}{% endfor %}"
    assert rendered(text, x=["a", "b"]) == "abb"


@pytest.mark.parametrize(
    "text",
    [
        "{{ x.append }}", "{{ x[7] }}", "{{ range }}", "{{ lipsum }}", "{{ missing }}",
        "{{ missing.deeper }}", "{{ missing[0] }}", "{{ missing + 1 }}", "{{ missing|upper }}",
        "{% for y in missing %}{% endfor %}", "{% if missing %}{% endif %}", "{{ [missing] }}",
        "{{ x|first ~ missing }}", "{{ missing|money }}", "{{ missing|roc_date }}",
    ],
)  # fmt: skip
def test_what_is_not_in_the_data_is_an_error(text: str) -> None:
    with pytest.raises((UndefinedError, PrintError)):
        rendered(text, x=["a"])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{{ ''.__class__ }}", "attribute"), ("{{ x() }}", "call"), ("{{ x.upper() }}", "method"),
        ("{{ x|attr('y') }}", "filter"), ("{{ x|uper }}", "unknown-filter"),
        ("{{ x is evn }}", "unknown-test"), ("{{ self }}", "name"),
        ("{{ ｘ }}{{ x }}", "same-name"),
        ("{% include 'x' %}", "tag"), ("{% for a in x recursive %}{% endfor %}", "recursive"),
        ("{{ 1e999 }}", "number"), ("{{ " + "[" * 90 + "]" * 90 + " }}", "too-deep"),
    ],
)  # fmt: skip
def test_what_a_tag_may_not_do_is_known_before_rendering(text: str, rule: str) -> None:
    with pytest.raises(ForbiddenTagError) as caught:
        compile_source("\n\n" + text, ENVIRONMENT)
    assert (caught.value.offence.rule, line_of(caught.value)) == (rule, 3)


def test_all_offences_are_listed_in_order() -> None:
    text = "{{ a|safe }}\n{{ b.lower() }}\n{% if c %}\n{{ d|nope }}{% endif %}"
    found = offences(parse_source(text, ENVIRONMENT), ENVIRONMENT)
    assert [(one.line, one.rule, one.name, one.instead) for one in found] == [
        (1, "filter", "safe", ""),
        (2, "method", "lower", "lower"),
        (4, "unknown-filter", "nope", ""),
    ]


@pytest.mark.parametrize(
    "text",
    ["\n\n{{ gone }}", "\n\n{{ 1 / n }}",
     "\n{% if 1 %}\n{{ 'a' * 10**9 }}{% endif %}", "\n\n{{"]
)  # fmt: skip
def test_every_error_knows_its_line(text: str) -> None:
    with pytest.raises(
        (UndefinedError, ArithmeticError, LimitError, TemplateSyntaxError)
    ) as caught:
        rendered(text, n=0)
    assert line_of(caught.value) == 3


def test_an_error_outside_of_the_template_has_no_line() -> None:
    assert line_of(ValueError()) is None


def test_usual_calls_mean_what_they_say() -> None:
    data = {"m": {"a": 1, "items": 2}, "x": [1, 1, 2]}
    text = (
        "{% for k, v in m.items() %}{{ k }}{{ v }}{{ loop.cycle('-', '+') }}{% endfor %}"
        "{{ m.keys()|join }}{{ m.values()|sum }}{{ m.get('z', 'no') }}{{ range(1, 6, 2)|join }}"
        "{% for y in x %}{% if loop.changed(y) %}!{% endif %}{% endfor %}"
        "{% set n = namespace(t=0) %}{% for y in x %}{% set n.t = n.t + y %}{% endfor %}{{ n.t }}"
    )
    assert rendered(text, **data) == "a1-items2+aitems3no135!!4"


def test_loops_know_their_place_and_neighbours() -> None:
    text = (
        "{% for y in x if y > 1 %}{{ loop.index }}{{ loop.length }}{{ loop.last|lower }}"
        "{{ loop.previtem|default('-') }};{% else %}none{% endfor %}"
    ).replace("|lower", " and 'L' or ''")
    assert rendered(text, x=[1, 2, 3]) == "12-;22L2;"
    assert rendered(text, x=[]) == "none"


def test_numbers_texts_and_lists_are_calculated() -> None:
    assert rendered("{{ 6 * 7 }} {{ 7 % 4 }} {{ 2 ** 9 }} {{ 7 // 2 }}") == "42 3 512 3"
    assert rendered("{{ '-' * 3 }}{{ 'a' + 'b' }}{{ 'a' ~ 1 }}{{ [1] + [2] == [1, 2] and 1 }}") == (
        "---aba11"
    )
    assert rendered("{{ p * q }}", p=Decimal("1.10"), q=2.5) == "2.750"
    with pytest.raises(SecurityError, match="text-format"):
        rendered("{{ '%s' % 1 }}")


@pytest.mark.parametrize("value", [None, True, [], {}, object(), (1,)])
def test_what_is_no_text_is_not_printed(value: object) -> None:
    for text in ("{{ x }}", "{{ x ~ '' }}", "{{ x|upper }}"):
        with pytest.raises(PrintError):
            rendered(text, x=value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a&b<c>\"'", "a&amp;b&lt;c&gt;&#34;&#39;"), (-7, "-7"), (0.1, "0.1"),
        (Decimal("1.50"), "1.50"), (date(2026, 1, 2), "2026-01-02"),
        (datetime.fromisoformat("2026-01-02T03:04:05"), "2026-01-02 03:04:05"),
        ("\u3000\xa0", "\u3000\xa0"),
        ("a\r\nb", 'a</w:t><w:br/><w:t xml:space="preserve">b'),
    ],
)  # fmt: skip
def test_values_are_printed_as_they_are(value: object, text: str) -> None:
    assert rendered("{{ x }}", x=value) == text


@pytest.mark.parametrize("value", ["\x00", "\x0b", "\x1b", "\ud800", "\ufffe"])
def test_a_character_that_no_document_holds_is_an_error(value: str) -> None:
    with pytest.raises(CharacterError) as caught:
        rendered("{{ x }}", x=f"a{value}")
    assert caught.value.character == f"U+{ord(value):04X}"


def test_captured_text_stays_escaped_and_whole() -> None:
    assert rendered("{% set a %}<b>{{ x }}</b>{% endset %}{{ a }}", x="&") == "<b>&amp;</b>"
    with pytest.raises(PrintError):
        rendered("{% set a %}<b>{% endset %}{{ a|upper }}")


def test_filters_of_the_caller_are_used() -> None:
    environment = PlainEnvironment({"twice": lambda text: text * 2})
    assert run(compile_source("{{ x|twice }}", environment)[0], {"x": "<a"}) == "&lt;a&lt;a"


def test_a_loop_of_a_thousand_rows_is_no_bomb() -> None:
    rows = [{"c": f"v{number}"} for number in range(1000)]
    text = "{% for r in rows %}" + "{{ r.c|upper }}{{ r.c }}" * 10 + "{% endfor %}"
    assert rendered(text, rows=rows).startswith("V0v0V0")


def test_being_safe_costs_nothing() -> None:
    body = "".join(f"<w:p><w:t>{{{{ f{n} }}}}</w:t></w:p>" for n in range(20))
    row = "".join(f"<w:tc><w:t>{{{{ line.c{n} }}}}</w:t></w:tc>" for n in range(7))
    text = f"{body}{{% for line in lines %}}<w:tr>{row}</w:tr>{{% endfor %}}"
    lines = [{f"c{n}": f"品名 {n}" for n in range(7)}] * 10
    data = {**{f"f{n}": "北京市朝陽區 A" for n in range(20)}, "lines": lines}
    ours = compile_source(text, ENVIRONMENT)[0]
    plain = jinja2.Environment(autoescape=True).from_string(text)
    assert run(ours, data) == plain.render(data)
    ratios = [_cost(lambda: run(ours, data)) / _cost(lambda: plain.render(data)) for _ in range(7)]
    assert statistics.median(ratios) < 1.3


def _cost(work: Any) -> float:
    started = time.process_time()
    for _ in range(100):
        work()
    return time.process_time() - started
