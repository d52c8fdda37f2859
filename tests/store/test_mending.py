"""Buttons that LibreOffice's saving cut off from their macros get them back, and nothing else."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from sheetsales.store import Workbook
from sheetsales.workbooks.vba import macro_modules, vba_project

DRAWING = "xl/drawings/vmlDrawing1.vml"
SHEET = "xl/worksheets/sheet1.xml"
SHAPE = (
    '<v:shape id="shape_0" type="#_x0000_t201" o:allowincell="f" style="position:absolute;'
    'margin-left:22pt;margin-top:118.5pt;width:43.5pt;height:18pt"><v:textbox><div>檢核 &amp; 更新'
    '</div></v:textbox><x:ClientData ObjectType="Button"><x:Anchor>1, 4, 5, 2, 2, -131, 6, -14'
    "</x:Anchor><x:FmlaMacro>sheetsales_buttons.SheetsalesCheck</x:FmlaMacro></x:ClientData></v:shape>"
)
CONTROL = '<control shapeId="{}" r:id="rId3" name="Button"><controlPr macro="m.n"/></control>'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook whose buttons are as LibreOffice 7.4 writes them."""
    path = tmp_path / "book.xlsm"
    with xlsxwriter.Workbook(path) as made:
        made.set_vba_name("ThisWorkbook")
        sheet = made.add_worksheet("表")
        sheet.set_vba_name("Sheet1")
        sheet.write("A1", "鍵")
        sheet.insert_button("B2", {"macro": "SheetsalesCheck", "caption": "檢核"})
        project = vba_project(macro_modules(), ["ThisWorkbook", "Sheet1"])
        made.add_vba_project(BytesIO(project), is_stream=True)
    rewrite(path, {DRAWING: drawing(2), SHEET: controls("1001", "1002")})
    return path


def drawing(count: int) -> str:
    return f'<xml xmlns:v="v" xmlns:o="o" xmlns:x="x">{SHAPE * count}</xml>'


def controls(*numbers: str) -> tuple[str, str]:
    """Return what is put in front of what in the sheet."""
    found = "".join(CONTROL.format(number) for number in numbers)
    return "<legacyDrawing", f"<controls>{found}</controls><legacyDrawing"


def rewrite(path: Path, changes: dict[str, str | tuple[str, str]]) -> None:
    parts = members(path)
    for name, change in changes.items():
        if isinstance(change, str):
            parts[name] = change.encode()
        else:
            parts[name] = parts[name].replace(change[0].encode(), change[1].encode())
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_lost_button_gets_number_macro_caption_and_place_back(book: Path) -> None:
    before = members(book)
    with Workbook.open(book) as opened:
        assert opened.mend_buttons() == 1
        assert opened.is_changed
        opened.save()
        assert not opened.is_changed
    after = members(book)
    assert {name for name in before if before[name] != after[name]} == {DRAWING}
    text = after[DRAWING].decode()
    assert text.count('id="_x0000_s1001"') == text.count('id="_x0000_s1002"') == 1
    assert text.count("<x:FmlaMacro>[0]!SheetsalesCheck</x:FmlaMacro>") == 2
    assert text.count("檢核 &amp; 更新</font>") == 2
    # 43.5 points are 58 pixels, 18 are 24: from pixel 4 of column 1 to 62, from 2 of row 5 to 26.
    assert text.count("<x:Anchor>1, 4, 5, 2, 1, 62, 5, 26</x:Anchor>") == 2
    with Workbook.open(book) as opened:
        assert opened.mend_buttons() == 0
        assert not opened.is_changed


def test_with_an_edit_both_are_saved(book: Path) -> None:
    with Workbook.open(book) as opened:
        opened.mend_buttons()
        opened.sheet("表").set("A1", "新")
        opened.save()
    with Workbook.open(book) as opened:
        assert opened.sheet("表").get("A1") == "新"
        assert opened.mend_buttons() == 0


def test_a_save_by_somebody_else_in_between_loses_neither(book: Path) -> None:
    with Workbook.open(book) as opened, Workbook.open(book) as other:
        opened.mend_buttons()
        other.sheet("表").set("A1", "他們")
        other.save()
        opened.save()
    with Workbook.open(book) as opened:
        assert opened.sheet("表").get("A1") == "他們"
        assert opened.mend_buttons() == 0


def test_where_shapes_and_controls_do_not_agree_nothing_is_guessed(book: Path) -> None:
    rewrite(book, {DRAWING: drawing(3)})
    with Workbook.open(book) as opened:
        assert opened.mend_buttons() == 0


def test_buttons_that_are_as_they_were_made_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet().insert_button("B2", {"macro": "X", "caption": "x"})
    with Workbook.open(path) as opened:
        assert opened.mend_buttons() == 0
