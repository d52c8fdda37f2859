from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from sheetsales.errors import WorkbookBusyError
from sheetsales.workspace import Workspace
from sheetsales.workspace.writing import Writer
from tests.small import edit, state_of


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def cell(workspace, stem, sheet, address):
    path = workspace.path_of(f"{stem}.xlsx")
    return openpyxl.load_workbook(path)[sheet][address].value


def test_values_are_written_as_cells_show_them(workspace):
    writer = Writer(workspace)
    rows = [{"customer_id": "C-000001", "owner_id": "E-000002", "status": "dormant"}]
    writer.write("customer", pd.DataFrame(rows))
    assert [path.name for path in writer.save()] == ["customer.xlsx"]
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


def test_all_books_are_written_or_none(workspace, small):
    writer = Writer(workspace)
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000001", "short_name": "甲"}]))
    writer.write("order", pd.DataFrame([{"order_id": "SO-000001", "remark": "急"}]))
    (small / "workbooks" / ".~lock.sales.xlsx#").write_text("Anna,pc,,;")
    before = state_of(small)
    with pytest.raises(WorkbookBusyError) as refused:
        writer.save()
    assert (refused.value.code, refused.value.arguments["user"]) == ("workbook-open", "Anna")
    assert state_of(small) == before


def test_a_book_changed_after_it_was_opened_is_not_overwritten(workspace, small):
    writer = Writer(workspace)
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000001", "short_name": "甲"}]))
    edit(small, "customer", "customer", {"C-000003": {"簡稱": "乙"}})
    with pytest.raises(WorkbookBusyError) as refused:
        writer.save()
    assert refused.value.code == "workbook-changed"


def test_a_forgotten_book_is_not_saved(workspace):
    writer = Writer(workspace)
    writer.write("customer", pd.DataFrame([{"customer_id": "C-000001", "short_name": "甲"}]))
    writer.forget(workspace.path_of("customer.xlsx"))
    assert writer.save() == []
