"""What a quarterly audit amounts to (F25; 六-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from sheetsales.scores.columns import live, one_line, rows, scored_frame
from sheetsales.scores.derivation import Component, Derivation, Input, component, unknown_key
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

WEIGHTED_AREAS = ("kpi", "csat", "strategy")
"""Areas that enter the total, in the order of the parameter ``audit_weights``."""
FURTHER_AREAS = ("contract", "data_access", "training", "service")
"""Areas that are scored and shown but do not enter the total."""
COLUMNS = (
    "audit_id",
    *(f"area_{area}" for area in (*WEIGHTED_AREAS, *FURTHER_AREAS)),
    "has_critical",
    "score",
    "suggested_opinion",
    "reason",
    "frozen",
)
"""Columns of :func:`score_audits`."""

_REPORTED = frozenset({"reported", "following", "closed"})


@dataclass(frozen=True, slots=True)
class _Check:
    check_id: str
    area: str
    weight: Input
    is_critical: Input


def score_audits(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return the score of every audit, per area and in total (F25; 六-4).

    A check is worth the mean of its samples: conforming 100, partly 50, not 0; what is not
    applicable does not count. An area is the mean of its checks by weight, at most
    ``critical_cap`` if a critical check failed on any sample. The total weighs the three areas of
    the regulation (indicators, satisfaction, strategy) by ``audit_weights`` over those with a
    score; the further areas are shown beside it. ``suggested_opinion`` follows ``audit_cuts``; the
    auditor gives the opinion. A reported audit is frozen once it has a score.

    Args:
        tables: needs audit, audit_check and audit_result.
        params: audit_weights, critical_cap, audit_cuts.
        as_of: not used: results stand as recorded.

    Returns:
        One row per audit: :data:`COLUMNS`.

    Raises:
        ScoreError: a parameter is missing.
    """
    del as_of
    stored = {
        audit: (state, score)
        for audit, state, score in rows(tables["audit"], "audit_id", "state", "score")
    }
    found = []
    for derivation in _derivations(tables, params):
        state, score = stored[derivation.key]
        opinion, *areas = derivation.shown
        found.append(
            {
                "audit_id": derivation.key,
                **{area.name: area.value for area in areas},
                "has_critical": any(node.value is True for area in areas for node in area.children),
                "score": derivation.value,
                "suggested_opinion": opinion.value,
                "reason": derivation.reason,
                "frozen": score is not None and state in _REPORTED,
            }
        )
    return scored_frame(found, COLUMNS)


def explain_audit(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how the score of an audit came about.

    Raises:
        ScoreError: there is no audit of this key, or a parameter is missing.
    """
    del as_of
    for derivation in _derivations(tables, params):
        if derivation.key == key:
            return derivation
    raise unknown_key("audit", key)


def _derivations(tables: Frames, params: Params) -> Iterator[Derivation]:
    checks = _checks(tables)
    results = _results(tables)
    weights = dict(zip(WEIGHTED_AREAS, params.decimals("audit_weights"), strict=True))
    source = params.input("audit_weights")
    for (audit,) in rows(tables["audit"], "audit_id"):
        if audit is None:
            continue
        areas = {
            area: _area(
                params,
                area,
                [check for check in checks if check.area == area],
                results.get(audit, {}),
            )
            for area in (*WEIGHTED_AREAS, *FURTHER_AREAS)
        }
        weighed = tuple(areas[area].weighing(weight, source) for area, weight in weights.items())
        score = component("score", "F25", children=weighed, reason="no-results")
        opinion = component(
            "suggested_opinion",
            "F25-opinion",
            children=(score,),
            inputs=(params.input("audit_cuts"),),
        )
        yield Derivation("audit", audit, (score,), (opinion, *areas.values()))


def _checks(tables: Frames) -> Sequence[_Check]:
    names = ("check_id", "area", "weight", "is_critical")
    return [
        _Check(
            check,
            area,
            Input("audit_check", check, "weight", weight),
            Input("audit_check", check, "is_critical", critical),
        )
        for check, area, weight, critical in rows(tables["audit_check"], *names)
        if check is not None
    ]


def _results(tables: Frames) -> Mapping[str, Mapping[str, Sequence[Input]]]:
    """Results by audit and check."""
    found: dict[str, dict[str, list[Input]]] = defaultdict(lambda: defaultdict(list))
    names = ("audit_id", "check_id", "sample_ref", "result")
    for audit, check, sample, result in rows(live(tables["audit_result"]), *names):
        if None not in (audit, check, result):
            key = one_line(audit, check, sample)
            found[audit][check].append(Input("audit_result", key, "result", result))
    return found


def _area(
    params: Params,
    area: str,
    checks: Sequence[_Check],
    results: Mapping[str, Sequence[Input]],
) -> Component:
    nodes: list[Component] = []
    for check in checks:
        cells = tuple(results.get(check.check_id, ()))
        if cells:
            nodes.extend(_check_nodes(check, cells))
    return component(
        f"area_{area}",
        "F25-area",
        children=tuple(nodes),
        inputs=(params.input("critical_cap"),),
        reason="no-results",
    )


def _check_nodes(check: _Check, cells: tuple[Input, ...]) -> tuple[Component, Component]:
    subject = f"audit_check:{check.check_id}"
    weight = check.weight.value
    worth = component(
        check.check_id, "F25-check", inputs=cells, subject=subject, reason="not-applicable"
    )
    critical = component(
        f"{check.check_id}-critical",
        "F25-critical",
        inputs=(*cells, check.is_critical),
        subject=subject,
    )
    return (
        worth.weighing(weight if isinstance(weight, Decimal) else None, check.weight),
        critical,
    )
