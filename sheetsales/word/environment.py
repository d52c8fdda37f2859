"""Jinja over plain data: what a tag in a template may do, and what it may not.

A template reads mappings by key, lists by position, and ``loop``. It calls nothing, sees no global,
reaches no attribute of a Python object and has only the filters named here, so a template from
anywhere can be rendered. An unknown name is an error, never a blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

_NUMBERS = (int, float, Decimal)
_LINE_BREAK = Markup('</w:t><w:br/><w:t xml:space="preserve">')
_TAB = Markup('</w:t><w:tab/><w:t xml:space="preserve">')


class PlainEnvironment(ImmutableSandboxedEnvironment):
    """The strictest Jinja: plain data in, escaped text out."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_printed,
            keep_trailing_newline=True,
        )
        self.globals.clear()
        self.filters.clear()
        self.filters["blank"] = _blank

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return ``obj.attribute``: a key of a mapping, never a method of it."""
        if isinstance(obj, LoopContext):
            return super().getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return ``obj[argument]``: a value of a mapping or of a list."""
        if isinstance(obj, Undefined):
            return getattr(obj, str(argument))
        if isinstance(obj, Mapping) and argument in obj:
            return obj[argument]
        if isinstance(obj, Sequence) and isinstance(argument, int | slice):
            try:
                return obj[argument]
            except IndexError:
                pass
        return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 (as the base class)
        """Return False: a template calls nothing."""
        return False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Return the result of a product or remainder of numbers.

        Raises:
            SecurityError: an operand is no number, or a power is asked for.
        """
        if operator == "**" or not (isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS)):
            raise SecurityError(f"operator {operator} is not allowed here")
        return super().call_binop(context, operator, left, right)


def _printed(value: object) -> object:
    """Return what a tag prints; line breaks and tabs become Word's own.

    Raises:
        TypeError: the value is no text and no number, so that printing it is a mistake.
    """
    if isinstance(value, str):
        return _broken(value) if "\n" in value or "\t" in value else value
    if isinstance(value, Undefined) or hasattr(value, "__html__"):
        return value
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise TypeError(f"a value of type {type(value).__name__} cannot be printed")
    return value


def _broken(text: str) -> Markup:
    if isinstance(text, Markup):
        return text
    lines = _LINE_BREAK.join(escape(line) for line in text.replace("\r\n", "\n").split("\n"))
    return _TAB.join(Markup(part) for part in lines.split("\t"))  # noqa: S704 (escaped above)


def _blank(value: object) -> object:
    """Filter ``blank``: an em dash in the place of an empty value."""
    return "—" if value in ("", None) else value
