from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word.package import Package


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    return path


def test_members_keep_their_order_and_changed_ones_are_replaced(tmp_path: Path) -> None:
    package = Package.read(zipped(tmp_path / "a.docx", b=b"1", a=b"2"))
    with zipfile.ZipFile(BytesIO(package.with_parts({"b": b"new", "文": b"added"}))) as made:
        assert made.testzip() is None
        assert made.namelist() == ["b", "a", "文"]
        assert [made.read(name) for name in made.namelist()] == [b"new", b"2", b"added"]
        assert {info.date_time for info in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_stored_and_deflated_members_give_the_same_bytes(tmp_path: Path) -> None:
    stored = Package.read(zipped(tmp_path / "a.docx", a=b"x" * 99))
    with zipfile.ZipFile(tmp_path / "b.docx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("folder/", b"")
        package.writestr("a", b"x" * 99)
    assert stored.with_parts({}) == Package.read(tmp_path / "b.docx").with_parts({})


def test_a_huge_member_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetsales.word.package.MAX_PART_BYTES", 10)
    with pytest.raises(TemplateError, match="template-too-large"):
        Package.read(zipped(tmp_path / "a.docx", a=b"x" * 11))


def test_a_damaged_member_is_an_error(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.docx", a=b"some content")
    path.write_bytes(path.read_bytes().replace(b"some content", b"some c0ntent"))
    with pytest.raises(TemplateError, match="template-not-docx"):
        Package.read(path)
