from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from sheetsales.errors import ConflictError, WorkbookQueuedError
from sheetsales.store import Pending, StoreFolder, apply_pending
from sheetsales.store.journal import Journal
from sheetsales.store.system import user_name
from sheetsales.workspace import Workspace
from sheetsales.workspace.writing import Writer
from tests.small import edit, state_of


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def cell(workspace, stem, sheet, address):
    path = workspace.path_of(f"{stem}.xlsm")
    return openpyxl.load_workbook(path)[sheet][address].value


def test_values_are_written_as_cells_show_them(workspace):
    writer = Writer(workspace)
    rows = [{"customer_id": "C-000001", "owner_id": "E-000002", "status": "dormant"}]
    writer.write("customer", pd.DataFrame(rows))
    assert [path.name for path in writer.save()] == ["customer.xlsm"]
    assert cell(workspace, "customer", "客戶", "R4") == "E-000002｜陳二"
    assert cell(workspace, "customer", "客戶", "U4") == "沉睡"


def test_cells_that_hold_the_value_stay_untouched(workspace, small):
    before = state_of(small)
    writer = Writer(workspace)
    rows = [{"customer_id": "C-000001", "owner_id": "E-000001", "credit_limit": None}]
    writer.write("customer", pd.DataFrame(rows))
    assert writer.save() == []
    assert state_of(small) == before


def test_a_cell_that_could_not_be_read_is_written(workspace, small):
    edit(small, "customer", "customer", {"C-000001": {"信用額度": "很多"}})
    writer = Writer(workspace)
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000001", "credit_limit": None}]))
    writer.save()
    assert cell(workspace, "customer", "客戶", "S4") is None


def test_rows_that_the_table_does_not_have_are_passed_over(workspace):
    writer = Writer(workspace)
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000404", "name": "無"}]))
    assert writer.save() == []


def test_new_rows_refer_to_rows_added_with_them(workspace):
    writer = Writer(workspace)
    customers = [{"customer_id": "C-000009", "name": "新客戶"}]
    contacts = [{"contact_id": "CT-000009", "customer_id": "C-000009"}]
    writer.add_labels({"customer": customers, "contact": contacts})
    writer.append("customer", customers)
    writer.append("contact", contacts)
    writer.save()
    assert cell(workspace, "customer", "聯絡人", "B7") == "C-000009｜新客戶"


def two_changes(workspace):
    writer = Writer(workspace, "score")
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000001", "short_name": "甲"}]))
    writer.write("order", pd.DataFrame([{"order_id": "SO-000001", "remark": "急"}]))
    return writer


def books_of(folder):
    return {path.name: path.read_bytes() for path in (folder / "workbooks").glob("*.xls?")}


def test_all_books_are_written_or_all_wait(workspace, small):
    writer = two_changes(workspace)
    lock = small / "workbooks" / ".~lock.sales.xlsm#"
    lock.write_text("Anna,pc,,;")
    before = books_of(small)
    with pytest.raises(WorkbookQueuedError) as refused:
        writer.save()
    assert refused.value.arguments["user"] == "Anna"
    assert books_of(small) == before
    (entry,) = Pending(StoreFolder(small)).list()
    assert (entry.command, [name for name, _ in entry.plans]) == (
        "score",
        ["workbooks/customer.xlsm", "workbooks/sales.xlsm"],
    )
    lock.unlink()
    assert [one.state for one in apply_pending(small)] == ["applied"]
    assert cell(workspace, "customer", "客戶", "C4") == "甲"


def test_books_that_are_closed_need_not_wait_for_others(workspace, small):
    writer = two_changes(workspace)
    (small / "workbooks" / ".~lock.sales.xlsm#").write_text("Anna,pc,,;")
    before = books_of(small)
    saved, busy = writer.save_apart()
    assert [path.name for path in saved] == ["customer.xlsm"]
    assert [(error.code, error.arguments["book"]) for error in busy] == [
        ("workbook-queued", "sales.xlsm")
    ]
    assert books_of(small)["sales.xlsm"] == before["sales.xlsm"]
    (entry,) = Pending(StoreFolder(small)).list()
    assert [name for name, _ in entry.plans] == ["workbooks/sales.xlsm"]


def test_refreshed_books_that_are_open_are_left_and_nothing_waits(workspace, small):
    writer = two_changes(workspace)
    (small / "workbooks" / ".~lock.sales.xlsm#").write_text("Anna,pc,,;")
    saved, busy = writer.save_refreshed()
    assert [path.name for path in saved] == ["customer.xlsm"]
    assert [error.code for error in busy] == ["workbook-open"]
    assert Pending(StoreFolder(small)).list() == []
    (record,) = [r for r in Journal(StoreFolder(small)).records() if r.kind == "refresh"]
    assert (record.book, record.plan) == ("workbooks/customer.xlsm", None)


def test_what_was_changed_elsewhere_since_is_kept(workspace, small):
    writer = Writer(workspace)
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000001", "short_name": "甲"}]))
    writer.book(workspace.path_of("customer.xlsm"))
    edit(small, "customer", "customer", {"C-000003": {"簡稱": "乙"}})
    writer.save()
    assert cell(workspace, "customer", "客戶", "C4") == "甲"
    assert cell(workspace, "customer", "客戶", "C6") == "乙"


def test_a_cell_that_was_changed_elsewhere_since_is_a_conflict(workspace, small):
    writer = Writer(workspace)
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000001", "short_name": "甲"}]))
    edit(small, "customer", "customer", {"C-000001": {"簡稱": "乙"}})
    with pytest.raises(ConflictError) as refused:
        writer.save()
    (conflict,) = refused.value.conflicts
    assert (conflict.key, conflict.theirs, conflict.ours) == (("C-000001",), "乙", "甲")
    assert cell(workspace, "customer", "客戶", "C4") == "乙"


def test_the_journal_names_person_and_command_and_hides_personal_values(workspace):
    writer = Writer(workspace, "fill")
    writer.append("contact", [{"contact_id": "CT-000009", "name": "秘密", "phone": "0987654321"}])
    writer.write("order", pd.DataFrame([{"order_id": "SO-000001", "remark": "急"}]))
    writer.save()
    folder = StoreFolder(workspace.folder)
    records = [record for record in Journal(folder).records() if record.command == "fill"]
    assert {record.who for record in records} == {user_name()}
    text = folder.journal.read_text(encoding="utf-8")
    assert "急" in text
    assert "CT-000009" in text
    assert "秘密" not in text
    assert "0987654321" not in text


def test_references_to_people_show_their_names_and_are_hidden_too(workspace):
    assert workspace.is_personal("contact", "姓名")
    assert workspace.is_personal("customer", "負責人")
    assert not workspace.is_personal("customer", "簡稱")
    assert workspace.is_personal("", "")


def test_a_forgotten_book_is_not_saved(workspace):
    writer = Writer(workspace)
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000001", "short_name": "甲"}]))
    writer.forget(workspace.path_of("customer.xlsm"))
    assert writer.save() == []
