from __future__ import annotations

from tests.checks.judge import findings, judge


def test_everybody_on_a_cycle_is_named_and_nobody_who_only_leads_to_it():
    people = [
        {"employee_id": "E-000001", "reports_to": "E-000002"},
        {"employee_id": "E-000002", "reports_to": "E-000001"},
        {"employee_id": "E-000003", "reports_to": "E-000001"},
    ]
    found = findings("ORG-01", employee=people)
    assert [one.position for one in found] == [0, 1]
    assert found[0].arguments == {"chain": "E-000001 → E-000002 → E-000001"}


def test_categories_and_territories_are_trees_too():
    assert judge("ORG-01", category=[{"category_id": "CAT-1", "parent_id": "CAT-1"}]) == [
        ("category", 0, "parent_id", "")
    ]
    assert judge("ORG-01", territory=[{"territory_id": "T-1", "parent_id": "T-9"}]) == []


def test_an_inactive_audit_check_audits_nothing():
    clause = [{"clause_id": "三-1", "effective_from": "2026-01-01"}]
    checks = [{"clause_id": "三-1", "inactive": True}]
    assert len(judge("ORG-06", clause=clause, audit_check=checks)) == 1
