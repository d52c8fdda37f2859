"""What a process leaves that died: put in order under the lock, never guessed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sheetsales.store import StoreFolder, Workbook, recover, recovery, system, transaction
from sheetsales.store.history import History
from sheetsales.store.journal import Journal
from sheetsales.store.locks import book_lock
from tests.store.books import ROWS, handmade, values, worksheet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / ".sheetsales").mkdir()
    return handmade(tmp_path, worksheet(ROWS))


@pytest.fixture
def folder(path: Path) -> StoreFolder:
    return StoreFolder.of(path)


def save(path: Path, value: object) -> None:
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", value)
        book.save()


def die_at(patch: pytest.MonkeyPatch, name: str) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    patch.setattr(transaction, name, die)
    patch.setattr(transaction, "note_abort", lambda *_: None)
    patch.setattr(transaction.Draft, "discard", lambda _: None)


def kinds(folder: StoreFolder) -> list[str]:
    return [record.kind for record in Journal(folder).records()]


def foreign(path: Path, key: str) -> None:
    place = path.parent / "elsewhere"
    place.mkdir(exist_ok=True)
    shutil.copy(handmade(place, worksheet(ROWS.replace("00123", key))), path)


@pytest.mark.parametrize(
    ("name", "noted"),
    [("refuse_stale", []), ("replace_book", ["save", "abort"]), ("settle_book", ["save"])],
)
def test_the_next_save_goes_on_from_wherever_a_process_died(
    path: Path, folder: StoreFolder, monkeypatch: pytest.MonkeyPatch, name: str, noted: list[str]
) -> None:
    with monkeypatch.context() as patch:
        die_at(patch, name)
        with pytest.raises(KeyboardInterrupt):
            save(path, 2)
    save(path, 3)
    assert kinds(folder) == [*noted, "save"]
    assert values(path)[1][1] == 3.0
    assert [each.name for each in path.parent.iterdir() if ".tmp." in each.name] == []
    assert Journal(folder).verify() == []


def test_a_save_that_did_not_come_about_is_noted_although_somebody_else_saved_since(
    path: Path, folder: StoreFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        die_at(patch, "replace_book")
        with pytest.raises(KeyboardInterrupt):
            save(path, 2)
    foreign(path, "00777")
    save(path, 3)
    assert kinds(folder) == ["save", "abort", "foreign", "save"]
    tried, taken_back, *_ = Journal(folder).records()
    assert taken_back.plan_id == tried.plan_id
    assert not Journal(folder).seen(tried.plan_id)


def test_leftovers_are_removed_without_a_save(
    path: Path, folder: StoreFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(path, 2)
    (kept,) = History(folder).versions(path)
    leftovers = [
        path.with_name(f".{path.name}.tmp.1.ab"),
        kept.path.with_name(f"{kept.path.name}.part"),
        folder.path / ".journal.head.json.tmp.1.ab",
        folder.pending / ".x.plan.json.tmp.1.ab",
        folder.transactions / ".x.txn.json.tmp.1.ab",
    ]
    stranger = path.with_name(".other.xlsx.tmp.1.ab")
    for each in (*leftovers, stranger):
        each.parent.mkdir(exist_ok=True)
        each.write_bytes(b"half")
    found = recover(folder, [path])
    assert {each.kind for each in found} == {"crumb"}
    assert [each for each in leftovers if each.exists()] == []
    assert stranger.exists()
    assert recover(folder, [path]) == []


def test_the_new_file_of_a_living_save_is_left_alone(
    path: Path, folder: StoreFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse, found = transaction.refuse_stale, []

    def look(draft: transaction.Draft) -> None:
        found.extend(recover(folder, [path]))
        assert draft.temporary.exists()
        refuse(draft)

    monkeypatch.setattr(transaction, "refuse_stale", look)
    save(path, 2)
    assert found == []
    assert values(path)[1][1] == 2.0


def test_a_book_that_is_what_the_journal_says_is_clean(path: Path, folder: StoreFolder) -> None:
    save(path, 2)
    digest, found = recovery.settle(folder, path)
    assert digest == system.digest_of(path)
    assert found == []
    assert kinds(folder) == ["save"]


def test_a_save_by_another_program_is_noted_once_and_kept(path: Path, folder: StoreFolder) -> None:
    save(path, 2)
    foreign(path, "00777")
    found = [recover(folder, [path]) for _ in range(2)]
    assert [[(each.kind, each.book) for each in once] for once in found] == [
        [("foreign", "book.xlsx")],
        [],
    ]
    digest = system.digest_of(path)
    assert digest.startswith(History(folder).versions(path)[0].digest)
    assert kinds(folder) == ["save", "foreign"]


def test_a_book_that_the_journal_does_not_know_needs_no_record(
    path: Path, folder: StoreFolder
) -> None:
    assert recover(folder, [path]) == []
    assert kinds(folder) == []


def test_a_book_that_is_locked_is_left_to_whoever_has_it(path: Path, folder: StoreFolder) -> None:
    leftover = path.with_name(f".{path.name}.tmp.1.ab")
    leftover.write_bytes(b"half")
    with book_lock(folder, path):
        assert recover(folder, [path]) == []
    assert leftover.exists()


def test_a_book_that_went_away_stops_nothing(path: Path, folder: StoreFolder) -> None:
    save(path, 2)
    path.with_name(f".{path.name}.tmp.1.ab").write_bytes(path.read_bytes())
    path.unlink()
    assert [each.kind for each in recover(folder, [path])] == ["crumb"]
    assert kinds(folder) == ["save", "abort"]
    assert recover(folder, [path]) == []
