"""Taking saves back: versions restored, single writes reversed, nothing lost by it."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest

from sheetsales.errors import ConflictError, WorkbookBusyError, WorkbookError
from sheetsales.store import (
    Signature,
    StoreFolder,
    Workbook,
    apply_pending,
    restore,
    save_books,
    system,
    undo,
    undoing,
)
from sheetsales.store.history import History
from sheetsales.store.journal import Journal
from tests.store.books import staff_book, values


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / ".sheetsales").mkdir()
    return staff_book(tmp_path / "book.xlsx")


def update(path: Path, key: str, **cells: object) -> None:
    with Workbook.open(path) as book:
        book.table("customer", key=["編號"]).update({key: cells})
        book.save()


def names(path: Path) -> list[object]:
    return [row[2] for row in values(path)[4:]]


def test_a_restored_version_is_byte_for_byte_what_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "sync_file", lambda _: None)
    monkeypatch.setattr(system, "sync_folder", lambda _: None)
    seen = {system.digest_of(path): path.read_bytes()}
    dice = random.Random(5)
    for number in range(12):
        update(path, f"C-00000{1 + number % 3}", 名稱=f"名{number}")
        seen[system.digest_of(path)] = path.read_bytes()
    for _ in range(12):
        digest = dice.choice([each for each in seen if each != system.digest_of(path)])
        assert restore(path, digest[:12], signature=Signature("甲", "restore")) == digest
        assert path.read_bytes() == seen[digest]
    records = list(Journal(StoreFolder.of(path)).records())
    assert [record.kind for record in records] == ["save"] * 12 + ["restore"] * 12
    assert records[-1].who == "甲"
    assert all(one.after == two.before for one, two in pairwise(records))


def test_what_a_restore_replaces_is_kept(path: Path) -> None:
    first = system.digest_of(path)
    update(path, "C-000001", 名稱="新")
    second = system.digest_of(path)
    restore(path, first)
    restore(path, second)
    assert names(path)[0] == "新"


def test_a_version_that_is_there_already_is_not_written(path: Path) -> None:
    update(path, "C-000001", 名稱="新")
    update(path, "C-000001", 名稱="客戶1")
    (newest, *_) = History(StoreFolder.of(path)).versions(path)
    restore(path, newest)
    count = len(list(Journal(StoreFolder.of(path)).records()))
    restore(path, newest)
    assert len(list(Journal(StoreFolder.of(path)).records())) == count


def test_a_version_that_is_missing_or_damaged_is_refused(path: Path) -> None:
    update(path, "C-000001", 名稱="新")
    before = path.read_bytes()
    (version,) = History(StoreFolder.of(path)).versions(path)
    version.path.write_bytes(version.path.read_bytes()[:-9])
    for wanted in (version, "0000"):
        with pytest.raises(WorkbookError) as caught:
            restore(path, wanted)
        assert caught.value.code == "workbook-version-missing"
    assert path.read_bytes() == before


def test_an_open_book_is_not_restored(path: Path) -> None:
    first = system.digest_of(path)
    update(path, "C-000001", 名稱="新")
    path.with_name(f"~${path.name}").write_bytes(b"")
    with pytest.raises(WorkbookBusyError) as caught:
        restore(path, first)
    assert caught.value.code == "workbook-open-unknown"
    assert names(path)[0] == "新"


def test_a_write_is_undone_and_later_ones_stay(path: Path) -> None:
    update(path, "C-000001", 名稱="一", 金額=1)
    update(path, "C-000002", 名稱="二")
    undo(path, 1)
    assert names(path) == ["客戶1", "二", "客戶3"]
    assert values(path)[4][4] == 100.5


def test_without_a_number_the_last_write_that_stands_is_undone(path: Path) -> None:
    update(path, "C-000001", 名稱="一")
    update(path, "C-000002", 名稱="二")
    plan = undo(path)
    assert plan.rows[0].key == ("C-000002",)
    assert names(path) == ["一", "客戶2", "客戶3"]
    undo(path)
    assert names(path) == ["一", "二", "客戶3"]


def test_the_reversal_is_told_without_writing(path: Path) -> None:
    update(path, "C-000001", 名稱="一")
    before = path.read_bytes()
    (row,) = undoing.reversal(path).rows
    assert (row.cells[0].old, row.cells[0].new) == ("一", "客戶1")
    assert path.read_bytes() == before


def test_a_cell_that_changed_since_is_a_conflict(path: Path) -> None:
    update(path, "C-000001", 名稱="一", 金額=1)
    update(path, "C-000001", 名稱="又")
    with pytest.raises(ConflictError) as caught:
        undo(path, 1)
    (conflict,) = caught.value.conflicts
    assert (conflict.base, conflict.theirs, conflict.ours) == ("一", "又", "客戶1")
    assert values(path)[4][4] == 1.0


def test_rows_that_were_added_become_blank_and_keys_come_back(path: Path) -> None:
    with Workbook.open(path) as book:
        table = book.table("customer", key=["編號"])
        table.update({"C-000001": {"編號": "C-000009"}})
        table.append([{"編號": "C-000004", "名稱": "新", "金額": 5}])
        book.save()
    undo(path)
    read = Workbook.open(path).table("customer").read()
    assert list(read.columns[0]) == ["C-000001", "C-000002", "C-000003", ""]
    assert read.columns[3][3] == ""
    with Workbook.open(path) as book:
        book.table("customer").append([{"編號": "C-000005"}])
        book.save()
    assert values(path)[7][1] == "C-000005"


def test_a_write_to_several_books_is_undone_in_each(path: Path, tmp_path: Path) -> None:
    other = staff_book(tmp_path / "other.xlsx")
    books = [Workbook.open(each) for each in (path, other)]
    for book in books:
        book.table("customer", key=["編號"]).update({"C-000001": {"名稱": "新"}})
    save_books(books)
    undo(path)
    assert names(path)[0] == "客戶1"
    assert names(other)[0] == "新"


def test_an_undo_waits_for_an_open_book(path: Path) -> None:
    update(path, "C-000001", 名稱="一")
    owner = path.with_name(f"~${path.name}")
    owner.write_bytes(b"")
    with pytest.raises(WorkbookBusyError) as caught:
        undo(path)
    assert caught.value.code == "workbook-queued-unknown"
    owner.unlink()
    apply_pending(path.parent)
    assert names(path)[0] == "客戶1"


def test_what_the_journal_cannot_give_back_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workbook.open(path) as book:
        book.table("customer", key=["編號"]).update({"C-000001": {"名稱": "王小明"}})
        book.save(sealed=lambda _, column: column == "名稱")
    with Workbook.open(path) as book:
        book.table("customer").replace([])
        book.save()
    for seq in (None, 1, 2, 99):
        with pytest.raises(WorkbookError) as caught:
            undo(path, seq)
        assert caught.value.code == "workbook-record-missing"


def test_a_write_that_did_not_come_about_is_not_undone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, target: Path) -> None:
        if target == path:
            raise OSError(5, "I/O")
        source.replace(target)

    update(path, "C-000001", 名稱="一")
    with monkeypatch.context() as patch:
        patch.setattr(system, "replace", fail)
        with pytest.raises(WorkbookError):
            update(path, "C-000002", 名稱="二")
    undo(path)
    assert names(path) == ["客戶1", "客戶2", "客戶3"]
