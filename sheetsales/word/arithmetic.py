"""Operators between values of a template: numbers freely, texts and lists within bounds."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import SecurityError

from sheetsales.word.limits import MAX_BITS, LimitError, require_items, require_text
from sheetsales.word.lookups import refuse_undefined

_Number = int | float | Decimal
_NUMBERS = (int, float, Decimal)
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_LARGEST_POWER = 1024

SIGNS = frozenset(_OPERATORS)
"""The operators of two values."""


def calculated(sign: str, left: Any, right: Any) -> Any:
    """Return the result of an operator between two numbers, texts or lists.

    Raises:
        SecurityError: it formats a text, or becomes too large.
        TypeError: the operator makes nothing of these values.
        ArithmeticError: the numbers have no such result.
        UndefinedError: one of them does not exist.
    """
    for value in (left, right):
        if isinstance(value, Undefined):
            refuse_undefined(value)
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return _number(sign, left, right)
    if sign == "%" and isinstance(left, str):
        raise SecurityError("text-format")
    if sign == "*":
        return _product(left, right)
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        require_text(len(left) + len(right))
        return left + right
    if sign == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        require_items(len(left) + len(right))
        return [*left, *right]
    raise _refusal(sign, left, right)


def _number(sign: str, left: Any, right: Any) -> Any:
    if sign == "**":
        _refuse_large_power(left, right)
    if isinstance(left, Decimal) and isinstance(right, float):
        right = Decimal(repr(right))
    elif isinstance(left, float) and isinstance(right, Decimal):
        left = Decimal(repr(left))
    result = _OPERATORS[sign](left, right)
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        raise LimitError("number-too-large")
    return result


def _refuse_large_power(left: _Number, right: _Number) -> None:
    bits = left.bit_length() if isinstance(left, int) else 1
    power = abs(float(right))
    if power > _LARGEST_POWER or bits * power > MAX_BITS:
        raise LimitError("number-too-large")


def _product(left: Any, right: Any) -> Any:
    if isinstance(left, int):
        left, right = right, left
    if not isinstance(right, int) or not isinstance(left, str | list):
        raise _refusal("*", left, right)
    (require_text if isinstance(left, str) else require_items)(len(left) * right)
    return left * right


def _refusal(sign: str, left: object, right: object) -> TypeError:
    return TypeError(f"operator: {sign} ({type(left).__name__}, {type(right).__name__})")
