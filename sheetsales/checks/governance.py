"""GOV: nobody verifies or audits himself, and what does not conform is proven and followed up."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsales.checks.rules import Context, Finding, rule

_CORRECTING = frozenset({"corrective", "preventive", "improvement"})
_JUDGED = frozenset({"verified", "ineffective"})


@rule("GOV-01", clause="六-4")
def find_unverified_actions(context: Context) -> Iterator[Finding]:
    """An action is verified by somebody else, and a correction is judged by its effect."""
    names = ("kind", "owner_id", "verified_by", "effective", "state")
    for position, kind, owner, verifier, effective, state in context.rows("action", *names):
        if verifier is not None and verifier == owner:
            yield Finding("action", position, "verified_by", "verifier", {"owner": owner})
        if kind in _CORRECTING and state in _JUDGED and effective is None:
            arguments = {"kind": kind, "state": state}
            yield Finding("action", position, "effective", "effect", arguments)


@rule("GOV-03", clause="六-4")
def find_dependent_auditors(context: Context) -> Iterator[Finding]:
    """Nobody who belongs to an audited unit, or to one below it, audits it."""
    above = context.lookup("org_unit", "unit_id", "parent_unit_id")
    homes = context.lookup("employee", "employee_id", "unit_id")
    for position, units, lead, auditors in context.rows(
        "audit", "unit_ids", "lead_id", "auditor_ids"
    ):
        people = [("lead_id", lead), *(("auditor_ids", one) for one in auditors or ())]
        for field, person in people:
            audited = _first_of(homes.get(person), set(units or ()), above)
            if audited is not None:
                arguments = {"person": person, "unit": audited}
                yield Finding("audit", position, field, "", arguments)


def _first_of(unit: str | None, wanted: set[str], above: dict[str, str | None]) -> str | None:
    seen: set[str] = set()
    while unit is not None and unit not in seen:
        if unit in wanted:
            return unit
        seen.add(unit)
        unit = above.get(unit)
    return None


@rule("GOV-05", clause="六-4")
def find_unfollowed_results(context: Context) -> Iterator[Finding]:
    """A result that does not conform has evidence and a finding of the same audit and check."""
    found = {(audit, check) for _, audit, check in context.rows("finding", "audit_id", "check_id")}
    names = ("audit_id", "check_id", "result", "evidence", "evidence_file")
    for position, audit, check, result, evidence, file in context.rows("audit_result", *names):
        if result != "nonconform":
            continue
        if not evidence and not file:
            yield Finding("audit_result", position, "evidence", "evidence", {"check": check or ""})
        if None not in (audit, check) and (audit, check) not in found:
            arguments = {"check": check, "audit": audit}
            yield Finding("audit_result", position, "check_id", "finding", arguments)
