from __future__ import annotations

import pytest

from sheetsales.word.environment import PlainEnvironment
from sheetsales.word.fields import used_fields, with_containers


def used(text: str) -> set[str]:
    return set(used_fields(PlainEnvironment().parse(text)))


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("{{ a }}", {"a"}),
        ("{{ a.b.c }}", {"a", "a.b", "a.b.c"}),
        ("{{ a['b'] }}", {"a", "a.b"}),
        ("{{ a[0].b }}", {"a", "a[]", "a[].b"}),
        ("{{ a[i].b }}", {"a", "i", "a[]", "a[].b"}),
        ("{% for x in a %}{{ x.b }}{{ loop.index }}{% endfor %}", {"a", "a[]", "a[].b"}),
        ("{% for x in a[1:] %}{{ x }}{% else %}{{ x }}{% endfor %}", {"a", "a[]", "x"}),
        ("{% for x in a if x.ok %}{{ y }}{% endfor %}", {"a", "a[]", "a[].ok", "y"}),
        ("{% for k, v in a %}{{ k }}{% endfor %}", {"a"}),
        ("{% if a %}{{ b }}{% elif c %}{{ d }}{% else %}{{ e }}{% endif %}", set("abcde")),
        ("{% set x = a.b %}{{ x.c }}", {"a", "a.b", "a.b.c"}),
        (
            "{% for x in a %}{% for y in x.b %}{{ y }}{% endfor %}{% endfor %}",
            {"a", "a[]", "a[].b", "a[].b[]"},
        ),
        ("{{ a|blank ~ b }}", {"a", "b"}),
        ("{{ 'text' }}{% if 1 < 2 %}{% endif %}", set()),
    ],
)
def test_paths_follow_loops_and_names(text: str, paths: set[str]) -> None:
    assert used(text) == paths


def test_containers_of_a_path_are_known_too() -> None:
    assert with_containers(["a.b[].c[]"]) == {"a", "a.b", "a.b[]", "a.b[].c", "a.b[].c[]"}
