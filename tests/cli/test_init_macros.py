"""Workbooks with buttons, and without any macro where those are not allowed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sheetsales.workspace import Workspace

ANSWERS = ("--company", "甲公司", "--tax-id", "04595257", "--currency", "TWD")


def members(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as package:
        return set(package.namelist())


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
@pytest.mark.parametrize("macros", [True, False], ids=["macros", "no-macros"])
def test_workbooks_have_buttons_unless_they_are_not_wanted(
    cli, tmp_path: Path, locale: str, macros: bool
) -> None:
    folder = tmp_path / "acme"
    options = () if macros else ("--no-macros",)
    said = cli("init", folder, *ANSWERS, "--locale", locale, *options)
    assert said.code == 0, said.err
    books = sorted((folder / "workbooks").iterdir())
    assert {path.suffix for path in books} == {".xlsm" if macros else ".xlsx"}
    assert len(books) == 9
    for path in books:
        found = members(path)
        assert ("xl/vbaProject.bin" in found) is macros
        assert any("vmlDrawing" in name for name in found) is macros
    assert len(Workspace.open(folder).frames["company"]) == 1


def test_workbooks_without_macros_are_updated_like_the_others(cli, tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    assert cli("init", folder, *ANSWERS, "--no-macros").code == 0
    assert cli("update", "-C", folder).code == 0
    assert cli("check", "-C", folder).code in (0, 1)


def test_the_hint_of_a_sheet_names_the_command_of_each_of_its_buttons(cli, tmp_path: Path) -> None:
    from sheetsales.store import Workbook
    from sheetsales.workbooks.buttons import COMMANDS, words_of

    for options in ((), ("--no-macros",)):
        folder = tmp_path / f"acme{len(options)}"
        assert cli("init", folder, *ANSWERS, *options).code == 0
        workspace = Workspace.open(folder)
        with Workbook.open(workspace.books["performance"][0]) as book:
            sheet = book.sheet("考核結果")
            row = " ".join(str(sheet.get(f"{letter}1") or "") for letter in "ABCDEFGHIJKLMNOPQRS")
        for word in words_of("appraisal"):
            assert COMMANDS[word] in row
