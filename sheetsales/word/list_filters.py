"""Filters that choose, sort and sum up the items of a list; each is pure and bounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby as grouped
from typing import Any

from jinja2 import StrictUndefined, Undefined, pass_context
from markupsafe import Markup

from sheetsales.word.limits import MeteredContext, require_items, require_text, total_length
from sheetsales.word.lookups import Group, getter, refuse_undefined
from sheetsales.word.printing import plain_text
from sheetsales.word.text_filters import escaped

_NUMBERS = (int, float, Decimal)
_Path = str | int | None


def items_of(value: Any) -> list[Any]:
    """Return the items of a list, the keys of a mapping, the characters of a text.

    Raises:
        TypeError: the value has no items.
    """
    if isinstance(value, Undefined):
        refuse_undefined(value)
    if not isinstance(value, str | Mapping | Sequence):
        raise TypeError(f"no-list: {type(value).__name__}")
    return list(value)


def length(value: Any) -> int:
    """Return how many items a value has."""
    if isinstance(value, Undefined):
        refuse_undefined(value)
    if not isinstance(value, str | Mapping | Sequence):
        raise TypeError(f"no-list: {type(value).__name__}")
    return len(value)


def first(value: Any) -> Any:
    """Return the first item."""
    found = items_of(value)
    return found[0] if found else StrictUndefined("an empty list has no first item")


def last(value: Any) -> Any:
    """Return the last item."""
    found = items_of(value)
    return found[-1] if found else StrictUndefined("an empty list has no last item")


def reverse(value: Any) -> Any:
    """Return a list, or a text, from its end."""
    return plain_text(value)[::-1] if isinstance(value, str) else items_of(value)[::-1]


def join(value: Any, d: Any = "", attribute: _Path = None) -> str:
    """Return the items as one text, with a separator between them."""
    values = list(map(getter(attribute), items_of(value)))
    if any(isinstance(part, Markup) for part in [d, *values]):
        parts = [escaped(part) for part in values]
        require_text(total_length(parts, len(escaped(d))))
        return escaped(d).join(parts)
    texts, between = [plain_text(part) for part in values], plain_text(d)
    require_text(total_length(texts, len(between)))
    return between.join(texts)


def joined(value: Any, separator: str = "、", last: str | None = None) -> str:
    """Return the items as one text with 「、」 between them, or another sign before the last."""
    texts = [plain_text(part) for part in items_of(value)]
    if last is None or len(texts) < 2:
        return join(texts, separator)
    return join([join(texts[:-1], separator), texts[-1]], last)


def sort(
    value: Any,
    reverse: bool = False,  # noqa: FBT001 (as Jinja's filter)
    case_sensitive: bool = False,  # noqa: FBT001
    attribute: _Path = None,
) -> list[Any]:
    """Return the items in order; several attributes are separated by commas."""
    paths = str(attribute).split(",") if isinstance(attribute, str) else [attribute]
    keys = [_comparable(path, case_sensitive) for path in paths]
    if len(keys) == 1:
        return sorted(items_of(value), key=keys[0], reverse=reverse)
    return sorted(items_of(value), key=lambda one: [key(one) for key in keys], reverse=reverse)


def unique(
    value: Any,
    case_sensitive: bool = False,  # noqa: FBT001 (as Jinja's filter)
    attribute: _Path = None,
) -> list[Any]:
    """Return the items, each value once."""
    key = _comparable(attribute, case_sensitive)
    found: dict[Any, Any] = {}
    for one in items_of(value):
        found.setdefault(key(one), one)
    return list(found.values())


def dictsort(
    value: Mapping[str, Any],
    case_sensitive: bool = False,  # noqa: FBT001 (as Jinja's filter)
    by: str = "key",
    reverse: bool = False,  # noqa: FBT001
) -> list[list[Any]]:
    """Return the keys and values of a mapping in order."""
    place = {"key": 0, "value": 1}[by]
    return sort(pairs(value), reverse, case_sensitive, place)


def groupby(
    value: Any,
    attribute: str | int,
    default: Any = None,
    case_sensitive: bool = False,  # noqa: FBT001 (as Jinja's filter)
) -> list[Group]:
    """Return the items in groups of one attribute's value, in its order."""
    found, fold = getter(attribute), _comparable(None, case_sensitive)

    def value_of(one: Any) -> Any:
        part = found(one)
        return default if default is not None and isinstance(part, Undefined) else part

    ordered = sorted(items_of(value), key=lambda one: fold(value_of(one)))
    groups = [list(group) for _, group in grouped(ordered, lambda one: fold(value_of(one)))]
    return [Group([value_of(group[0]), group]) for group in groups]


def total(value: Any, attribute: _Path = None, start: Any = 0) -> Any:
    """Return the sum of the items; a number with a fraction is added as it is written."""
    numbers = [start, *map(getter(attribute), items_of(value))]
    for number in numbers:
        if isinstance(number, Undefined):
            refuse_undefined(number)
        if not isinstance(number, _NUMBERS):
            raise TypeError(f"no-number: {type(number).__name__}")
    if any(isinstance(number, Decimal) for number in numbers):
        numbers = [Decimal(repr(one)) if isinstance(one, float) else one for one in numbers]
    return sum(numbers)


def smallest(
    value: Any,
    case_sensitive: bool = False,  # noqa: FBT001 (as Jinja's filter)
    attribute: _Path = None,
) -> Any:
    """Return the smallest item."""
    return _extreme(min, value, _comparable(attribute, case_sensitive))


def largest(
    value: Any,
    case_sensitive: bool = False,  # noqa: FBT001 (as Jinja's filter)
    attribute: _Path = None,
) -> Any:
    """Return the largest item."""
    return _extreme(max, value, _comparable(attribute, case_sensitive))


def batch(value: Any, linecount: int, fill_with: Any = None) -> list[list[Any]]:
    """Return the items in lists of so many, the last one filled up."""
    if linecount < 1:
        raise ValueError(f"count: {linecount}")
    found = items_of(value)
    rows = [found[start : start + linecount] for start in range(0, len(found), linecount)]
    if rows and fill_with is not None:
        require_items(linecount)
        rows[-1] += [fill_with] * (linecount - len(rows[-1]))
    return rows


def sliced(value: Any, slices: int, fill_with: Any = None) -> list[list[Any]]:
    """Return the items in so many lists, as even as can be."""
    if slices < 1:
        raise ValueError(f"count: {slices}")
    require_items(slices)
    found = items_of(value)
    size, longer = divmod(len(found), slices)
    columns, start = [], 0
    for number in range(slices):
        end = start + size + (number < longer)
        filled = [] if fill_with is None or not longer or number < longer else [fill_with]
        columns.append(found[start:end] + filled)
        start = end
    return columns


def pairs(value: Any) -> list[list[Any]]:
    """Return the keys and values of a mapping."""
    return [[key, part] for key, part in _mapping(value).items()]


def keys(value: Any) -> list[Any]:
    """Return the keys of a mapping."""
    return list(_mapping(value))


def values(value: Any) -> list[Any]:
    """Return the values of a mapping."""
    return list(_mapping(value).values())


def got(value: Any, key: Any, default: Any = None) -> Any:
    """Return the value of a key, or another where the mapping has none."""
    return _mapping(value).get(key, default)


@pass_context
def mapped(context: MeteredContext, value: Any, *args: Any, **options: Any) -> list[Any]:
    """Return the items, each with one attribute of it or one filter applied to it."""
    found = items_of(value)
    context.charge(len(found))
    if not args and "attribute" in options:
        path, default = options["attribute"], options.get("default")
        results = list(map(getter(path), found))
        if default is not None:
            results = [default if isinstance(one, Undefined) else one for one in results]
        return results
    name = _visible(args)
    call = context.environment.call_filter
    return [call(name, one, list(args[1:]), options, context=context) for one in found]


@pass_context
def select(context: MeteredContext, value: Any, *args: Any, **options: Any) -> list[Any]:
    """Return the items that pass a test."""
    return _chosen(context, items_of(value), (None, *args), options, wanted=True)


@pass_context
def reject(context: MeteredContext, value: Any, *args: Any, **options: Any) -> list[Any]:
    """Return the items that fail a test."""
    return _chosen(context, items_of(value), (None, *args), options, wanted=False)


@pass_context
def selectattr(context: MeteredContext, value: Any, *args: Any, **options: Any) -> list[Any]:
    """Return the items of which an attribute passes a test."""
    return _chosen(context, items_of(value), args, options, wanted=True)


@pass_context
def rejectattr(context: MeteredContext, value: Any, *args: Any, **options: Any) -> list[Any]:
    """Return the items of which an attribute fails a test."""
    return _chosen(context, items_of(value), args, options, wanted=False)


def counted(arguments: list[Any]) -> list[int]:
    """Return ``range(…)`` as a list of limited length."""
    numbers = range(*arguments)
    last_step = abs(numbers.stop - numbers.start) // abs(numbers.step)
    require_items(last_step)
    return list(numbers)


def cycled(index: int, choices: list[Any]) -> Any:
    """Return ``loop.cycle(…)``: one of several values in turn."""
    if not choices:
        raise TypeError("no-choices")
    return choices[index % len(choices)]


def rounded(value: Any, precision: int = 0, method: str = "common") -> Any:
    """Return a number rounded to some decimals, ``common``, ``ceil`` or ``floor``."""
    if abs(precision) > 30:
        raise ValueError(f"precision: {precision}")
    number = _required_number(value)
    if method == "common":
        return round(number, precision)
    step = {"ceil": math.ceil, "floor": math.floor}[method]
    if isinstance(number, Decimal):
        return step(number.scaleb(precision)) * Decimal(10) ** -precision
    return step(number * 10.0**precision) / 10.0**precision


def absolute(value: Any) -> Any:
    """Return a number without its sign."""
    return abs(_required_number(value))


def whole(value: Any, default: int = 0, base: int = 10) -> int:
    """Return a whole number, or another where the value is none."""
    if isinstance(value, Undefined):
        refuse_undefined(value)
    if isinstance(value, Decimal) and value.adjusted() > 1000:
        raise ValueError("number")
    try:
        return int(value, base) if isinstance(value, str) else int(value)
    except (TypeError, ValueError, OverflowError):
        return _whole_part(value, default)


def floating(value: Any, default: float = 0.0) -> float:
    """Return a number with a fraction, or another where the value is none."""
    if isinstance(value, Undefined):
        refuse_undefined(value)
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return default


def _whole_part(value: Any, default: int) -> int:
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return default


def _required_number(value: Any) -> int | float | Decimal:
    if isinstance(value, Undefined):
        refuse_undefined(value)
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise TypeError(f"no-number: {type(value).__name__}")
    return value


def _mapping(value: Any) -> Mapping[Any, Any]:
    if isinstance(value, Undefined):
        refuse_undefined(value)
    if not isinstance(value, Mapping):
        raise TypeError(f"no-mapping: {type(value).__name__}")
    return value


def _comparable(path: _Path, case_sensitive: bool) -> Callable[[Any], Any]:  # noqa: FBT001
    found = getter(path)

    def key(value: Any) -> Any:
        part = found(value)
        return part.lower() if isinstance(part, str) and not case_sensitive else part

    return key


def _extreme(choose: Callable[..., Any], value: Any, key: Callable[[Any], Any]) -> Any:
    found = items_of(value)
    return choose(found, key=key) if found else StrictUndefined("an empty list has no such item")


def _chosen(
    context: MeteredContext,
    found: Sequence[Any],
    arguments: Sequence[Any],
    options: Mapping[str, Any],
    *,
    wanted: bool,
) -> list[Any]:
    context.charge(len(found))
    part, tests = getter(arguments[0] if arguments else None), arguments[1:]
    if not tests:
        return [one for one in found if bool(part(one)) is wanted]
    name, call = _visible(tests), context.environment.call_test
    rest, named = list(tests[1:]), dict(options)
    return [
        one for one in found if bool(call(name, part(one), rest, named, context=context)) is wanted
    ]


def _visible(arguments: Sequence[Any]) -> str:
    name = arguments[0] if arguments else None
    if not isinstance(name, str) or not name.isidentifier():
        raise TypeError(f"no-filter: {name}")
    return name


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": absolute,
    "batch": batch,
    "count": length,
    "dictsort": dictsort,
    "first": first,
    "float": floating,
    "groupby": groupby,
    "int": whole,
    "items": pairs,
    "join": join,
    "joined": joined,
    "last": last,
    "length": length,
    "list": items_of,
    "map": mapped,
    "max": largest,
    "min": smallest,
    "reject": reject,
    "rejectattr": rejectattr,
    "reverse": reverse,
    "round": rounded,
    "select": select,
    "selectattr": selectattr,
    "slice": sliced,
    "sort": sort,
    "sum": total,
    "unique": unique,
}
"""The filters of this module by name."""
