from __future__ import annotations

import pytest
from jinja2.exceptions import SecurityError, TemplateAssertionError, UndefinedError

from sheetsales.word.environment import PlainEnvironment

ENVIRONMENT = PlainEnvironment()


def rendered(text: str, **context: object) -> str:
    return ENVIRONMENT.from_string(text).render(context)


def test_a_key_wins_over_a_method_of_the_mapping() -> None:
    assert rendered("{{ x.items }} {{ x['count'] }}", x={"items": 1, "count": 2}) == "1 2"


def test_lists_are_read_by_position() -> None:
    assert (
        rendered("{{ x[0] }}{{ x[-1] }}{% for y in x[1:] %}{{ y }}{% endfor %}", x=["a", "b"])
        == "abb"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ x.__class__ }}",
        "{{ x.append }}",
        "{{ x[7] }}",
        "{{ range }}",
        "{{ lipsum }}",
        "{{ missing }}",
        "{{ missing.deeper }}",
        "{{ missing[0] }}",
        "{% for y in x %}{{ loop.__init__ }}{% endfor %}",
    ],
)
def test_nothing_but_data_is_reached(text: str) -> None:
    with pytest.raises((UndefinedError, SecurityError)):
        rendered(text, x=["a"])


@pytest.mark.parametrize(
    "text", ["{{ x() }}", "{{ x.upper() }}", "{{ 'a' * 9 }}", "{{ 2 ** 9 }}", "{{ '%9d' % 1 }}"]
)
def test_nothing_is_called_and_no_text_is_multiplied(text: str) -> None:
    with pytest.raises((SecurityError, UndefinedError)):
        rendered(text, x="a")


def test_numbers_may_be_multiplied() -> None:
    assert rendered("{{ 6 * 7 }} {{ 7 % 4 }}") == "42 3"


@pytest.mark.parametrize("name", ["safe", "attr", "map", "upper"])
def test_only_our_own_filters_exist(name: str) -> None:
    with pytest.raises(TemplateAssertionError):
        rendered("{{ x|" + name + " }}", x="a")


def test_the_filter_blank_shows_a_dash() -> None:
    assert rendered("{{ x|blank }}{{ y|blank }}{{ z|blank }}", x="", y=None, z="a") == "——a"


def test_conditions_know_whether_something_is_defined() -> None:
    assert rendered("{% if x is defined and x %}yes{% endif %}", x="a") == "yes"
