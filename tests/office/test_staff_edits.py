"""What staff do to our workbooks in LibreOffice breaks nothing of ours, and we nothing of theirs.

What LibreOffice itself drops on saving is gone before we see the file, and no fault of ours: a
Table's style and the formulas of its calculated columns, the theme, the marks on ignored errors,
frozen panes and hidden gridlines where it runs without a window; validations then end a thousand
rows below the data.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.office.company import Problems, filled_company, problems, updated
from tests.office.session import LibreOffice

pytestmark = pytest.mark.libreoffice

YELLOW = 0xFFCC00
OWN_HEADER = "我們的備註"
OWN_TOTAL = "我們的算式"


@dataclass(frozen=True)
class Staff:
    """What staff of one workbook do; columns as they are named before any edit.

    Attributes:
        book: file name.
        sheet: the sheet they work on; its Table is called ``table``.
        table: Excel Table.
        moved: header of the column that they cut and insert before the second one.
        reworded: headers that they change, and what they write.
        sorted_by: header of the column by which they sort.
        filtered: header and text of what they want to see.
        emptied: header of a computed column in which they delete a value.
    """

    book: str
    sheet: str
    table: str
    moved: str
    reworded: dict[str, str]
    sorted_by: str
    filtered: tuple[str, str]
    emptied: str


LONG = pytest.mark.long
"""One book is edited in every run; the other ones are left to the long run."""
CUSTOMERS = Staff(
    "customer.xlsm",
    "客戶",
    "customer",
    moved="業務範圍",
    reworded={"公司名稱": "客戶名稱(全名)", "客戶狀態": "狀況"},
    sorted_by="簡稱",
    filtered=("客戶類型", "公司"),
    emptied="價值分類",
)
ORDERS = Staff(
    "sales.xlsm",
    "訂單",
    "order",
    moved="渠道",
    reworded={"客戶": "買方 [全名]", "狀態": "進度"},
    sorted_by="承諾交期",
    filtered=("風險", "低"),
    emptied="訂單金額",
)
CONTRACTS = Staff(
    "contract.xlsm",
    "合同",
    "contract",
    moved="合同金額",
    reworded={"合同名稱": "名稱#1"},
    sorted_by="簽署日",
    filtered=("合同類型", "銷售合同"),
    emptied="",
)
STAFF = [
    pytest.param(CUSTOMERS, id="customer"),
    pytest.param(ORDERS, id="order", marks=LONG),
    pytest.param(CONTRACTS, id="contract", marks=LONG),
]


@dataclass(frozen=True)
class Edited:
    """A company after staff worked on one book, before and after an update.

    Attributes:
        staff: what they did.
        saved: the book as LibreOffice saved it.
        updated: the book after an update.
        before: problems before the edits.
        after: problems after them.
        later: problems after the update.
    """

    staff: Staff
    saved: Path
    updated: Path
    before: Problems
    after: Problems
    later: Problems


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Problems]:
    folder = tmp_path_factory.mktemp("staff") / "acme"
    filled_company(folder, customers=30)
    updated(folder)
    return folder, problems(folder)


@pytest.fixture(scope="module", params=STAFF)
def edited(
    request: pytest.FixtureRequest,
    company: tuple[Path, Problems],
    libreoffice: LibreOffice,
    tmp_path_factory: pytest.TempPathFactory,
) -> Edited:
    staff: Staff = request.param
    work = tmp_path_factory.mktemp(staff.table)
    folder = work / "acme"
    shutil.copytree(company[0], folder)
    book = folder / "workbooks" / staff.book
    _work_on(libreoffice, staff, company[0] / "workbooks" / staff.book, book)
    saved = work / f"saved-{staff.book}"
    shutil.copyfile(book, saved)
    after = problems(folder)
    updated(folder)
    return Edited(staff, saved, book, company[1], after, problems(folder))


def _work_on(office: LibreOffice, staff: Staff, given: Path, made: Path) -> None:
    sheet = openpyxl.load_workbook(given)[staff.sheet]
    last = sheet.max_row
    office.do(given, [("move_column", staff.sheet, _letters(sheet, staff.moved), "B")], [made])
    sheet = openpyxl.load_workbook(made)[staff.sheet]
    new = {_letters(sheet, old) + "3": text for old, text in staff.reworded.items()}
    edits = [
        ("enter", staff.sheet, new),
        ("enter", "檢核", {"A3": "輕重", "G3": "怎麼了"}),
        ("sort", staff.sheet, f"A4:{_last_letters(sheet)}{last}", _letters(sheet, staff.sorted_by)),
        ("insert_column", staff.sheet, "D", _own_texts(last)),
        ("insert_column", staff.sheet, "D", _own_formulas(last)),
    ]
    office.do(made, edits, [made])
    sheet = openpyxl.load_workbook(made)[staff.sheet]
    header, text = staff.filtered
    looks = [
        ("filter_rows", staff.table, _offset(sheet, header), text),
        ("hide_rows", staff.sheet, 10, 12),
        ("colour", staff.sheet, "C5:E8", YELLOW),
        ("widen", staff.sheet, "C", 12_000),
        ("add_chart", staff.sheet, "staff", "D3:E9"),
    ]
    if staff.emptied:
        looks.append(("enter", staff.sheet, {f"{_letters(sheet, staff.emptied)}6": ""}))
    office.do(made, looks, [made])


def _own_texts(last: int) -> dict[str, str]:
    return {"3": OWN_HEADER, **{str(row): f"備註 {row}" for row in range(4, last + 1, 2)}}


def _own_formulas(last: int) -> dict[str, str]:
    return {"3": OWN_TOTAL, **{str(row): f"=LEN(A{row})+{row}" for row in range(4, last + 1)}}


def _offset(sheet: Worksheet, header: str) -> int:
    return [cell.value for cell in sheet[3]].index(header)


def _letters(sheet: Worksheet, header: str) -> str:
    return str(openpyxl.utils.get_column_letter(_offset(sheet, header) + 1))


def _last_letters(sheet: Worksheet) -> str:
    return str(openpyxl.utils.get_column_letter(sheet.max_column))


def test_the_same_things_are_wrong_after_the_edits(edited: Edited) -> None:
    assert edited.before
    assert edited.after == edited.before
    assert edited.later == edited.before


def test_an_update_keeps_the_columns_of_the_staff(edited: Edited) -> None:
    sheets = [
        openpyxl.load_workbook(path)[edited.staff.sheet] for path in (edited.saved, edited.updated)
    ]
    for header in (OWN_HEADER, OWN_TOTAL, *edited.staff.reworded.values()):
        saved, updated = (_column(sheet, header) for sheet in sheets)
        assert updated == saved
        assert any(saved)
    assert _column(sheets[1], OWN_TOTAL)[0] == "=LEN(A4)+4"


def _column(sheet: Worksheet, header: str) -> list[object]:
    return [cell.value for cell in sheet[_letters(sheet, header)][3:]]


def test_an_update_keeps_looks_filter_and_hidden_rows(edited: Edited) -> None:
    saved, updated = (
        openpyxl.load_workbook(path)[edited.staff.sheet] for path in (edited.saved, edited.updated)
    )
    assert updated["D7"].fill.fgColor.rgb == "FFFFCC00"
    widths = [sheet.column_dimensions["C"].width for sheet in (saved, updated)]
    assert widths[0] == widths[1] > 45
    assert all(updated.row_dimensions[row].hidden for row in (10, 11, 12))
    for sheet in (saved, updated):
        assert sheet.tables[edited.staff.table].autoFilter.filterColumn
    looks = [
        [
            (cell.fill.fgColor.rgb, cell.font.b, cell.number_format, cell.border.left.style)
            for row in sheet.iter_rows()
            for cell in row
        ]
        for sheet in (saved, updated)
    ]
    assert looks[0] == looks[1]


def test_an_update_leaves_everything_else_of_the_file_as_it_was(edited: Edited) -> None:
    with zipfile.ZipFile(edited.saved) as saved, zipfile.ZipFile(edited.updated) as updated:
        assert saved.namelist() == updated.namelist()
        assert any(name.startswith("xl/charts/chart") for name in saved.namelist())
        for name in saved.namelist():
            before, after = saved.read(name), updated.read(name)
            if name.startswith("xl/worksheets/sheet"):
                assert _around_the_cells(after) == _around_the_cells(before), name
            elif not name.startswith(("xl/tables/", "xl/workbook.xml")):
                assert after == before, name


def _around_the_cells(sheet: bytes) -> bytes:
    without = re.sub(rb"<sheetData>.*</sheetData>", b"", sheet, flags=re.DOTALL)
    return re.sub(rb'<dimension ref="[^"]*"/>', b"", without)


def test_an_update_lists_the_problems_under_the_headers_of_the_staff(edited: Edited) -> None:
    sheet = openpyxl.load_workbook(edited.updated)["檢核"]
    assert [sheet["A3"].value, sheet["G3"].value] == ["輕重", "怎麼了"]
    assert sheet["A4"].value in ("錯誤", "警告")
    assert len(sheet["G4"].value) > 5


def test_an_update_restores_what_only_the_engine_writes(edited: Edited) -> None:
    if edited.staff.emptied:
        sheet = openpyxl.load_workbook(edited.updated)[edited.staff.sheet]
        assert sheet[f"{_letters(sheet, edited.staff.emptied)}6"].value not in (None, "")


def test_the_figures_hold_after_the_headers_were_reworded(
    edited: Edited, libreoffice: LibreOffice
) -> None:
    figures = libreoffice.do(edited.updated, [("recalculated", "總覽")])[0]
    assert [one for one in figures if str(one[3]).startswith("error")] == []
    shown = openpyxl.load_workbook(edited.updated, data_only=True)["總覽"]
    for address, formula, _, result in figures:
        assert (shown[address].value or "") == pytest.approx(result or ""), formula
