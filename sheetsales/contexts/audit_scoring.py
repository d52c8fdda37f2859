"""What an audit amounts to: score by area, the cap, the opinion, and charts of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from textwrap import fill

from sheetsales.contexts.base import DASH, Writer
from sheetsales.contexts.charts import ChartData, Series
from sheetsales.contexts.phrases import listed, say, score_text, share_text
from sheetsales.contexts.rows import Row
from sheetsales.contexts.score_lines import contributions, scale_text, weighted_formula
from sheetsales.locale.formats import format_quantity
from sheetsales.scores.derivation import Component, Derivation
from sheetsales.scores.formulas.governing import OPINIONS
from sheetsales.scores.params import Params

REPORTED = frozenset({"reported", "following", "closed"})
"""States in which the score of an audit is sealed."""

_AREA = "area_"
_BREADTH = 12
"""Characters of a line below a bar; longer names are broken."""
_RESULTS = ("conform", "partial", "nonconform")


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area: results, score, and what it adds to the total."""

    name: str
    conform: str
    partial: str
    nonconform: str
    na: str
    score: str
    weight: str
    weighted: str


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the score came about from the recorded results."""

    areas: tuple[AreaLine, ...]
    total: str
    formula: str
    cap_rule: str
    scale: str
    score_chart: ChartData
    result_chart: ChartData


def scoring(
    writer: Writer,
    derivation: Derivation,
    checks: Mapping[str, Row],
    results: Iterable[Row],
    params: Params,
) -> Scoring:
    """Return how the score of an audit came about."""
    counts = _result_counts(derivation, checks, results)
    opinions = [writer.label("audit_opinion", opinion) for opinion in OPINIONS]
    return Scoring(
        areas=_area_lines(writer, derivation, counts),
        total=score_text(derivation.value),
        formula=weighted_formula(writer, derivation.root),
        cap_rule=_cap_rule(writer, derivation, params),
        scale=scale_text(writer, opinions, params.decimals("audit_cuts")),
        score_chart=_score_chart(writer, derivation),
        result_chart=_result_chart(writer, counts),
    )


def official_score(audit: Row, derivation: Derivation) -> Decimal | None:
    """Return the sealed score of a reported audit, else that of the results; None without one."""
    if audit["state"] in REPORTED and isinstance(audit["score"], Decimal):
        return audit["score"]
    return derivation.value if isinstance(derivation.value, Decimal) else None


def opinion(writer: Writer, audit: Row, derivation: Derivation) -> str:
    """Return the auditor's opinion; until there is one, the one that the score suggests."""
    suggested = derivation.node("suggested_opinion").value
    found = audit["opinion"] or suggested
    return writer.label("audit_opinion", found) if isinstance(found, str) else DASH


def is_suggested(audit: Row, derivation: Derivation) -> bool:
    """Return whether the opinion is only the one that the score suggests."""
    suggested = derivation.node("suggested_opinion").value
    return audit["opinion"] is None and isinstance(suggested, str)


def areas_of(derivation: Derivation) -> dict[str, Component]:
    """Return the areas by code: those that enter the total first."""
    return {
        node.name.removeprefix(_AREA): node
        for node in derivation.shown
        if node.name.startswith(_AREA)
    }


def scored_areas(writer: Writer, derivation: Derivation) -> list[tuple[Decimal, str]]:
    """Return score and name of the areas that have a score."""
    return [
        (node.value, writer.label("audit_area", area))
        for area, node in areas_of(derivation).items()
        if isinstance(node.value, Decimal)
    ]


def _result_counts(
    derivation: Derivation, checks: Mapping[str, Row], results: Iterable[Row]
) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {area: Counter() for area in areas_of(derivation)}
    for row in results:
        area = (checks.get(row["check_id"]) or {}).get("area")
        if area in found and row["result"] is not None:
            found[area][row["result"]] += 1
    return found


def _area_lines(
    writer: Writer, derivation: Derivation, counts: Mapping[str, Counter[str]]
) -> tuple[AreaLine, ...]:
    """Return the areas that were checked, or that enter the total."""
    weighed = {node.name: node.weight for node in derivation.root.children}
    added = contributions(derivation.root)
    return tuple(
        AreaLine(
            name=writer.label("audit_area", area),
            conform=str(counts[area]["conform"]),
            partial=str(counts[area]["partial"]),
            nonconform=str(counts[area]["nonconform"]),
            na=str(counts[area]["na"]),
            score=score_text(node.value),
            weight=share_text(weighed.get(node.name)),
            weighted=score_text(added.get(node.name)),
        )
        for area, node in areas_of(derivation).items()
        if counts[area] or node.name in weighed
    )


def _capped_checks(derivation: Derivation) -> dict[str, list[str]]:
    found = {
        area: [
            child.name.removesuffix("-critical") for child in node.children if child.value is True
        ]
        for area, node in areas_of(derivation).items()
    }
    return {area: checks for area, checks in found.items() if checks}


def _cap_rule(writer: Writer, derivation: Derivation, params: Params) -> str:
    rule = say(
        writer,
        "否決項不符合者，該類別得分以 {} 為上限。",
        "Where a critical check fails, the area scores at most {}. ",
    ).format(format_quantity(params.decimal("critical_cap")))
    capped = _capped_checks(derivation)
    if not capped:
        return rule + say(writer, "本次否決項均未不符合。", "No critical check failed.")
    parts = [
        say(writer, "{}（{}）", "{} ({})").format(
            writer.label("audit_area", area), listed(writer, checks)
        )
        for area, checks in capped.items()
    ]
    return rule + say(writer, "本次適用於：{}。", "It applies to: {}.").format(
        listed(writer, parts)
    )


def _score_chart(writer: Writer, derivation: Derivation) -> ChartData:
    scored = scored_areas(writer, derivation)
    values = tuple(float(value) for value, _ in scored)
    return ChartData(
        title=say(writer, "各類別得分", "Score by area"),
        categories=tuple(name for _, name in scored),
        series=(Series(say(writer, "得分", "Score"), values),),
        kind="hbar",
    )


def _result_chart(writer: Writer, counts: dict[str, Counter[str]]) -> ChartData:
    checked = [area for area, found in counts.items() if found]
    return ChartData(
        title=say(writer, "各類別檢查結果", "Results by area"),
        categories=tuple(fill(writer.label("audit_area", area), _BREADTH) for area in checked),
        series=tuple(
            Series(
                writer.label("audit_result", result),
                tuple(float(counts[area][result]) for area in checked),
            )
            for result in _RESULTS
        ),
        kind="bar",
        unit=say(writer, "項", "checks"),
    )
