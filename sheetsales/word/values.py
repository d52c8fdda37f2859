"""Checks that a record is plain data which a Word file can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sheetsales.errors import TemplateError
from sheetsales.word.foreign import adopted
from sheetsales.word.images import InlineImage
from sheetsales.word.shown import WordValue

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ILLEGAL_IN_TEXT = re.compile("[^\a\f\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHART_KEYS = frozenset({"title", "categories", "series", "kind", "unit"})
_PLAIN = int | float | Decimal | date | None
_EXACT = frozenset({int, float, bool, Decimal, date, datetime, type(None)})


def is_chart(value: object) -> bool:
    """Return whether a value is the data of a chart, as a plain mapping."""
    return isinstance(value, Mapping) and value.keys() == _CHART_KEYS


def is_plain(value: Any) -> bool:
    """Return whether a value is made of nothing but usual types and good texts.

    Most records are; the others are looked through once more, slowly, for what they hold.
    """
    kind = type(value)
    if kind is dict:
        return _are_plain(value) and _are_plain(value.values()) and not is_chart(value)
    if kind is list or kind is tuple:
        return _are_plain(value)
    if kind is str:
        return value.isprintable() or not _ILLEGAL_IN_TEXT.search(value)
    return kind in _EXACT


def _are_plain(values: Any) -> bool:
    for value in values:
        # The usual cases stand here, not in a call of their own: they are most of a record.
        if type(value) is str:
            if not value.isprintable() and _ILLEGAL_IN_TEXT.search(value):
                return False
        elif type(value) not in _EXACT and not is_plain(value):
            return False
    return True


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
        if isinstance(value, str) and not hasattr(value, "__html__"):
            _refuse_illegal(_ILLEGAL_IN_TEXT, value, file=file, record=name, field=field)
        elif isinstance(shown := adopted(value) or value, WordValue):
            for text in shown.texts():
                _refuse_illegal(_ILLEGAL_IN_TEXT, text, file=file, record=name, field=field)
        elif not isinstance(value, _PLAIN | InlineImage) and not isinstance(
            adopted(value), InlineImage
        ):
            kind = type(value).__name__
            raise TemplateError("record-value", file=file, record=name, field=field, type=kind)


def refuse_properties(properties: Mapping[str, str], name: str, file: str) -> None:
    """Refuse custom properties that a document cannot hold.

    Raises:
        TemplateError: one is no text, or holds a character that XML forbids.
    """
    for field, value in properties.items():
        if not isinstance(value, str):
            kind = type(value).__name__
            raise TemplateError("record-value", file=file, record=name, field=field, type=kind)
        for text in (field, value):
            _refuse_illegal(_ILLEGAL, text, file=file, record=name, field=field)


def _refuse_illegal(illegal: re.Pattern[str], text: str, **where: str) -> None:
    if text.isprintable():
        return
    found = illegal.search(text)
    if found:
        character = f"U+{ord(found.group()):04X}"
        raise TemplateError("record-character", character=character, **where)


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
