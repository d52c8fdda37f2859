"""Filters that make a text of a text, under Jinja's usual names; each is pure and bounded."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup, escape

from sheetsales.word.limits import require_text
from sheetsales.word.printing import plain_text

_WORD = re.compile(r"\w+")
_WORD_STARTS = re.compile(r"([-\s({\[<]+)")


def upper(value: Any) -> str:
    """Return a text in capitals."""
    return plain_text(value).upper()


def lower(value: Any) -> str:
    """Return a text in small letters."""
    return plain_text(value).lower()


def capitalize(value: Any) -> str:
    """Return a text whose first letter alone is a capital."""
    return plain_text(value).capitalize()


def title(value: Any) -> str:
    """Return a text whose words begin with a capital."""
    parts = _WORD_STARTS.split(plain_text(value))
    return "".join(part[:1].upper() + part[1:].lower() for part in parts)


def trim(value: Any, chars: str | None = None) -> str:
    """Return a text without white space, or the characters named, at its ends."""
    return plain_text(value).strip(chars)


def string(value: Any) -> str:
    """Return a value as text."""
    return value if isinstance(value, Markup) else plain_text(value)


def escaped(value: Any) -> Markup:
    """Return a text in which ``& < >`` and quotes are written as XML writes them."""
    return value if isinstance(value, Markup) else escape(plain_text(value))


def replace(value: Any, old: str, new: Any, count: int | None = None) -> str:
    """Return a text with another in the place of one."""
    text, after, times = plain_text(value), plain_text(new), -1 if count is None else int(count)
    found = text.count(old) if times < 0 else min(times, text.count(old))
    require_text(len(text) + found * (len(after) - len(old)))
    return text.replace(old, after, times)


def truncate(
    value: Any,
    length: int = 255,
    killwords: bool = False,  # noqa: FBT001 (as Jinja's filter)
    end: str = "...",
    leeway: int = 5,
) -> str:
    """Return a text cut to a length, with ``...`` where it was cut."""
    text = plain_text(value)
    if length < len(end) or leeway < 0:
        raise ValueError(f"length: {length}")
    if len(text) <= length + leeway:
        return text
    kept = text[: length - len(end)]
    return (kept if killwords else kept.rsplit(" ", 1)[0]) + end


def center(value: Any, width: int = 80) -> str:
    """Return a text with blanks on both sides, as wide as asked."""
    require_text(width)
    return plain_text(value).center(width)


def indent(
    value: Any,
    width: int | str = 4,
    first: bool = False,  # noqa: FBT001 (as Jinja's filter)
    blank: bool = False,  # noqa: FBT001
) -> str:
    """Return a text whose lines, from the second on, begin with some blanks."""
    text = plain_text(value)
    lines = text.split("\n")
    step = len(width) if isinstance(width, str) else int(width)
    require_text(len(text) + step * len(lines))
    margin = width if isinstance(width, str) else " " * step
    moved = [margin + line if line or blank else line for line in lines[1:]]
    return "\n".join([(margin if first else "") + lines[0], *moved])


def wordcount(value: Any) -> int:
    """Return how many words a text has."""
    return sum(1 for _ in _WORD.finditer(plain_text(value)))


def concatenated(values: list[Any]) -> str:
    """Return ``a ~ b``: some values as one text."""
    if any(isinstance(value, Markup) for value in values):
        parts = [escaped(value) for value in values]
        require_text(sum(map(len, parts)))
        return Markup("").join(parts)
    texts = [plain_text(value) for value in values]
    require_text(sum(map(len, texts)))
    return "".join(texts)


def blank(value: Any) -> Any:
    """Return an em dash in the place of an empty value."""
    return "—" if value is None or value == "" else value


def default(
    value: Any,
    default_value: Any = "",
    boolean: bool = False,  # noqa: FBT001 (as Jinja's filter)
) -> Any:
    """Return another value in the place of one that does not exist (or is empty)."""
    return default_value if isinstance(value, Undefined) or (boolean and not value) else value


FILTERS: dict[str, Callable[..., Any]] = {
    "blank": blank,
    "capitalize": capitalize,
    "center": center,
    "d": default,
    "default": default,
    "e": escaped,
    "escape": escaped,
    "indent": indent,
    "lower": lower,
    "replace": replace,
    "string": string,
    "title": title,
    "trim": trim,
    "truncate": truncate,
    "upper": upper,
    "wordcount": wordcount,
}
"""The filters of this module by name."""
