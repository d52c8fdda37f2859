"""MKT: weights that share out a whole add up to 100."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sheetsales.checks.rules import Context, Finding, rule

_WHOLE = Decimal(100)


@rule("MKT-01", clause="三-4")
def find_unbalanced_weights(context: Context) -> Iterator[Finding]:
    """The weights of each scheme, of the attitude items and of each cycle sum to 100."""
    yield from _schemes(context)
    yield from _attitude_items(context)
    yield from _cycles(context)


def _schemes(context: Context) -> Iterator[Finding]:
    weights: dict[str, list[Decimal]] = {}
    first: dict[str, int] = {}
    for position, scheme, weight in context.rows("kpi_scheme", "scheme_id", "weight_pct"):
        if scheme is not None:
            weights.setdefault(scheme, []).append(weight or Decimal())
            first.setdefault(scheme, position)
    for scheme, parts in weights.items():
        if sum(parts) != _WHOLE:
            found = {"scheme": scheme, "total": sum(parts)}
            yield Finding("kpi_scheme", first[scheme], "weight_pct", "scheme", found)


def _attitude_items(context: Context) -> Iterator[Finding]:
    rows = context.rows("attitude_item", "weight_pct")
    total = sum((weight or Decimal() for _, weight in rows), Decimal())
    if rows and total != _WHOLE:
        yield Finding("attitude_item", rows[0][0], "weight_pct", "attitude", {"total": total})


def _cycles(context: Context) -> Iterator[Finding]:
    names = ("w_performance", "w_attitude", "w_service")
    for position, *weights in context.rows("cycle", *names):
        total = sum((weight or Decimal() for weight in weights), Decimal())
        if total != _WHOLE:
            yield Finding("cycle", position, "w_performance", "cycle", {"total": total})
