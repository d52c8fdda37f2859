"""D15 考核表: one person's appraisal in a cycle, with every number that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sheetsales.contexts.base import DASH, Letterhead, Source, Writer, build_letterhead
from sheetsales.contexts.phrases import add_workdays, say, score_text, share_text, span
from sheetsales.contexts.rows import Row
from sheetsales.contexts.score_lines import (
    AttitudeLine,
    KpiLine,
    PartLine,
    RaterLine,
    adjustment_of,
    attitude_lines,
    kpi_lines,
    kpi_notes,
    method_of,
    part_lines,
    performance_formula,
    rater_lines,
    scale_text,
    total_formula,
    weighted_formula,
)
from sheetsales.errors import SheetsalesError
from sheetsales.locale.formats import format_quantity
from sheetsales.schema import KEY_JOINER, Regulation
from sheetsales.scores.appraisal import Appraisal, build_appraisals
from sheetsales.scores.columns import live, one_line, rows
from sheetsales.scores.derivation import Component
from sheetsales.scores.formulas.appraising import GRADES
from sheetsales.scores.params import Params
from sheetsales.tables import Frames


@dataclass(frozen=True, slots=True)
class Person:
    """Who is appraised; ``approver`` is the supervisor's own supervisor."""

    name: str
    employee_id: str
    unit: str
    position: str
    level: str
    supervisor: str
    approver: str


@dataclass(frozen=True, slots=True)
class Result:
    """What counts: of a final appraisal the sealed scores.

    Attributes:
        total: total score.
        grade: grade and its name.
        rank: place in the group of the same position, and its size.
        seal_note: says that present data would give another total; empty otherwise.
    """

    total: str
    grade: str
    rank: str
    seal_note: str


@dataclass(frozen=True, slots=True)
class Performance:
    """How the performance score came about, by both methods."""

    method: str
    kpis: tuple[KpiLine, ...]
    notes: tuple[str, ...]
    weight: str
    attainment: str
    rank_score: str
    alpha: str
    score: str
    formula: str


@dataclass(frozen=True, slots=True)
class Attitude:
    """How the attitude score came about, by relation and item."""

    lines: tuple[AttitudeLine, ...]
    raters: tuple[RaterLine, ...]
    score: str
    formula: str


@dataclass(frozen=True, slots=True)
class Total:
    """How the total came about from the present data."""

    parts: tuple[PartLine, ...]
    adjustment: str
    remark: str
    score: str
    formula: str
    scale: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """Whether and until when the result may be disputed."""

    state: str
    days: str
    until: str


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """All that the document shows."""

    letterhead: Letterhead
    cycle: str
    period: str
    state: str
    person: Person
    result: Result
    performance: Performance
    attitude: Attitude
    total: Total
    manager_comment: str
    employee_comment: str
    appeal: Appeal


def build_score_card(
    tables: Frames, key: str, *, regulation: Regulation, locale: str, as_of: date, document_no: str
) -> ScoreCard:
    """Return the context of a score card.

    Args:
        tables: the typed tables.
        key: cycle and employee, ``CY-000001/E-000004``.
        regulation: the descriptors.
        locale: language of the document.
        as_of: date of the document, from which the days of appeal count.
        document_no: number of the document.

    Raises:
        SheetsalesError: there is no such appraisal, or a parameter of the scores is missing.
    """
    source = Source(tables, regulation)
    writer = Writer.of(source, locale)
    row = _appraisal(source, key)
    cycle = source.subject("cycle", row["cycle_id"])
    params = Params.of(tables, as_of)
    scored = build_appraisals(tables, params, as_of=as_of, cycle_id=row["cycle_id"])[key]
    return ScoreCard(
        letterhead=build_letterhead(source, writer, document_no, as_of),
        cycle=writer.text(cycle["name"]),
        period=span(writer, cycle["start_on"], cycle["end_on"]),
        state=writer.label("appraisal_state", row["state"]),
        person=_person(source, row["employee_id"]),
        result=_result(writer, row, scored),
        performance=_performance(source, writer, scored),
        attitude=_attitude(source, writer, scored),
        total=_total(writer, row, scored, params),
        manager_comment=writer.text(row["manager_comment"]),
        employee_comment=writer.text(row["employee_comment"]),
        appeal=_appeal(writer, row, params.integer("appeal_days"), as_of),
    )


def select_score_cards(tables: Frames, *, as_of: date) -> tuple[str, ...]:
    """Return the appraisals of the last cycle that has ended; without one, of the last begun."""
    names = ("end_on", "start_on", "cycle_id")
    known = [row for row in rows(live(tables["cycle"]), *names) if None not in row]
    begun = [row for row in known if row[1] <= as_of]
    ended = [row for row in begun if row[0] <= as_of]
    latest = max(ended or begun, default=None)
    appraised = rows(live(tables["appraisal"]), "cycle_id", "employee_id")
    return tuple(
        one_line(cycle, employee)
        for cycle, employee in appraised
        if latest is not None and cycle == latest[2]
    )


def _appraisal(source: Source, key: str) -> Row:
    cycle, _, employee = key.partition(KEY_JOINER)
    found = source.rows("appraisal", cycle_id=cycle, employee_id=employee)
    if not found:
        raise SheetsalesError("document-subject", table="appraisal", key=key)
    return found[0]


def _person(source: Source, employee: str) -> Person:
    person = source.row("employee", employee) or {}
    above = source.row("employee", person.get("reports_to")) or {}
    return Person(
        name=source.name("employee", employee),
        employee_id=employee,
        unit=source.name("org_unit", person.get("unit_id")),
        position=source.name("position", person.get("position_id")),
        level=source.name("sales_level", person.get("level_id")),
        supervisor=source.name("employee", person.get("reports_to")),
        approver=source.name("employee", above.get("reports_to")),
    )


def _result(writer: Writer, row: Row, scored: Appraisal) -> Result:
    node = scored.derivation.node
    now = node("total").value
    sealed = scored.is_frozen
    total = score_text(row["total"] if sealed else now)
    return Result(
        total=total,
        grade=_graded(writer, row["grade"] if sealed else node("grade").value),
        rank=_ranked(node("rank")),
        seal_note="" if total == score_text(now) else _seal_note(writer, total, score_text(now)),
    )


def _seal_note(writer: Writer, sealed: str, now: str) -> str:
    said = say(
        writer,
        "本考核已定稿，總分為 {}；依現有資料重算為 {}。",
        "This appraisal is final with a total of {}; present data would give {}.",
    )
    return said.format(sealed, now)


def _performance(source: Source, writer: Writer, scored: Appraisal) -> Performance:
    node = scored.derivation.node("performance")
    part = scored.derivation.root.children[0]
    method, alpha = method_of(part)
    weights = (child.weight or Decimal() for child in node.children)
    return Performance(
        method=writer.label("score_method", method),
        kpis=kpi_lines(source, writer, node),
        notes=kpi_notes(source, writer, node),
        weight=share_text(sum(weights, Decimal())),
        attainment=score_text(node.value),
        rank_score=score_text(scored.derivation.node("rank_score").value),
        alpha=format_quantity(alpha) if method == "mixed" and alpha is not None else DASH,
        score=score_text(part.value),
        formula=performance_formula(writer, part),
    )


def _attitude(source: Source, writer: Writer, scored: Appraisal) -> Attitude:
    node = scored.derivation.node("attitude")
    return Attitude(
        lines=attitude_lines(source, writer, node),
        raters=rater_lines(writer, node),
        score=score_text(node.value),
        formula=weighted_formula(writer, node),
    )


def _total(writer: Writer, row: Row, scored: Appraisal, params: Params) -> Total:
    node = scored.derivation.root
    return Total(
        parts=part_lines(writer, node),
        adjustment=score_text(adjustment_of(node)),
        remark=_adjustment_remark(writer, row["market_adj"], adjustment_of(node)),
        score=score_text(node.value),
        formula=total_formula(writer, node),
        scale=scale_text(writer, GRADES, params.decimals("grade_cuts")),
    )


def _adjustment_remark(writer: Writer, wanted: Decimal | None, given: Decimal) -> str:
    if not wanted:
        return say(writer, "未申請調整", "none asked for")
    if wanted == given:
        return say(writer, "經核准之市場因素調整", "approved for market conditions")
    said = say(writer, "申請 {}，以上限計", "asked for {}, limited to the cap")
    return said.format(score_text(wanted))


def _appeal(writer: Writer, row: Row, days: int, as_of: date) -> Appeal:
    return Appeal(
        state=writer.label("appeal_state", row["appeal"]),
        days=str(days),
        until=writer.date(add_workdays(as_of, days)),
    )


def _graded(writer: Writer, grade: object) -> str:
    return f"{grade} {writer.label('grade', grade)}" if isinstance(grade, str) else DASH


def _ranked(rank: Component) -> str:
    if rank.value is None:
        return DASH
    return f"{format_quantity(Decimal(str(rank.value)))} / {len(rank.inputs)}"
