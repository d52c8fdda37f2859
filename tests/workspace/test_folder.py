from __future__ import annotations

import shutil
from datetime import date

import pytest

from sheetsales.errors import SheetsalesError
from sheetsales.workspace import Workspace
from tests.small import AS_OF, edit


def refusal(act) -> SheetsalesError:
    with pytest.raises(SheetsalesError) as refused:
        act()
    return refused.value


def test_a_workspace_is_found_from_within(small):
    assert Workspace.open(small / "workbooks").folder == small


def test_elsewhere_there_is_none(tmp_path):
    assert refusal(lambda: Workspace.open(tmp_path)).code == "workspace-missing"


def test_the_date_of_reference_is_the_given_one_then_the_settings(small):
    workspace = Workspace.open(small)
    assert workspace.as_of(date(2026, 1, 1)) == date(2026, 1, 1)
    assert workspace.as_of() == AS_OF


def test_every_table_is_there_and_typed(small):
    workspace = Workspace.open(small)
    assert set(workspace.tables) == set(workspace.regulation.tables)
    assert workspace.frames["customer"]["owner_id"].tolist() == ["E-000001"] * 2 + ["E-000002"]


def test_rows_stay_as_read_until_a_reload(small):
    workspace = Workspace.open(small)
    assert workspace.frames["customer"]["short_name"].tolist() == [None] * 3
    edit(small, "customer", "customer", {"C-000001": {"簡稱": "宏遠"}})
    assert workspace.frames["customer"]["short_name"].tolist() == [None] * 3
    workspace.reload()
    assert workspace.frames["customer"]["short_name"].tolist() == ["宏遠", None, None]


def test_a_book_that_did_not_change_is_not_read_again(small, monkeypatch):
    workspace = Workspace.open(small)
    before = workspace.raws["customer"]
    edit(small, "sales", "order", {"SO-000001": {"備註": "急"}})
    workspace.reload()
    assert workspace.raws["customer"][0] is before[0]
    assert workspace.frames["order"]["remark"].tolist() == ["急", None]


def test_a_book_may_be_spread_over_several_files(small):
    books = small / "workbooks"
    shutil.copy(books / "customer.xlsm", books / "customer.E-000002.xlsx")
    data = Workspace.open(small).tables["customer"]
    assert [book.book for book in data.books] == ["customer.xlsm", "customer.E-000002.xlsx"]
    assert data.keys() == ["C-000001", "C-000002", "C-000003"] * 2
    assert data.place(4, "name").book == "customer.E-000002.xlsx"


def test_books_without_macros_are_books(small):
    books = small / "workbooks"
    (books / "customer.xlsm").rename(books / "customer.xlsx")
    assert Workspace.open(small).tables["customer"].place(0).book == "customer.xlsx"


def test_owner_files_are_no_books(small):
    (small / "workbooks" / "~$customer.xlsm").write_bytes(b"")
    assert len(list(Workspace.open(small).book_paths())) == 9


def test_two_files_of_one_book_are_refused(small):
    books = small / "workbooks"
    shutil.copy(books / "customer.xlsm", books / "customer.xlsx")
    error = refusal(lambda: Workspace.open(small).books)
    assert (error.code, error.arguments["book"]) == ("workbook-doubled", "customer")


def test_a_missing_book_is_named(small):
    (small / "workbooks" / "plan.xlsm").unlink()
    error = refusal(lambda: Workspace.open(small).tables)
    assert error.arguments == {"book": "workbooks/plan.xlsm"}


def test_a_missing_template_is_named(small):
    (small / "templates" / "score_card.docx").unlink()
    error = refusal(lambda: Workspace.open(small).template("score_card"))
    assert error.arguments["file"] == "templates/score_card.docx"


def test_a_book_that_changed_since_it_was_read_is_not_edited(small):
    workspace = Workspace.open(small)
    assert len(workspace.tables["customer"]) == 3
    edit(small, "customer", "customer", {"C-000001": {"簡稱": "宏遠"}})
    path = workspace.path_of("customer.xlsm")
    assert refusal(lambda: workspace.open_book(path)).code == "workbook-changed"
