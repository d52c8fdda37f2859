"""Which rows an audit looks at: how many, and which ones, the same on every machine (F25; 六-4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from sheetsales.errors import ScoreError
from sheetsales.scores.columns import live, rows
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

_WORST_CASE = Decimal("0.5")
"""Share of deviations that needs the largest sample."""
_DRAWN_FROM = (
    ("contract", "CON-", "contract_id", "signed_on"),
    ("order", "SAL-", "order_id", "order_on"),
)
"""Tables that audits draw from: how the codes of their rules begin, key, day of the row."""


def sample_size(population: int, params: Params) -> int:
    """Return how many rows of a population to look at (F25; 六-4).

    n₀ = z²·p(1 − p)/e² with z from ``audit_conf_z``, e from ``audit_error`` (percent) and p = ½;
    n = n₀/(1 + (n₀ − 1)/N), rounded up, never more than there are.

    Raises:
        ScoreError: a parameter is missing, or the error is not above zero.
    """
    z, error = params.decimal("audit_conf_z"), params.decimal("audit_error") / 100
    if error <= 0:
        raise ScoreError("param-invalid", key="audit_error", value=params.text("audit_error"))
    if population <= 0:
        return 0
    unlimited = z * z * _WORST_CASE * (1 - _WORST_CASE) / (error * error)
    limited = unlimited / (1 + (unlimited - 1) / population)
    return min(population, int(limited.to_integral_value(ROUND_CEILING)))


def draw_sample(keys: Iterable[str], n: int, seed: int) -> list[str]:
    """Return n of the keys, drawn by a published seed (F25; 六-4).

    Keys are ordered by the sha256 of ``seed:key``; the first n are the sample, in the order in
    which they are drawn. So a larger sample extends a smaller one, the order of the rows does not
    matter, and every machine draws the same.
    """
    return sorted(set(keys), key=lambda key: (_ticket(key, seed), key))[: max(n, 0)]


def _ticket(key: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Population:
    """The rows of one table that an audit draws from, and those it drew.

    Attributes:
        table: their table.
        rules: how the codes of the rules begin that look at them.
        size: how many there are in the audited period.
        keys: those drawn, in the order in which they are drawn.
    """

    table: str
    rules: str
    size: int
    keys: tuple[str, ...]


def draw_samples(
    tables: Frames, scope: tuple[date, date], seed: int, params: Params
) -> list[Population]:
    """Return the samples of an audit: contracts signed and orders placed in its period (F25; 六-4).

    Args:
        tables: typed frames.
        scope: first and last day of the audited period.
        seed: the published seed.
        params: parameters in force.

    Raises:
        ScoreError: a parameter is missing.
    """
    first, last = scope
    found = []
    for table, rules, key, day in _DRAWN_FROM:
        every = [
            one
            for one, on in rows(live(tables[table]), key, day)
            if one is not None and on is not None and first <= on <= last
        ]
        keys = draw_sample(every, sample_size(len(every), params), seed)
        found.append(Population(table, rules, len(every), tuple(keys)))
    return found
