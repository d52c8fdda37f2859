"""Checks: tables, and what was recomputed from them, become problems. Pure.

Problems of single cells come with the bound tables, those of columns from the descriptors, those
of rows and tables from the rules of the regulation, each a small function under its code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sheetsales.checks import (  # noqa: F401 - importing them registers their rules
    contracts,
    customers,
    documents,
    governance,
    market,
    organisation,
    performance,
    plans,
    sales,
    sealed,
    talent,
    target_sums,
)
from sheetsales.checks.columns import check_columns
from sheetsales.checks.computed import check_computed
from sheetsales.checks.known_keys import check_known_keys
from sheetsales.checks.rules import REGISTERED, Context, Evidence, Finding, Rule
from sheetsales.errors import ScoreError
from sheetsales.problems import Place, Problem, Report
from sheetsales.scores.params import Params
from sheetsales.tables import frames

if TYPE_CHECKING:
    from datetime import date

    from sheetsales.schema import Regulation
    from sheetsales.tables import TableData, Tables

__all__ = ["RULES", "Context", "Evidence", "Finding", "Rule", "check", "check_columns"]

_COMPANY = "company"
RULES = MappingProxyType(dict(sorted(REGISTERED.items())))
"""The rules by code."""


def check(
    tables: Tables, regulation: Regulation, *, as_of: date, evidence: Evidence | None = None
) -> Report:
    """Return everything that is wrong in the tables: cells, columns, rows across tables.

    A rule skips rows whose inputs are missing: what is missing is a problem of its own. A rule
    whose parameter is missing or unreadable is reported as not applied (``PRM-01``).

    Args:
        tables: every table of the regulation.
        regulation: the descriptors.
        as_of: the date that counts as today.
        evidence: recomputed values and the state seen before, to compare with; without, the rules
            that need them are silent.
    """
    params = Params.of(frames(tables), as_of)
    context = Context(tables, regulation, as_of, params, evidence or Evidence())
    return Report.of(_problems(context))


def _problems(context: Context) -> Iterator[Problem]:
    for data in context.tables.values():
        yield from data.problems
        yield from _gathered(data, check_columns(data))
    yield from check_computed(context.tables, context.evidence.written, context.regulation)
    yield from check_known_keys(context.tables, context.evidence.known_keys)
    for rule in RULES.values():
        try:
            findings = list(rule.find(context))
        except ScoreError as error:
            yield _not_applied(context, rule, error)
        else:
            for finding in findings:
                yield _problem(context, rule, finding)


def _gathered(data: TableData, problems: list[Problem]) -> Iterator[Problem]:
    """Yield the problems of a table; what a new company has yet to fill in of itself, as one."""
    if data.table.name != _COMPANY:
        yield from problems
        return
    missing = [problem for problem in problems if problem.code == "COL-required"]
    yield from (problem for problem in problems if problem.code != "COL-required")
    if missing:
        fields = tuple(problem.field for problem in missing)
        yield replace(missing[0], variant="particulars", arguments={"fields": fields})


def _problem(context: Context, rule: Rule, finding: Finding) -> Problem:
    data = context.tables[finding.table]
    return Problem(
        code=rule.code,
        table=finding.table,
        key=data.key(finding.position),
        field=finding.field,
        variant=finding.variant,
        severity=rule.severity,
        place=data.place(finding.position, finding.field),
        arguments=finding.arguments,
        clause=rule.clause,
    )


def _not_applied(context: Context, rule: Rule, error: ScoreError) -> Problem:
    data = context.tables["param"]
    key = str(error.arguments["key"])
    rows = [position for position, known in context.rows("param", "param_key") if known == key]
    return Problem(
        code="PRM-01",
        table="param",
        key=data.key(rows[-1]) if rows else "",
        field="value",
        variant=error.code.removeprefix("param-"),
        place=data.place(rows[-1], "value") if rows else Place(),
        arguments={"rule": rule.code, "parameter": key},
        clause=rule.clause,
    )
