from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookError
from sheetsales.store import Workbook, read_tables
from sheetsales.store.package import Package
from tests.store.books import (
    ROWS,
    SHEET,
    handmade,
    parts,
    relations,
    staff_book,
    table_part,
    worksheet,
    write_parts,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def refusal(path: Path) -> str:
    """Return the code with which both ways in refuse a file."""
    with pytest.raises(WorkbookError) as caught:
        Workbook.open(path)
    with pytest.raises(WorkbookError) as reading:
        read_tables(path)
    assert caught.value.code == reading.value.code
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook-not-zip"),
        (b"a,b\n1,2\n", "workbook-not-zip"),
        (b"version https://git-lfs.github.com/spec/v1\n", "workbook-not-zip"),
        (b"<html><table></table></html>", "workbook-not-zip"),
        (b"PK\x03\x04", "workbook-broken"),
        (_OLE + "EncryptedPackage".encode("utf-16-le"), "workbook-encrypted"),
        (_OLE + "Workbook".encode("utf-16-le"), "workbook-xls"),
        (b"PK\x05\x06" + bytes(18), "workbook-not-excel"),
        (b"PK\x05\x06" + b"\xff" * 18, "workbook-broken"),
    ],
)
def test_what_is_no_workbook_is_refused_by_name(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    assert refusal(path) == code


def test_a_missing_file_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx") == "workbook-missing"
    assert refusal(tmp_path) == "workbook-unreadable"


def test_a_truncated_book_is_always_one_error(tmp_path: Path) -> None:
    data = staff_book(tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "cut.xlsx"
    for length in range(100, len(data) - 1, 97):
        path.write_bytes(data[:length])
        assert refusal(path) == "workbook-broken"


def test_a_damaged_book_is_read_right_or_refused(tmp_path: Path) -> None:
    whole = staff_book(tmp_path / "whole.xlsx")
    data, wanted = whole.read_bytes(), read_tables(whole)["customer"].columns
    path, dice = tmp_path / "rotten.xlsx", random.Random(7)
    for _ in range(300):
        rotten = bytearray(data)
        rotten[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        path.write_bytes(rotten)
        try:
            assert read_tables(path)["customer"].columns == wanted
        except WorkbookError:
            continue


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS))
    content["_rels/.rels"] = relations(("officeDocument", "word/document.xml"))
    content["word/document.xml"] = "<document/>"
    assert refusal(write_parts(tmp_path / "a.xlsx", content)) == "workbook-not-excel"
    content["_rels/.rels"] = relations(("officeDocument", "xl/workbook.bin"))
    assert refusal(write_parts(tmp_path / "a.xlsx", content)) == "workbook-xlsb"


def test_a_sheet_without_a_part_is_refused(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS))
    del content[SHEET]
    assert refusal(write_parts(tmp_path / "a.xlsx", content)) == "workbook-broken"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "_rels/.rels"])
def test_a_doctype_is_refused_before_anything_expands_it(tmp_path: Path, part: str) -> None:
    content = parts(worksheet(ROWS), table_part())
    content[part] = f'<!DOCTYPE a [<!ENTITY b "c">]>{content[part]!s}'
    assert refusal(write_parts(tmp_path / "a.xlsx", content)) == "workbook-doctype"


def test_a_doctype_in_a_sheet_is_refused_when_it_is_read(tmp_path: Path) -> None:
    sheet = "<!DOCTYPE worksheet>" + worksheet(ROWS).partition("\n")[2]
    path = handmade(tmp_path, sheet, table_part())
    for use in (lambda: read_tables(path), lambda: Workbook.open(path).sheet("表").get("A1")):
        with pytest.raises(WorkbookError) as caught:
            use()
        assert caught.value.code == "workbook-doctype"


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, worksheet(""))
    assert refusal(path) == "workbook-broken"


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS), table_part())
    content[SHEET] = worksheet(" " * (101 << 20))
    path = write_parts(tmp_path / "a.xlsx", content)
    with pytest.raises(WorkbookError) as caught:
        read_tables(path)
    assert caught.value.code == "workbook-too-large"


def test_parts_are_found_whatever_their_case(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS), table_part())
    content["XL/Worksheets/Sheet1.XML"] = content.pop(SHEET)
    path = write_parts(tmp_path / "a.xlsx", content)
    with Workbook.open(path) as book:
        assert book.sheets == ("表",)
        book.sheet("表").set("B2", 7)
        book.save()
    assert read_part(path, "XL/Worksheets/Sheet1.XML").count(b"<v>7</v>") == 1


def test_of_two_names_that_differ_by_case_the_exact_one_is_used(tmp_path: Path) -> None:
    content = parts(worksheet(ROWS))
    content[SHEET.upper()] = worksheet("")
    path = write_parts(tmp_path / "a.xlsx", content)
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 7)
        book.save()
    assert b"<v>7</v>" in read_part(path, SHEET)
    assert b"<v>7</v>" not in read_part(path, SHEET.upper())


def read_part(path: Path, name: str) -> bytes:
    package = Package.read(path)
    return package.part(name)
