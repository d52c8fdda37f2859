from __future__ import annotations

from datetime import date

import pytest

from tests.checks.breaches import CONTRACT, TEMPLATE
from tests.checks.judge import findings, judge


def test_amounts_are_compared_exactly():
    lines = [{"contract_id": "CON-000001", "qty": 3, "price": price} for price in (0.1, 0.2)]
    euros = {**CONTRACT, "currency": "EUR", "amount": 0.9}
    assert judge("CON-01", contract=[euros], contract_line=lines) == []
    (found,) = findings("CON-01", contract=[{**euros, "amount": 0.91}], contract_line=lines)
    assert str(found.arguments["difference"]) == "0.01"


def test_lines_are_rounded_to_the_minor_unit_one_by_one():
    lines = [{"contract_id": "CON-000001", "qty": 0.5, "price": 1}] * 3
    assert judge("CON-01", contract=[{**CONTRACT, "amount": 3}], contract_line=lines) == []


def test_the_term_of_a_contract_may_be_open():
    milestones = [{"contract_id": "CON-000001", "due_on": date(2040, 1, 1)}, {"due_on": None}]
    assert judge("CON-04", contract=[{**CONTRACT, "end_on": None}], milestone=milestones) == []


def test_a_draft_contract_may_still_lack_milestones():
    assert judge("CON-02", contract=[{**CONTRACT, "state": "draft"}]) == []


@pytest.mark.parametrize(
    ("state", "expected"), [("performing", []), ("draft", ["state"]), ("approved", ["state"])]
)
def test_a_retired_template_is_good_for_signed_contracts_only(state, expected):
    template = [{**TEMPLATE, "state": "retired"}]
    found = findings("CON-05", contract=[{**CONTRACT, "state": state}], template=template)
    assert [one.variant for one in found] == expected


def test_an_unknown_contract_type_asks_for_no_kind_of_template():
    contract = [{**CONTRACT, "contract_type": None}]
    assert judge("CON-05", contract=contract, template=[TEMPLATE]) == []


@pytest.mark.parametrize("change", [{"status": "waived"}, {"done_on": date(2026, 3, 1)}])
def test_a_settled_milestone_is_not_overdue(change):
    milestone = [{"contract_id": "CON-000001", "due_on": date(2026, 1, 1), **change}]
    assert judge("CON-13", contract=[CONTRACT], milestone=milestone) == []


def test_milestones_of_a_contract_that_does_not_run_are_not_overdue():
    milestone = [{"contract_id": "CON-000001", "due_on": date(2026, 1, 1)}]
    contract = [{**CONTRACT, "state": "terminated"}]
    assert judge("CON-13", contract=contract, milestone=milestone) == []
