"""Every button of every workbook, pressed in LibreOffice by the script event of its control.

The workbook that is pressed in has an edit that nobody saved; its file must stay as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import pytest
from oletools.olevba import VBA_Parser

from sheetsales.actions.open_book import mend
from sheetsales.schema import load_regulation
from sheetsales.store import StoreFolder
from sheetsales.store.journal import Journal
from sheetsales.workbooks.buttons import BUTTONS, EVERYWHERE, macro_of, words_of
from sheetsales.workspace import Workspace
from sheetsales.workspace.bridge import Bridge
from tests.office.photographs import scored_company
from tests.office.session import LibreOffice

pytestmark = pytest.mark.libreoffice

REGULATION = load_regulation()
STEMS = tuple(REGULATION.workbooks)
CAPTIONS = {
    "check": "檢核",
    "update": "更新",
    "classify": "分類",
    "customer-card": "客戶檔案卡",
    "check-contract": "檢核合同",
    "make-contract": "產生合同",
    "split-targets": "分解目標",
    "target-letter": "目標責任書",
    "score": "計分",
    "score-card": "計分卡",
    "explain": "說明分數",
    "training-plan": "培訓計劃",
    "draw-sample": "抽樣",
    "audit-report": "審計報告",
}
UNSAVED = "尚未儲存的文字"
RED = 0xC00000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company, scored and up to date."""
    return scored_company(tmp_path_factory.mktemp("demo") / "acme")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, steerable: None) -> Iterator[LibreOffice]:
    """LibreOffice of a user whose launcher leads to this Python."""
    home = tmp_path_factory.mktemp("home")
    Bridge(home).write()
    with LibreOffice(tmp_path_factory.mktemp("presses"), home) as running:
        yield running


@dataclass
class Desk:
    """A company of its own, and one of its workbooks in front."""

    office: LibreOffice
    folder: Path
    book: Path

    def do(self, *steps: list[Any]) -> list[Any]:
        return self.office.do(self.book, steps, keep=True, macros=True)

    def press(self, sheet: str, word: str, area: str = "A4") -> str:
        """Select, press, and return what the sheet says."""
        _, (said, self.link, _) = self.do(["select", sheet, area], ["press", sheet, CAPTIONS[word]])
        assert isinstance(said, str)
        return said

    def cell(self, sheet: str, table: str, field: str, row: int = 4) -> str:
        """Return the address of a column's cell in a row."""
        data = Workspace.open(self.folder).tables[table]
        column = data.books[0].columns[field]
        letters = ""
        while column:
            column, rest = divmod(column - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{row}"

    def type_in(self, sheet: str, cell: str, text: str) -> None:
        self.do(["enter", sheet, {cell: text}])

    def shown(self, sheet: str, cell: str) -> str:
        (((text,),),) = self.do(["texts", sheet, cell])
        assert isinstance(text, str)
        return text

    def rows(self, table: str) -> list[list[str]]:
        (found,) = self.do(["rows_of", table])
        assert isinstance(found, list)
        return found

    def documents(self, kind: str) -> list[Path]:
        return sorted((self.folder / "documents" / kind).rglob("*.docx"))


@pytest.fixture
def desk(
    office: LibreOffice, demo: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """A copy of the demo company with the workbook open that the test asks for."""
    folder = tmp_path / "acme"
    shutil.copytree(demo, folder)
    book = folder / "workbooks" / f"{request.param}.xlsm"
    before = book.read_bytes()
    desk = Desk(office, folder, book)
    desk.do()
    yield desk
    assert book.read_bytes() == before, "a press saves nothing"
    office.do(book, (), macros=True)
    assert not (folder / ".sheetsales" / "press.log").exists()


def in_book(stem: str) -> Any:
    return pytest.mark.parametrize("desk", [stem], indirect=True, ids=[stem])


SOON = "customer"
"""One workbook is pressed in every run, all the others in the long one."""
BOOKS = [
    pytest.param(stem, marks=() if stem == SOON else pytest.mark.long, id=stem) for stem in STEMS
]


def first_sheet(stem: str) -> tuple[str, str, str]:
    """Return the first sheet that staff fill: its name, its table, and a field they must fill."""
    table = REGULATION.of_workbook(stem)[0]
    names = [
        field.name
        for field in table.fields
        if field.required and not field.computed and field.name not in table.primary_key
    ]
    return table.title.zh_hant, table.name, names[-1]


@pytest.mark.parametrize("desk", BOOKS, indirect=True)
def test_check_lists_what_is_wrong_on_the_screen_not_in_the_file(desk: Desk) -> None:
    sheet, table, field = first_sheet(desk.book.stem)
    cell = desk.cell(sheet, table, field)
    desk.type_in(sheet, cell, "")
    said = desk.press(sheet, "check", "B4")
    assert re.match(r"\d\d:\d\d　檢核完成：\d+ 個錯誤", said)
    assert "檢核" in desk.link
    header, *problems = desk.rows("problem")
    at = [header.index(name) for name in ("代碼", "工作表", "儲存格")]
    assert ["COL-required", sheet, cell] in [[row[n] for n in at] for row in problems]
    assert desk.shown(sheet, cell) == "", "the edit is kept"


@pytest.mark.parametrize("desk", BOOKS, indirect=True)
def test_update_writes_what_the_engine_owns_and_keeps_what_is_not_saved(desk: Desk) -> None:
    sheet, table, field = first_sheet(desk.book.stem)
    cell = desk.cell(sheet, table, field)
    name = desk.shown(sheet, "A2")
    desk.do(["enter", sheet, {"A2": ""}], ["enter", sheet, {cell: UNSAVED}])
    said = desk.press(sheet, "update", "B4")
    assert "欄位" in said or "格" in said or "更新" in said
    assert desk.shown(sheet, "A2") == name == REGULATION.tables[table].fields[0].name
    assert desk.shown(sheet, cell) == UNSAVED


@pytest.mark.long
@in_book("customer")
def test_classify_writes_the_classes_of_what_is_on_the_screen(desk: Desk) -> None:
    cell = desk.cell("客戶", "customer", "value_class", 5)
    before = desk.shown("客戶", cell)
    desk.do(["enter", "客戶", {cell: ""}], ["enter", "客戶", {"B5": UNSAVED}])
    said = desk.press("客戶", "classify", "B5")
    assert "計分 240 列" in said or "計分 239 列" in said
    assert desk.shown("客戶", cell) == before != ""
    assert desk.shown("客戶", "B5") == UNSAVED


def made(desk: Desk, kind: str, count: int = 1) -> str:
    """Return the text of the documents of a kind; the link leads to them."""
    found = desk.documents(kind)
    assert len(found) == count
    target = re.search(r'HYPERLINK\("([^"]+)"', desk.link)
    assert target is not None
    place = found[0] if count == 1 else found[0].parent
    assert (desk.book.parent / unquoted(target[1])).resolve() == place.resolve()
    return "\n".join(text_of(path) for path in found)


def unquoted(target: str) -> str:
    from urllib.parse import unquote

    return unquote(target)


def text_of(path: Path) -> str:
    document = docx.Document(str(path))
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    texts = [paragraph.text for paragraph in document.paragraphs]
    return "\n".join([*texts, *(cell.text for cell in cells)])


@in_book("customer")
def test_cards_of_the_selected_customers_show_what_is_on_the_screen(desk: Desk) -> None:
    desk.do(["enter", "客戶", {"B5": UNSAVED}], ["hide_rows", "客戶", 6, 6])
    said = desk.press("客戶", "customer-card", "B5:B6,A8")
    assert "產生 2 份，未產生 0 份" in said
    text = made(desk, "customer_card", 2)
    assert UNSAVED in text
    records = list(Journal(StoreFolder(desk.folder)).records("workbooks/governance.xlsm"))
    assert records[-1].via == "file"
    registered = set(Workspace.open(desk.folder).frames["document"]["document_id"])
    assert {path.name.partition(" ")[0] for path in desk.documents("customer_card")} <= registered


@pytest.mark.long
@in_book("contract")
def test_check_contract_looks_at_contracts_alone(desk: Desk) -> None:
    cell = desk.cell("合同", "contract", "title")
    desk.type_in("合同", cell, "")
    said = desk.press("合同", "check-contract")
    assert "檢核完成" in said
    header, *problems = desk.rows("problem")
    assert {row[header.index("工作表")] for row in problems} <= {"合同", "合同標的", "履約節點"}
    assert cell in [row[header.index("儲存格")] for row in problems]


@pytest.mark.long
@in_book("contract")
def test_the_selected_contract_is_made(desk: Desk) -> None:
    desk.type_in("合同", desk.cell("合同", "contract", "delivery_terms", 5), UNSAVED)
    said = desk.press("合同", "make-contract", "A5")
    assert "產生 1 份，未產生 0 份" in said, said
    assert UNSAVED in made(desk, "sales_contract")


@pytest.mark.long
@in_book("plan")
def test_targets_of_a_draft_are_split_to_the_last_unit(desk: Desk) -> None:
    state = desk.cell("銷售計劃", "sales_plan", "state")
    revenue = desk.cell("銷售計劃", "sales_plan", "target_revenue")
    total = int(float(desk.shown("銷售計劃", revenue).replace(",", ""))) + 1
    desk.do(["enter", "銷售計劃", {state: "草擬", revenue: str(total)}])
    said = desk.press("銷售計劃", "split-targets")
    assert "已分解" in said, said
    header, *rows = desk.rows("target")
    at = {name: header.index(name) for name in ("對象編號", "指標", "目標值")}
    plan = Workspace.open(desk.folder).frames["sales_plan"]["unit_id"].iloc[0]
    sums = sum(
        float(row[at["目標值"]])
        for row in rows
        if row[at["對象編號"]].startswith(plan) and row[at["指標"]].startswith("SALES")
    )
    assert sums == total


@pytest.mark.long
@in_book("plan")
def test_a_plan_in_execution_is_not_split_and_the_sheet_says_why(desk: Desk) -> None:
    before = desk.rows("target")
    said = desk.press("銷售計劃", "split-targets")
    assert "不能再變更" in said
    assert desk.do(["colour_of_outcome", "銷售計劃"]) == [RED]
    assert desk.rows("target") == before


@pytest.mark.long
@in_book("plan")
def test_letters_are_made_for_the_people_of_the_selected_targets(desk: Desk) -> None:
    header, *rows = desk.rows("target")
    person = next(n for n, row in enumerate(rows, 4) if row[header.index("對象類型")] == "個人")
    said = desk.press("目標分解", "target-letter", f"A{person}")
    assert "產生 1 份，未產生 0 份" in said, said
    assert made(desk, "target_letter")


@pytest.mark.long
@in_book("performance")
def test_scores_are_written_where_somebody_deleted_one(desk: Desk) -> None:
    cell = desk.cell("考核結果", "appraisal", "total")
    before = desk.shown("考核結果", cell)
    desk.type_in("考核結果", cell, "")
    said = desk.press("考核結果", "score")
    assert "考核：計分 14 列" in said, said
    assert desk.shown("考核結果", cell) == before != ""


@pytest.mark.long
@in_book("performance")
def test_cards_of_the_selected_appraisals_are_made(desk: Desk) -> None:
    said = desk.press("考核結果", "score-card", "A5:A6")
    assert "產生 2 份，未產生 0 份" in said, said
    assert made(desk, "score_card", 2)


@pytest.mark.long
@in_book("performance")
def test_a_score_is_explained_down_to_its_cells(desk: Desk) -> None:
    total = desk.shown("考核結果", desk.cell("考核結果", "appraisal", "total", 5))
    said = desk.press("考核結果", "explain", "C5")
    assert "總分" in said
    assert "說明" in desk.link
    header, first, *rest = desk.rows("explanation")
    assert first[header.index("步驟")] == "總分"
    assert round(float(first[header.index("數值")]), 2) == float(total)
    places = [row[header.index("儲存格")] for row in rest]
    assert any(place.startswith("plan.xlsm!") for place in places)
    assert any(place.startswith("performance.xlsm!") for place in places)


@pytest.mark.long
@in_book("performance")
def test_without_a_selected_row_the_sheet_says_what_to_select(desk: Desk) -> None:
    said = desk.press("考核結果", "explain", "A1")
    assert "沒有選取" in said
    assert desk.do(["colour_of_outcome", "考核結果"]) == [RED]


@pytest.mark.long
@in_book("talent")
def test_the_selected_training_plan_is_made_as_it_is_on_the_screen(desk: Desk) -> None:
    desk.type_in("培訓計劃", desk.cell("培訓計劃", "training_plan", "purpose"), UNSAVED)
    said = desk.press("培訓計劃", "training-plan")
    assert "產生 1 份，未產生 0 份" in said, said
    assert UNSAVED in made(desk, "training_plan")


@pytest.mark.long
@in_book("governance")
def test_samples_are_drawn_for_an_audit_that_the_screen_says_is_open(desk: Desk) -> None:
    before = len(desk.rows("audit_result"))
    assert "不能再抽樣" in desk.press("審計", "draw-sample")
    desk.type_in("審計", desk.cell("審計", "audit", "state"), "查核中")
    said = desk.press("審計", "draw-sample")
    drawn = re.search(r"新增 (\d+) 列審計結果", said)
    assert drawn is not None, said
    assert int(drawn[1]) > 0
    assert len(desk.rows("audit_result")) == before + int(drawn[1])


@pytest.mark.long
@in_book("governance")
def test_the_report_of_the_selected_audit_is_made_and_registered_on_the_screen(
    desk: Desk,
) -> None:
    desk.type_in("審計", desk.cell("審計", "audit", "sample_plan"), UNSAVED)
    said = desk.press("審計", "audit-report")
    assert "產生 1 份，未產生 0 份" in said, said
    assert UNSAVED in made(desk, "audit_report")
    header, *rows = desk.rows("document")
    assert "DOC-000001" in [row[0] for row in rows], header
    last = list(Journal(StoreFolder(desk.folder)).records("workbooks/governance.xlsm"))[-1]
    assert last.via == "live"


@pytest.mark.long
@in_book("customer")
def test_a_press_is_taken_back_in_one_step(desk: Desk) -> None:
    cell = desk.cell("客戶", "customer", "value_class", 5)
    desk.type_in("客戶", cell, "")
    desk.press("客戶", "update", "B5")
    assert desk.shown("客戶", cell) != ""
    assert desk.do(["is_modified"]) == [True]


@pytest.mark.long
@in_book("customer")
def test_selection_filter_and_hidden_rows_stay(desk: Desk) -> None:
    desk.do(["filter_rows", "customer", 4, "公司"], ["hide_rows", "客戶", 10, 12])
    _, (_, _, selected) = desk.do(["select", "客戶", "B5:C9"], ["press", "客戶", CAPTIONS["check"]])
    assert selected.replace("$", "").endswith("B5:C9")


@in_book("customer")
def test_a_copy_outside_the_company_says_so_on_its_sheet(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "customer.xlsm"
    copy.parent.mkdir()
    shutil.copyfile(desk.book, copy)
    office = desk.office
    steps = [["select", "客戶", "A4"], ["press", "客戶", CAPTIONS["check"]]]
    _, (said, _, _) = office.do(copy, steps, macros=True)
    assert "sheetsales.toml" in said


def expected_buttons(stem: str) -> list[list[str]]:
    tables = REGULATION.of_workbook(stem)
    sheets = [("總覽", EVERYWHERE), *((one.title.zh_hant, words_of(one.name)) for one in tables)]
    if stem == "performance":
        sheets.append(("說明", EVERYWHERE))
    sheets.append(("檢核", EVERYWHERE))
    return [[sheet, CAPTIONS[word], macro_of(word)] for sheet, words in sheets for word in words]


@pytest.mark.long
@pytest.mark.parametrize("desk", STEMS, indirect=True)
def test_each_sheet_has_its_buttons_and_each_leads_to_its_macro(desk: Desk) -> None:
    (found,) = desk.do(["buttons"])
    assert sorted(found) == sorted(expected_buttons(desk.book.stem))


def test_all_buttons_are_pressed_here() -> None:
    """The tests above press one button for each word; the rest lead to the same macros."""
    source = Path(__file__).read_text(encoding="utf-8")
    pressed = set(re.findall(r'press\([^)]*?"([a-z-]+)"', source))
    assert pressed == {*EVERYWHERE, *(word for words in BUTTONS.values() for word in words)}


@in_book("customer")
def test_files_that_a_press_writes_lose_nothing(desk: Desk) -> None:
    """The register is closed: it is written as a file, with all that staff and we put into it."""
    register = desk.folder / "workbooks" / "governance.xlsm"
    before = parts(register)
    assert "產生 1 份" in desk.press("客戶", "customer-card", "A5")
    after = parts(register)
    assert after.keys() == before.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed
    assert all(re.fullmatch(r"xl/(worksheets/sheet|tables/table)\d+\.xml", n) for n in changed)
    kept = {"xl/vbaProject.bin", *(n for n in before if "drawing" in n or "chart" in n)}
    assert any("vmlDrawing" in name for name in kept)
    assert not kept & changed


def modules(path: Path) -> dict[str, str]:
    """Return the code of each macro module; LibreOffice adds a line of its own to classes."""
    project = VBA_Parser("vbaProject.bin", data=parts(path)["xl/vbaProject.bin"])
    return {
        name.partition(".")[0]: "\n".join(
            line
            for line in code.strip().splitlines()
            if not line.startswith(("Attribute ", "Option ClassModule"))
        )
        for _, _, name, code in project.extract_macros()
    }


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.long
def test_a_libreoffice_that_does_not_listen_is_told_to_by_the_press(
    demo: Path, tmp_path: Path, steerable: None
) -> None:
    """Who opens a workbook by a double click never heard of pipes."""
    folder = tmp_path / "acme"
    shutil.copytree(demo, folder)
    home = tmp_path / "home"
    Bridge(home).write()
    book = folder / "workbooks" / "market.xlsm"
    environment = {**os.environ, "HOME": str(home)}
    office = subprocess.Popen(
        ["soffice", "--headless", "--nologo", str(book)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_open(book)
        launcher = str(Bridge(home).launcher)
        done = subprocess.run([launcher, "check", "1"], env=environment, check=False, timeout=90)
        assert done.returncode == 3, "errors were found"
        listening = LibreOffice(tmp_path, home)
        (said,) = listening.do(book, [["wait_for_outcome", "總覽"]], keep=True)
        assert "檢核完成" in said
    finally:
        subprocess.run(["pkill", "-P", str(office.pid)], check=False)
        office.terminate()
        office.wait()


def wait_until_open(book: Path) -> None:
    deadline = time.monotonic() + 90
    while not book.with_name(f".~lock.{book.name}#").exists():
        assert time.monotonic() < deadline, "the workbook was not opened"
        time.sleep(0.2)
    time.sleep(2)


@pytest.mark.long
@in_book("customer")
def test_a_workbook_that_libreoffice_saved_has_its_buttons_again_after_mending(
    desk: Desk, tmp_path: Path
) -> None:
    """LibreOffice loses on saving which button runs what; ``open`` and ``update`` mend that."""
    folder = tmp_path / "saved"
    shutil.copytree(desk.folder, folder)
    book = folder / "workbooks" / "customer.xlsm"
    press = [["select", "客戶", "A4"], ["press", "客戶", CAPTIONS["check"]]]
    desk.office.do(book, press, store=True, macros=True)
    charts = sum(name.startswith("xl/charts/chart") for name in parts(desk.book))
    assert mend(book) == len(expected_buttons("customer")) // 2 - 1
    after = parts(book)
    assert modules(book) == modules(desk.book) != {}
    assert sum(name.startswith("xl/charts/chart") for name in after) == charts
    (found,) = desk.office.do(book, [["buttons"]], keep=True, macros=True)
    assert sorted(found) == sorted(expected_buttons("customer"))
    _, (said, _, _) = desk.office.do(book, press, macros=True)
    assert "檢核完成" in said
