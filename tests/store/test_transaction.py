"""Several workbooks in one save: all or none, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sheetsales.errors import (
    ConflictError,
    WorkbookBusyError,
    WorkbookError,
    WorkbookQueuedError,
)
from sheetsales.store import (
    Plan,
    StoreFolder,
    Workbook,
    recover,
    recovery,
    save_books,
    system,
    transaction,
)
from sheetsales.store.journal import Journal
from sheetsales.store.locks import book_lock
from tests.store.books import staff_book, values


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    (tmp_path / ".sheetsales").mkdir()
    return [staff_book(tmp_path / f"{name}.xlsx") for name in "abc"]


def edited(paths: list[Path], name: str = "新", key: str = "C-000001") -> list[Workbook]:
    books = [Workbook.open(path) for path in paths]
    for book in books:
        book.table("customer", key=["編號"]).update({key: {"名稱": name}})
    return books


def names(paths: list[Path], row: int = 4) -> list[object]:
    return [values(path)[row][2] for path in paths]


def crumbs(folder: Path) -> list[str]:
    ends = (".part", ".txn.json")
    return [
        each.name
        for each in folder.rglob("*")
        if ".tmp." in each.name or each.name.endswith(ends) or each.name.endswith(".holder.json")
    ]


def fail_at(
    monkeypatch: pytest.MonkeyPatch, wanted: Callable[[Path], bool], error: BaseException
) -> None:
    replace = system.replace

    def replace_or_fail(source: Path, target: Path) -> None:
        if wanted(target):
            raise error
        replace(source, target)

    monkeypatch.setattr(system, "replace", replace_or_fail)


def test_several_books_are_saved_together(paths: list[Path], tmp_path: Path) -> None:
    plans = save_books(edited(paths))
    assert names(paths) == ["新"] * 3
    assert [plan.rows[0].cells[0].new for plan in plans] == ["新"] * 3
    records = list(Journal(StoreFolder(tmp_path)).records())
    assert [record.book for record in records] == ["a.xlsx", "b.xlsx", "c.xlsx"]
    assert {record.kind for record in records} == {"txn"}
    assert len({record.note["txn"] for record in records}) == 1
    assert crumbs(tmp_path) == []


def test_books_without_changes_are_left_alone(paths: list[Path]) -> None:
    before = paths[2].stat().st_mtime_ns
    plans = save_books([*edited(paths[:2]), Workbook.open(paths[2])])
    assert [bool(plan) for plan in plans] == [True, True, False]
    assert paths[2].stat().st_mtime_ns == before
    assert save_books([]) == []


def test_a_conflict_in_one_book_leaves_all_as_they_were(paths: list[Path], tmp_path: Path) -> None:
    books = edited(paths)
    edited(paths[1:2], "別人")[0].save()
    with pytest.raises(ConflictError):
        save_books(books)
    assert names(paths) == ["客戶1", "別人", "客戶1"]
    assert crumbs(tmp_path) == []


def test_a_newer_file_is_merged_in_each_book(paths: list[Path]) -> None:
    books = edited(paths)
    edited(paths[1:2], "別人", "C-000002")[0].save()
    save_books(books)
    assert names(paths) == ["新"] * 3
    assert names(paths, 5) == ["客戶2", "別人", "客戶2"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_failure_before_the_first_replacement_leaves_all_as_they_were(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    stage = transaction.stage

    def stage_or_fail(source: Workbook) -> object:
        if source.path == paths[number]:
            raise OSError(28, "No space left on device")
        return stage(source)

    with monkeypatch.context() as patch:
        patch.setattr(transaction, "stage", stage_or_fail)
        with pytest.raises(WorkbookError) as caught:
            save_books(edited(paths))
    assert caught.value.code == "workbook-not-written"
    assert names(paths) == ["客戶1"] * 3
    assert crumbs(tmp_path) == []
    assert not list(Journal(StoreFolder(tmp_path)).records())


def test_a_transaction_that_cannot_be_written_down_is_taken_back(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fail_at(patch, lambda target: target.parent.name == "txn", OSError(5, "I/O"))
        with pytest.raises(WorkbookError) as caught:
            save_books(edited(paths))
    assert caught.value.code == "workbook-not-written"
    assert names(paths) == ["客戶1"] * 3
    assert crumbs(tmp_path) == []
    kinds = [record.kind for record in Journal(StoreFolder(tmp_path)).records()]
    assert kinds == ["txn"] * 3 + ["abort"] * 3


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_failure_at_a_replacement_is_told_and_the_rest_follows_with_the_next_save(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    books = edited(paths)
    with monkeypatch.context() as patch:
        fail_at(patch, lambda target: target == paths[number], OSError(5, "I/O"))
        with pytest.raises(WorkbookError) as caught:
            save_books(books)
    assert caught.value.code == "workbook-unsettled"
    assert caught.value.arguments["book"] == paths[number].name
    assert names(paths).count("新") == number
    edited(paths[:1], "後來", "C-000002")[0].save()
    assert names(paths) == ["新"] * 3
    assert values(paths[0])[5][2] == "後來"
    assert crumbs(tmp_path) == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_a_dying_process_began_is_finished_without_another_save(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with monkeypatch.context() as patch:
        fail_at(patch, lambda target: target == paths[number], KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            save_books(edited(paths))
    found = recover(StoreFolder(tmp_path))
    assert [(each.kind, each.book) for each in found] == [
        ("finished", path.name) for path in paths[number:]
    ]
    assert names(paths) == ["新"] * 3
    assert crumbs(tmp_path) == []
    assert recover(StoreFolder(tmp_path), paths) == []


def test_a_book_that_changed_before_it_was_finished_gets_the_plan_by_a_merge(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fail_at(patch, lambda target: target == paths[1], KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            save_books(edited(paths))
    (tmp_path / "elsewhere").mkdir()
    foreign = staff_book(tmp_path / "elsewhere" / "b.xlsx", rows=4)
    paths[1].write_bytes(foreign.read_bytes())
    kinds = {each.book: each.kind for each in recover(StoreFolder(tmp_path))}
    assert kinds == {"b.xlsx": "stopped", "c.xlsx": "finished"}
    assert names(paths) == ["新", "客戶1", "新"]
    edited(paths[1:2], "後來", "C-000004")[0].save()
    assert names(paths) == ["新"] * 3
    assert values(paths[1])[7][2] == "後來"
    assert crumbs(tmp_path) == []


def test_a_book_that_is_open_is_finished_when_it_is_closed(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fail_at(patch, lambda target: target == paths[1], KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            save_books(edited(paths))
    owner = tmp_path / "~$b.xlsx"
    owner.write_bytes(b"")
    assert [each.kind for each in recover(StoreFolder(tmp_path))] == ["waiting", "finished"]
    assert names(paths) == ["新", "客戶1", "新"]
    with pytest.raises(WorkbookQueuedError):
        edited(paths[1:2], "後來", "C-000002")[0].save()
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "refuse_open", lambda _: None)
        with pytest.raises(WorkbookQueuedError):
            edited(paths[1:2], "後來", "C-000003")[0].save()
    kinds = [record.kind for record in Journal(StoreFolder(tmp_path)).records()]
    assert kinds == ["txn"] * 3
    owner.unlink()
    assert [each.kind for each in recover(StoreFolder(tmp_path))] == ["finished"]
    assert names(paths) == ["新"] * 3


def test_a_transaction_that_is_under_way_is_nobody_elses_business(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    replace = transaction.replace_book

    def look_and_replace(draft: transaction.Draft) -> None:
        seen.extend(recover(StoreFolder(tmp_path), paths))
        replace(draft)

    monkeypatch.setattr(transaction, "replace_book", look_and_replace)
    save_books(edited(paths))
    assert {each.kind for each in seen} == {"waiting"}
    assert names(paths) == ["新"] * 3


def test_a_lock_that_is_held_is_told(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = StoreFolder(tmp_path)
    locks = transaction.book_locks
    monkeypatch.setattr(transaction, "book_locks", lambda *given: locks(*given, timeout=0))
    with book_lock(folder, paths[1]), pytest.raises(WorkbookBusyError) as caught:
        save_books(edited(paths))
    assert caught.value.code == "workbook-lock-timeout"
    assert names(paths) == ["客戶1"] * 3


def test_books_of_different_folders_are_not_saved_together(tmp_path: Path) -> None:
    paths = []
    for name in "ab":
        (tmp_path / name / ".sheetsales").mkdir(parents=True)
        paths.append(staff_book(tmp_path / name / "book.xlsx"))
    with pytest.raises(WorkbookError) as caught:
        save_books(edited(paths))
    assert caught.value.code == "workbook-apart"
    assert names(paths) == ["客戶1"] * 2


def test_a_plan_that_is_merged_twice_into_an_open_book_counts_once(paths: list[Path]) -> None:
    with Workbook.open(paths[0]) as book:
        book.table("customer").append([{"名稱": "無號"}])
        plan = Plan.from_json(book.changes.to_json())
    with Workbook.open(paths[0]) as book:
        book.apply(plan)
        book.apply(plan)
        assert len(book.changes.rows) == 1
        book.save()
        book.apply(plan)
        assert not book.changes
    with Workbook.open(paths[0]) as book:
        book.apply(plan)
        book.save()
    assert [row[2] for row in values(paths[0])[4:]] == ["客戶1", "客戶2", "客戶3", "無號"]


def test_a_transaction_file_that_says_nothing_is_told_and_left(tmp_path: Path) -> None:
    folder = StoreFolder(tmp_path).made()
    folder.transactions.mkdir()
    broken = recovery.transaction_file(folder, "broken")
    broken.write_text("{")
    assert [(each.kind, each.book) for each in recover(folder)] == [
        ("unreadable", "broken.txn.json")
    ]
    assert broken.exists()
