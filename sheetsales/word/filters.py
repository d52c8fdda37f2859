"""The filters and tests of a template: a list of our own, pure and bounded, nothing else.

Left out for good: ``attr``, ``safe``, ``format``, ``xmlattr``, ``urlize``, ``tojson``, ``pprint``,
``random``, ``forceescape``: they reach into objects, undo the escaping or are not repeatable.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import pass_context
from jinja2.tests import TESTS as JINJA_TESTS

from sheetsales.word import list_filters, text_filters, writing_filters
from sheetsales.word.limits import MeteredContext
from sheetsales.word.lookups import Notes

REFUSED = frozenset(
    "attr safe format xmlattr urlize tojson pprint random forceescape wordwrap".split()
)
"""Filters of Jinja that no template may use."""

CONCAT, RANGE, CYCLE, CHANGED = " concat", " range", " cycle", " changed"
KEYS, VALUES, GET, NAMESPACE, REPEATED = " keys", " values", " get", " namespace", " repeated"
WEIGHED = " weighed"
"""Names of what calls are rewritten to; the blank keeps a template from writing them."""

_TESTS = (
    "boolean defined divisibleby even false float integer iterable mapping none number odd "
    "sequence string true undefined sameas"
).split()


@pass_context
def _repeated(context: MeteredContext, value: Any, cost: int) -> Any:
    return context.repeated(value, cost)


@pass_context
def _changed(context: MeteredContext, loop: Any, value: list[Any]) -> bool:
    context.charge(1)
    return bool(loop.changed(value))


def _weighed(value: Any) -> Any:
    return value


def _notes(value: Mapping[str, Any]) -> Notes:
    return Notes(dict(value))


def _is_in(value: Any, container: Any) -> bool:
    return bool(value in container)


_COMPARING: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("eq", "equalto", "=="), operator.eq),
    **dict.fromkeys(("ne", "!="), operator.ne),
    **dict.fromkeys(("lt", "lessthan", "<"), operator.lt),
    **dict.fromkeys(("gt", "greaterthan", ">"), operator.gt),
    **dict.fromkeys(("le", "<="), operator.le),
    **dict.fromkeys(("ge", ">="), operator.ge),
    "in": _is_in,
}


def _is_upper(value: Any) -> bool:
    return isinstance(value, str) and value.isupper()


def _is_lower(value: Any) -> bool:
    return isinstance(value, str) and value.islower()


_UNMETERED: frozenset[Callable[..., Any]] = frozenset(
    {
        list_filters.mapped,
        list_filters.reject,
        list_filters.rejectattr,
        list_filters.select,
        list_filters.selectattr,
        _changed,
        _repeated,
    }
)
"""Filters that pay by themselves."""


def _metered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that pays for what it makes, and that is never run while compiling."""
    if function in _UNMETERED:
        return function

    @pass_context
    @functools.wraps(function)
    def filtered(context: MeteredContext, *args: Any, **options: Any) -> Any:
        return context.charged(function(*args, **options), *args[:2])

    return filtered


def filters() -> dict[str, Callable[..., Any]]:
    """Return every filter by name, those that calls are rewritten to included."""
    public: dict[str, Callable[..., Any]] = {
        **text_filters.FILTERS,
        **list_filters.FILTERS,
        **writing_filters.FILTERS,
    }
    hidden: dict[str, Callable[..., Any]] = {
        CONCAT: text_filters.concatenated,
        CYCLE: list_filters.cycled,
        GET: list_filters.got,
        KEYS: list_filters.keys,
        NAMESPACE: _notes,
        RANGE: list_filters.counted,
        VALUES: list_filters.values,
        WEIGHED: _weighed,
    }
    found: dict[str, Callable[..., Any]] = {
        **public,
        **hidden,
        REPEATED: _repeated,
        CHANGED: _changed,
    }
    return {name: _metered(function) for name, function in found.items()}


def tests() -> dict[str, Callable[..., Any]]:
    """Return every test (``is …``) by name."""
    found: dict[str, Callable[..., Any]] = {"lower": _is_lower, "upper": _is_upper}
    found.update((name, _metered(test)) for name, test in _COMPARING.items())
    known: Mapping[str, Any] = JINJA_TESTS
    return {**found, **{name: known[name] for name in _TESTS}}
