"""What was seen is noted once, kept in the journal, and forgotten only when it is put back."""

from __future__ import annotations

from datetime import date

import pytest

from sheetsales.actions.check import check
from sheetsales.actions.fill import fill
from sheetsales.store.folders import StoreFolder
from sheetsales.store.journal import Journal
from sheetsales.workspace import Workspace
from sheetsales.workspace.seen import note_seen, read_seen, release_seen
from tests.small import AS_OF, edit

PLAN = {
    "plan_id": "SP-000001",
    "name": "三季",
    "period": "2026Q3",
    "version": 1,
    "target_revenue": 1000,
    "state": "approved",
}
TARGET = {
    "target_id": "TG-000001",
    "plan_id": "SP-000001",
    "subject_type": "employee",
    "subject_id": "E-000001",
    "period": "202609",
    "target_value": 80,
}


@pytest.fixture
def workspace(small):
    workspace = Workspace.open(small)
    fill(workspace, {"sales_plan": [PLAN], "target": [TARGET]})
    return workspace


def noted(workspace):
    return list(Journal(StoreFolder(workspace.folder)).records("workbooks"))


def codes(workspace):
    workspace.reload()
    report = check(workspace, as_of=AS_OF, documents=False)
    wanted = ("PLN-04", "CON-07", "COL-key-gone")
    return [(one.code, one.variant, one.place.cell) for one in report if one.code in wanted]


def test_keys_and_approved_rows_are_noted(workspace):
    note_seen(workspace, "update")
    seen = read_seen(workspace)
    assert list(seen.keys["customer"]) == ["C-000001", "C-000002", "C-000003"]
    assert "target" not in seen.keys
    assert seen.rows["sales_plan"]["SP-000001"]["target_revenue"] == "1000"
    assert seen.rows["target"]["TG-000001"]["target_value"] == "80"
    (record,) = noted(workspace)
    assert (record.kind, record.command) == ("seen", "update")


def test_what_was_seen_before_is_not_noted_again(workspace):
    note_seen(workspace, "update")
    note_seen(workspace, "update")
    assert len(noted(workspace)) == 1
    fill(workspace, {"contact": [{"contact_id": "CT-000009", "name": "新"}]})
    note_seen(workspace, "update")
    assert noted(workspace)[1].note == {"keys": {"contact": ["CT-000009"]}}


def test_an_approved_target_that_was_changed_is_told_at_its_cell(workspace, small):
    note_seen(workspace, "update")
    assert codes(workspace) == []
    edit(small, "plan", "target", {"TG-000001": {"目標值": 60}})
    assert codes(workspace) == [("PLN-04", "", "H4")]


def test_a_plan_changed_before_anything_was_seen_is_no_problem(workspace, small):
    edit(small, "plan", "target", {"TG-000001": {"目標值": 60}})
    assert codes(workspace) == []


def test_looking_changes_nothing(workspace):
    codes(workspace)
    assert noted(workspace) == []


def test_a_row_that_disappeared_is_told_until_an_older_version_was_put_back(workspace, small):
    note_seen(workspace, "update")
    edit(small, "customer", "contact", {"CT-000002": {"聯絡人編號": "CT-000077"}})
    assert codes(workspace) == [("COL-key-gone", "changed", "A5")]
    release_seen(workspace, "history restore", ["contact"])
    assert codes(workspace) == []


def test_the_seal_of_a_row_stays_while_it_is_approved(workspace, small):
    note_seen(workspace, "update")
    edit(small, "plan", "target", {"TG-000001": {"目標值": 60}})
    workspace.reload()
    release_seen(workspace, "history restore", ["sales_plan", "target"])
    assert codes(workspace) == [("PLN-04", "", "H4")]


def test_the_seal_of_a_row_goes_with_its_approval(workspace, small):
    note_seen(workspace, "update")
    edit(small, "plan", "sales_plan", {"SP-000001": {"狀態": "草擬", "目標營收": 7}})
    workspace.reload()
    release_seen(workspace, "history restore", ["sales_plan", "target"])
    assert codes(workspace) == []
    assert "sales_plan" not in read_seen(workspace).rows


def test_a_table_that_the_regulation_has_no_more_is_passed_over(workspace):
    note_seen(workspace, "update")
    journal = Journal(StoreFolder(workspace.folder))
    (record,) = noted(workspace)
    journal.append(type(record)("seen", book="workbooks", note={"keys": {"gone": ["G-1"]}}))
    assert "gone" not in read_seen(workspace).keys


def test_dates_and_blanks_are_kept_as_text(workspace):
    contract = {
        "contract_id": "CON-000001",
        "state": "signed",
        "start_on": date(2026, 1, 1),
        "amount": 10,
    }
    fill(workspace, {"contract": [contract]})
    note_seen(workspace, "update")
    seal = read_seen(workspace).rows["contract"]["CON-000001"]
    assert (seal["start_on"], seal["amount"], seal["party_id"]) == ("2026-01-01", "10", "")
