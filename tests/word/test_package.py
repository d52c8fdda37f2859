from __future__ import annotations

import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word.deflate import DeflateName, deflater
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


class _Unseekable(BytesIO):
    """A stream that zip writes with data descriptors, as it does to a pipe."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError("no position")

    def seek(self, *_: int) -> int:
        raise OSError("no position")


def test_members_with_data_descriptors_and_zip64_are_copied(tmp_path: Path) -> None:
    stream = _Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        with package.open(zipfile.ZipInfo("stored"), "w") as member:
            member.write(b"1" * 50)
        info = zipfile.ZipInfo("big")
        info.compress_type = zipfile.ZIP_DEFLATED
        with package.open(info, "w", force_zip64=True) as member:
            member.write(b"2" * 50)
    made = Package.of(stream.getvalue(), "a.docx").with_parts({"new": b"3"})
    with zipfile.ZipFile(BytesIO(made)) as found:
        assert found.testzip() is None
        assert [found.read(name)[:1] for name in found.namelist()] == [b"1", b"2", b"3"]
        assert not any(one.flag_bits & 8 for one in found.infolist())


def test_pictures_are_stored_and_texts_squeezed(tmp_path: Path) -> None:
    made = Package({}).with_parts({"a.png": b"x" * 999, "a.xml": b"x" * 999})
    with zipfile.ZipFile(BytesIO(made)) as found:
        assert [one.compress_size < 999 for one in found.infolist()] == [False, True]


@pytest.mark.parametrize("name", ["auto", "zlib"])
@pytest.mark.parametrize("count", [0, 1, 585, 586, 5_000])
def test_every_compressor_makes_a_zip_that_others_read(name: DeflateName, count: int) -> None:
    content = "合同 ".encode() * count
    made = Package({}).with_parts({"a": content}, deflater(name))
    assert made == Package({}).with_parts({"a": content}, deflater(name))
    with zipfile.ZipFile(BytesIO(made)) as found:
        assert found.testzip() is None
        assert found.read("a") == content


def test_stock_zlib_takes_the_place_of_a_missing_isal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "isal", None)
    assert deflater() is deflater("zlib")
    with pytest.raises(ImportError):
        deflater("isal")
