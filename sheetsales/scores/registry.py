"""All scores by name, in the order in which they build on one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Protocol

import pandas as pd

from sheetsales.errors import ScoreError
from sheetsales.scores.actuals import explain_actuals, score_actuals
from sheetsales.scores.alerts import explain_alert, score_alerts
from sheetsales.scores.appraisal import explain_appraisal, score_appraisals
from sheetsales.scores.audit import explain_audit, score_audits
from sheetsales.scores.classes import explain_classes, score_classes
from sheetsales.scores.contracts import (
    explain_contract_lines,
    explain_milestones,
    score_contract_lines,
    score_milestones,
)
from sheetsales.scores.customers import explain_customers, score_customers
from sheetsales.scores.derivation import Derivation
from sheetsales.scores.orders import (
    explain_order_lines,
    explain_orders,
    score_order_lines,
    score_orders,
)
from sheetsales.scores.params import Params
from sheetsales.scores.results import ScoreResult, with_result
from sheetsales.scores.strategy import explain_strategy, score_strategies
from sheetsales.scores.training import explain_training, score_training
from sheetsales.tables import Frames

NOT_SCORED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "document": ("file_hash", "data_hash", "generated_at"),
        "template": ("file_hash", "fields_hash"),
    }
)
"""Computed fields by table that no score writes: they are facts about files."""


class ScoreFunction(Protocol):
    """Scores all rows of a table."""

    def __call__(self, tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
        """Return one row per scored row."""


class ExplainFunction(Protocol):
    """Explains the score of one row."""

    def __call__(self, tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
        """Return how the score of the row of a key came about."""


@dataclass(frozen=True)
class Score:
    """One score.

    Attributes:
        name: what the command line calls it; its title is the text ``score-of-<name>``.
        table: table whose rows are scored.
        keys: primary key of the table.
        writes: fields that are written back, the main one first.
        score: gives the scored rows.
        explain: gives the derivation of one row.
        new_row: values of the other fields of a row that the score adds; None if it adds none.
    """

    name: str
    table: str
    keys: tuple[str, ...]
    writes: tuple[str, ...]
    score: ScoreFunction
    explain: ExplainFunction
    new_row: Mapping[str, object] | None = None

    @property
    def title(self) -> str:
        """Code of the text that names the score."""
        return f"score-of-{self.name}"

    def result(self, tables: Frames, params: Params, *, as_of: date) -> ScoreResult:
        """Return the scored rows with what is to be written.

        Raises:
            ScoreError: a parameter is missing or cannot be read.
        """
        frame = self.score(tables, params, as_of=as_of)
        return ScoreResult(self.name, self.table, self.keys, self.writes, frame, self.new_row)


_ALL = (
    Score(
        name="order_lines",
        table="order_line",
        keys=("order_id", "line_no"),
        writes=("amount", "gross_profit"),
        score=score_order_lines,
        explain=explain_order_lines,
    ),
    Score(
        name="orders",
        table="order",
        keys=("order_id",),
        writes=("total", "delivered_pct", "collected_pct"),
        score=score_orders,
        explain=explain_orders,
    ),
    Score(
        name="contract_lines",
        table="contract_line",
        keys=("contract_id", "line_no"),
        writes=("amount",),
        score=score_contract_lines,
        explain=explain_contract_lines,
    ),
    Score(
        name="milestones",
        table="milestone",
        keys=("milestone_id",),
        writes=("status",),
        score=score_milestones,
        explain=explain_milestones,
    ),
    Score(
        name="actuals",
        table="kpi_actual",
        keys=("employee_id", "kpi_id", "period"),
        writes=("actual",),
        score=score_actuals,
        explain=explain_actuals,
        new_row=MappingProxyType({"source": "computed", "locked": False}),
    ),
    Score(
        name="training",
        table="enrollment",
        keys=("session_id", "employee_id"),
        writes=("final_score", "passed"),
        score=score_training,
        explain=explain_training,
    ),
    Score(
        name="strategy",
        table="strategy",
        keys=("strategy_id",),
        writes=("effect_score",),
        score=score_strategies,
        explain=explain_strategy,
    ),
    Score(
        name="audit",
        table="audit",
        keys=("audit_id",),
        writes=("score",),
        score=score_audits,
        explain=explain_audit,
    ),
    # Before the classes: a new classification ends an override only once it is stored.
    Score(
        name="customers",
        table="customer",
        keys=("customer_id",),
        writes=(
            "value_class",
            "behavior_class",
            "is_key",
            "last_order_on",
            "next_visit_due",
        ),
        score=score_customers,
        explain=explain_customers,
    ),
    Score(
        name="classes",
        table="class_result",
        keys=("customer_id", "as_of"),
        writes=(
            "behavior_class",
            "recency_days",
            "frequency",
            "monetary",
            "r_score",
            "f_score",
            "m_score",
            "rfm_score",
            "value_class",
            "need_class",
            "key_suggested",
            "reason",
        ),
        score=score_classes,
        explain=explain_classes,
        new_row=MappingProxyType({}),
    ),
    Score(
        name="appraisal",
        table="appraisal",
        keys=("cycle_id", "employee_id"),
        writes=("total", "performance", "rank", "rank_score", "attitude", "service", "grade"),
        score=score_appraisals,
        explain=explain_appraisal,
        new_row=MappingProxyType({"appeal": "none", "state": "scored"}),
    ),
    Score(
        name="alerts",
        table="employee",
        keys=("employee_id",),
        writes=(),
        score=score_alerts,
        explain=explain_alert,
    ),
)

SCORES: Mapping[str, Score] = MappingProxyType({score.name: score for score in _ALL})
"""Scores by name; each may rest on what the ones before it write."""


def score_tables(
    tables: Frames, params: Params, *, as_of: date, names: Iterable[str] = ()
) -> tuple[list[ScoreResult], Frames]:
    """Return the results of scores, each resting on those before it, and the frames after all.

    Args:
        tables: typed frames of all tables.
        params: parameters in force.
        as_of: date of reference.
        names: the scores wanted; without any, all. They run in the order of :data:`SCORES`.

    Raises:
        ScoreError: there is no such score, or a parameter is missing.
    """
    wanted = set(names) or set(SCORES)
    if unknown := sorted(wanted - set(SCORES)):
        raise ScoreError("score-unknown", score=unknown[0], known=", ".join(SCORES))
    results: list[ScoreResult] = []
    for score in (score for name, score in SCORES.items() if name in wanted):
        results.append(score.result(tables, params, as_of=as_of))
        tables = with_result(tables, results[-1])
    return results, tables
