"""How an audit was done: by whom, on which samples, check by check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sheetsales.contexts.base import DASH, Source, Writer
from sheetsales.contexts.phrases import listed, named, say, score_text
from sheetsales.contexts.rows import Row
from sheetsales.locale.formats import format_quantity
from sheetsales.locale.labels import title
from sheetsales.scores.organisation import subtree
from sheetsales.scores.params import Params
from sheetsales.scores.sampling import sample_size

_WHOLE = "*"
_HALF = Decimal("0.5")
_SCOPED_BY = {
    "contract": "signed_on",
    "order": "order_on",
    "receipt": "received_on",
    "milestone": "due_on",
    "session": "start_at",
}
"""Tables whose population is that of the audited period, and the date that says so."""


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the audit team."""

    role: str
    name: str
    unit: str
    position: str
    independence: str


@dataclass(frozen=True, slots=True)
class SampleLine:
    """What was drawn from one table."""

    name: str
    population: str
    required: str
    examined: str
    remark: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the samples were drawn."""

    methods: str
    plan: str
    seed: str
    formula: str
    lines: tuple[SampleLine, ...]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of one sample."""

    check_id: str
    question: str
    clause: str
    method: str
    sample: str
    result: str
    evidence: str


def team_of(audit: Row) -> list[str]:
    """Return the lead and the auditors, each once."""
    people = dict.fromkeys([audit["lead_id"], *(audit["auditor_ids"] or ())])
    return [person for person in people if person is not None]


def auditors_of(audit: Row) -> list[str]:
    """Return the auditors other than the lead."""
    return [person for person in team_of(audit) if person != audit["lead_id"]]


def dependent_people(source: Source, audit: Row) -> list[str]:
    """Return the members of the team who belong to an audited unit, or to one below it."""
    parents = {row["unit_id"]: row["parent_unit_id"] for row in source.rows("org_unit")}
    audited = {below for unit in audit["unit_ids"] or () for below in subtree(parents, unit)}
    return [
        person
        for person in team_of(audit)
        if (source.row("employee", person) or {}).get("unit_id") in audited
    ]


def members(source: Source, writer: Writer, audit: Row) -> tuple[Member, ...]:
    """Return the team, its lead first."""
    dependent = set(dependent_people(source, audit))
    return tuple(
        _member(source, writer, person, (person == audit["lead_id"], person in dependent))
        for person in team_of(audit)
    )


def independence(source: Source, writer: Writer, audit: Row) -> str:
    """Return the statement of independence, or that there is none."""
    dependent = dependent_people(source, audit)
    if dependent:
        said = say(
            writer,
            "注意：{}隸屬受審單位，本報告之獨立性因此受限，應改派人員複核。",
            "Note: {} belong to an audited unit. The independence of this report is limited; "
            "somebody else has to review it.",
        )
        return said.format(named(source, writer, "employee", dependent))
    return say(
        writer,
        "獨立性聲明：審計小組成員均不隸屬受審單位，未參與受審業務之執行與核准，"
        "並依事實與證據獨立作成判斷。",
        "Statement of independence: no member of the team belongs to an audited unit or took part "
        "in the audited work or its approval; all conclusions rest on facts and evidence.",
    )


def sampling(
    source: Source, writer: Writer, audit: Row, results: Iterable[Row], params: Params
) -> Sampling:
    """Return how the samples of an audit were drawn."""
    methods = (writer.label("audit_method", method) for method in audit["methods"] or ())
    return Sampling(
        methods=listed(writer, methods),
        plan=writer.text(audit["sample_plan"]),
        seed=writer.text(audit["sample_seed"]),
        formula=_sample_formula(params),
        lines=_sample_lines(source, writer, audit, results, params),
    )


def check_lines(
    writer: Writer, checks: Mapping[str, Row], results: Iterable[Row]
) -> tuple[CheckLine, ...]:
    """Return every check of every sample, as recorded."""
    return tuple(_check_line(writer, checks.get(row["check_id"]) or {}, row) for row in results)


def _member(source: Source, writer: Writer, person: str, standing: tuple[bool, bool]) -> Member:
    is_lead, is_dependent = standing
    row = source.row("employee", person) or {}
    return Member(
        role=say(writer, "審計組長", "Lead auditor")
        if is_lead
        else say(writer, "審計人員", "Auditor"),
        name=source.name("employee", person),
        unit=source.name("org_unit", row.get("unit_id")),
        position=source.name("position", row.get("position_id")),
        independence=say(writer, "隸屬受審單位", "belongs to an audited unit")
        if is_dependent
        else say(writer, "不隸屬受審單位", "of no audited unit"),
    )


def _sample_lines(
    source: Source, writer: Writer, audit: Row, results: Iterable[Row], params: Params
) -> tuple[SampleLine, ...]:
    drawn: dict[str, set[str]] = {}
    for row in results:
        table, _, key = (row["sample_ref"] or _WHOLE).partition(":")
        if table != _WHOLE:
            drawn.setdefault(table, set()).add(key)
    return tuple(
        _sample_line(source, writer, audit, (table, len(keys)), params)
        for table, keys in sorted(drawn.items())
    )


def _sample_line(
    source: Source, writer: Writer, audit: Row, drawn: tuple[str, int], params: Params
) -> SampleLine:
    table, examined = drawn
    known = source.regulation.tables.get(table)
    if known is None:
        return SampleLine(table, DASH, DASH, str(examined), "")
    scoped = _SCOPED_BY.get(table)
    population = _population(source.rows(table), scoped, (audit["scope_from"], audit["scope_to"]))
    required = sample_size(population, params)
    remark = say(writer, "全部有效列", "all rows in use")
    if scoped is not None:
        said = say(writer, "「{}」落於審計期間者", "“{}” within the period audited")
        remark = said.format(title(known.by_name[scoped].title, writer.locale))
    if examined < required:
        remark += say(writer, "；未達應抽數", "; fewer than required")
    return SampleLine(
        name=title(known.title, writer.locale),
        population=writer.number(population),
        required=writer.number(required),
        examined=writer.number(examined),
        remark=remark,
    )


def _population(
    rows: Sequence[Row], scoped: str | None, scope: tuple[date | None, date | None]
) -> int:
    start, end = scope
    if scoped is None or start is None or end is None:
        return len(rows)
    return sum(row[scoped] is not None and start <= row[scoped] <= end for row in rows)


def _sample_formula(params: Params) -> str:
    z, error = params.decimal("audit_conf_z"), params.decimal("audit_error")
    unlimited = z * z * _HALF * _HALF / (error / 100) ** 2
    return (
        f"n = n₀ ÷ (1 + (n₀ − 1) ÷ N), n₀ = z² × p(1 − p) ÷ e² = {score_text(unlimited)} "
        f"(z = {format_quantity(z)}, p = 0.5, e = {format_quantity(error)}%)"
    )


def _check_line(writer: Writer, check: Row, row: Row) -> CheckLine:
    sample = row["sample_ref"]
    whole = say(writer, "整體", "whole")
    return CheckLine(
        check_id=writer.text(row["check_id"]),
        question=writer.text(check.get("question")),
        clause=writer.text(check.get("clause_id")),
        method=writer.label("audit_method", check.get("method")),
        sample=whole if sample == _WHOLE else writer.text(sample),
        result=writer.label("audit_result", row["result"]),
        evidence=writer.text(row["evidence"] or row["evidence_file"]),
    )
