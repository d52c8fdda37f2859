"""While somebody has a workbook open, writes to it wait; nothing of either side is lost.

Once with a real LibreOffice, once with the owner file that Excel leaves beside an open workbook.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from sheetsales.actions.fill import fill
from sheetsales.errors import WorkbookQueuedError
from sheetsales.store import Workbook
from sheetsales.workspace import Workspace
from tests.office.session import LibreOffice
from tests.store.test_owners import excel as owner_file

WHO = "王小姐"
REMARK = "現場交貨"


@dataclass
class Person:
    """Somebody who has a workbook open.

    Attributes:
        name: as it must be told; "" where only LibreOffice knows it.
        edit_and_save: changes a cell, saves and closes.
    """

    name: str
    edit_and_save: Callable[[str, dict[str, str]], None]


@pytest.fixture
def excel(small: Path) -> Person:
    """Somebody with Excel: an owner file stands beside the workbook until it is saved."""
    path = small / "workbooks" / "customer.xlsm"
    owner = path.with_name(f"~${path.name}")
    owner.write_bytes(owner_file(WHO))

    def edit_and_save(sheet: str, texts: dict[str, str]) -> None:
        book = openpyxl.load_workbook(path)
        for address, text in texts.items():
            book[sheet][address] = text
        book.save(path)
        owner.unlink()

    return Person(WHO, edit_and_save)


@pytest.fixture
def calc(small: Path, libreoffice: LibreOffice) -> Person:
    """Somebody with LibreOffice, which has the workbook open for real."""
    path = small / "workbooks" / "customer.xlsm"
    libreoffice.do(path, [], keep=True)
    lock = path.with_name(f".~lock.{path.name}#")
    assert lock.is_file()

    def edit_and_save(sheet: str, texts: dict[str, str]) -> None:
        libreoffice.do(path, [("enter", sheet, texts)], store=True)
        assert not lock.exists()

    fields = lock.read_text(encoding="utf-8").split(",")
    return Person(next(field for field in fields if field), edit_and_save)


PEOPLE = ["excel", pytest.param("calc", marks=pytest.mark.libreoffice)]


@pytest.fixture(params=PEOPLE)
def person(request: pytest.FixtureRequest, small: Path) -> Person:
    new = {"name": "何丁", "customer_id": "C-000001", "phone": "0912000004"}
    fill(Workspace.open(small), {"contact": [new]})
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Person)
    return found


def address(path: Path, sheet: str, header: str, row: int) -> str:
    """Return the address of a cell of a column."""
    headers = [cell.value for cell in openpyxl.load_workbook(path)[sheet][3]]
    return f"{openpyxl.utils.get_column_letter(headers.index(header) + 1)}{row}"


def test_an_update_waits_for_the_open_workbook_and_writes_the_others(
    cli,
    small: Path,
    person: Person,
) -> None:
    book = small / "workbooks" / "customer.xlsm"
    before = book.read_bytes()
    said = cli("update", "-C", small)
    assert said.code == 75
    assert person.name in said.err
    assert "customer.xlsm" in said.err
    assert book.read_bytes() == before
    assert Workspace.open(small).frames["order"]["total"].tolist() == [30000, 15000]

    (waiting,) = json.loads(cli("pending", "list", "-C", small, "--json").out)["pending"][:1]
    assert (waiting["command"], waiting["open_by"]) == ("update", person.name)
    assert {"何丁", "CT-000004"} & {str(one["new"]) for one in waiting["changes"]}
    assert person.name in cli("pending", "list", "-C", small).out
    assert cli("pending", "apply", "-C", small).code == 75
    assert book.read_bytes() == before

    cell = address(book, "客戶", "備註", row=4)
    person.edit_and_save("客戶", {cell: REMARK})
    assert cli("pending", "apply", "-C", small).code == 0
    workspace = Workspace.open(small)
    assert workspace.tables["contact"].keys()[-1] == "CT-000004"
    assert openpyxl.load_workbook(book)["客戶"][cell].value == REMARK
    report = json.loads(cli("check", "-C", small, "--json").out)
    assert {one["code"] for one in report["problems"]} == {"COL-required"}

    assert cli("pending", "apply", "-C", small).out == "沒有等候中的寫入。\n"
    assert json.loads(cli("journal", "verify", "-C", small, "--json").out)["faults"] == []


def test_a_cell_that_both_changed_is_decided_by_people(
    cli,
    small: Path,
    person: Person,
) -> None:
    path = small / "workbooks" / "customer.xlsm"
    with Workbook.open(path) as book:
        book.table("customer", key=["客戶編號"]).update({"C-000001": {"簡稱": "我們的"}})
        with pytest.raises(WorkbookQueuedError):
            book.save()
    cell = address(path, "客戶", "簡稱", row=4)
    person.edit_and_save("客戶", {cell: "他們的"})
    said = cli("pending", "apply", "-C", small)
    assert said.code == 1
    for value in ("他們的", "我們的", "簡稱", "C-000001"):
        assert value in said.out
    assert openpyxl.load_workbook(path)["客戶"][cell].value == "他們的"
    (waiting,) = json.loads(cli("pending", "list", "-C", small, "--json").out)["pending"]
    assert cli("pending", "drop", waiting["id"][:8], "-C", small).code == 0
    assert cli("pending", "list", "-C", small).out == "沒有等候中的寫入。\n"
