"""What an audit found, what is done about it, and what is still open from before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sheetsales.contexts.base import DASH, Source, Writer
from sheetsales.contexts.phrases import say
from sheetsales.contexts.rows import Row

SEVERITIES = ("major", "minor", "observation")
"""Severities of findings, worst first."""


@dataclass(frozen=True, slots=True)
class FindingCard:
    """One finding, from fact to response."""

    finding_id: str
    severity: str
    state: str
    clause: str
    fact: str
    cause: str
    unit: str
    owner: str
    due: str
    action: str
    response: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One corrective action."""

    action_id: str
    title: str
    kind: str
    owner: str
    due: str
    done: str
    effect: str
    state: str


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """A finding of an earlier audit that is still open."""

    finding_id: str
    audit_id: str
    severity: str
    fact: str
    owner: str
    due: str
    state: str


def by_severity(findings: Iterable[Row]) -> list[Row]:
    """Return findings, the worst first."""
    order = {severity: position for position, severity in enumerate(SEVERITIES)}
    return sorted(
        findings, key=lambda row: (order.get(row["severity"], len(order)), row["finding_id"] or "")
    )


def open_before(source: Source, audit: Row) -> list[Row]:
    """Return the findings of earlier audits that are not closed, the worst first."""
    earlier = [
        row["audit_id"]
        for row in source.rows("audit")
        if None not in (row["scope_to"], audit["scope_from"])
        and row["scope_to"] < audit["scope_from"]
    ]
    found = source.rows("finding", audit_id=earlier)
    return by_severity(row for row in found if row["state"] != "closed")


def actions_of(source: Source, findings: Sequence[Row]) -> list[Row]:
    """Return the actions that findings name, and those that name findings."""
    keys = {row["finding_id"] for row in findings}
    named_here = {row["action_id"] for row in findings}
    return [
        row
        for row in source.rows("action")
        if row["action_id"] in named_here
        or (row["source_table"] == "finding" and row["source_id"] in keys)
    ]


def is_late(finding: Row, as_of: date) -> bool:
    """Return whether a finding is past its date."""
    return finding["due_on"] is not None and finding["due_on"] < as_of


def finding_cards(
    source: Source, writer: Writer, findings: Iterable[Row], checks: Mapping[str, Row]
) -> tuple[FindingCard, ...]:
    """Return the findings as cards."""
    return tuple(
        FindingCard(
            finding_id=writer.text(row["finding_id"]),
            severity=writer.label("finding_severity", row["severity"]),
            state=writer.label("finding_state", row["state"]),
            clause=_clause(source, checks.get(row["check_id"])),
            fact=writer.text(row["description"]),
            cause=writer.text(row["cause"]),
            unit=source.name("org_unit", row["unit_id"]),
            owner=source.name("employee", row["owner_id"]),
            due=writer.date(row["due_on"]),
            action=source.name("action", row["action_id"]),
            response=writer.text(row["response"]),
        )
        for row in findings
    )


def action_lines(source: Source, writer: Writer, actions: Iterable[Row]) -> tuple[ActionLine, ...]:
    """Return corrective actions with what they brought about."""
    return tuple(
        ActionLine(
            action_id=writer.text(row["action_id"]),
            title=writer.text(row["title"]),
            kind=writer.label("action_kind", row["kind"]),
            owner=source.name("employee", row["owner_id"]),
            due=writer.date(row["due_on"]),
            done=writer.date(row["done_on"]),
            effect=_effect(writer, row),
            state=writer.label("action_state", row["state"]),
        )
        for row in actions
    )


def follow_up_lines(
    source: Source, writer: Writer, findings: Iterable[Row], as_of: date
) -> tuple[FollowUpLine, ...]:
    """Return findings of earlier audits; those past their date say so."""
    late = say(writer, "（逾期）", " (overdue)")
    return tuple(
        FollowUpLine(
            finding_id=writer.text(row["finding_id"]),
            audit_id=writer.text(row["audit_id"]),
            severity=writer.label("finding_severity", row["severity"]),
            fact=writer.text(row["description"]),
            owner=source.name("employee", row["owner_id"]),
            due=writer.date(row["due_on"]) + (late if is_late(row, as_of) else ""),
            state=writer.label("finding_state", row["state"]),
        )
        for row in findings
    )


def _clause(source: Source, check: Row | None) -> str:
    clause = (check or {}).get("clause_id")
    row = source.row("clause", clause)
    return f"{clause} {row['title']}" if row else str(clause or DASH)


def _effect(writer: Writer, row: Row) -> str:
    if row["before_value"] is None or row["after_value"] is None:
        return DASH
    effect = f"{writer.quantity(row['before_value'])} → {writer.quantity(row['after_value'])}"
    return f"{row['metric']} {effect}" if row["metric"] else effect
