"""What a value looks like in a document: the one place where data become text.

A plain text without anything special takes two quick looks; everything else goes the longer way.
No value becomes XML: ``& < > " '`` are escaped, and what XML cannot hold is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup, escape

ILLEGAL = re.compile("[^\t\n\r\a\f\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no part of a document can hold and that mean no break either."""

Breaks = Callable[[str], str]
"""Turns the line breaks, tabs, paragraph and page breaks of an escaped text into XML."""

_LINE_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
_NUMBERS = (int, float, Decimal)


class PrintError(TypeError):
    """A value that no tag can print: nothing, yes or no, a list, a mapping, an object."""


class CharacterError(ValueError):
    """A text holds a character that no document can hold.

    Attributes:
        character: it, as ``U+001B``.
    """

    def __init__(self, character: str) -> None:
        self.character = f"U+{ord(character):04X}"
        super().__init__(f"character: {self.character}")


def line_breaks(text: str) -> str:
    """Return an escaped text with Word's own line breaks and tabs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", _LINE_BREAK)
    return lines.replace("\t", _TAB)


def printer(breaks: Breaks) -> Callable[[Any], str]:
    """Return the function that prints every value of the tags of a part."""

    def printed(value: Any) -> str:
        kind = type(value)
        if kind is not str:
            return str(value) if kind is int else _printed_other(value, printed)
        if not value.isprintable():
            return _printed_special(value, breaks)
        if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value:
            return str(escape(value))
        text: str = value
        return text

    return printed


def plain_text(value: Any) -> str:
    """Return a value as the text that a filter works on.

    Raises:
        PrintError: it is none: nothing, yes or no, a list, a mapping, formatted text.
        UndefinedError: it does not exist.
    """
    if type(value) is str:
        return value
    if isinstance(value, Markup):
        if "<" in value:
            raise PrintError("print-formatted")
        return value.unescape()
    if isinstance(value, str):
        return str.__str__(value)
    return _scalar(value)


def _printed_special(value: str, breaks: Breaks) -> str:
    found = ILLEGAL.search(value)
    if found:
        raise CharacterError(found.group())
    text = str(escape(value))
    return breaks(text) if any(character in text for character in "\n\t\r\a\f") else text


def _printed_other(value: Any, printed: Callable[[str], str]) -> str:
    if type(value) is Markup:
        return str.__str__(value)
    if isinstance(value, str):
        # A subclass may look like anything; what it holds is what is shown.
        return printed(str.__str__(value))
    if hasattr(type(value), "__html__") and not isinstance(value, Undefined):
        return str(value.__html__())
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, Undefined):
        return str(value)
    if value is None:
        raise PrintError("print-none")
    if isinstance(value, bool):
        raise PrintError("print-bool")
    if isinstance(value, _NUMBERS):
        return _number(value)
    if isinstance(value, date):
        return str(value)
    if isinstance(value, Mapping):
        raise PrintError("print-mapping")
    if isinstance(value, list | tuple):
        raise PrintError("print-list")
    raise PrintError(f"print-object: {type(value).__name__}")


def _number(value: int | float | Decimal) -> str:
    # The base classes' own writing: what a subclass makes of it could be anything.
    if isinstance(value, int):
        return int.__repr__(value)
    return float.__repr__(value) if isinstance(value, float) else Decimal.__str__(value)
