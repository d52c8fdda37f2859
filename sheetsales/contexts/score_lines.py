"""The numbers behind an appraisal as lines and formulas that a person can follow and dispute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sheetsales.contexts.base import DASH, Source, Writer
from sheetsales.contexts.phrases import say, score_text, share_text
from sheetsales.locale.formats import format_quantity, round_half_up
from sheetsales.locale.messages import Messages
from sheetsales.schema import KEY_JOINER
from sheetsales.scores.decimals import clamp, percentage
from sheetsales.scores.derivation import Component

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class KpiLine:
    """One indicator of the scheme: target, actual, score, and what it adds to the performance."""

    name: str
    target: str
    actual: str
    attainment: str
    score: str
    weight: str
    weighted: str


@dataclass(frozen=True, slots=True)
class AttitudeLine:
    """One attitude item and the mean rating of each relation."""

    dimension: str
    behavior: str
    weight: str
    supervisor: str
    peer: str
    self_rating: str


@dataclass(frozen=True, slots=True)
class RaterLine:
    """What one relation says: how many rated, their share and their score."""

    name: str
    count: str
    share: str
    score: str
    remark: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of the total."""

    name: str
    score: str
    weight: str
    weighted: str
    remark: str


def kpi_lines(source: Source, writer: Writer, performance: Component) -> tuple[KpiLine, ...]:
    """Return the indicators in the order of the scheme."""
    whole = _present_weight(performance)
    return tuple(_kpi_line(source, writer, node, whole) for node in performance.children)


def kpi_notes(source: Source, writer: Writer, performance: Component) -> tuple[str, ...]:
    """Return why indicators have no score, one sentence each."""
    colon = say(writer, "：", ": ")
    return tuple(
        f"{source.name('kpi', node.name)}{colon}{reason_text(writer, node)}"
        for node in performance.children
        if node.value is None
    )


def attitude_lines(source: Source, writer: Writer, attitude: Component) -> tuple[AttitudeLine, ...]:
    """Return the attitude items with the mean ratings that count."""
    ratings = {relation.name: _items(relation) for relation in attitude.children}
    return tuple(
        AttitudeLine(
            dimension=writer.label("attitude_dim", item["dimension"]),
            behavior=writer.text(item["behavior"]).splitlines()[0],
            weight=share_text(item["weight_pct"]),
            supervisor=score_text(ratings.get("supervisor", {}).get(item["item_id"])),
            peer=score_text(ratings.get("peer", {}).get(item["item_id"])),
            self_rating=score_text(ratings.get("self", {}).get(item["item_id"])),
        )
        for item in source.rows("attitude_item")
    )


def rater_lines(writer: Writer, attitude: Component) -> tuple[RaterLine, ...]:
    """Return the relations with their shares and scores."""
    return tuple(
        RaterLine(
            name=writer.label("rater_type", node.name),
            count=str(_raters(node)),
            share=share_text(None if node.weight is None else node.weight * _HUNDRED),
            score=score_text(node.value),
            remark=reason_text(writer, node),
        )
        for node in attitude.children
    )


def part_lines(writer: Writer, total: Component) -> tuple[PartLine, ...]:
    """Return the parts of the total: performance, attitude, service."""
    names = {
        "performance_part": say(writer, "業績", "Performance"),
        "attitude": say(writer, "態度", "Attitude"),
        "service": say(writer, "客戶滿意度與服務", "Satisfaction and service"),
    }
    whole = _present_weight(total)
    return tuple(
        PartLine(
            name=names[node.name],
            score=score_text(node.value),
            weight=share_text(node.weight),
            weighted=score_text(_contribution(node, whole)),
            remark=_part_remark(writer, node),
        )
        for node in total.children
    )


def weighted_formula(writer: Writer, node: Component) -> str:
    """Return the weighted mean of a node's parts with the numbers put in; why, if none."""
    if not isinstance(node.value, Decimal):
        return reason_text(writer, node) or DASH
    return f"{_weighted_terms(node)} = {score_text(node.value)}"


def performance_formula(writer: Writer, node: Component) -> str:
    """Return how attainment and ranking make the performance, with the numbers put in."""
    if node.value is None:
        return reason_text(writer, node) or DASH
    parts = {child.name: score_text(child.value) for child in node.children}
    method, alpha = method_of(node)
    if method == "mixed" and alpha is not None and DASH not in parts.values():
        rest = format_quantity(1 - alpha)
        return (
            f"{format_quantity(alpha)} × {parts['performance']} + {rest} × {parts['rank_score']}"
            f" = {score_text(node.value)}"
        )
    return say(writer, "{}直接作為業績分", "{} is the performance score").format(
        score_text(node.value)
    )


def total_formula(writer: Writer, total: Component) -> str:
    """Return how the parts make the total, with the numbers put in."""
    if not isinstance(total.value, Decimal):
        return reason_text(writer, total) or DASH
    shift = adjustment_of(total)
    sign = "−" if shift < 0 else "+"
    return (
        f"{_weighted_terms(total)} {sign} {score_text(abs(shift))} = {score_text(total.value)}"
        f"{_bounds(writer, total)}"
    )


def contributions(node: Component) -> dict[str, Decimal]:
    """Return by name what each part adds to a weighted mean; weights over those present."""
    whole = _present_weight(node)
    found = ((child.name, _contribution(child, whole)) for child in node.children)
    return {name: value for name, value in found if value is not None}


def adjustment_of(total: Component) -> Decimal:
    """Return the market adjustment as it enters the total."""
    cap = _given(total, "market_adj_cap")
    return clamp(_given(total, "market_adj"), -cap, cap)


def method_of(node: Component) -> tuple[str | None, Decimal | None]:
    """Return the scheme's method and share of attainment that a performance part was made by."""
    cells = {cell.field: cell.value for cell in node.inputs}
    method, alpha = cells.get("method"), cells.get("alpha", cells.get("value"))
    return (
        method if isinstance(method, str) else None,
        Decimal(str(alpha)) if alpha is not None else None,
    )


def reason_text(writer: Writer, node: Component) -> str:
    """Return why a node has no value; nothing where it has one."""
    if node.value is not None or not node.reason:
        return ""
    return Messages.load(writer.locale).reason(node.reason)


def _kpi_line(source: Source, writer: Writer, node: Component, whole: Decimal) -> KpiLine:
    actual, target = (_number(child) for child in node.children)
    kpi = source.row("kpi", node.name) or {}
    unit = kpi.get("unit")
    name = source.name("kpi", node.name)
    return KpiLine(
        name=say(writer, "{}（{}）", "{} ({})").format(name, unit) if unit else name,
        target=_figure(writer, target),
        actual=_figure(writer, actual),
        attainment=writer.percent(percentage(actual, target)),
        score=score_text(node.value),
        weight=share_text(node.weight),
        weighted=score_text(_contribution(node, whole)),
    )


def _figure(writer: Writer, value: Decimal | None) -> str:
    return writer.quantity(None if value is None else round_half_up(value, 2))


def _part_remark(writer: Writer, node: Component) -> str:
    if node.value is None or node.name != "service":
        return reason_text(writer, node)
    said = say(writer, "客戶滿意度實績 {} 筆之平均", "satisfaction figures averaged: {}")
    return said.format(len(node.inputs))


def _items(relation: Component) -> dict[str, object]:
    """Mean rating by item; nothing where the relation does not count."""
    if relation.value is None:
        return {}
    return {item.name: item.value for item in _rated(relation)}


def _rated(relation: Component) -> Sequence[Component]:
    peers = [child for child in relation.children if child.name == "peer_ratings"]
    return peers[0].children if peers else relation.children


def _raters(relation: Component) -> int:
    cells = (cell for item in _rated(relation) for cell in item.inputs)
    return len({cell.key.split(KEY_JOINER)[2] for cell in cells})


def _present(node: Component) -> list[tuple[Decimal, Decimal]]:
    """Weight and value of the parts that have both."""
    return [
        (child.weight, child.value)
        for child in node.children
        if child.weight is not None and isinstance(child.value, Decimal)
    ]


def _present_weight(node: Component) -> Decimal:
    return sum((weight for weight, _ in _present(node)), Decimal())


def _contribution(node: Component, whole: Decimal) -> Decimal | None:
    if node.weight is None or not isinstance(node.value, Decimal) or not whole:
        return None
    return node.value * node.weight / whole


def _weighted_terms(node: Component) -> str:
    terms = [f"{format_quantity(weight)} × {score_text(value)}" for weight, value in _present(node)]
    return f"({' + '.join(terms)}) ÷ {format_quantity(_present_weight(node))}"


def _bounds(writer: Writer, total: Component) -> str:
    pairs = _present(total)
    free = sum((weight * value for weight, value in pairs), Decimal()) / _present_weight(total)
    free += adjustment_of(total)
    low, high = _given(total, "kpi_floor"), _given(total, "kpi_cap")
    if low <= free <= high:
        return ""
    bound = score_text(clamp(free, low, high))
    return say(writer, "（以 {} 為限）", " (limited to {})").format(bound)


def _given(node: Component, name: str) -> Decimal:
    """Return an input by its field, or by its key where it is a parameter."""
    for cell in node.inputs:
        if name in (cell.field, cell.key.split(KEY_JOINER)[0]) and cell.value is not None:
            return Decimal(str(cell.value))
    return Decimal()


def _number(node: Component) -> Decimal | None:
    return node.value if isinstance(node.value, Decimal) else None


def scale_text(writer: Writer, codes: Iterable[str], cuts: Sequence[Decimal]) -> str:
    """Return grades or opinions with the scores from which they are given.

    Args:
        writer: the words of the document.
        codes: names from the top, one more than cuts.
        cuts: lower bounds from the top.
    """
    *upper, last = codes
    parts = [f"{name} ≥ {format_quantity(cut)}" for name, cut in zip(upper, cuts, strict=True)]
    parts.append(f"{last} < {format_quantity(cuts[-1])}")
    return say(writer, "，", ", ").join(parts)
