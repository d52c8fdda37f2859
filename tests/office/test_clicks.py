"""A real mouse clicks on a button of each workbook, in a window on a screen of its own."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetsales.schema import load_regulation
from tests.office.display import missing_screen
from tests.office.photographs import Window, scored_company, window

pytestmark = pytest.mark.libreoffice

REGULATION = load_regulation()
SOON = "market"
"""One workbook is clicked on in every run, all the others in the long one."""
BOOKS = [
    pytest.param(stem, marks=() if stem == SOON else pytest.mark.long, id=stem)
    for stem in REGULATION.workbooks
]


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory, steerable: None) -> Iterator[Window]:
    missing = missing_screen()
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not installed: {missing}")
    folder = tmp_path_factory.mktemp("screen")
    company = scored_company(folder / "acme")
    with window(folder / "window", company) as opened:
        yield opened


@pytest.mark.parametrize("stem", BOOKS)
def test_a_click_on_a_button_lists_an_error_that_nobody_saved(
    screen: Window, stem: str, tmp_path: Path
) -> None:
    table = REGULATION.of_workbook(stem)[0]
    sheet, book = table.title.zh_hant, screen.book(stem)
    before = book.read_bytes()
    # A row with a blank key field that is no generated one, or with a remark alone.
    screen.office.do(book, [["enter", sheet, {"B4": ""}]], keep=True, macros=True)
    said = screen.click(stem, sheet, "檢核", "C4")
    assert re.search(r"檢核完成：[1-9]\d* 個錯誤", said)
    (rows,) = screen.office.do(book, [["rows_of", "problem"]], keep=True, macros=True)
    header, *problems = rows
    assert "B4" in [row[header.index("儲存格")] for row in problems]
    picture = tmp_path / f"{stem}.png"
    screen.display.photograph(picture)
    assert colours(picture) > 100, "the picture shows a window"
    screen.close(stem)
    assert book.read_bytes() == before, "a click saves nothing"


def colours(picture: Path) -> int:
    """Return how many colours a picture has."""
    done = subprocess.run(
        ["identify", "-format", "%k", str(picture)], capture_output=True, check=True, text=True
    )
    return int(done.stdout)
