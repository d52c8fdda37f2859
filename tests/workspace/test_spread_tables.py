"""A table spread over two workbooks is one table; each row is written back where it stands."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from sheetsales.store import RawTable, Workbook, read_tables
from sheetsales.workspace import Workspace
from tests.office.company import AS_OF, REGULATION, Problems, filled_company, problems, updated

TABLES = [table.name for table in REGULATION.of_workbook("sales")]
MAIN, PART = "sales.xlsm", "sales.E-000005.xlsx"
OWN = 20
"""How many orders go to the part."""


@dataclass(frozen=True)
class Spread:
    """A company before and after some of its orders moved to a workbook of their own."""

    whole: Path
    folder: Path
    before: Problems
    orders: frozenset[str]

    def book(self, name: str) -> Path:
        return self.folder / "workbooks" / name

    def read(self, name: str) -> dict[str, RawTable]:
        return read_tables(self.book(name), TABLES)


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Spread:
    whole = tmp_path_factory.mktemp("whole") / "acme"
    folder = tmp_path_factory.mktemp("spread") / "acme"
    filled_company(whole, customers=12)
    updated(whole)
    shutil.copytree(whole, folder)
    books = folder / "workbooks"
    shutil.copyfile(books / MAIN, books / PART)
    keys = read_tables(books / MAIN, ["order"])["order"].columns[0]
    orders = frozenset(str(key) for key in list(dict.fromkeys(keys))[5 : 5 + OWN])
    _keep(books / MAIN, orders, inside=False)
    _keep(books / PART, orders, inside=True)
    return Spread(whole, folder, problems(whole), orders)


def _keep(path: Path, orders: frozenset[str], *, inside: bool) -> None:
    """Leave only the rows of some orders, or of all others, in a workbook."""
    with Workbook.open(path) as book:
        for name in TABLES:
            table = book.table(name)
            raw = table.read()
            column = raw.headers.index("訂單編號" if name == "order" else "訂單")
            table.replace(
                dict(zip(raw.headers, row, strict=True))
                for row in zip(*raw.columns, strict=True)
                if (str(row[column]) in orders) is inside
            )
        book.save()


def test_the_workspace_reads_the_union(spread: Spread) -> None:
    workspaces = [Workspace.open(folder) for folder in (spread.whole, spread.folder)]
    for name in TABLES:
        whole, united = (set(workspace.tables[name].keys()) for workspace in workspaces)
        assert united == whole
        assert [bound.book for bound in workspaces[1].tables[name].books] == [MAIN, PART]
    assert len(spread.read(PART)["order"].columns[0]) == OWN


def test_the_same_things_are_wrong(spread: Spread) -> None:
    assert spread.before
    assert problems(spread.folder) == spread.before


def test_an_update_writes_each_row_in_its_own_workbook(spread: Spread, tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    shutil.copytree(spread.folder, folder)
    copy = Spread(spread.whole, folder, spread.before, spread.orders)
    amounts = {name: copy.read(name)["order"].columns[10] for name in (MAIN, PART)}
    for name in (MAIN, PART):
        _empty_amounts(copy.book(name))
        assert set(copy.read(name)["order"].columns[10]) == {""}
    updated(folder)
    for name in (MAIN, PART):
        assert copy.read(name)["order"].columns[10] == amounts[name]
        for table in TABLES:
            before, after = spread.read(name)[table], copy.read(name)[table]
            assert after.columns[:5] == before.columns[:5]
    assert problems(folder) == spread.before


def _empty_amounts(path: Path) -> None:
    with Workbook.open(path) as book:
        table = book.table("order")
        rows = range(table.first_row, table.last_row + 1)
        table.update_rows({row: {"訂單金額": None} for row in rows})
        book.save()


def test_a_new_row_of_the_part_gets_the_next_key_of_both(spread: Spread, tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    shutil.copytree(spread.folder, folder)
    known = Workspace.open(folder).tables["order"].keys()
    path = folder / "workbooks" / PART
    with Workbook.open(path) as book:
        book.table("order").append([{"客戶": "C-000001", "訂單日": AS_OF, "狀態": "草稿"}])
        book.save()
    updated(folder)
    raw = read_tables(path, ["order"])["order"]
    highest = max(int(key.removeprefix("SO-")) for key in known if key)
    assert raw.columns[0][-1] == f"SO-{highest + 1:06d}"
    assert str(raw.columns[1][-1]).startswith("C-000001｜")


def test_each_workbook_lists_its_own_problems(spread: Spread, tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    shutil.copytree(spread.folder, folder)
    path = folder / "workbooks" / PART
    with Workbook.open(path) as book:
        table = book.table("order")
        table.update_rows({table.first_row: {"狀態": "不存在的狀態"}})
        book.save()
    updated(folder)
    listed = {
        name: read_tables(folder / "workbooks" / name, ["problem"])["problem"].columns[4]
        for name in (MAIN, PART)
    }
    order = read_tables(path, ["order"])["order"].columns[0][0]
    assert order in listed[PART]
    assert order not in listed[MAIN]
