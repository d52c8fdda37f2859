"""Whatever happens to a finished file before it is put in place, the reading back sees it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookError
from sheetsales.store import Formula, Workbook
from tests.store.books import staff_book
from tests.store.damage import KINDS, damaged

SAMPLED, ALL = 400, 2_000
CODES = {"workbook-not-written", "workbook-broken", "workbook-not-zip", "workbook-part"}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbook]:
    """A book with all kinds of edits pending, none saved."""
    path = staff_book(tmp_path_factory.mktemp("damage") / "book.xlsx", rows=6)
    with Workbook.open(path) as book:
        table = book.table("customer", key=["編號"])
        table.update({"C-000002": {"名稱": "=新名稱", "金額": Decimal("12.50")}})
        table.update_rows({7: {"日期": date(2026, 2, 3)}})
        table.append([{"編號": f"C-00010{n}", "名稱": " 附加 ", "金額": n} for n in range(3)])
        sheet = book.sheet("客戶")
        sheet.set("H3", "旁邊")
        sheet.set("H4", Formula("1+1", 2))
        sheet.set("I4", True)
        yield book


@pytest.fixture(scope="module")
def finished(edited: Workbook, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file that the edits make; as it is, it passes."""
    path = tmp_path_factory.mktemp("damage") / "finished.xlsx"
    with path.open("wb") as out:
        edited.write_to(out)
    edited.check_written(path)
    return path.read_bytes()


def unseen(book: Workbook, data: bytes, path: Path, numbers: range) -> list[tuple[str, int]]:
    """Return the damages that reading back does not see, by kind and seed."""
    found = []
    for number in numbers:
        kind = KINDS[number % len(KINDS)]
        path.write_bytes(damaged(data, kind, random.Random(number)))
        if verdict(book, path) not in CODES:
            found.append((kind, number))
    return found


def verdict(book: Workbook, path: Path) -> str:
    """Return the code with which reading back refuses a file, "" if it does not."""
    try:
        book.check_written(path)
    except WorkbookError as error:
        return error.code
    return ""


def test_every_damage_is_seen(edited: Workbook, finished: bytes, tmp_path: Path) -> None:
    assert unseen(edited, finished, tmp_path / "damaged.xlsx", range(SAMPLED)) == []


@pytest.mark.long
def test_each_of_2000_damages_is_seen(edited: Workbook, finished: bytes, tmp_path: Path) -> None:
    assert unseen(edited, finished, tmp_path / "damaged.xlsx", range(SAMPLED, ALL)) == []
