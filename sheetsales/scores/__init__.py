"""From typed tables to scored tables, pure: no clock, no files, every threshold a row of data.

One module per score. :data:`SCORES` holds all that are written back, in the order in which they
build on one another; each has a function that scores all rows of a table and one that explains a
single row down to the cells.
"""

from __future__ import annotations

from sheetsales.scores.derivation import Component, Derivation, Input, recompute
from sheetsales.scores.params import Params
from sheetsales.scores.registry import SCORES, Score, score_tables
from sheetsales.scores.results import ScoreResult, with_result

__all__ = [
    "SCORES",
    "Component",
    "Derivation",
    "Input",
    "Params",
    "Score",
    "ScoreResult",
    "recompute",
    "score_tables",
    "with_result",
]
