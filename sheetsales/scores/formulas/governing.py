"""Formulas on training, milestones and audits: F16, F17 (milestones), F25."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sheetsales.scores.decimals import mean, weighted_mean
from sheetsales.scores.formulas.parts import Formula, Parts, Value
from sheetsales.scores.formulas.plain import PLAIN

ATTENDED = frozenset({"present", "late"})
"""Attendance that counts as having taken part."""
OPINIONS = ("satisfactory", "acceptable", "needs_improvement", "unsatisfactory")
"""Audit opinions from the top; ``audit_cuts`` holds the lower bound of all but the last."""

_HUNDRED = Decimal(100)
_RESULTS: Mapping[Value, Decimal] = {
    "conform": _HUNDRED,
    "partial": _HUNDRED / 2,
    "nonconform": Decimal(),
}


def _final(parts: Parts) -> Value:
    """F16: weighted score of those who took part."""
    if parts.text("attendance") not in ATTENDED:
        return None
    return weighted_mean(parts.weighted)


def _passed(parts: Parts) -> Value:
    """F16: took part and reached the course's pass score; open until there is a score."""
    attendance = parts.text("attendance")
    if attendance is None:
        return None
    if attendance not in ATTENDED:
        return False
    final, needed = parts.number("final_score"), parts.number("pass_score")
    return None if final is None or needed is None else final >= needed


def _gain(parts: Parts) -> Value:
    """F16: share of what was missing before that was learnt."""
    before, after = parts.number("pre_score"), parts.number("post_score")
    if before is None or after is None or before == _HUNDRED:
        return None
    return (after - before) / (_HUNDRED - before)


def _milestone_status(parts: Parts) -> Value:
    """Waived stays; done by date or by payment in full; else overdue, partly paid, or to do."""
    if parts.text("status") == "waived":
        return "waived"
    as_of, done, due = parts.day("as_of"), parts.day("done_on"), parts.day("due_on")
    assert as_of is not None
    paid, amount = parts.number("paid") or Decimal(), parts.number("amount")
    if (done is not None and done <= as_of) or (amount and paid >= amount):
        return "done"
    if due is not None and due < as_of:
        return "overdue"
    return "partial" if paid > 0 else "todo"


def _check(parts: Parts) -> Value:
    """F25: mean of a check's samples; not applicable ones are left out."""
    return mean([_RESULTS[part.value] for part in parts.inputs if part.value in _RESULTS])


def _critical(parts: Parts) -> Value:
    """F25: whether a critical check failed on any sample."""
    failed = any(part.value == "nonconform" for part in parts.inputs)
    return bool(parts.get("is_critical")) and failed


def _area(parts: Parts) -> Value:
    """F25: weighted mean of the checks, capped if a critical one failed."""
    found = weighted_mean(parts.weighted)
    if found is None:
        return None
    failed = any(part.value is True for part in parts.children)
    return min(found, parts.needed("critical_cap")) if failed else found


def _opinion(parts: Parts) -> Value:
    score = parts.number("score")
    if score is None:
        return None
    below = sum(score < cut for cut in parts.numbers_of("audit_cuts"))
    return OPINIONS[min(below, len(OPINIONS) - 1)]


GOVERNING: Mapping[str, Formula] = {
    "F16-final": _final,
    "F16-passed": _passed,
    "F16-gain": _gain,
    "F17-milestone": _milestone_status,
    "F25": PLAIN["weighted"],
    "F25-area": _area,
    "F25-check": _check,
    "F25-critical": _critical,
    "F25-opinion": _opinion,
}
