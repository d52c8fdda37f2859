"""What was not edited is as it was, byte for byte; what was edited is as asked."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest

from sheetsales.store import Workbook
from sheetsales.store.package import Package
from sheetsales.store.repack import write_package
from sheetsales.store.source import Source
from tests.store.books import (
    ROWS,
    SHEET,
    TABLE,
    canonical,
    handmade,
    members,
    openpyxl_book,
    parts,
    raw_members,
    staff_book,
    values,
    worksheet,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

FIELDS = {"id": "編號", "name": "名稱", "day": "日期", "amount": "金額"}


def test_an_edit_of_cells_touches_one_part_and_in_it_those_cells(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    before, raw = members(path), raw_members(path)
    with Workbook.open(path) as book:
        table = book.table("customer", FIELDS, ["id"])
        table.update({"C-000002": {"name": "1+1=2", "day": date(2026, 5, 5)}})
        book.sheet("客戶").set("Z99", 1)
        book.save()
    after = members(path)
    assert [name for name in before if before[name] != after[name]] == [SHEET]
    assert list(before) == list(after)
    untouched = raw_members(path)
    assert all(raw[name] == untouched[name] for name in raw if name != SHEET)
    edited = {"C6", "D6", "Z99"}
    old = canonical(before[SHEET], edited)
    new = canonical(after[SHEET], edited)
    assert new.replace(b'<row r="99"></row>', b"") == old
    assert values(path)[5][2:5] == ["1+1=2", date(2026, 5, 5), 201.0]
    assert openpyxl_book(path)["客戶"]["C6"].data_type == "s"


def test_an_append_touches_the_sheet_and_its_table_only(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    before = members(path)
    with Workbook.open(path) as book:
        book.table("customer", FIELDS).append([{"id": "C-000004", "amount": 7}])
        book.save()
    after = members(path)
    assert [name for name in before if before[name] != after[name]] == [SHEET, TABLE]
    loaded = openpyxl_book(path)["客戶"]
    assert loaded.tables["customer"].ref == "B4:F8"
    assert loaded.tables["customer"].autoFilter.ref == "B4:F8"
    assert [str(area.sqref) for area in loaded.conditional_formatting] == ["E5:E8"]
    assert [str(each.sqref) for each in loaded.data_validations.dataValidation] == ["B5:B8"]
    assert b"<xm:sqref>E5:E8</xm:sqref>" in after[SHEET]
    assert loaded["C5"].comment is not None


def test_a_book_with_descriptors_and_comments_is_copied_without_them(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with path.open("wb") as file, zipfile.ZipFile(Unseekable(file), "w", 8) as archive:
        for name, content in parts(worksheet(ROWS)).items():
            archive.writestr(name, content)
        archive.comment = b"made by hand"
    with zipfile.ZipFile(path) as archive:
        assert all(info.flag_bits & 8 for info in archive.infolist())
    raw = raw_members(path)
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 2)
        book.save()
    with zipfile.ZipFile(path) as archive:
        assert not any(info.flag_bits & 8 for info in archive.infolist())
        assert archive.testzip() is None
        assert archive.comment == b"made by hand"
    copied = raw_members(path)
    assert all(copied[name] == raw[name] for name in raw if name != SHEET)


class Unseekable:
    """A file that cannot go back, so that `zipfile` writes data descriptors."""

    def __init__(self, file: object) -> None:
        self.write = file.write
        self.flush = file.flush


def test_stored_members_folders_extras_and_times_stay(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("xl")
        for name, content in parts(worksheet(ROWS)).items():
            info = zipfile.ZipInfo(name, (2020, 2, 3, 4, 5, 6))
            info.extra = struct.pack("<HHH", 0xCAFE, 2, 7)
            info.external_attr = 0o640 << 16
            archive.writestr(info, content)
    before = _directory(path)
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 2)
        book.save()
    assert _directory(path) == before


def _directory(path: Path) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(path) as archive:
        return [(i.filename, i.date_time, i.extra, i.external_attr) for i in archive.infolist()]


def test_parts_are_replaced_added_and_removed(tmp_path: Path) -> None:
    package = Package.read(handmade(tmp_path, worksheet(ROWS)))
    out = io.BytesIO()
    write_package(package, {SHEET: b"<a/>", "xl/styles.xml": None, "新.xml": b"<b/>"}, out)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.read(SHEET) == b"<a/>"
        assert archive.read("新.xml") == b"<b/>"
        assert "xl/styles.xml" not in archive.namelist()


@pytest.mark.parametrize("content", [b"", b"<a/>" * 100_000])
def test_zlib_does_where_isa_l_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr("sheetsales.store.deflate._isal", None)
    package = Package.read(handmade(tmp_path, worksheet(ROWS)))
    out = io.BytesIO()
    write_package(package, {SHEET: content}, out)
    assert Package(Source(out), "copy").part(SHEET) == content
