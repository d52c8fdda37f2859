"""Files are written whole or not at all, with and without what only Linux can do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sheetsales.word import files

CONTENT = b"PK whole"
UNNAMED = files._UNNAMED


@pytest.fixture(params=["without a name", "beside its place"])
def way(request, monkeypatch):
    if request.param == "beside its place":
        monkeypatch.setattr(files, "_UNNAMED", 0)
    elif not UNNAMED:
        pytest.skip("this system has no files without a name")
    return request.param


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.parametrize("old", [None, b"an older and longer content"])
def test_a_file_holds_what_was_written(way, tmp_path, old):
    path = tmp_path / "合同.docx"
    if old is not None:
        path.write_bytes(old)
    files.place_bytes(path, CONTENT)
    assert path.read_bytes() == CONTENT
    assert names_in(tmp_path) == ["合同.docx"]


def test_a_new_file_has_the_rights_of_any_other(way, tmp_path):
    (tmp_path / "other").write_bytes(b"")
    files.place_bytes(tmp_path / "one", CONTENT)
    assert (tmp_path / "one").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_full_disk_leaves_the_old_file_and_nothing_else(way, tmp_path, monkeypatch):
    path = tmp_path / "a.docx"
    path.write_bytes(b"old")

    def full(descriptor: int, content: bytes) -> None:
        os.write(descriptor, content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_write", full)
    for target in (path, tmp_path / "new.docx"):
        with pytest.raises(OSError, match="No space left"):
            files.place_bytes(target, CONTENT)
    assert names_in(tmp_path) == ["a.docx"]
    assert path.read_bytes() == b"old"


def test_nobody_sees_a_file_without_a_name_before_it_is_whole(tmp_path, monkeypatch):
    if not UNNAMED:
        pytest.skip("this system has no files without a name")
    seen = []
    write = files._write

    def watched(descriptor: int, content: bytes) -> None:
        write(descriptor, content)
        seen.append(names_in(tmp_path))

    monkeypatch.setattr(files, "_write", watched)
    files.place_bytes(tmp_path / "a.docx", CONTENT)
    assert seen == [[]]


@pytest.mark.parametrize("refused", ["open", "link"])
def test_where_the_file_system_knows_no_such_files_the_other_way_is_taken(
    refused, tmp_path, monkeypatch
):
    if not UNNAMED:
        pytest.skip("this system has no files without a name")
    usual = getattr(os, refused)

    def refuse(path: object, flags: object, *rest: object, **more: object) -> object:
        if refused == "link" or flags == UNNAMED:
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        return usual(path, flags, *rest, **more)

    monkeypatch.setattr(os, refused, refuse)
    files.place_bytes(tmp_path / "a.docx", CONTENT)
    monkeypatch.undo()
    assert (tmp_path / "a.docx").read_bytes() == CONTENT
    assert names_in(tmp_path) == ["a.docx"]
