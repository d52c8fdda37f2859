"""Formulas on people and strategies: F10 to F13, F26, F33."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sheetsales.scores.decimals import clamp, mean, median, percentage, ratio, weighted_mean
from sheetsales.scores.formulas.parts import Formula, Parts, Value
from sheetsales.scores.formulas.plain import PLAIN

GRADES = ("A", "B", "C", "D", "E")
"""Grades from the top; ``grade_cuts`` holds the lower bound of all but the last."""

_ZERO, _HUNDRED = Decimal(), Decimal(100)
_STEPS = Decimal(20)
"""Ratings run from 1 to 5; one step is a fifth of a hundred."""
_NORMAL = Decimal("0.6745")
"""Puts the median absolute deviation on the scale of a standard deviation (0.75 quantile)."""


def _indicator(parts: Parts) -> Value:
    """F10: attainment in percent, mirrored where lower is better, between floor and cap."""
    reached = percentage(parts.number("actual"), parts.number("target"))
    if reached is None:
        return None
    if parts.text("direction") == "lower":
        reached = 2 * _HUNDRED - reached
    return clamp(reached, *_bounds(parts))


def _bounds(parts: Parts) -> tuple[Decimal, Decimal]:
    """Floor and cap of the indicator; where its row says none, those of all indicators."""
    floor, cap = parts.number("score_floor"), parts.number("score_cap")
    return (
        parts.needed("kpi_floor") if floor is None else floor,
        parts.needed("kpi_cap") if cap is None else cap,
    )


def _peers(parts: Parts) -> tuple[Decimal | None, list[Decimal]]:
    own = parts.children[0].value if parts.children else None
    peers = [part.value for part in parts.inputs if isinstance(part.value, Decimal)]
    return (own if isinstance(own, Decimal) else None), peers


def _place(parts: Parts) -> Value:
    """F11: 1, 2, 2, 4."""
    own, peers = _peers(parts)
    return None if own is None else Decimal(1 + sum(peer > own for peer in peers))


def _rank_score(parts: Parts) -> Value:
    """F11: 100·(N − mean rank)/(N − 1); a group of one has 100."""
    own, peers = _peers(parts)
    if own is None:
        return None
    if len(peers) < 2:
        return _HUNDRED
    better = sum(peer > own for peer in peers)
    equal = sum(peer == own for peer in peers)
    mean_rank = better + (Decimal(equal) + 1) / 2
    return _HUNDRED * (len(peers) - mean_rank) / (len(peers) - 1)


def _mixed(parts: Parts) -> Value:
    """F11: attainment, ranking, or α·P + (1 − α)·rank."""
    reached, ranked = parts.number("performance"), parts.number("rank_score")
    method = parts.text("method")
    if method == "ranking" or reached is None or ranked is None:
        return ranked
    if method == "attainment":
        return reached
    alpha = parts.needed("alpha")
    return alpha * reached + (1 - alpha) * ranked


def _rater(parts: Parts) -> Value:
    """F12: 20 times the weighted mean of the items."""
    found = weighted_mean(parts.weighted)
    return None if found is None else _STEPS * found


def _enough_peers(parts: Parts) -> Value:
    """F12: the peers' score, if there are enough of them."""
    enough = parts.needed("peers") >= parts.needed("min_peers")
    return parts.get("peer_ratings") if enough else None


def _total(parts: Parts) -> Value:
    """F13: weighted mean of the parts present, plus the market adjustment, between the bounds."""
    found = weighted_mean(parts.weighted)
    if found is None:
        return None
    cap = parts.needed("market_adj_cap")
    adjustment = clamp(parts.number("market_adj") or _ZERO, -cap, cap)
    return clamp(found + adjustment, parts.needed("kpi_floor"), parts.needed("kpi_cap"))


def _grade(parts: Parts) -> Value:
    total = parts.number("total")
    if total is None:
        return None
    below = sum(total < cut for cut in parts.numbers_of("grade_cuts"))
    return GRADES[min(below, len(GRADES) - 1)]


def _middle(parts: Parts) -> Value:
    return median(_peers(parts)[1])


def _deviation(parts: Parts) -> Value:
    """Median absolute deviation from the median."""
    peers = _peers(parts)[1]
    middle = median(peers)
    return None if middle is None else median([abs(peer - middle) for peer in peers])


def _robust_z(parts: Parts) -> Value:
    """F26: .6745·(x − median)/MAD; none for small groups or without deviation."""
    if parts.needed("peers") < parts.needed("alert_min_n"):
        return None
    own, middle = parts.number("value"), parts.number("median")
    if own is None or middle is None:
        return None
    return ratio(_NORMAL * (own - middle), parts.number("mad"))


def _group_mean(parts: Parts) -> Value:
    return mean(_peers(parts)[1])


def _below_mean(parts: Parts) -> Value:
    """F26: whether a month lies below the ratio of the group's mean."""
    own, group = parts.number("value"), parts.number("mean")
    if own is None or group is None:
        return None
    return own < group * parts.needed("alert_ratio") / _HUNDRED


def _alert(parts: Parts) -> Value:
    """F26: by z where there is one, else all months below the mean."""
    z = parts.number("z")
    if z is not None:
        return z <= parts.needed("alert_z")
    months = [part.value for part in parts.children if part.name.isdigit()]
    return None if None in months else all(months)


def _effect(parts: Parts) -> Value:
    """F33: share of the way from baseline to goal, between the bounds."""
    actual, base, goal = (parts.number(name) for name in ("actual", "baseline", "goal"))
    if actual is None or base is None or goal is None:
        return None
    reached = percentage(actual - base, goal - base)
    if reached is None:
        return None
    return clamp(reached, parts.needed("kpi_floor"), parts.needed("kpi_cap"))


APPRAISING: Mapping[str, Formula] = {
    "F10": _indicator,
    "F10-total": PLAIN["weighted"],
    "F11-place": _place,
    "F11-score": _rank_score,
    "F11-mixed": _mixed,
    "F12-rater": _rater,
    "F12-peers": _enough_peers,
    "F12-total": PLAIN["weighted"],
    "F13": _total,
    "F13-grade": _grade,
    "F26": _alert,
    "F26-median": _middle,
    "F26-mad": _deviation,
    "F26-z": _robust_z,
    "F26-mean": _group_mean,
    "F26-below": _below_mean,
    "F33": _effect,
}
