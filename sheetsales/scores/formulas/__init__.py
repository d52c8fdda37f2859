"""The arithmetic of the regulation: one small pure function per formula, by code.

A code is the number of the formula in the regulation and what part of it is meant (``F12-rater``);
plain arithmetic has a plain word. A formula reads nothing but the :class:`Parts` it is given.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetsales.scores.formulas.appraising import APPRAISING
from sheetsales.scores.formulas.governing import GOVERNING
from sheetsales.scores.formulas.parts import Formula, Part, Parts, Value
from sheetsales.scores.formulas.plain import PLAIN
from sheetsales.scores.formulas.selling import SELLING

__all__ = ["FORMULAS", "GIVEN", "Formula", "Part", "Parts", "Value"]

GIVEN = "given"
"""Operation of a node that was summed up elsewhere: it has no formula, only a value."""

FORMULAS: Mapping[str, Formula] = {**PLAIN, **SELLING, **APPRAISING, **GOVERNING}
