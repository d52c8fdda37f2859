"""Foreign files are read by a child: the same answers, and a crash is one error."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from sheetsales.errors import WorkbookError
from sheetsales.store import inspect, isolated, read_foreign_tables, read_tables
from sheetsales.store.inspection import inspect_book
from sheetsales.store.isolated import Limits
from tests.store import bombs
from tests.store.books import (
    ROWS,
    handmade,
    parts,
    relations,
    rewritten,
    staff_book,
    table_part,
    worksheet,
    write_parts,
)
from tests.store.mutants import workbooks


def instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let another program answer in place of the child."""
    real = subprocess.Popen

    def start(command: Sequence[str], **options: object) -> subprocess.Popen[bytes]:
        assert command[:3] == [sys.executable, "-P", "-m"]
        return real([sys.executable, "-c", code], **options)

    monkeypatch.setattr(isolated.subprocess, "Popen", start)


def refusal(path: Path, limits: Limits | None = None) -> WorkbookError:
    with pytest.raises(WorkbookError) as caught:
        read_foreign_tables(path, limits=limits)
    return caught.value


def test_a_child_reads_what_we_read(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx", rows=20, blank=3)
    assert read_foreign_tables(path) == read_tables(path)
    assert read_foreign_tables(path, ["CUSTOMER", "none"]) == read_tables(path, ["customer"])
    assert read_foreign_tables(path, []) == {}


def test_every_kind_of_value_comes_through_the_pipe(tmp_path: Path) -> None:
    values = (
        "字\n\u2028😀\x7f",
        "_x0041_",
        1.1,
        1e300,
        True,
        False,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4, 5, 678_000),  # noqa: DTZ001
        "",
        "{'decimal': '1'}",
    )
    book = xlsxwriter.Workbook(tmp_path / "book.xlsx")
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
    elapsed = book.add_format({"num_format": "[h]:mm"})
    clock = book.add_format({"num_format": "hh:mm"})
    for row, value in enumerate(values, 1):
        if isinstance(value, date):
            sheet.write_datetime(row, 0, value, day)
        else:
            sheet.write(row, 0, value)
    sheet.write_number(len(values) + 1, 0, 1.25, elapsed)
    sheet.write_number(len(values) + 2, 0, 0.5, clock)
    sheet.write_formula(len(values) + 3, 0, "=NA()", None, "#N/A")
    sheet.add_table(0, 0, len(values) + 3, 0, {"name": "t", "columns": [{"header": "值"}]})
    book.close()
    here, there = read_tables(tmp_path / "book.xlsx"), read_foreign_tables(tmp_path / "book.xlsx")
    assert there == here
    assert list(map(type, there["t"].columns[0])) == list(map(type, here["t"].columns[0]))
    assert there["t"].errors == {(len(values) + 2, 0): "#N/A"}


def test_an_error_of_the_child_is_the_same_error(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"a,b\n")
    error = refusal(path)
    assert (error.code, error.arguments) == ("workbook-not-zip", {"book": "book.xlsx"})
    assert refusal(tmp_path / "none.xlsx").code == "workbook-missing"


def test_a_relative_path_is_the_callers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staff_book(tmp_path / "book.xlsx")
    monkeypatch.chdir(tmp_path)
    assert list(read_foreign_tables("book.xlsx")) == ["customer"]


def test_code_beside_the_book_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staff_book(tmp_path / "book.xlsx")
    for name in ("json.py", "sheetsales.py", "lxml.py"):
        (tmp_path / name).write_text("raise SystemExit(9)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert list(read_foreign_tables("book.xlsx")) == ["customer"]


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})",
        "raise SystemExit(1)",
        "raise SystemExit(4)",
        "raise MemoryError",
        "print('[1, 2', end='')",
        "pass",
        "print('null')",
        "print('[[1]]')",
        "import os; os.close(0); os.abort()",
    ],
)
def test_a_child_that_breaks_down_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    instead(monkeypatch, code)
    error = refusal(path)
    assert (error.code, error.arguments["part"]) == ("workbook-too-large", "book.xlsx")


def test_a_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    instead(monkeypatch, "import time; time.sleep(60)")
    assert refusal(path, Limits(seconds=1)).code == "workbook-too-large"


def test_a_child_that_answers_without_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    instead(monkeypatch, "import sys\nwhile True: sys.stdout.write('x' * 65536)")
    assert refusal(path, Limits(answer=1 << 20)).code == "workbook-too-large"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a limit on address space")
def test_a_child_may_not_take_all_memory(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{"x" * 30_000}</t></is></c></row>'
        for row in range(1, 2_000)
    )
    content = parts(worksheet(rows), table_part("A1:A1999", '<tableColumn id="1" name="x"/>'))
    path = write_parts(tmp_path / "book.xlsx", content)
    assert refusal(path, Limits(memory=256 << 20)).code == "workbook-too-large"


def test_a_bomb_reaches_the_caller_as_its_own_error(tmp_path: Path) -> None:
    path = write_parts(tmp_path / "book.xlsx", bombs.plain(ROWS + bombs.FAR))
    assert refusal(path).code == "sheet-sprawl"


def test_an_inspection_lists_sheets_and_tables(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    book["總覽"].sheet_state = "veryHidden"
    book.save(path)
    found = inspect(path)
    assert (found.book, found.format) == ("book.xlsx", "xlsx")
    assert [(each.name, each.kind, each.hidden) for each in found.sheets] == [
        ("客戶", "worksheet", False),
        ("總覽", "worksheet", True),
    ]
    assert [(each.name, each.sheet, each.range) for each in found.tables] == [
        ("customer", "客戶", "B4:F7")
    ]
    assert found.tables[0].headers == ("編號", "名稱", "日期", "金額", "小計")
    assert found.digest == read_tables(path)["customer"].digest
    assert found.holds == {"links": ("https://example.com/",)}


HOLDINGS = {
    "macros": ("vbaProject", "vbaProject.bin"),
    "macro-sheets": ("xlMacrosheet", "macrosheets/sheet1.xml"),
    "connections": ("connections", "connections.xml"),
    "controls": ("ctrlProp", "ctrlProps/a.xml"),
    "embedded-objects": ("oleObject", "embeddings/a.bin"),
    "queries": ("queryTable", "queryTables/a.xml"),
    "revision-log": ("revisionHeaders", "revisions/a.xml"),
    "ribbon": ("extensibility", "../customUI/customUI.xml"),
}


@pytest.mark.parametrize("kind", HOLDINGS)
def test_an_inspection_finds_what_a_book_holds(tmp_path: Path, kind: str) -> None:
    relation, target = HOLDINGS[kind]
    path = handmade(tmp_path, worksheet(ROWS), table_part())

    def add(content: dict[str, bytes]) -> None:
        content["xl/_rels/workbook.xml.rels"] = relations(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), (relation, target)
        ).encode()
        content[f"xl/{target}".replace("xl/../", "")] = b"x"

    found = inspect(rewritten(path, add)).holds
    assert set(found) == {kind}


def test_an_inspection_finds_a_part_that_no_relation_names(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS))
    path = rewritten(path, lambda content: content.update({"xl/vbaProject.bin": b"x"}))
    assert inspect(path).holds == {"macros": ("xl/vbaProject.bin",)}


def test_an_inspection_finds_external_targets_and_dde(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS))

    def add(content: dict[str, bytes]) -> None:
        external = relations(
            ("externalLinkPath", "file:///C:/x.xlsx"), mode=' TargetMode="External"'
        )
        content["xl/_rels/workbook.xml.rels"] = relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            ("externalLink", "externalLinks/externalLink1.xml"),
        ).encode()
        content["xl/externalLinks/externalLink1.xml"] = b"<externalLink><ddeLink/></externalLink>"
        content["xl/externalLinks/_rels/externalLink1.xml.rels"] = external.encode()

    holds = inspect(rewritten(path, add)).holds
    assert holds["external-targets"] == ("file:///C:/x.xlsx",)
    assert holds["dde"] == holds["external-links"] == ("xl/externalLinks/externalLink1.xml",)


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xlsm"),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
            "xltx",
        ),
        ("application/vnd.ms-excel.template.macroEnabled.main+xml", "xltm"),
    ],
)
def test_an_inspection_goes_by_the_content_not_by_the_name(
    tmp_path: Path, kind: str, form: str
) -> None:
    path = handmade(tmp_path, worksheet(ROWS))

    def change(content: dict[str, bytes]) -> None:
        old = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        types = content["[Content_Types].xml"]
        content["[Content_Types].xml"] = types.replace(old, kind.encode())

    assert inspect(rewritten(path, change)).format == form


def test_the_answer_is_plain_json(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    command = [sys.executable, "-P", "-m", "sheetsales.store.isolated", "60", str(2 << 30)]
    run = subprocess.run(
        command,
        input=json.dumps(["tables", str(path), None]),
        capture_output=True,
        check=True,
        text=True,
    )
    ((book, sheet, name, *_),) = json.loads(run.stdout)
    assert (book, sheet, name) == ("book.xlsx", "客戶", "customer")


def plainly_holds(path: Path) -> set[str]:
    """Return what a book holds as its names and relations say, searched as plain text."""
    with zipfile.ZipFile(path) as archive:
        names = " ".join(archive.namelist()).casefold()
        relations_text = b"".join(
            archive.read(name) for name in archive.namelist() if name.endswith(".rels")
        )
    found = {
        kind
        for kind, sign in (
            ("macros", "vbaproject.bin"),
            ("external-links", "externallinks/externallink"),
            ("embedded-objects", "embeddings/"),
            ("connections", "connections.xml"),
            ("controls", "activex/"),
        )
        if sign in names
    }
    tags = re.findall(rb"<Relationship\s[^>]*TargetMode=\"External\"[^>]*>", relations_text)
    found |= {"links" if b'/hyperlink"' in tag else "external-targets" for tag in tags}
    return found


def test_an_inspection_misses_nothing_in_the_workbooks_of_others() -> None:
    looked_at, held = 0, set()
    for path in workbooks():
        try:
            found = inspect_book(path)
        except WorkbookError:
            continue
        if found.digest:
            looked_at += 1
            held |= plainly_holds(path)
            assert plainly_holds(path) <= set(found.holds), path.name
    assert looked_at >= 1_000
    assert held >= {"macros", "external-links", "links", "connections"}
