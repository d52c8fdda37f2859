from __future__ import annotations

import openpyxl
import pytest

from sheetsales.actions.check import check
from sheetsales.actions.fill import fill
from sheetsales.actions.score import score
from sheetsales.actions.update import update
from sheetsales.store import Workbook
from sheetsales.workspace import Workspace
from tests.small import AS_OF, edit, state_of


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def updated(workspace, **options):
    return update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF), **options)


def test_a_row_without_a_key_gets_the_next_one(workspace):
    fill(workspace, {"contact": [{"name": "何丁", "customer_id": "C-000001"}, {"name": "許戊"}]})
    done = updated(workspace)
    assert done.counts["keys"] == 2
    assert workspace.tables["contact"].keys()[-2:] == ["CT-000004", "CT-000005"]


def test_a_dry_run_names_the_cells_and_writes_nothing(workspace, small):
    fill(workspace, {"contact": [{"name": "何丁", "customer_id": "C-000001"}]})
    before = state_of(small)
    done = updated(workspace, dry_run=True)
    change = {"book": "customer.xlsm", "sheet": "聯絡人", "cell": "A7"}
    assert {**change, "old": None, "new": "CT-000004"} in done.changes
    assert done.books == ()
    assert state_of(small) == before


def test_a_second_update_writes_nothing(workspace, small):
    assert updated(workspace).books
    before = state_of(small)
    again = updated(workspace)
    assert (again.books, set(again.counts.values())) == ((), {0})
    assert state_of(small) == before


def test_a_label_that_is_out_of_date_is_written_anew(workspace, small):
    edit(small, "customer", "customer", {"C-000001": {"公司名稱": "宏遠控股"}})
    assert updated(workspace).counts["labels"] == 2
    book = openpyxl.load_workbook(small / "workbooks" / "sales.xlsm")
    assert book["訂單"]["B4"].value == "C-000001｜宏遠控股"


def test_what_is_wrong_is_listed_where_it_is_wrong(workspace, small):
    updated(workspace)
    with Workbook.open(small / "workbooks" / "customer.xlsm") as book:
        raw = book.table("problem").read()
    listed = dict(zip(raw.headers, (column[0] for column in raw.columns), strict=True))
    assert (listed["代碼"], listed["儲存格"]) == ("COL-required", "I5")


def test_what_the_staff_put_beside_a_table_stays(workspace, small):
    with Workbook.open(small / "workbooks" / "sales.xlsm") as book:
        book.sheet("訂單").set("AB1", "自己的備忘")
        book.save()
    updated(workspace)
    book = openpyxl.load_workbook(small / "workbooks" / "sales.xlsm")
    assert book["訂單"]["AB1"].value == "自己的備忘"


def test_rows_may_be_sorted_and_moved(workspace, small):
    score(workspace, ("order_lines", "orders"), as_of=AS_OF)
    path = small / "workbooks" / "sales.xlsm"
    book = openpyxl.load_workbook(path)
    sheet = book["訂單"]
    for column in range(1, sheet.max_column + 1):
        upper, lower = sheet.cell(4, column), sheet.cell(5, column)
        upper.value, lower.value = lower.value, upper.value
    book.save(path)
    workspace.reload()
    assert workspace.tables["order"].keys() == ["SO-000002", "SO-000001"]
    assert check(workspace, as_of=AS_OF, tables=("order",)).problems == ()
    assert workspace.frames["order"]["total"].tolist() == [15000, 30000]
    updated(workspace)
    assert workspace.frames["order"]["total"].tolist() == [15000, 30000]


def test_a_doubled_key_leaves_its_rows_alone(workspace):
    fill(workspace, {"customer": [{"customer_id": "C-000009", "name": "甲"}] * 2})
    updated(workspace)
    frame = workspace.frames["customer"]
    assert frame[frame["customer_id"] == "C-000009"]["behavior_class"].tolist() == [None, None]
