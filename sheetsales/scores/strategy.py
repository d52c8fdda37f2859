"""How far a sales strategy took its indicator from baseline to goal (F33; 四-4-c)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from sheetsales.scores.columns import rows, scored_frame
from sheetsales.scores.derivation import Derivation, Input, component, unknown_key
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

COLUMNS = ("strategy_id", "baseline", "goal", "actual", "effect_score", "reason")
"""Columns of :func:`score_strategies`."""

_FIELDS = ("baseline", "goal", "actual")


def score_strategies(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return the effect score of every strategy (F33; 四-4-c).

    100·(actual − baseline)/(goal − baseline), between ``kpi_floor`` and ``kpi_cap``.

    Args:
        tables: needs strategy.
        params: kpi_floor and kpi_cap.
        as_of: not used: the actual stands as recorded.

    Returns:
        One row per strategy: :data:`COLUMNS`.

    Raises:
        ScoreError: a parameter is missing.
    """
    del as_of
    found = [
        {
            "strategy_id": derivation.key,
            **{cell.field: cell.value for cell in derivation.inputs if cell.field in _FIELDS},
            "effect_score": derivation.value,
            "reason": derivation.reason,
        }
        for derivation in _derivations(tables, params)
    ]
    return scored_frame(found, COLUMNS)


def explain_strategy(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how the effect score of a strategy came about.

    Raises:
        ScoreError: there is no strategy of this key, or a parameter is missing.
    """
    del as_of
    for derivation in _derivations(tables, params):
        if derivation.key == key:
            return derivation
    raise unknown_key("strategy", key)


def _derivations(tables: Frames, params: Params) -> Iterator[Derivation]:
    for key, *values in rows(tables["strategy"], "strategy_id", *_FIELDS):
        if key is not None:
            cells = tuple(
                Input("strategy", key, name, value)
                for name, value in zip(_FIELDS, values, strict=True)
            )
            effect = component(
                "effect_score",
                "F33",
                inputs=(*cells, params.input("kpi_floor"), params.input("kpi_cap")),
                reason="no-actual" if values[2] is None else "no-distance",
            )
            yield Derivation("strategy", key, (effect,))
