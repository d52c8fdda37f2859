"""One contract for the store: a file, a workbook open in an application, and a stand-in for one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import openpyxl
import pytest
import xlsxwriter

from sheetsales.errors import ConflictError, EditRefusedError, WorkbookError
from sheetsales.store import CellError, Formula, Signature, StoreFolder, Workbook, read_tables
from sheetsales.store.journal import Journal
from sheetsales.store.live import LiveBook
from tests.office.session import LibreOffice
from tests.store.fake_excel import FakeBook

WANTED = os.environ.get("STORE_UNDER_TEST", "")
STORES = (WANTED,) if WANTED else ("file", "fake")
ROOT = Path(__file__).parents[2]
HEADERS = ("編號", "名稱", "日期", "金額", "有效", "備註", "加倍")
MOMENT = datetime(2027, 1, 2, 13, 30)  # noqa: DTZ001 - cells know no time zone
ROWS: tuple[tuple[Any, ...], ...] = (
    ("00123", "台光", date(2026, 3, 1), 12.5, True, "a", "=D4*2"),
    ("00124", "旭日", date(2026, 4, 2), 0, False, None, "=D5*2"),
    ("00125", "=1+1", None, -3, None, "b", "=D6*2"),
)
FIELDS = {"id": "編號", "name": "名稱", "day": "日期", "amount": "金額", "note": "備註"}


class Store(Protocol):
    """A workbook as one of the stores has it."""

    path: Path

    def book(self) -> Workbook:
        """Return it, ready to be edited."""

    def type_in(self, sheet: str, cell: str, value: object) -> None:
        """Change a cell behind the store's back."""


class File:
    """A workbook on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def book(self) -> Workbook:
        return Workbook.open(self.path)

    def type_in(self, sheet: str, cell: str, value: object) -> None:
        book = openpyxl.load_workbook(self.path)
        book[sheet][cell].value = value
        book.save(self.path)


class Live:
    """A workbook open in an application."""

    def __init__(self, live: LiveBook) -> None:
        self.path = live.path
        self.live = live

    def book(self) -> Workbook:
        self.live.forget_copy()
        return self.live.open()

    def type_in(self, sheet: str, cell: str, value: object) -> None:
        self.live.book.sheets[sheet].range(cell).value = value


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibreOffice]:
    with LibreOffice(tmp_path_factory.mktemp("office")) as running:
        yield running


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    path = made(tmp_path / "書.xlsx")
    (tmp_path / ".sheetsales").mkdir()
    if request.param == "file":
        yield File(path)
    elif request.param == "fake":
        with LiveBook(FakeBook(path)) as live:  # type: ignore[arg-type]
            yield Live(live)
    else:
        office: LibreOffice = request.getfixturevalue("office")
        book = office.app().books.open(str(path))
        with LiveBook(book) as live:
            yield Live(live)
        book.close()


def made(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": 14})
        sheet.set_column(0, 0, None, text)
        sheet.set_column(2, 2, None, day)
        sheet.write(0, 0, "標題")
        sheet.write_formula("I1", "=SUM(D4:D6)", None, 9.5)
        sheet.write_formula("I2", "=NA()", None, "#N/A")
        columns = [{"header": name} for name in HEADERS]
        sheet.add_table(2, 0, 5, len(HEADERS) - 1, {"name": "t", "columns": columns})
        for row, values in enumerate(ROWS, start=3):
            for column, value in enumerate(values):
                if column == 6:
                    sheet.write_formula(row, column, value, None, 2 * values[3])
                elif isinstance(value, str):
                    sheet.write_string(row, column, value, text if column == 0 else None)
                elif isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                elif value is not None:
                    sheet.write(row, column, value)
        book.add_worksheet("其他").write("B2", 7)
    return path


def table(store: Store) -> dict[str, list[object]]:
    """Return the Table as it is now, by header."""
    raw = store.book().table("t").read()
    return dict(zip(raw.headers, map(list, raw.columns), strict=True))


def opened(store: Store) -> tuple[Workbook, Any]:
    book = store.book()
    return book, book.table("t", columns=FIELDS, key=["id"])


def test_sheets_and_tables_are_named(store: Store) -> None:
    book = store.book()
    assert (book.sheets, book.tables, book.name) == (("表", "其他"), ("t",), "書.xlsx")
    assert book.path == store.path


def test_values_are_typed_and_text_stays_text(store: Store) -> None:
    found = table(store)
    assert found["編號"] == ["00123", "00124", "00125"]
    assert found["名稱"] == ["台光", "旭日", "=1+1"]
    assert found["日期"] == [date(2026, 3, 1), date(2026, 4, 2), ""]
    assert found["金額"] == [12.5, 0, -3]
    assert found["有效"] == [True, False, ""]
    assert found["加倍"][0] == 25


def test_single_cells_tell_values_formulas_and_errors(store: Store) -> None:
    sheet = store.book().sheet("表")
    assert (sheet.get("A1"), sheet.get("B1"), sheet.get("I1")) == ("標題", None, 9.5)
    assert (sheet.formula("I1"), sheet.formula("A1")) == ("SUM(D4:D6)", None)
    assert sheet.get("I2") == CellError("#N/A")


def test_an_update_by_key_changes_these_cells_alone(store: Store) -> None:
    before = table(store)
    book, rows = opened(store)
    rows.update({"00124": {"name": "旭日食品", "amount": Decimal("7.25"), "note": None}})
    assert [(c.cell, c.old, c.new) for row in book.changes.rows for c in row.cells] == [
        ("B5", "旭日", "旭日食品"),
        ("D5", 0, Decimal("7.25")),
    ]
    book.save()
    after = table(store)
    assert (after["名稱"][1], after["金額"][1]) == ("旭日食品", 7.25)
    for name in HEADERS[:-1]:
        assert [after[name][0], after[name][2]] == [before[name][0], before[name][2]]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "00123", "+886", "-5", "@x", "'q", "1/2", "TRUE", "#N/A", "1e5", "2026-01-01", " x ",
     "甲\n乙", "𠮷", '"', "=HYPERLINK(\"http://x\")", "\tx", "100%", "$5", "12:30"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["id", "note"])
def test_text_is_never_taken_for_anything_else(store: Store, field: str, text: str) -> None:
    book, rows = opened(store)
    rows.update({"00125": {field: text}})
    book.save()
    assert table(store)[FIELDS[field]][2] == text


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("amount", 3, 3),
        ("amount", Decimal("0.1"), 0.1),
        ("amount", 123456789012345, 123456789012345),
        ("amount", None, ""),
        ("day", date(2027, 12, 31), date(2027, 12, 31)),
        ("day", MOMENT, MOMENT),
        ("note", True, True),
        ("note", 1.5, 1.5),
    ],
)
def test_values_come_back_as_they_were_written(
    store: Store, field: str, value: object, shown: object
) -> None:
    book, rows = opened(store)
    rows.update({"00123": {field: value}})
    book.save()
    assert table(store)[FIELDS[field]][0] == shown


def test_rows_are_added_and_the_table_grows(store: Store) -> None:
    book, rows = opened(store)
    rows.append([{"id": "00126", "amount": 4}, {"id": "00127", "name": "新"}])
    book.save()
    found = table(store)
    assert found["編號"] == ["00123", "00124", "00125", "00126", "00127"]
    assert found["金額"][3:] == [4, ""]
    assert found["名稱"][3:] == ["", "新"]


def test_a_table_is_rewritten_shorter_and_longer(store: Store) -> None:
    for count in (1, 5, 2):
        book = store.book()
        names = {name: name for name in HEADERS[:-1]}
        rows = [{"編號": f"9{number}", "金額": number} for number in range(count)]
        book.table("t", columns=names).replace(rows)
        book.save()
        found = table(store)
        assert found["編號"] == [f"9{number}" for number in range(count)]
        assert found["金額"] == list(range(count))
        assert found["名稱"] == [""] * count


def test_formulas_are_written_and_never_overwritten(store: Store) -> None:
    book = store.book()
    book.sheet("其他").set("C3", Formula("B2*2", 14))
    book.save()
    assert store.book().sheet("其他").formula("C3") == "B2*2"
    assert store.book().sheet("其他").get("C3") == 14
    everything = book.table("t", columns={**FIELDS, "double": "加倍"}, key=["id"])
    with pytest.raises(EditRefusedError) as error:
        everything.update({"00123": {"double": 1}})
    assert error.value.code == "cell-formula"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows.update({"99999": {"name": "x"}}), "row-missing"),
        (lambda rows: rows.update({"00123": {"nothing": 1}}), "table-column-missing"),
        (lambda rows: rows.update_rows({99: {"name": "x"}}), "row-outside"),
        (lambda rows: rows.update({"00123": {"name": "\x00"}}), "value-character"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_code(
    store: Store, change: Any, code: str
) -> None:
    book, rows = opened(store)
    with pytest.raises(WorkbookError) as error:
        change(rows)
    assert error.value.code == code
    assert not book.is_changed


def test_a_cell_that_somebody_changed_meanwhile_is_a_conflict_and_nothing_is_written(
    store: Store,
) -> None:
    book, rows = opened(store)
    rows.update({"00123": {"name": "我們", "amount": 1}})
    store.type_in("表", "B4", "他們")
    with pytest.raises(ConflictError) as error:
        book.save()
    ((conflict,),) = [error.value.conflicts]
    assert (conflict.cell, conflict.base, conflict.theirs, conflict.ours) == (
        "B4", "台光", "他們", "我們",
    )  # fmt: skip
    found = table(store)
    assert (found["名稱"][0], found["金額"][0]) == ("他們", 12.5)


def test_what_somebody_changed_elsewhere_meanwhile_stays(store: Store) -> None:
    book, rows = opened(store)
    rows.update({"00123": {"name": "我們"}})
    store.type_in("表", "F5", "他們")
    store.type_in("其他", "B2", 8)
    book.save()
    found = table(store)
    assert (found["名稱"][0], found["備註"][1]) == ("我們", "他們")
    assert store.book().sheet("其他").get("B2") == 8


def test_a_save_is_in_the_journal_and_a_second_one_does_nothing(store: Store) -> None:
    book, rows = opened(store)
    rows.update({"00123": {"name": "新"}})
    assert book.is_changed
    book.save(signature=Signature("李", "test"), sealed=lambda _table, column: column == "備註")
    assert not book.is_changed
    assert not book.save()
    records = list(Journal(StoreFolder(store.path.parent)).records("書.xlsx"))
    (saved,) = [one for one in records if one.kind == "save"]
    assert (saved.who, saved.command) == ("李", "test")
    assert saved.via == ("file" if isinstance(store, File) else "live")
    assert saved.plan is not None
    ((row,),) = [saved.plan["rows"]]
    assert row["cells"] == [["B4", "名稱", "台光", "新"]]
    assert Journal(StoreFolder(store.path.parent)).verify() == []


def test_a_live_workbook_leaves_its_file_alone_and_reads_what_is_not_saved(store: Store) -> None:
    before = store.path.read_bytes()
    store.type_in("表", "B4", "未存")
    book, rows = opened(store)
    assert table(store)["名稱"][0] == "未存"
    rows.update({"00124": {"name": "寫入"}})
    book.save()
    if isinstance(store, File):
        assert read_tables(store.path)["t"].columns[1][1] == "寫入"
    else:
        assert store.path.read_bytes() == before


@pytest.mark.libreoffice
@pytest.mark.skipif(bool(WANTED), reason="this is the inner run")
def test_the_contract_holds_for_a_workbook_open_in_libreoffice(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.store.leaving", "-p",
         "no:cacheprovider", "--basetemp", str(tmp_path / "inner"), __file__],
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
        env={**os.environ, "STORE_UNDER_TEST": "libreoffice"},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
