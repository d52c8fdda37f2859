"""Buttons pressed in a stand-in for Excel: what is said, where it stands, what is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from openpyxl.utils import get_column_letter

from sheetsales.actions.check import check
from sheetsales.buttons import BUTTONS, press_on
from sheetsales.store import StoreFolder, Workbook
from sheetsales.store.journal import Journal
from sheetsales.store.live_screen import Area, Screen
from sheetsales.store.locks import file_lock
from sheetsales.workbooks.buttons import COMMANDS
from sheetsales.workspace import Workspace
from tests.store.fake_excel import FakeBook

RED, BLUE = (192, 0, 0), (31, 56, 100)


def opened(folder: Path, stem: str, *others: str) -> FakeBook:
    """Open workbooks in one application; return the first."""
    books = [FakeBook(folder / "workbooks" / f"{name}.xlsm") for name in (stem, *others)]
    for book in books:
        book.app.books = books
    return books[0]


def pressed(book: FakeBook, word: str, sheet: str, area: str = "A4") -> str:
    """Press a button; return what the sheet says."""
    book.select(sheet, area)
    press_on(Screen(book), word)  # type: ignore[arg-type]
    return said(book, sheet)


def said(book: FakeBook, sheet: str, name: str = "sheetsales_outcome") -> str:
    cell = book.sheets[sheet].names[name].refers_to_range
    return str(cell.formula or "")


def colour(book: FakeBook, sheet: str) -> object:
    return book.sheets[sheet].names["sheetsales_outcome"].refers_to_range.font.color


def test_every_button_has_a_function_and_a_command() -> None:
    assert set(BUTTONS) == set(COMMANDS)


def test_check_says_how_many_and_lists_them(small: Path) -> None:
    book = opened(small, "customer")
    book.sheets["客戶"].range("B4").value = None
    text = pressed(book, "check", "客戶")
    assert re.fullmatch(r"\d\d:\d\d　檢核完成：[1-9]\d* 個錯誤、.*列於「檢核」。", text)
    assert said(book, "客戶", "sheetsales_link") == '=HYPERLINK("#\'檢核\'!A1","檢核")'
    assert colour(book, "客戶") == RED
    listed = [row[3].value for row in book.sheets["檢核"].cells.iter_rows(4, 30)]
    assert "B4" in listed
    assert book.app.status_bar is False


def test_update_writes_into_the_open_workbook_and_leaves_its_file(small: Path) -> None:
    book = opened(small, "customer")
    before = Path(book.fullname).read_bytes()
    book.sheets["客戶"].range("A2").value = None
    text = pressed(book, "update", "客戶")
    assert text
    assert book.sheets["客戶"].range("A2").formula == "customer_id"
    assert Path(book.fullname).read_bytes() == before
    via = {one.via for one in Journal(StoreFolder(small)).records("workbooks/customer.xlsm")}
    assert "live" in via


def test_workbooks_open_beside_the_pressed_one_are_read_as_they_are(small: Path) -> None:
    book = opened(small, "sales", "customer")
    other = book.app.books[1]
    other.sheets["客戶"].range("B4").value = "尚未儲存"
    pressed(book, "update", "訂單")
    lists = book.sheets["_lists"].cells
    assert "C-000001｜尚未儲存" in {cell.value for row in lists.iter_rows() for cell in row}


def test_a_computed_value_that_was_not_saved_is_no_tampering(small: Path) -> None:
    """Who closes a workbook without saving has the old values again, which the engine wrote."""
    book = opened(small, "customer")
    pressed(book, "classify", "客戶")
    workspace = Workspace.open(small)
    report = check(workspace, as_of=workspace.as_of())
    assert "COL-computed" not in {problem.code for problem in report}


def test_cards_are_made_of_the_selected_rows_that_are_shown(small: Path) -> None:
    book = opened(small, "customer")
    book.sheets["客戶"].cells.row_dimensions[5].hidden = True
    text = pressed(book, "customer-card", "客戶", "A4:A5")
    assert "產生 1 份，未產生 0 份" in text, text
    (path,) = (small / "documents").rglob("*.docx")
    assert path.name in said(book, "客戶", "sheetsales_link")
    assert colour(book, "客戶") == BLUE


def test_without_a_selected_row_nothing_is_made(small: Path) -> None:
    book = opened(small, "customer")
    text = pressed(book, "customer-card", "客戶", "A1")
    assert "沒有選取「客戶」的資料列" in text
    assert "請先選取" in text
    assert colour(book, "客戶") == RED
    assert not list((small / "documents").rglob("*.docx"))


def test_a_register_that_somebody_has_open_is_named(small: Path) -> None:
    register = small / "workbooks" / "governance.xlsm"
    register.with_name(f"~${register.name}").write_bytes(b"\x02ab" + b" " * 160)
    book = opened(small, "customer")
    text = pressed(book, "customer-card", "客戶")
    assert "governance.xlsm" in text
    assert colour(book, "客戶") == RED


def test_a_second_press_waits_for_the_first(small: Path) -> None:
    lock = StoreFolder(small).made().locks / "press.lock"
    book = opened(small, "customer")
    with file_lock(lock, lock.name, 0):
        text = pressed(book, "check", "客戶")
    assert "另一個按鈕仍在執行" in text


def test_a_copy_in_another_folder_does_nothing(small: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.xlsm"
    copy.write_bytes((small / "workbooks" / "customer.xlsm").read_bytes())
    book = FakeBook(copy)
    assert "sheetsales.toml" in pressed(book, "check", "客戶")
    inside = small / "workbooks" / "copy of customer.xlsm"
    copy.rename(inside)
    assert "不是公司資料夾" in pressed(FakeBook(inside), "check", "客戶")


def test_a_conflict_is_told_and_nothing_is_written(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = opened(small, "customer")
    cell = cell_of(small, "value_class")
    book.sheets["客戶"].range(cell).value = None
    monkeypatch.setattr(book.api, "SaveCopyAs", typing_while_it_reads(book, cell, "我打的"))
    text = pressed(book, "update", "客戶")
    assert cell in text
    assert "customer.xlsm" in text
    assert str(book.sheets["客戶"].range(cell).formula).startswith("我打的")


def cell_of(folder: Path, field: str) -> str:
    column = Workspace.open(folder).tables["customer"].books[0].columns[field]
    return f"{get_column_letter(column)}4"


def typing_while_it_reads(book: FakeBook, cell: str, text: str) -> Callable[[str], None]:
    save, copies = book.api.SaveCopyAs, count()

    def typed(path: str) -> None:
        save(path)
        book.sheets["客戶"].range(cell).value = f"{text}{next(copies)}"

    return typed


def test_a_fault_of_the_program_is_told_without_a_traceback_and_kept_for_the_administrator(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = opened(small, "customer")

    def broken(path: str) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(book.api, "SaveCopyAs", broken)
    text = pressed(book, "check", "客戶")
    assert "程式有誤" in text
    assert "Traceback" not in text
    log = (small / ".sheetsales" / "press.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError: secret detail" in log


def test_a_sheet_without_the_cells_is_told_in_the_status_bar(small: Path) -> None:
    book = opened(small, "customer")
    names = book.sheets["客戶"].cells.defined_names
    del names["sheetsales_outcome"], names["sheetsales_link"]
    book.select("客戶", "A4")
    press_on(Screen(book), "check")  # type: ignore[arg-type]
    assert "檢核完成" in str(book.app.status_bar)


def test_text_from_cells_never_becomes_a_formula(small: Path) -> None:
    with Workbook.open(small / "workbooks" / "customer.xlsm") as file:
        table = file.table("customer", columns={"name": "公司名稱"})
        table.update_rows({4: {"name": '=HYPERLINK("http://x","y")'}})
        file.save()
    book = opened(small, "customer")
    text = pressed(book, "customer-card", "客戶")
    assert re.match(r"\d\d:\d\d　", text)


@pytest.mark.parametrize(
    ("address", "area"),
    [
        ("$A$4", (4, 4, 1, 1)),
        ("$A$4:$C$9", (4, 9, 1, 3)),
        ("$4:$6", (4, 6, 1, 16_384)),
        ("$A:$C", (1, 1_048_576, 1, 3)),
        ("AB12", (12, 12, 28, 28)),
    ],
)
def test_a_selection_is_read_from_its_address(
    address: str, area: tuple[int, int, int, int]
) -> None:
    assert Area.parse(address) == Area(*area)
