"""Runs one rule over a few rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sheetsales.checks import RULES, Context, Evidence, Finding
from sheetsales.schema import load_regulation
from sheetsales.scores.params import Params
from sheetsales.starter import load_starter
from tests import builders

AS_OF = date(2026, 7, 31)
PARAMS = load_starter("zh-Hant")["param"]


def context_of(evidence: Evidence | None = None, **rows: builders.Rows) -> Context:
    """Return the context of rows, with the shipped parameters unless rows name their own."""
    tables = builders.tables(**{"param": PARAMS, **rows})
    frames = {name: data.frame for name, data in tables.items()}
    params = Params.of(frames, AS_OF)
    return Context(tables, load_regulation(), AS_OF, params, evidence or Evidence())


def findings(code: str, evidence: Evidence | None = None, **rows: builders.Rows) -> list[Finding]:
    """Return what the rule of a code finds in rows."""
    return list(RULES[code].find(context_of(evidence, **rows)))


def judge(
    code: str, evidence: Evidence | None = None, **rows: builders.Rows
) -> list[tuple[str, int, str, str]]:
    """Return what the rule of a code finds: table, position, field, variant."""
    return [
        (found.table, found.position, found.field, found.variant)
        for found in findings(code, evidence, **rows)
    ]


def changed(row: Mapping[str, object], **values: object) -> dict[str, object]:
    """Return a row with other values."""
    return {**row, **values}
