"""Checks that a record is plain data which a Word file can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sheetsales.errors import TemplateError

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHART_KEYS = frozenset({"title", "categories", "series", "kind", "unit"})
_PLAIN = (str, int, float, Decimal, date, type(None))


def is_chart(value: object) -> bool:
    """Return whether a value is the data of a chart, as a plain mapping."""
    return isinstance(value, Mapping) and value.keys() == _CHART_KEYS


def refuse_unprintable(record: Mapping[str, Any], name: str, file: str) -> None:
    """Refuse a record that a document cannot show whole.

    Args:
        record: the context of one document.
        name: what the record is called in the message.
        file: name of the template.

    Raises:
        TemplateError: a text holds a character that XML forbids, or a value is no plain data.
    """
    for field, value in _leaves(record, ""):
        if isinstance(value, str):
            found = _ILLEGAL.search(value)
            if found:
                character = f"U+{ord(found.group()):04X}"
                raise TemplateError(
                    "record-character", file=file, record=name, field=field, character=character
                )
        elif not isinstance(value, _PLAIN):
            kind = type(value).__name__
            raise TemplateError("record-value", file=file, record=name, field=field, type=kind)


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else str(key))
            yield f"{path}.{key}" if path else str(key), key
    elif isinstance(value, list | tuple):
        for position, part in enumerate(value, 1):
            yield from _leaves(part, f"{path}[{position}]")
    else:
        yield path, value
