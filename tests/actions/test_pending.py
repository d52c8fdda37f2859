"""Writes that wait: for one workbook, for all, and what becomes of them."""

from __future__ import annotations

import openpyxl
import pytest

from sheetsales.actions.check import check
from sheetsales.actions.fill import fill
from sheetsales.actions.pending import apply_pending, drop_pending, list_pending
from sheetsales.actions.score import score
from sheetsales.actions.update import update
from sheetsales.errors import WorkbookError, WorkbookQueuedError
from sheetsales.store import StoreFolder, Workbook
from sheetsales.store.journal import Journal
from sheetsales.store.recovery import open_transactions, transaction_file, write_transaction
from sheetsales.store.saving import stage
from sheetsales.workspace import Workspace
from sheetsales.workspace.selection import Selection
from sheetsales.workspace.waiting import settle, waiting_texts
from tests.small import AS_OF, edit


def owner_of(small, stem):
    return small / "workbooks" / f"~${stem}.xlsm"


def queue(small, stem="customer", value="甲"):
    owner_of(small, stem).write_bytes(b"")
    with Workbook.open(small / "workbooks" / f"{stem}.xlsm") as book:
        book.table("customer", key=["客戶編號"]).update({"C-000001": {"簡稱": value}})
        with pytest.raises(WorkbookQueuedError):
            book.save()
    owner_of(small, stem).unlink()


def updated(small, **options):
    workspace = Workspace.open(small)
    settle(workspace)
    return update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF), **options)


def states(small):
    return [one.state for one in apply_pending(Selection.of(small))]


def test_what_waits_for_one_workbook_is_told_and_applied_alone(small):
    queue(small)
    assert len(list_pending(Selection.of(small, "customer"))) == 1
    other = Selection.of(small, "sales")
    assert list_pending(other) == []
    assert apply_pending(other) == []
    (outcome,) = apply_pending(Selection.of(small, "customer"))
    assert outcome.state == "applied"
    assert list_pending(Selection.of(small)) == []


def interrupt(small, stem, value):
    """Leave a save of several workbooks as a process does that dies before the first is put."""
    folder = StoreFolder(small).made()
    signed = {"who": "ann", "command": "score", "role": ""}
    with Workbook.open(small / "workbooks" / f"{stem}.xlsm") as book:
        book.table("customer", key=["客戶編號"]).update({"C-000001": {"簡稱": value}})
        entry = stage(book).to_json(folder.name_of(book.path)) | signed
        entry["plan"] = book.changes.to_json()
    write_transaction(folder, transaction_file(folder, "ab"), [entry])
    return folder


def test_applying_what_waits_first_finishes_what_a_dead_process_began(small):
    folder = interrupt(small, "customer", "乙")
    apply_pending(Selection.of(small), dry_run=True)
    assert len(list(open_transactions(folder))) == 1
    assert apply_pending(Selection.of(small)) == []
    assert not list(open_transactions(folder))
    rows = Workspace.open(small).frames["customer"]
    assert rows.set_index("customer_id")["short_name"]["C-000001"] == "乙"
    assert list((small / "workbooks").glob(".*")) == []


def test_a_dry_run_says_what_would_happen(small):
    queue(small)
    (outcome,) = apply_pending(Selection.of(small), dry_run=True)
    assert outcome.state == "applied"
    owner_of(small, "customer").write_bytes(b"")
    (outcome,) = apply_pending(Selection.of(small), dry_run=True)
    assert outcome.state == "open"
    assert len(list_pending(Selection.of(small))) == 1


def test_what_is_given_up_is_noted(small):
    queue(small)
    selected = Selection.of(small)
    (entry,) = list_pending(selected)
    assert drop_pending(selected, entry.id[:6]).id == entry.id
    assert list_pending(selected) == []
    *_, record = Journal(selected.folder).records("workbooks/customer.xlsm")
    assert record.command == "pending drop"


@pytest.mark.parametrize("number", ["zz", ""])
def test_what_is_to_be_given_up_must_be_named(small, number):
    queue(small)
    queue(small, value="乙")
    with pytest.raises(WorkbookError) as refused:
        drop_pending(Selection.of(small), number)
    assert refused.value.code == "pending-unknown"
    assert len(list_pending(Selection.of(small))) == 2


def test_computed_values_that_waited_are_no_mistake_when_they_arrive(small):
    owner_of(small, "sales").write_bytes(b"")
    done = updated(small)
    assert [error.arguments["book"] for error in done.busy] == ["sales.xlsm"]
    owner_of(small, "sales").unlink()
    assert set(states(small)) == {"applied"}
    workspace = Workspace.open(small)
    assert workspace.frames["order"]["total"].tolist() == [30000, 15000]
    report = check(workspace, as_of=AS_OF)
    assert [one.code for one in report] == ["COL-required"]
    assert updated(small).counts["computed"] == 0


def test_a_value_typed_over_one_that_waited_is_told(small):
    owner_of(small, "sales").write_bytes(b"")
    updated(small)
    owner_of(small, "sales").unlink()
    states(small)
    path = small / "workbooks" / "sales.xlsm"
    book = openpyxl.load_workbook(path)
    book["訂單"]["K4"] = 1
    book.save(path)
    report = check(Workspace.open(small), as_of=AS_OF)
    assert ("COL-computed", "K4") in [(one.code, one.place.cell) for one in report]


def test_an_update_that_waits_is_computed_anew_by_the_next(small):
    owner_of(small, "sales").write_bytes(b"")
    updated(small)
    first = {entry.id for entry in list_pending(Selection.of(small))}
    updated(small)
    second = {entry.id for entry in list_pending(Selection.of(small))}
    assert len(first) == len(second)
    assert not first & second


def test_an_update_applies_what_waited_for_closed_workbooks_first(small):
    queue(small)
    updated(small)
    assert list_pending(Selection.of(small)) == []
    frame = Workspace.open(small).frames["customer"]
    assert frame["short_name"].tolist()[0] == "甲"


def test_keys_that_wait_are_not_given_twice(small):
    owner_of(small, "customer").write_bytes(b"")
    fill_waits = {"聯絡人編號": "CT-000007", "姓名": "林丁"}
    with Workbook.open(small / "workbooks" / "customer.xlsm") as book:
        book.table("contact", key=["聯絡人編號"]).append([fill_waits])
        with pytest.raises(WorkbookQueuedError):
            book.save()
    owner_of(small, "customer").unlink()
    workspace = Workspace.open(small)
    used = list(waiting_texts(workspace))
    assert "CT-000007" in used
    fill(workspace, {"contact": [{"name": "何丁", "phone": "09"}]})
    updated(small)
    keys = Workspace.open(small).tables["contact"].keys()
    assert sorted(keys)[-2:] == ["CT-000007", "CT-000008"]


def test_the_key_of_a_row_that_is_gone_is_not_given_again(small):
    updated(small)
    edit(small, "customer", "contact", {"CT-000003": {"聯絡人編號": "", "姓名": "另一人"}})
    updated(small)
    keys = Workspace.open(small).tables["contact"].keys()
    assert keys[-1] == "CT-000004"


def test_scores_that_wait_are_kept_with_what_they_rest_on(small):
    owner_of(small, "sales").write_bytes(b"")
    workspace = Workspace.open(small)
    with pytest.raises(WorkbookQueuedError):
        score(workspace, ("orders",), as_of=AS_OF)
    assert list((small / ".sheetsales" / "scores").glob("*.json"))
    owner_of(small, "sales").unlink()
    assert states(small) == ["applied"]
    assert Workspace.open(small).frames["order"]["total"].tolist() == [30000, 15000]
    assert [one.code for one in check(Workspace.open(small), as_of=AS_OF)] == ["COL-required"]
