"""D58 審計報告: what an audit examined, found and asks for, with its score taken apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sheetsales.contexts.audit_fieldwork import (
    CheckLine,
    Member,
    Sampling,
    auditors_of,
    check_lines,
    independence,
    members,
    sampling,
)
from sheetsales.contexts.audit_findings import (
    SEVERITIES,
    ActionLine,
    FindingCard,
    FollowUpLine,
    action_lines,
    actions_of,
    by_severity,
    finding_cards,
    follow_up_lines,
    is_late,
    open_before,
)
from sheetsales.contexts.audit_scoring import (
    REPORTED,
    Scoring,
    areas_of,
    is_suggested,
    official_score,
    opinion,
    scored_areas,
    scoring,
)
from sheetsales.contexts.base import Letterhead, Source, Writer, build_letterhead
from sheetsales.contexts.phrases import listed, named, say, score_text, span
from sheetsales.contexts.rows import Row
from sheetsales.schema import Regulation
from sheetsales.scores.audit import explain_audit
from sheetsales.scores.columns import live
from sheetsales.scores.derivation import Derivation
from sheetsales.scores.params import Params
from sheetsales.tables import Frames


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the audit comes to.

    Attributes:
        opinion: the auditor's; until there is one, the one that the score suggests.
        score: of a reported audit the sealed score.
        finding_count: how many findings.
        summary: findings by severity, and that the opinion is a suggestion if it is one.
    """

    opinion: str
    score: str
    finding_count: str
    summary: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """All that the document shows."""

    letterhead: Letterhead
    audit_id: str
    audit_type: str
    state: str
    period: str
    notice_on: str
    units: str
    lead: str
    auditors: str
    team: tuple[Member, ...]
    independence: str
    verdict: Verdict
    sampling: Sampling
    scoring: Scoring
    findings: tuple[FindingCard, ...]
    actions: tuple[ActionLine, ...]
    follow_ups: tuple[FollowUpLine, ...]
    conclusion: tuple[str, ...]
    distribution: str
    checks: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The rows that a report rests on."""

    audit: Row
    derivation: Derivation
    checks: dict[str, Row]
    results: list[Row]
    findings: list[Row]
    earlier: list[Row]


def build_audit_report(
    tables: Frames, key: str, *, regulation: Regulation, locale: str, as_of: date, document_no: str
) -> AuditReport:
    """Return the context of an audit report.

    Args:
        tables: the typed tables.
        key: key of the audit.
        regulation: the descriptors.
        locale: language of the document.
        as_of: date of the document; what is due before it and open is overdue.
        document_no: number of the document.

    Raises:
        SheetsalesError: there is no such audit, or a parameter of the score is missing.
    """
    source = Source(tables, regulation)
    writer = Writer.of(source, locale)
    audit = source.subject("audit", key)
    params = Params.of(tables, as_of)
    found = _evidence(source, audit, explain_audit(tables, params, key, as_of=as_of))
    return AuditReport(
        letterhead=build_letterhead(source, writer, document_no, as_of),
        audit_id=key,
        audit_type=writer.label("audit_type", audit["audit_type"]),
        state=writer.label("audit_state", audit["state"]),
        period=span(writer, audit["scope_from"], audit["scope_to"]),
        notice_on=writer.date(audit["notice_on"]),
        units=named(source, writer, "org_unit", audit["unit_ids"]),
        lead=source.name("employee", audit["lead_id"]),
        auditors=named(source, writer, "employee", auditors_of(audit)),
        team=members(source, writer, audit),
        independence=independence(source, writer, audit),
        verdict=_verdict(writer, found),
        sampling=sampling(source, writer, audit, found.results, params),
        scoring=scoring(writer, found.derivation, found.checks, found.results, params),
        findings=finding_cards(source, writer, found.findings, found.checks),
        actions=action_lines(source, writer, actions_of(source, found.findings)),
        follow_ups=follow_up_lines(source, writer, found.earlier, as_of),
        conclusion=_conclusion(writer, found, as_of),
        distribution=_distribution(source, writer, audit),
        checks=check_lines(writer, found.checks, found.results),
    )


def select_audit_reports(tables: Frames, *, as_of: date) -> tuple[str, ...]:
    """Return the audits whose results are in: reported ones and those with a draft report."""
    _ = as_of
    frame = live(tables["audit"])
    ready = frame["state"].isin([*REPORTED, "draft_report", "responded"])
    return tuple(frame.loc[ready, "audit_id"])


def _evidence(source: Source, audit: Row, derivation: Derivation) -> _Evidence:
    key = audit["audit_id"]
    checks = {row["check_id"]: row for row in source.rows("audit_check")}
    order = {area: position for position, area in enumerate(areas_of(derivation))}
    results = source.rows("audit_result", audit_id=key)
    results.sort(
        key=lambda row: (
            order.get((checks.get(row["check_id"]) or {}).get("area", ""), len(order)),
            row["check_id"] or "",
            row["sample_ref"] or "",
        )
    )
    return _Evidence(
        audit=audit,
        derivation=derivation,
        checks=checks,
        results=results,
        findings=by_severity(source.rows("finding", audit_id=key)),
        earlier=open_before(source, audit),
    )


def _verdict(writer: Writer, found: _Evidence) -> Verdict:
    counts = Counter(row["severity"] for row in found.findings)
    parts = [f"{writer.label('finding_severity', one)} {counts[one]}" for one in SEVERITIES]
    mark = ""
    if is_suggested(found.audit, found.derivation):
        mark = say(
            writer,
            "。審計意見係依審計分建議，待審計組長確認。",
            ". The score suggests the opinion; the lead auditor has yet to give it.",
        )
    return Verdict(
        opinion=opinion(writer, found.audit, found.derivation),
        score=score_text(official_score(found.audit, found.derivation)),
        finding_count=str(len(found.findings)),
        summary=say(writer, "發現：{}", "Findings: {}").format(listed(writer, parts)) + mark,
    )


def _conclusion(writer: Writer, found: _Evidence, as_of: date) -> tuple[str, ...]:
    return (
        _said_of_score(writer, found),
        _said_of_findings(writer, found.findings),
        _said_of_earlier(writer, found.earlier, as_of),
        say(
            writer,
            "本次審計之結果供公司調整銷售策略、優化銷售管理流程與績效考核參考；"
            "各責任單位應依期限完成整改，由審計小組驗證成效。",
            "The results serve to adjust the sales strategy, sales management and appraisals. The "
            "units concerned complete their corrections in time; the auditors verify the effect.",
        ),
    )


def _said_of_score(writer: Writer, found: _Evidence) -> str:
    scored = scored_areas(writer, found.derivation)
    score = official_score(found.audit, found.derivation)
    if score is None or not scored:
        return say(
            writer,
            "檢查結果尚不足以評分，本報告不表示意見。",
            "The results do not yet allow a score; this report gives no opinion.",
        )
    (least, weakest), (most, strongest) = min(scored), max(scored)
    said = say(
        writer,
        "審計分為 {}，審計意見為「{}」。得分最高之類別為{}（{}），最低為{}（{}）。",
        "The audit scores {}; opinion: {}. The strongest area is {} ({}), the weakest {} ({}).",
    )
    shown = opinion(writer, found.audit, found.derivation)
    if is_suggested(found.audit, found.derivation):
        shown += say(writer, "（建議）", " (suggested)")
    ends = (strongest, score_text(most), weakest, score_text(least))
    return said.format(score_text(score), shown, *ends)


def _said_of_findings(writer: Writer, findings: Sequence[Row]) -> str:
    if not findings:
        return say(writer, "本次審計未提出發現事項。", "The audit made no findings.")
    worst = sum(row["severity"] == SEVERITIES[0] for row in findings)
    return say(
        writer,
        f"本次提出發現 {len(findings)} 項，其中嚴重 {worst} 項。",
        f"Findings of this audit: {len(findings)} (major: {worst}).",
    )


def _said_of_earlier(writer: Writer, earlier: Sequence[Row], as_of: date) -> str:
    if not earlier:
        return say(writer, "前次審計無未結之發現。", "No finding of an earlier audit is open.")
    late = sum(is_late(row, as_of) for row in earlier)
    return say(
        writer,
        f"前次審計尚有 {len(earlier)} 項發現未結，其中 {late} 項已逾期。",
        f"Findings of earlier audits still open: {len(earlier)} (overdue: {late}).",
    )


def _distribution(source: Source, writer: Writer, audit: Row) -> str:
    receivers = [say(writer, "公司領導", "management")]
    for unit in audit["unit_ids"] or ():
        manager = (source.row("org_unit", unit) or {}).get("manager_id")
        name = source.name("org_unit", unit)
        person = source.name("employee", manager)
        receivers.append(
            name if manager is None else say(writer, "{}（{}）", "{} ({})").format(name, person)
        )
    return listed(writer, receivers)
