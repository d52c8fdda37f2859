from __future__ import annotations

from tests.checks.breaches import PERSON
from tests.checks.judge import judge


def test_each_dependent_auditor_is_named_with_his_own_cell():
    people = [PERSON, {**PERSON, "employee_id": "E-000002"}]
    audit = [{"unit_ids": ("U-000002",), "auditor_ids": ("E-000001", "E-000002", "E-000003")}]
    assert judge("GOV-03", employee=people, audit=audit) == [("audit", 0, "auditor_ids", "")] * 2


def test_units_in_a_cycle_end_the_search():
    units = [{"unit_id": "U-000002", "parent_unit_id": "U-000002"}]
    audit = [{"unit_ids": ("U-000009",), "lead_id": "E-000001"}]
    assert judge("GOV-03", org_unit=units, employee=[PERSON], audit=audit) == []
