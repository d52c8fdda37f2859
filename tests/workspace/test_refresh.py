from __future__ import annotations

import openpyxl
import pytest

from sheetsales.actions.check import check
from sheetsales.actions.fill import fill
from sheetsales.workspace import Workspace
from sheetsales.workspace.refresh import BookSheets
from tests.small import AS_OF


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def sheets(workspace, stem):
    path = workspace.path_of(f"{stem}.xlsm")
    return BookSheets(workspace, stem, path, workspace.open_book(path))


def lists_of(workspace, stem):
    sheet = openpyxl.load_workbook(workspace.path_of(f"{stem}.xlsm"))["_lists"]
    return [[cell for cell in column if cell] for column in sheet.iter_cols(values_only=True)]


def test_lists_follow_the_rows_of_other_books(workspace):
    fill(workspace, {"employee": [{"employee_id": "E-000009", "name": "新人", "status": "active"}]})
    own = sheets(workspace, "customer")
    assert own.refresh_lists() > 0
    own.book.save()
    assert any("E-000009｜新人" in column for column in lists_of(workspace, "customer"))
    workspace.reload()
    assert sheets(workspace, "customer").refresh_lists() == 0


def test_the_list_of_problems_holds_those_of_the_book(workspace):
    problems = [one for one in check(workspace, as_of=AS_OF) if one.place.book == "customer.xlsm"]
    own = sheets(workspace, "customer")
    assert own.refresh_problems(problems) > 0
    own.book.save()
    sheet = openpyxl.load_workbook(workspace.path_of("customer.xlsm"))["檢核"]
    assert "I5" in [cell.value for cell in sheet[4]]
    workspace.reload()
    own = sheets(workspace, "customer")
    assert own.refresh_problems(problems) == 0
    assert own.refresh_problems([]) > 0


def test_figures_are_brought_up_to_date(workspace):
    own = sheets(workspace, "sales")
    assert own.refresh_overview(AS_OF, []) > 0
    own.book.save()
    workspace.reload()
    assert sheets(workspace, "sales").refresh_overview(AS_OF, []) == 0


def test_a_book_without_our_sheets_is_left_alone(workspace):
    path = workspace.path_of("customer.xlsm")
    book = openpyxl.load_workbook(path)
    for name in ("_lists", "_meta", "總覽", "檢核"):
        book.remove(book[name])
    book.save(path)
    own = sheets(workspace, "customer")
    counts = (own.refresh_lists(), own.refresh_problems([]), own.refresh_overview(AS_OF, []))
    assert counts == (0, 0, 0)
