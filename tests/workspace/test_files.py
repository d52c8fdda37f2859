from __future__ import annotations

from pathlib import Path

import pytest

from sheetsales.errors import WorkspaceError
from sheetsales.workspace.files import read_json, write_file, write_files


def test_a_file_and_its_folder_are_made(tmp_path):
    path = write_file(tmp_path / "new" / "a.txt", "價格")
    assert path.read_text(encoding="utf-8") == "價格"
    assert [one.name for one in path.parent.iterdir()] == ["a.txt"]


def test_an_old_file_is_replaced(tmp_path):
    write_file(tmp_path / "a", "old")
    write_files({tmp_path / "a": b"new", tmp_path / "b": "B"})
    assert [(tmp_path / name).read_bytes() for name in "ab"] == [b"new", b"B"]


@pytest.mark.parametrize("failing", ["open", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failing):
    path = write_file(tmp_path / "a", "old")

    def fail(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, failing, fail)
        with pytest.raises(WorkspaceError) as refused:
            write_file(path, "new")
    assert refused.value.code == "file-not-written"
    assert refused.value.arguments == {"file": str(path), "reason": "No space left on device"}
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"{", b"\xff"])
def test_a_damaged_file_of_ours_is_named(tmp_path, content):
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError) as refused:
        read_json(path)
    assert refused.value.code == "file-not-read"
    assert refused.value.arguments["file"] == str(path)
