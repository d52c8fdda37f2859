"""Saving: all or nothing, never over somebody else's work, and the old file is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookBusyError, WorkbookError
from sheetsales.store import Workbook
from sheetsales.store import saving as saving_module
from sheetsales.store import workbook as workbook_module
from tests.store.books import ROWS, handmade, staff_book, values, worksheet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "books").mkdir()
    return handmade(tmp_path / "books", worksheet(ROWS))


def save(path: Path, value: object = 2, history: Path | None = None) -> None:
    with Workbook.open(path, history=history) as book:
        book.sheet("表").set("B2", value)
        book.save()


def crumbs(path: Path) -> list[str]:
    return [each.name for each in path.parent.iterdir() if each.name != path.name]


def excel_owner(name: str) -> bytes:
    narrow = name.encode("ascii", "replace")
    wide = name.encode("utf-16-le")
    return (
        bytes([len(narrow)])
        + narrow.ljust(54, b" ")
        + len(name).to_bytes(2, "little")
        + wide.ljust(108, b"\0")
    )


@pytest.mark.parametrize(
    ("owner_file", "data", "user"),
    [
        ("~$book.xlsx", excel_owner("王小姐"), "王小姐"),
        ("~$book.xlsx", excel_owner("Ann Lee"), "Ann Lee"),
        ("~$book.xlsx", excel_owner("Ann Lee")[:20], "Ann Lee"),
        ("~$book.xlsx", b"", ""),
        ("~$book.xlsx", b"\xff" * 165, None),
        (".~lock.book.xlsx#", "王小姐,ann,host,20.11.2026 10:00,file:///home;".encode(), "王小姐"),
        (".~lock.book.xlsx#", b",ann,host,20.11.2026 10:00,file:///home;", "ann"),
        (".~lock.book.xlsx#", b"", ""),
    ],
)
def test_a_book_that_somebody_has_open_is_not_written(
    path: Path, owner_file: str, data: bytes, user: str | None
) -> None:
    before = path.read_bytes()
    (path.parent / owner_file).write_bytes(data)
    with pytest.raises(WorkbookBusyError) as caught:
        save(path)
    if user is not None:
        assert caught.value.arguments["user"] == user
        assert caught.value.code == ("workbook-open" if user else "workbook-open-unknown")
    assert caught.value.arguments["owner_file"] == owner_file
    assert path.read_bytes() == before
    assert crumbs(path) == [owner_file]


def test_an_owner_file_that_is_a_folder_still_counts(path: Path) -> None:
    (path.parent / "~$book.xlsx").mkdir()
    with pytest.raises(WorkbookBusyError) as caught:
        save(path)
    assert caught.value.code == "workbook-open-unknown"


def test_a_book_that_changed_since_it_was_read_is_not_written(path: Path) -> None:
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 2)
        save(path, 3)
        with pytest.raises(WorkbookBusyError) as caught:
            book.save()
    assert caught.value.code == "workbook-changed"
    assert values(path)[1][1] == 3.0


def test_a_book_that_went_away_is_not_written(path: Path) -> None:
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 2)
        path.unlink()
        with pytest.raises(WorkbookError) as caught:
            book.save()
    assert caught.value.code == "workbook-missing"
    assert not path.exists()


def test_a_book_other_than_the_one_that_was_read_is_not_opened(path: Path) -> None:
    digest = Workbook.open(path).digest
    assert Workbook.open(path, digest=digest).digest == digest
    save(path)
    with pytest.raises(WorkbookBusyError) as caught:
        Workbook.open(path, digest=digest)
    assert caught.value.code == "workbook-changed"


def test_the_old_file_is_kept_once_beside_the_book(path: Path) -> None:
    first = path.read_bytes()
    for value in (2, 1, 2, 1):
        save(path, value)
    kept = list((path.parent / ".sheetsales" / "history").iterdir())
    contents = [each.read_bytes() for each in kept]
    assert first in contents
    assert len(set(contents)) == len(contents) == 3
    assert all(each.name.startswith("book.2") and each.suffix == ".xlsx" for each in kept)


def test_the_old_file_is_kept_where_the_workspace_says(path: Path, tmp_path: Path) -> None:
    (tmp_path / ".sheetsales").mkdir()
    save(path)
    assert len(list((tmp_path / ".sheetsales" / "history").iterdir())) == 1
    save(path, 5, history=tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert crumbs(path) == []


def test_mode_and_links_stay(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    save(link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert values(path)[1][1] == 2.0


@pytest.mark.parametrize(
    ("name", "error", "code"),
    [
        ("refuse_changed_book", PermissionError(13, "Permission denied"), "workbook-locked"),
        ("_write", OSError(28, "No space left on device"), "workbook-not-written"),
        ("keep_version", OSError(5, "Input/output error"), "workbook-not-written"),
        ("keep_version", PermissionError(13, "Permission denied"), "workbook-locked"),
    ],
)
def test_a_failure_leaves_the_old_file_and_no_crumbs(
    path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: OSError, code: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    before = path.read_bytes()
    monkeypatch.setattr(saving_module, name, fail)
    with pytest.raises(WorkbookError) as caught:
        save(path)
    assert caught.value.code == code
    assert path.read_bytes() == before
    assert [name for name in crumbs(path) if "tmp" in name] == []


@pytest.mark.parametrize("damage", ["cut", "wrong", "raw", "missing", "cell"])
def test_a_file_that_came_out_wrong_never_replaces_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    write = workbook_module.write_package

    def write_wrongly(package: object, changes: dict[str, bytes], out: object) -> None:
        ((part, content),) = changes.items()
        if damage == "cut":
            write(package, {part: content[:-20]}, out)
        elif damage == "wrong":
            write(package, {part: content.replace(b"<v>2</v>", b"<v>3</v>")}, out)
        elif damage == "raw":
            write(package, {part: content, "xl/styles.xml": b"<styleSheet/>"}, out)
        else:
            write(package, {part: content, "xl/styles.xml": None}, out)

    if damage == "cell":
        writing = "sheetsales.store.sheet_edit.written_sheet"
        monkeypatch.setattr(writing, lambda xml, *_: xml.data)
    else:
        monkeypatch.setattr(workbook_module, "write_package", write_wrongly)
    before = path.read_bytes()
    with pytest.raises(WorkbookError) as caught:
        save(path)
    assert caught.value.code == "workbook-not-written"
    assert path.read_bytes() == before
    assert crumbs(path) == []


def test_windows_is_asked_for_no_folder_sync(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise AssertionError

    monkeypatch.setattr(saving_module, "IS_WINDOWS", True)
    monkeypatch.setattr(os, "open", refuse)
    saving_module.sync_folder(path.parent)


def test_leaving_the_block_drops_what_was_not_saved(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    before = path.read_bytes()
    with Workbook.open(path) as book:
        book.sheet("客戶").set("A1", 1)
        assert book.changes
    assert not book.changes
    assert path.read_bytes() == before
    assert book.name == "book.xlsx"
    assert book.sheets == ("客戶", "總覽")
