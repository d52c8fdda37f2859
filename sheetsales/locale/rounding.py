"""Rounding as people round: half away from zero, on the decimal writing of a number."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

Number = int | float | Decimal

_WITHOUT_CENTS = frozenset({"TWD", "JPY"})


def round_half_up(value: Number, decimals: int = 0) -> Decimal:
    """Return a number rounded half away from zero, taken at its decimal writing.

    >>> round_half_up(2.675, 2)
    Decimal('2.68')

    Raises:
        ValueError: the number is not finite.
    """
    exact = _decimal(value)
    if not exact.is_finite():
        raise ValueError(f"not a finite number: {value}")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded.is_zero() else rounded


def minor_units(currency: str) -> int:
    """Return how many decimals an amount of a currency has."""
    return 0 if currency in _WITHOUT_CENTS else 2


def _decimal(value: Number) -> Decimal:
    if isinstance(value, Decimal | int):
        return Decimal(value)
    return Decimal(repr(float(value)))
