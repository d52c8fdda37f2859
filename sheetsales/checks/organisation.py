"""ORG: the organisation is a tree, and every clause is audited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sheetsales.checks.rules import Context, Finding, rule

_TREES = (
    ("org_unit", "unit_id", "parent_unit_id"),
    ("territory", "territory_id", "parent_id"),
    ("category", "category_id", "parent_id"),
    ("employee", "employee_id", "reports_to"),
)


@rule("ORG-01", clause="三-1")
def find_cycles(context: Context) -> Iterator[Finding]:
    """Nobody stands above himself: units, territories, categories and superiors form trees."""
    for table, key, above in _TREES:
        parents = context.lookup(table, key, above)
        for position, row, _ in context.rows(table, key, above):
            chain = _cycle_through(row, parents)
            if chain:
                yield Finding(table, position, above, "", {"chain": " → ".join(chain)})


def _cycle_through(start: str | None, parents: Mapping[str, str | None]) -> list[str]:
    chain: list[str] = []
    current = start
    while current is not None and current not in chain:
        chain.append(current)
        current = parents.get(current)
    return [*chain, *chain[:1]] if current == start else []


@rule("ORG-06", clause="六-4")
def find_unaudited_clauses(context: Context) -> Iterator[Finding]:
    """Every clause in force has a check that audits it."""
    audited = {clause for _, clause in context.rows("audit_check", "clause_id")}
    names = ("clause_id", "title", "effective_from", "effective_to")
    for position, clause, title, start, end in context.rows("clause", *names):
        in_force = start is not None and start <= context.as_of <= (end or context.as_of)
        if clause is not None and in_force and clause not in audited:
            yield Finding("clause", position, "clause_id", "", {"number": clause, "title": title})
