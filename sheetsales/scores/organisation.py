"""Who answers for whom: the units that a person manages, and everybody below them (三-1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sheetsales.scores.columns import lookup, rows
from sheetsales.tables import Frames


def subtree(parents: Mapping[str, str | None], root: str) -> frozenset[str]:
    """Return a node of a tree and all below it; a cycle ends where it closes.

    Args:
        parents: parent by node, None at the top.
        root: the node to start from.
    """
    children: dict[str | None, list[str]] = defaultdict(list)
    for node, parent in parents.items():
        children[parent].append(node)
    found: set[str] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(children[node])
    return frozenset(found)


def teams(tables: Frames) -> dict[str, frozenset[str]]:
    """Return for every employee those whose results are his: himself and all in his units.

    The units of a person are those he manages and all units below them. Somebody who manages none
    answers for himself only.
    """
    parents = lookup(tables["org_unit"], "unit_id", "parent_unit_id")
    staff: dict[str | None, set[str]] = defaultdict(set)
    found: dict[str, set[str]] = {}
    for employee, unit in rows(tables["employee"], "employee_id", "unit_id"):
        if employee is not None:
            staff[unit].add(employee)
            found[employee] = {employee}
    for unit, manager in rows(tables["org_unit"], "unit_id", "manager_id"):
        if manager in found and unit is not None:
            found[manager].update(*(staff[below] for below in subtree(parents, unit)))
    return {employee: frozenset(team) for employee, team in found.items()}


def unit_staff(tables: Frames, unit: str) -> frozenset[str]:
    """Return the employees of a unit and of all units below it."""
    below = subtree(lookup(tables["org_unit"], "unit_id", "parent_unit_id"), unit)
    return frozenset(
        employee
        for employee, home in rows(tables["employee"], "employee_id", "unit_id")
        if employee is not None and home in below
    )
