"""Formulas on orders, receipts and customers: F09, F17, F20, F21, F22."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from sheetsales.scores.decimals import clamp, percentage, ratio, weighted_mean
from sheetsales.scores.formulas.parts import Formula, Parts, Value
from sheetsales.scores.formulas.plain import PLAIN
from sheetsales.scores.money import line_amount, line_profit, net_amount, net_profit

DELIVERED_STATES = frozenset({"delivered", "completed", "returning"})
"""Order states in which the customer has received everything."""
UNDECIDED_STATES = frozenset({"partially_shipped", "on_hold"})
"""Order states that do not say how much the customer has received."""
VALUE_CLASSES = ("high", "mid", "low")
"""Value classes from the top; ``value_cuts`` holds the lower bound of all but the last."""

_ZERO, _HUNDRED = Decimal(), Decimal(100)


def delivered_qty(
    state: str | None, qty: Decimal | None, recorded: Decimal | None
) -> Decimal | None:
    """Return how much of a line the customer has received, by the state of the order.

    Everything once the order is delivered, nothing before; where the state leaves it open
    (partly shipped, on hold) what is recorded on the line, if anything.
    """
    if state in DELIVERED_STATES:
        return qty
    return recorded if state in UNDECIDED_STATES else _ZERO


def bounded_share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Return a share in percent, between nothing and all; None without a whole."""
    found = percentage(part, whole)
    return None if found is None else clamp(found, _ZERO, _HUNDRED)


def _line_amount(parts: Parts) -> Value:
    return line_amount(parts.number("qty"), parts.number("price"), parts.text("currency"))


def _line_profit(parts: Parts) -> Value:
    return line_profit(
        parts.number("qty"),
        parts.number("price"),
        parts.number("unit_cost"),
        parts.text("currency"),
    )


def _net_amount(parts: Parts) -> Value:
    return net_amount(
        parts.number("qty"),
        parts.number("returned_qty"),
        parts.number("price"),
        parts.text("currency"),
    )


def _net_qty(parts: Parts) -> Value:
    qty = parts.number("qty")
    return None if qty is None else qty - (parts.number("returned_qty") or _ZERO)


def _net_profit(parts: Parts) -> Value:
    return net_profit(
        parts.number("qty"),
        parts.number("returned_qty"),
        parts.number("price"),
        parts.number("unit_cost"),
        parts.text("currency"),
    )


def _credit(parts: Parts) -> Value:
    total = sum((part.value for part in parts.children if isinstance(part.value, Decimal)), _ZERO)
    return total * parts.needed("share_pct") / _HUNDRED


def _new_customer(parts: Parts) -> Value:
    return parts.needed("share_pct") / _HUNDRED


def _share_of_plan(parts: Parts) -> Value:
    weights = parts.number("month_weights")
    return None if weights is None else parts.needed("year_target") * weights / _HUNDRED


def _forecast(parts: Parts) -> Value:
    weights = parts.number("month_weights")
    return ratio(parts.number("actual"), weights / _HUNDRED if weights is not None else None)


def _delivered_qty(parts: Parts) -> Value:
    return delivered_qty(parts.text("state"), parts.number("qty"), parts.number("delivered_qty"))


def _delivered_amount(parts: Parts) -> Value:
    return line_amount(parts.number("delivered_qty"), parts.number("price"), parts.text("currency"))


def _share(parts: Parts) -> Value:
    part, whole = (part.value for part in parts.children)
    if isinstance(part, Decimal) and isinstance(whole, Decimal):
        return bounded_share(part, whole)
    return None


def _days_since(parts: Parts) -> Value:
    last, as_of = parts.day("order_on"), parts.day("as_of")
    return None if last is None or as_of is None else Decimal((as_of - last).days)


def _count(parts: Parts) -> Value:
    return Decimal(len(parts.inputs))


def _recency_score(parts: Parts) -> Value:
    days = parts.number("recency_days")
    cuts = parts.numbers_of("rfm_recency_cuts")
    return None if days is None else Decimal(1 + sum(days <= cut for cut in cuts))


def _frequency_score(parts: Parts) -> Value:
    return _reached(parts.number("frequency"), parts.numbers_of("rfm_frequency_cuts"))


def _monetary_score(parts: Parts) -> Value:
    return _reached(parts.number("monetary"), parts.numbers_of("rfm_monetary_cuts"))


def _reached(value: Decimal | None, cuts: tuple[Decimal, ...]) -> Decimal | None:
    return None if value is None else Decimal(1 + sum(value >= cut for cut in cuts))


def _rfm_score(parts: Parts) -> Value:
    """100 times the weighted share of the way from the lowest score (1) to the highest."""
    steps = [
        Decimal(len(parts.numbers_of(f"rfm_{name}_cuts")))
        for name in ("recency", "frequency", "monetary")
    ]
    scores = [parts.number(name) for name in ("r_score", "f_score", "m_score")]
    if None in scores:
        return None
    ways = [ratio((score or _ZERO) - 1, step) for score, step in zip(scores, steps, strict=True)]
    found = weighted_mean(zip(parts.numbers_of("rfm_weights"), ways, strict=True))
    return None if found is None else _HUNDRED * found


def _rule(parts: Parts) -> Value:
    """Class of a rule whose bounds (low included, high not) hold the metric; else nothing."""
    metric = next((one.value for one in parts.children), None)
    low, high = parts.number("low"), parts.number("high")
    if not isinstance(metric, Decimal):
        return None
    inside = (low is None or low <= metric) and (high is None or metric < high)
    return parts.text("class_code") if inside else None


def _value_class(parts: Parts) -> Value:
    score = parts.number("rfm_score")
    if score is None:
        return None
    below = sum(score < cut for cut in parts.numbers_of("value_cuts"))
    return VALUE_CLASSES[min(below, len(VALUE_CLASSES) - 1)]


def _behavior_class(parts: Parts) -> Value:
    """By orders ever and in the window; how many are frequent is for the class rules to say."""
    ever, lately = parts.needed("lifetime_orders"), parts.needed("frequency")
    if not ever:
        return "none"
    if not lately:
        return "dormant"
    if ever == 1:
        return "first_time"
    return "frequent" if parts.get("band") == "frequent" else "occasional"


def _effective_class(parts: Parts) -> Value:
    """The computed class, unless an approved override stands on the latest result."""
    override, approver = parts.text("override_class"), parts.text("approved_by")
    return override if override and approver else parts.get("value_class")


def _leader(parts: Parts) -> Value:
    """Leader is whom staff or a key account call so; industry ranks are not recorded."""
    said = {("need_class", "leader"), ("criteria", "industry_leader")}
    return "leader" if any((part.name, part.value) in said for part in parts) else None


def _innovator(parts: Parts) -> Value:
    share = parts.number("new_product_share")
    return "innovator" if share is not None and share >= parts.needed("innovator_share") else None


def _suggested(parts: Parts) -> Value:
    return (
        parts.get("value_class") == "high"
        or parts.get("need_class") == "leader"
        or parts.get("behavior_class") == "frequent"
    )


def _ranked_suggestion(parts: Parts) -> Value:
    """Suggested, and within the first ``key_top_n`` by K score where the number caps the list."""
    top, place = parts.needed("key_top_n"), parts.number("key_place")
    within = not top or (place is not None and place <= top)
    return bool(parts.get("qualifies")) and within


def _is_key(parts: Parts) -> Value:
    return any(part.value == "confirmed" for part in parts.inputs)


def _growth(parts: Parts) -> Value:
    """Share of two windows' amounts that falls into the later one: 50 is no growth."""
    now, before = parts.numbers
    return percentage(max(now, _ZERO), max(now, _ZERO) + max(before, _ZERO))


def _strategic(parts: Parts) -> Value:
    named = any(part.value == "strategic" for part in parts.inputs if part.name == "criteria")
    return _HUNDRED if named else _ZERO


def _relationship(parts: Parts) -> Value:
    """Share of the decision roles that an active contact covers."""
    known = {part.value for part in parts.inputs if part.name == "decision_role"}
    return percentage(Decimal(len(known)), parts.needed("roles"))


def _next_visit(parts: Parts) -> Value:
    """Last contact, or else last order, plus the interval; without a class the longest one."""
    last = parts.day("last_contact_on") or parts.day("last_order_on")
    if last is None:
        return None
    order = ("key", *VALUE_CLASSES)
    known = "key" if parts.get("is_key") else parts.text("value_class") or VALUE_CLASSES[-1]
    interval = parts.numbers_of("visit_interval_days")[order.index(known)]
    return last + timedelta(days=int(interval))


SELLING: Mapping[str, Formula] = {
    "F09-amount": _net_amount,
    "F09-qty": _net_qty,
    "F09-profit": _net_profit,
    "F09-credit": _credit,
    "F09-new": _new_customer,
    "F09-actual": PLAIN["tally"],
    "F09-attainment": PLAIN["percent"],
    "F09-variance": PLAIN["difference"],
    "F09-plan": _share_of_plan,
    "F09-pace": PLAIN["percent"],
    "F09-forecast": _forecast,
    "F17-amount": _line_amount,
    "F17-profit": _line_profit,
    "F17-delivered_qty": _delivered_qty,
    "F17-delivered_amount": _delivered_amount,
    "F17-delivered": _share,
    "F17-collected": _share,
    "F20-days": _days_since,
    "F20-count": _count,
    "F20-recency": _recency_score,
    "F20-frequency": _frequency_score,
    "F20-monetary": _monetary_score,
    "F20-score": _rfm_score,
    "F20-rule": _rule,
    "F20-value": _value_class,
    "F20-behavior": _behavior_class,
    "F20-effective": _effective_class,
    "F20-leader": _leader,
    "F20-innovator": _innovator,
    "F21-suggested": _suggested,
    "F21-ranked": _ranked_suggestion,
    "F21-key": _is_key,
    "F21-growth": _growth,
    "F21-strategic": _strategic,
    "F21-relationship": _relationship,
    "F21-score": PLAIN["weighted"],
    "F22-due": _next_visit,
}
