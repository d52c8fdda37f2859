"""Whatever is wrong with files, names and people: one clear message, a hint, nothing changed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import docx
import openpyxl
import pytest

from sheetsales.resources import doc_templates
from sheetsales.workspace import Workspace
from sheetsales.workspace.writing import Writer
from tests.small import edit, state_of

HEADER_ROW = 3
ENCRYPTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
)


def book_of(folder: Path, stem: str = "customer") -> Path:
    return folder / "workbooks" / f"{stem}.xlsm"


def rework(folder, change, stem="customer"):
    """Change a workbook as no program of ours would."""
    book = openpyxl.load_workbook(book_of(folder, stem))
    change(book)
    book.save(book_of(folder, stem))


def rename_header(book, sheet, old, new, *, key_row=False):
    table = next(iter(book[sheet].tables.values()))
    column = next(one for one in table.tableColumns if one.name == old)
    number = table.tableColumns.index(column) + 1
    column.name = new
    book[sheet].cell(HEADER_ROW, number).value = new
    if not key_row:
        book[sheet].cell(HEADER_ROW - 1, number).value = None


def swap_columns(book, sheet, one, other):
    columns = next(iter(book[sheet].tables.values())).tableColumns
    columns[one - 1].name, columns[other - 1].name = columns[other - 1].name, columns[one - 1].name
    for row in range(HEADER_ROW - 1, book[sheet].max_row + 1):
        left, right = book[sheet].cell(row, one), book[sheet].cell(row, other)
        left.value, right.value = right.value, left.value


def set_version(book):
    sheet = book["_meta"]
    row = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "schema_version")
    sheet.cell(row, 2).value = 99


def misspell(folder):
    path = folder / "templates" / "customer_card.docx"
    template = docx.Document(path)
    template.add_paragraph("{{ favourite_colour }}")
    template.save(path)


def double(folder):
    shutil.copy(book_of(folder), book_of(folder).with_suffix(".xlsx"))


def cut(folder):
    whole = book_of(folder).read_bytes()
    book_of(folder).write_bytes(whole[: len(whole) // 2])


def settle(folder, text):
    (folder / "sheetsales.toml").write_text(text, encoding="utf-8")


BROKEN = {
    "workbook missing": (lambda f: book_of(f).unlink(), "check", ["workbooks/customer.xlsm"]),
    "sheet missing": (
        lambda f: rework(f, lambda book: book.remove(book["聯絡人"])),
        "check",
        ["customer.xlsm", "聯絡人", "contact"],
    ),
    "required header renamed without key row": (
        lambda f: rework(f, lambda book: rename_header(book, "客戶", "公司名稱", "廠商")),
        "check",
        ["customer.xlsm", "客戶", "公司名稱"],
    ),
    "header doubled": (
        lambda f: rework(f, lambda book: rename_header(book, "客戶", "簡稱", "公司名稱 ")),
        "check",
        ["customer.xlsm", "客戶", "公司名稱", "B3", "C3"],
    ),
    "broken zip": (lambda f: book_of(f).write_bytes(b"PK\3\4 broken"), "check", ["customer.xlsm"]),
    "truncated": (cut, "check", ["customer.xlsm"]),
    "Word file": (
        lambda f: shutil.copy(doc_templates("zh-Hant") / "score_card.docx", book_of(f)),
        "check",
        ["customer.xlsm"],
    ),
    "encrypted": (lambda f: book_of(f).write_bytes(ENCRYPTED), "check", ["customer.xlsm", "密碼"]),
    "text file": (lambda f: book_of(f).write_text("a,b"), "check", ["customer.xlsm", "Excel"]),
    "no workspace": (
        lambda f: (f / "sheetsales.toml").unlink(),
        "check",
        ["sheetsales.toml", "init"],
    ),
    "settings broken": (lambda f: settle(f, "company = "), "status", ["sheetsales.toml"]),
    "settings unknown": (
        lambda f: settle(f, 'company = "A"\ncolour = 1'),
        "status",
        ["sheetsales.toml", "colour"],
    ),
    "settings locale": (
        lambda f: settle(f, 'company = "A"\nlocale = "fr"'),
        "status",
        ["sheetsales.toml", "locale", "fr"],
    ),
    "xlsx and xlsm": (double, "check", ["customer.xlsx", "customer.xlsm"]),
    "newer layout": (lambda f: rework(f, set_version), "check", ["customer.xlsm", "99"]),
    "template missing": (
        lambda f: (f / "templates" / "customer_card.docx").unlink(),
        "docs make customer_card",
        ["templates/customer_card.docx"],
    ),
    "template field unknown": (
        misspell,
        "docs make customer_card",
        ["customer_card.docx", "favourite_colour"],
    ),
    "record unknown": (
        lambda f: None,
        "docs make customer_card --key C-000404",
        ["customer", "C-000404"],
    ),
    "field unknown": (
        lambda f: None,
        "docs make customer_card --where colour=red",
        ["customer", "colour"],
    ),
    "value unknown": (
        lambda f: None,
        "docs make customer_card --where status=asleep",
        ["asleep", "有效"],
    ),
    "row unknown": (lambda f: None, "explain orders SO-000404", ["orders", "SO-000404"]),
    "period unknown": (lambda f: None, "score appraisal --period 2031Q1", ["2031Q1"]),
    "foreign folder": (lambda f: None, "tables --datapackage templates", ["templates"]),
}


def assert_says_once(said, words):
    what, *rest = said.err.strip().splitlines()
    assert [word for word in words if word not in said.err] == []
    assert all(line.startswith("→ ") for line in rest)
    assert len(rest) <= 1
    assert "Traceback" not in said.err
    assert re.search(r"\{\w+\}", said.err) is None
    assert what


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_done_is_said_once_and_nothing_changes(small, cli, monkeypatch, name):
    breaking, command, words = BROKEN[name]
    breaking(small)
    before = state_of(small)
    monkeypatch.chdir(small)
    said = cli(*command.split())
    assert said.code == 3
    assert said.out == ""
    assert_says_once(said, words)
    assert state_of(small) == before


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("chek", ["chek", "check"]),
        ("check custmer", ["custmer", "customer"]),
        ("score aprasal", ["aprasal", "appraisal"]),
        ("explain aprasal X", ["aprasal", "appraisal"]),
        ("docs make scorecard", ["scorecard", "score_card"]),
        ("check --as-of 2026-13-01", ["2026-13-01", "2026-09-30"]),
        ("check --colour", ["--colour"]),
        ("check --lang fr", ["fr", "zh-Hant"]),
        ("docs make customer_card --where status", ["status"]),
        ("docs make customer_card --workers many", ["many", "64"]),
        ("explain appraisal", ["KEY"]),
        ("init", ["FOLDER"]),
    ],
)
def test_a_wrong_call_is_said_with_an_offer(cli, command, words):
    said = cli(*command.split())
    assert said.code == 2
    assert said.out == ""
    assert_says_once(said, words)


def test_moved_columns_are_no_matter(small, cli):
    before = json.loads(cli("check", "-C", small, "--json").out)
    rework(small, lambda book: swap_columns(book, "客戶", 2, 6))
    after = json.loads(cli("check", "-C", small, "--json").out)
    assert after == before


def test_a_header_that_was_renamed_is_known_by_its_key_row(small, cli):
    rework(small, lambda book: rename_header(book, "客戶", "公司名稱", "廠商", key_row=True))
    assert json.loads(cli("check", "-C", small, "--json").out)["counts"]["error"] == 1


def test_text_where_a_number_belongs_is_a_problem_of_that_cell(small, cli):
    edit(small, "customer", "customer", {"C-000001": {"信用額度": "一百萬"}})
    said = cli("check", "customer", "-C", small)
    assert said.code == 1
    assert "customer.xlsm!客戶!S4" in said.out
    assert "一百萬" in said.out


def add_row_without_key(folder):
    rework(folder, lambda book: fill_row(book["聯絡人"]))


def fill_row(sheet):
    sheet.cell(7, 2).value = "C-000001"
    sheet.cell(7, 3).value = "何丁"
    table = next(iter(sheet.tables.values()))
    table.ref = re.sub(r"\d+$", "7", table.ref)


def open_by(folder, person, stem="customer"):
    owner = book_of(folder, stem).with_name(f"~${stem}.xlsm")
    owner.write_bytes(bytes([len(person)]) + person.encode() + bytes(120))


def test_rows_of_a_workbook_that_somebody_has_open_wait(small, cli):
    add_row_without_key(small)
    open_by(small, "Anna")
    before = book_of(small).read_bytes()
    said = cli("update", "-C", small)
    assert said.code == 75
    assert_says_once(said, ["Anna", "customer.xlsm", "sheetsales pending apply"])
    assert book_of(small).read_bytes() == before
    assert Workspace.open(small).frames["order"]["total"].tolist() == [30000, 15000]


def test_the_own_sheets_of_a_workbook_that_somebody_has_open_wait(small, cli):
    cli("score", "order_lines", "orders", "customers", "-C", small)
    edit(small, "customer", "contact", {"CT-000001": {"電話": None}})
    open_by(small, "Anna")
    before = book_of(small).read_bytes()
    said = cli("update", "-C", small)
    assert said.code == 75
    assert_says_once(said, ["Anna", "customer.xlsm"])
    assert book_of(small).read_bytes() == before


def test_documents_are_not_made_while_their_register_is_open(small, cli):
    open_by(small, "Anna", "governance")
    before = state_of(small)
    said = cli("docs", "make", "customer_card", "-C", small)
    assert said.code == 75
    assert_says_once(said, ["Anna", "governance.xlsm"])
    assert state_of(small) == before


def meanwhile(monkeypatch, small, changes):
    """Change orders as staff do, right before the engine saves for the first time."""
    save = Writer.save_apart

    def save_late(writer):
        if changes:
            edit(small, "sales", "order", changes.pop())
        return save(writer)

    monkeypatch.setattr(Writer, "save_apart", save_late)


def test_a_workbook_that_changed_meanwhile_keeps_both_changes(small, cli, monkeypatch):
    cli("update", "-C", small)
    edit(small, "sales", "order", {"SO-000001": {"訂單金額": 7}})
    meanwhile(monkeypatch, small, [{"SO-000001": {"備註": "急"}}, {}])
    assert cli("update", "-C", small).code == 0
    frame = Workspace.open(small).frames["order"]
    assert (frame["total"].tolist(), frame["remark"].tolist()[0]) == ([30000, 15000], "急")


def test_a_cell_that_changed_meanwhile_is_not_overwritten(small, cli, monkeypatch):
    meanwhile(monkeypatch, small, [{"SO-000001": {"訂單金額": 7}}, {}])
    said = cli("update", "-C", small)
    assert said.code == 3
    assert_says_once(said, ["sales.xlsm", "SO-000001", "訂單金額"])
    assert Workspace.open(small).frames["order"]["total"].tolist()[0] == 7


def refuse(*_arguments, **_options):
    raise PermissionError(13, "Permission denied")


def test_a_folder_that_cannot_be_written_is_named(small, cli, monkeypatch):
    monkeypatch.setattr(Path, "replace", refuse)
    before = state_of(small)
    said = cli("update", "-C", small)
    assert said.code in (3, 75)
    assert_says_once(said, ["Permission denied"])
    changed = {name for name, data in state_of(small).items() if before.get(name) != data}
    assert {name for name in changed if not name.startswith(".sheetsales/history")} == set()


def test_a_new_workspace_that_cannot_be_written_leaves_nothing(tmp_path, cli, monkeypatch):
    monkeypatch.setattr(Path, "rename", refuse)
    said = cli("init", tmp_path / "acme", "--company", "A", "--tax-id", "", "--currency", "TWD")
    assert said.code == 3
    assert_says_once(said, ["acme", "Permission denied"])
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_is_said(small, cli, monkeypatch):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("sheetsales.actions.check.check", interrupt)
    said = cli("check", "-C", small)
    assert said.code == 130
    assert said.out == ""
    assert_says_once(said, [])


@pytest.fixture
def faulty(monkeypatch):
    def fail(*_arguments, **_options):
        raise ZeroDivisionError("an own mistake")

    monkeypatch.setattr("sheetsales.actions.check.check", fail)


def test_a_mistake_of_the_program_is_owned_up_to(small, cli, faulty):
    said = cli("check", "-C", small)
    assert said.code == 4
    assert_says_once(said, ["ZeroDivisionError", "--debug"])


def test_technical_details_are_shown_when_asked_for(small, cli, faulty):
    assert "Traceback" in cli("check", "-C", small, "--debug").err


def test_programs_get_an_error_as_one_object(small, cli):
    book_of(small).unlink()
    said = cli("check", "-C", small, "--json")
    error = json.loads(said.out)["error"]
    assert error["code"] == "workbook-missing"
    assert error["message"] == said.err.splitlines()[0]


@pytest.mark.parametrize("lang", ["zh-Hant", "zh-Hans", "en"])
def test_an_error_speaks_the_language_asked_for(small, cli, lang):
    book_of(small).unlink()
    said = cli("check", "-C", small, "--lang", lang)
    word = {"zh-Hant": "找不到活頁簿", "zh-Hans": "找不到活页簿", "en": "is not there"}[lang]
    assert word in said.err
