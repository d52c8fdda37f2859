"""A file that cannot be read: one of twelve codes, said in three languages, never a traceback."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookError
from sheetsales.locale.conversion import to_simplified
from sheetsales.locale.messages import Messages
from sheetsales.store import Workbook, inspect, read_foreign_tables, read_tables
from tests.store.books import ROWS, parts, relations, staff_book, table_part, worksheet, write_parts

CODES = {
    "workbook-missing",
    "workbook-unreadable",
    "workbook-not-zip",
    "workbook-not-excel",
    "workbook-broken",
    "workbook-part",
    "workbook-doctype",
    "workbook-encrypted",
    "workbook-xls",
    "workbook-xlsb",
    "workbook-too-large",
    "sheet-sprawl",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
_PLACEHOLDER = re.compile(r"\{[a-z_:]+\}")


def _bytes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _book(**changed: str | None) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        content = parts(worksheet(ROWS), table_part())
        for name, data in changed.items():
            part = {"sheet": "xl/worksheets/sheet1.xml", "root": "_rels/.rels"}[name]
            if data is None:
                del content[part]
            else:
                content[part] = data
        write_parts(path, content)

    return write


def _cut(path: Path) -> None:
    data = staff_book(path).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _rotten(path: Path) -> None:
    data = bytearray(staff_book(path).read_bytes())
    with zipfile.ZipFile(path) as archive:
        data[archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 80] ^= 0xFF
    path.write_bytes(data)


CASES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "missing": ("workbook-missing", lambda path: path.unlink(missing_ok=True)),
    "a folder": ("workbook-unreadable", lambda path: path.mkdir()),
    "a table of text": ("workbook-not-zip", _bytes(b"a,b\n1,2\n")),
    "a web page": ("workbook-not-zip", _bytes(b"<html></html>")),
    "empty": ("workbook-not-zip", _bytes(b"")),
    "another zip": ("workbook-not-excel", _book(root=relations(("x", "a.xml")))),
    "cut in half": ("workbook-broken", _cut),
    "a rotten byte": ("workbook-broken", _rotten),
    "a lost sheet": ("workbook-broken", _book(sheet=None)),
    "a sheet cut short": ("workbook-part", _book(sheet=worksheet(ROWS)[:-40])),
    "a doctype": ("workbook-doctype", _book(sheet="<!DOCTYPE a>" + worksheet(ROWS))),
    "encrypted": ("workbook-encrypted", _bytes(OLE + "EncryptedPackage".encode("utf-16-le"))),
    "the old format": ("workbook-xls", _bytes(OLE + "Workbook".encode("utf-16-le"))),
    "the binary format": (
        "workbook-xlsb",
        _book(root=relations(("officeDocument", "xl/workbook.bin"))),
    ),
    "too large": ("workbook-too-large", _book(sheet=worksheet(" " * (20 << 20)))),
    "sprawling": ("sheet-sprawl", _book(sheet=worksheet(ROWS + FAR))),
}


def refusal(path: Path, read: Callable[[Path], object]) -> WorkbookError:
    with pytest.raises(WorkbookError) as caught:
        read(path)
    return caught.value


def test_every_kind_is_tried() -> None:
    assert {code for code, _ in CASES.values()} == CODES
    assert len(CODES) <= 12


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_cannot_be_read_is_one_error_by_every_way(tmp_path: Path, name: str) -> None:
    code, make = CASES[name]
    path = tmp_path / "book.xlsx"
    make(path)
    assert refusal(path, read_tables).code == code
    assert refusal(path, read_foreign_tables).code == code


@pytest.mark.parametrize("name", CASES)
def test_the_error_names_file_cause_and_cure_in_each_language(tmp_path: Path, name: str) -> None:
    path = tmp_path / "book.xlsx"
    CASES[name][1](path)
    error = refusal(path, read_tables)
    hant, hans, en = (
        Messages.load(lang).error_texts(error) for lang in ("zh-Hant", "zh-Hans", "en")
    )
    for what, do in (hant, hans, en):
        assert "book.xlsx" in what
        assert do
        assert not _PLACEHOLDER.search(what + do)
    assert hans == tuple(map(to_simplified, hant)), "what is derived is what converting gives"
    assert en != hant
    assert "Traceback" not in "".join(hant + en)


def test_causes_are_said_in_the_readers_language(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    _rotten(path)
    error = refusal(path, read_tables)
    assert "壓縮的資料已損壞" in Messages.load("zh-Hant").error_texts(error)[0]
    assert "压缩的资料已损坏" in Messages.load("zh-Hans").error_texts(error)[0]
    assert "its compressed data is damaged" in Messages.load("en").error_texts(error)[0]


def test_what_cannot_be_read_further_is_still_inspected(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    for name, form in (
        ("encrypted", "encrypted"),
        ("the old format", "xls"),
        ("the binary format", "xlsb"),
    ):
        CASES[name][1](path)
        assert inspect(path).format == form


def test_a_broken_zip_is_no_workbook_to_edit_either(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    _cut(path)
    assert refusal(path, Workbook.open).code == "workbook-broken"


def test_a_module_of_old_macros_is_no_sheet_and_no_damage(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS))
    module = '<sheet name="Module" sheetId="2" state="veryHidden" r:id=""/></sheets>'
    content["xl/workbook.xml"] = str(content["xl/workbook.xml"]).replace("</sheets>", module)
    path = write_parts(tmp_path / "book.xlsx", content)
    with Workbook.open(path) as book:
        assert book.sheets == ("表",)
        book.sheet("表").set("B2", 7)
        book.save()
    with Workbook.open(path) as book:
        assert book.sheet("表").get("B2") == 7
