"""Plain arithmetic that several scores use."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sheetsales.scores.decimals import mean, percentage, weighted_mean
from sheetsales.scores.formulas.parts import Formula, Parts, Value


def _value(parts: Parts) -> Value:
    return next((part.value for part in parts), None)


def _first(parts: Parts) -> Value:
    return next((part.value for part in parts if part.value is not None), None)


def _sum(parts: Parts) -> Value:
    return sum(parts.numbers, Decimal()) if parts.numbers else None


def _tally(parts: Parts) -> Value:
    """Sum of what was recorded: nothing recorded is zero, as in a ledger."""
    return sum(parts.numbers, Decimal())


def _mean(parts: Parts) -> Value:
    return mean(parts.numbers)


def _difference(parts: Parts) -> Value:
    if len(parts.numbers) < 2:
        return None
    first, *rest = parts.numbers
    return first - sum(rest, Decimal())


def _percent(parts: Parts) -> Value:
    """The first node in percent of the second."""
    part, whole = (part.value for part in parts.children)
    if isinstance(part, Decimal) and isinstance(whole, Decimal):
        return percentage(part, whole)
    return None


def _weighted(parts: Parts) -> Value:
    return weighted_mean(parts.weighted)


PLAIN: Mapping[str, Formula] = {
    "value": _value,
    "first": _first,
    "sum": _sum,
    "tally": _tally,
    "mean": _mean,
    "difference": _difference,
    "percent": _percent,
    "weighted": _weighted,
}
