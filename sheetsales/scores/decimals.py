"""Decimal arithmetic of the scores: exact inputs, half up, four decimals kept.

A denominator of zero gives no value, and missing parts are left out of a weighted mean, which is
then renormalised over the parts present.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from sheetsales.locale.rounding import minor_units

_FOUR_PLACES = Decimal("0.0001")
_HUNDRED = Decimal(100)


def decimal_of(value: object) -> Decimal | None:
    """Return a number as the decimal that its shortest writing says; None where there is none.

    >>> decimal_of(0.1) + decimal_of(0.2)
    Decimal('0.3')

    Raises:
        TypeError: the value is no number.
    """
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return None if value != value else Decimal(repr(value))  # noqa: PLR0124 - NaN
    raise TypeError(f"not a number: {value!r}")


def round4(value: Decimal) -> Decimal:
    """Return a score as it is kept: four decimals, half up.

    >>> round4(Decimal("102.15835"))
    Decimal('102.1584')
    """
    return value.quantize(_FOUR_PLACES, rounding=ROUND_HALF_UP)


def round_money(value: Decimal, currency: str | None) -> Decimal:
    """Return an amount rounded half up to the minor unit of its currency."""
    step = Decimal(1).scaleb(-minor_units(currency or ""))
    return value.quantize(step, rounding=ROUND_HALF_UP)


def clamp(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Return the value, or the bound that it passes."""
    return max(low, min(high, value))


def ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Return part over whole; None where one is missing or the whole is zero."""
    return None if part is None or not whole else part / whole


def percentage(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Return how many percent of the whole the part is; None without a whole."""
    found = ratio(part, whole)
    return None if found is None else _HUNDRED * found


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """Return the mean; None of nothing."""
    return sum(values, Decimal()) / len(values) if values else None


def median(values: Sequence[Decimal]) -> Decimal | None:
    """Return the median; None of nothing."""
    ordered, middle = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return mean(ordered[middle - 1 : middle + 1])


def weighted_mean(parts: Iterable[tuple[Decimal | None, Decimal | None]]) -> Decimal | None:
    """Return Σ weight·value ÷ Σ weight over the parts that have both; None without weight.

    Args:
        parts: pairs of weight and value.
    """
    total = weights = Decimal()
    for weight, value in parts:
        if weight is not None and value is not None:
            total += weight * value
            weights += weight
    return ratio(total, weights)
