"""Plans that wait for an open workbook: kept, applied in order, each once, conflicts told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookError, WorkbookQueuedError
from sheetsales.store import (
    Pending,
    Plan,
    Signature,
    StoreFolder,
    Workbook,
    apply_pending,
    save_books,
    transaction,
)
from sheetsales.store.applying import Outcome
from sheetsales.store.journal import Journal
from sheetsales.store.pending import BookPlan
from tests.store.books import staff_book, values


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / ".sheetsales").mkdir()
    return staff_book(tmp_path / "book.xlsx")


@pytest.fixture
def folder(path: Path) -> StoreFolder:
    return StoreFolder.of(path)


def owner(path: Path) -> Path:
    return path.with_name(f".~lock.{path.name}#")


def open_elsewhere(path: Path, user: str = "王小姐") -> None:
    owner(path).write_text(f"{user},ann,host,20.11.2026 10:00,;", encoding="utf-8")


def close_elsewhere(path: Path) -> None:
    owner(path).unlink()


def update(path: Path, key: str = "C-000001", name: str = "新", who: str = "甲") -> Plan:
    with Workbook.open(path) as book:
        book.table("customer", key=["編號"]).update({key: {"名稱": name}})
        return book.save(signature=Signature(who, "fill"))


def queue(path: Path, key: str = "C-000001", name: str = "新", who: str = "甲") -> None:
    with pytest.raises(WorkbookQueuedError):
        update(path, key, name, who)


def names(path: Path) -> list[object]:
    return [row[2] for row in values(path)[4:]]


def states(outcomes: list[Outcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


def test_what_waits_says_who_wanted_what_and_who_has_the_book(
    path: Path, folder: StoreFolder
) -> None:
    open_elsewhere(path)
    with pytest.raises(WorkbookQueuedError) as caught:
        update(path)
    (entry,) = Pending(folder).list()
    assert caught.value.arguments["plan"] == entry.file
    assert caught.value.arguments["user"] == entry.waits_for == "王小姐"
    assert (entry.who, entry.command, entry.books) == ("甲", "fill", ("book.xlsx",))
    (row,) = entry.plans[0].plan.rows
    assert (row.key, row.key_headers, row.cells[0].new) == (("C-000001",), ("編號",), "新")
    assert (folder.pending / entry.file).is_file()


def test_a_plan_waits_while_the_book_is_open_and_is_applied_afterwards(
    path: Path, folder: StoreFolder
) -> None:
    open_elsewhere(path)
    queue(path)
    (outcome,) = apply_pending(folder)
    assert (outcome.state, outcome.user) == ("open", "王小姐")
    close_elsewhere(path)
    assert states(apply_pending(folder)) == ["applied"]
    assert names(path)[0] == "新"
    assert not Pending(folder).list()
    (record,) = Journal(folder).records()
    assert (record.who, record.command, record.kind) == ("甲", "fill", "save")
    assert apply_pending(folder) == []


def test_plans_are_applied_in_their_order(path: Path, folder: StoreFolder) -> None:
    open_elsewhere(path)
    queue(path, "C-000001", "一")
    queue(path, "C-000002", "二", who="乙")
    close_elsewhere(path)
    outcomes = apply_pending(folder)
    assert [outcome.plan.who for outcome in outcomes] == ["甲", "乙"]
    assert states(outcomes) == ["applied", "applied"]
    assert names(path)[:2] == ["一", "二"]


def test_a_plan_in_conflict_stays_and_the_others_go_on(path: Path, folder: StoreFolder) -> None:
    open_elsewhere(path)
    queue(path, "C-000001", "一")
    queue(path, "C-000001", "二", who="乙")
    queue(path, "C-000002", "三", who="丙")
    close_elsewhere(path)
    outcomes = apply_pending(folder)
    assert states(outcomes) == ["applied", "conflict", "applied"]
    (conflict,) = outcomes[1].conflicts
    assert (conflict.base, conflict.theirs, conflict.ours) == ("客戶1", "一", "二")
    assert names(path) == ["一", "三", "客戶3"]
    assert [entry.who for entry in Pending(folder).list()] == ["乙"]


def test_every_save_applies_what_waits_for_its_books_first(path: Path, tmp_path: Path) -> None:
    other = staff_book(tmp_path / "other.xlsx")
    for each in (path, other):
        open_elsewhere(each)
        queue(each, "C-000001", "等")
        close_elsewhere(each)
    update(path, "C-000002", "新")
    assert names(path) == ["等", "新", "客戶3"]
    assert names(other)[0] == "客戶1"
    assert [entry.books for entry in Pending(StoreFolder.of(path)).list()] == [("other.xlsx",)]


def test_a_plan_that_waits_and_cannot_be_applied_stops_no_save(
    path: Path, folder: StoreFolder
) -> None:
    Pending(folder).add([BookPlan("gone.xlsx", Plan("gone.xlsx", ""))], "", Signature("甲", ""))
    open_elsewhere(path)
    queue(path, "C-000001", "一")
    close_elsewhere(path)
    (outcome,) = [each for each in apply_pending(folder) if each.state == "failed"]
    assert outcome.error is not None
    assert outcome.error.code == "workbook-missing"
    update(path, "C-000001", "二")
    assert names(path)[0] == "二"


def test_rows_without_a_key_are_added_once_although_the_process_died_before_noting_it(
    path: Path, folder: StoreFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_elsewhere(path)
    with Workbook.open(path) as book:
        book.table("customer").append([{"名稱": "無號"}])
        with pytest.raises(WorkbookQueuedError):
            book.save()
    close_elsewhere(path)
    with monkeypatch.context() as patch:
        patch.setattr(Pending, "remove", lambda *_: False)
        apply_pending(folder)
    assert names(path).count("無號") == 1
    assert states(apply_pending(folder)) == ["applied"]
    assert names(path).count("無號") == 1
    assert not Pending(folder).list()


def test_a_plan_that_the_journal_announced_but_nobody_wrote_is_not_lost(
    path: Path, folder: StoreFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    open_elsewhere(path)
    queue(path)
    close_elsewhere(path)
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "replace_book", die)
        patch.setattr(transaction, "note_abort", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            apply_pending(folder)
    assert [record.kind for record in Journal(folder).records()] == ["save"]
    assert states(apply_pending(folder)) == ["applied"]
    assert names(path)[0] == "新"


def test_a_plan_that_nobody_wrote_is_not_lost_although_somebody_else_saved_since(
    path: Path, folder: StoreFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    open_elsewhere(path)
    queue(path)
    close_elsewhere(path)
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "replace_book", die)
        patch.setattr(transaction, "note_abort", lambda *_: None)
        patch.setattr(transaction.Draft, "discard", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            apply_pending(folder)
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(staff_book(tmp_path / "elsewhere" / "book.xlsx", rows=4), path)
    assert states(apply_pending(folder)) == ["applied"]
    assert names(path) == ["新", "客戶2", "客戶3", "客戶4"]


def test_plans_for_several_books_wait_together(path: Path, tmp_path: Path) -> None:
    other = staff_book(tmp_path / "other.xlsx")
    open_elsewhere(other)
    books = [Workbook.open(each) for each in (path, other)]
    for book in books:
        book.table("customer", key=["編號"]).update({"C-000001": {"名稱": "新"}})
    with pytest.raises(WorkbookQueuedError):
        save_books(books)
    assert names(path)[0] == names(other)[0] == "客戶1"
    assert states(apply_pending(tmp_path)) == ["open"]
    assert names(path)[0] == "客戶1"
    close_elsewhere(other)
    assert states(apply_pending(tmp_path)) == ["applied"]
    assert names(path)[0] == names(other)[0] == "新"


def test_only_plans_of_people_wait_not_what_is_computed(path: Path, folder: StoreFolder) -> None:
    open_elsewhere(path)
    with Workbook.open(path) as book:
        book.table("customer").replace([{"編號": "C-000009"}])
        with pytest.raises(Exception, match="workbook-open") as caught:
            book.save()
        assert not isinstance(caught.value, WorkbookQueuedError)
        book.sheet("總覽").set("A9", 1)
        with pytest.raises(WorkbookQueuedError):
            book.save()
    (entry,) = Pending(folder).list()
    assert [row.kind for row in entry.plans[0].plan.rows] == ["set"]


def test_a_file_that_is_no_plan_is_told_and_left(folder: StoreFolder) -> None:
    folder.pending.mkdir()
    for number, text in enumerate(("", "{}", '{"id": 1, "plans": [{"name": "b", "plan": {}}]}')):
        (folder.pending / f"2026-{number}.plan.json").write_text(text)
    (folder.pending / ".2026.plan.json.tmp.1.ab").write_text("")
    assert Pending(folder).list() == []
    assert len(Pending(folder).unreadable()) == 3
    assert apply_pending(folder) == []


def test_an_entry_is_removed_by_its_id_alone(path: Path, folder: StoreFolder) -> None:
    open_elsewhere(path)
    queue(path)
    (entry,) = Pending(folder).list()
    assert not Pending(folder).remove(entry.id[1:])
    assert Pending(folder).remove(entry.id)
    assert not Pending(folder).remove(entry.id)


def test_a_folder_of_plans_that_cannot_be_read_is_an_error_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> list[Path]:
        raise PermissionError(13, "denied")

    folder = StoreFolder(tmp_path)
    folder.made().pending.mkdir()
    monkeypatch.setattr(Path, "iterdir", fail)
    with pytest.raises(WorkbookError) as caught:
        Pending(folder).list()
    assert caught.value.code == "workbook-unreadable"
