"""Earlier versions and writes of workbooks: told, compared, taken back."""

from __future__ import annotations

import shutil

import openpyxl
import pytest

from sheetsales.actions.check import check
from sheetsales.actions.fill import fill
from sheetsales.actions.history import (
    compare,
    compare_with,
    list_history,
    restore_version,
    undo_write,
)
from sheetsales.actions.update import update
from sheetsales.errors import ConflictError, WorkbookBusyError, WorkbookError
from sheetsales.store import Workbook
from sheetsales.workspace import Workspace
from sheetsales.workspace.selection import Selection
from tests.small import AS_OF, edit


@pytest.fixture
def selected(small):
    return Selection.of(small, "customer")


def renamed(small, name="宏遠控股", key="C-000001"):
    edit(small, "customer", "customer", {key: {"公司名稱": name}})


def name_of(small, row=4):
    return openpyxl.load_workbook(small / "workbooks" / "customer.xlsm")["客戶"][f"B{row}"].value


def problems(small):
    report = check(Workspace.open(small), as_of=AS_OF)
    return [(one.code, one.table, one.key) for one in report]


def test_every_write_is_told_with_its_size(selected, small):
    renamed(small)
    newest, *older = list_history(selected)
    assert (newest.kind, newest.rows, newest.cells, newest.is_done) == ("save", 1, 1, True)
    assert newest.book == "workbooks/customer.xlsm"
    assert older[0].command == "fill"
    assert older[0].number < newest.number


def test_the_version_before_a_write_is_named_while_it_is_kept(selected, small):
    renamed(small)
    (newest, *_) = list_history(selected)
    assert compare(selected, newest.version).old.digest.startswith(newest.version)
    for path in (small / ".sheetsales" / "history").rglob("customer.*"):
        path.unlink()
    assert list_history(selected)[0].version == ""
    assert compare(selected) is None


def test_a_save_by_another_program_is_told_at_the_next_write(selected, small):
    path = small / "workbooks" / "customer.xlsm"
    book = openpyxl.load_workbook(path)
    book["客戶"]["B4"] = "他們的"
    book.save(path)
    renamed(small, key="C-000003")
    save, foreign, *_ = list_history(selected)
    assert (save.kind, foreign.kind) == ("save", "foreign")


def test_a_whole_workspace_tells_of_all_its_books(small):
    books = {entry.book for entry in list_history(Selection.of(small))}
    assert {"workbooks/customer.xlsm", "workbooks/sales.xlsm"} <= books


def test_rows_are_compared_by_their_keys(selected, small):
    renamed(small)
    found = compare(selected)
    (row,) = found.rows
    assert (row.table, row.kind, row.key) == ("customer", "changed", ("C-000001",))
    assert [(c.column, c.old, c.new) for c in row.cells] == [
        ("公司名稱", "宏遠電子股份有限公司", "宏遠控股")
    ]


def test_two_versions_are_compared(selected, small):
    renamed(small, "第一")
    renamed(small, "第二")
    newest, before, *_ = list_history(selected)
    (row,) = compare(selected, before.version, newest.version).rows
    assert row.cells[0].new == "第一"


def test_a_version_is_put_back_and_that_can_be_taken_back(selected, small):
    renamed(small)
    (newest, *_) = list_history(selected)
    (row,) = compare_with(selected, newest.version).rows
    assert (row.cells[0].old, row.cells[0].new) == ("宏遠控股", "宏遠電子股份有限公司")
    assert name_of(small) == "宏遠控股"

    assert restore_version(selected, newest.version).is_changed
    assert name_of(small) == "宏遠電子股份有限公司"
    assert not restore_version(selected, newest.version).is_changed
    (restored, *_) = list_history(selected)
    assert (restored.kind, restored.command) == ("restore", "history restore")
    restore_version(selected, restored.version)
    assert name_of(small) == "宏遠控股"


def test_what_an_older_version_lacks_is_no_mistake(selected, small):
    before = problems(small)
    workspace = Workspace.open(small)
    fill(workspace, {"contact": [{"contact_id": "CT-000009", "name": "何丁", "phone": "09"}]})
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    added = next(one for one in list_history(selected) if one.command == "fill")
    restore_version(selected, added.version)
    assert problems(small) == before


def test_an_open_workbook_is_not_put_back(selected, small):
    renamed(small)
    (newest, *_) = list_history(selected)
    (small / "workbooks" / "~$customer.xlsm").write_bytes(b"")
    with pytest.raises(WorkbookBusyError):
        restore_version(selected, newest.version)
    assert name_of(small) == "宏遠控股"


def test_an_unknown_version_is_refused(selected):
    with pytest.raises(WorkbookError) as refused:
        restore_version(selected, "ffff0000")
    assert refused.value.code == "workbook-version-missing"


def test_a_write_is_taken_back_and_later_ones_stay(selected, small):
    renamed(small)
    number = list_history(selected)[0].number
    renamed(small, "旭日集團", key="C-000002")
    assert undo_write(selected, number, dry_run=True).rows
    assert name_of(small) == "宏遠控股"
    undo_write(selected, number)
    assert (name_of(small), name_of(small, 5)) == ("宏遠電子股份有限公司", "旭日集團")


def test_the_last_write_is_taken_back(selected, small):
    renamed(small)
    undo_write(selected)
    assert name_of(small) == "宏遠電子股份有限公司"


def test_a_cell_that_was_changed_again_is_not_taken_back(selected, small):
    renamed(small)
    number = list_history(selected)[0].number
    renamed(small, "又改了")
    with pytest.raises(ConflictError):
        undo_write(selected, number)
    assert name_of(small) == "又改了"


def test_keys_that_were_taken_back_are_no_mistake(small):
    before = problems(small)
    workspace = Workspace.open(small)
    fill(workspace, {"contact": [{"name": "何丁", "phone": "09", "customer_id": "C-000003"}]})
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    selected = Selection.of(small, "customer")
    for entry in list_history(selected):
        if entry.command == "update" and entry.kind != "refresh":
            undo_write(selected, entry.number)
    assert "COL-key-gone" not in {code for code, _, _ in problems(small)}
    assert {code for code, _, _ in problems(small)} <= {code for code, _, _ in before} | {
        "COL-required",
        "COL-key",
    }


def test_a_workbook_from_elsewhere_has_its_history_beside_it(small, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    path = folder / "book.xlsx"
    shutil.copyfile(small / "workbooks" / "customer.xlsm", path)
    with Workbook.open(path) as book:
        book.table("customer", key=["客戶編號"]).update({"C-000001": {"公司名稱": "新"}})
        book.save()
    selected = Selection.of(tmp_path / "nowhere", str(path))
    assert selected.workspace is None
    assert (folder / ".sheetsales" / "journal.jsonl").is_file()
    (newest,) = list_history(selected)
    assert newest.book == "book.xlsx"
    by_place = compare(selected)
    by_key = compare(selected, key_columns=("客戶編號",))
    assert ([row.key for row in by_place.rows], [row.key for row in by_key.rows]) == (
        [(1,)],
        [("C-000001",)],
    )
    restore_version(selected, newest.version)
    assert openpyxl.load_workbook(path)["客戶"]["B4"].value == "宏遠電子股份有限公司"
