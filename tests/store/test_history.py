"""The history: what was there comes back byte for byte, and thinning never goes too far."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import WorkbookError
from sheetsales.store import Workbook, system
from sheetsales.store import history as history_module
from sheetsales.store.differences import CellDifference, RowDifference, differences
from sheetsales.store.folders import StoreFolder
from sheetsales.store.history import DAYS, MONTHS, NEWEST, History, Version, kept
from tests.store.books import staff_book

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PLENTY = 1 << 40


class Clock:
    """A clock that goes on by as much as it is told."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.time, self.step = NOW, timedelta(seconds=1)
        patch.setattr(system, "now", self)

    def __call__(self) -> datetime:
        self.time += self.step
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / ".sheetsales").mkdir()
    return tmp_path / "客戶.xlsx"


def keep(history: History, book: Path, content: bytes) -> str:
    """Write a book and keep it; return its digest."""
    book.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    history.keep(book, digest)
    return digest


def test_a_version_comes_back_byte_for_byte(book: Path, clock: Clock) -> None:
    history, chances = History(StoreFolder.of(book)), random.Random(1)
    digests = {}
    for _ in range(200):
        content = chances.randbytes(chances.randrange(2000))
        digests[keep(history, book, content)] = content
    assert len(history.versions(book)) == 200
    for digest, content in digests.items():
        assert history.version(book, digest).path.read_bytes() == content


def test_the_same_content_is_kept_once_under_its_last_time(book: Path, clock: Clock) -> None:
    history = History(StoreFolder.of(book))
    keep(history, book, b"one")
    keep(history, book, b"two")
    digest = keep(history, book, b"one")
    newest, older = history.versions(book)
    assert newest.digest == digest[:16]
    assert newest.time == clock.time
    assert older.path.read_bytes() == b"two"


def test_books_of_like_names_are_told_apart(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / ".sheetsales").mkdir()
    (tmp_path / "2026").mkdir()
    names = ("a.xlsx", "a.xlsm", "a.b.xlsx", "2026/a.xlsx", "A.xlsx")
    history = History(StoreFolder(tmp_path))
    for name in names:
        keep(history, tmp_path / name, name.encode())
    for name in names:
        (version,) = history.versions(tmp_path / name)
        assert version.path.read_bytes() == name.encode()


def test_a_version_is_found_by_the_first_digits_if_they_are_enough(
    book: Path, clock: Clock
) -> None:
    history = History(StoreFolder.of(book))
    digests = [keep(history, book, b"%d" % number) for number in range(40)]
    assert history.version(book, digests[0][:12].upper()).digest == digests[0][:16]
    for few in ("", digests[0][:1], "g" * 16):
        with pytest.raises(WorkbookError) as caught:
            history.version(book, few)
        assert caught.value.code == "workbook-version-missing"


def test_foreign_files_in_the_folder_are_left_alone(book: Path, clock: Clock) -> None:
    history = History(StoreFolder.of(book))
    keep(history, book, b"one")
    (version,) = history.versions(book)
    strange = ("客戶.xlsx", "客戶.20261399T000000Z-0123456789abcdef.xlsx", "notes.txt", ".part")
    for name in strange:
        (history.place / name).write_bytes(b"")
    left_behind = version.path.with_name(f"{version.path.name}.part")
    left_behind.write_bytes(b"half")
    assert history.versions(book) == [version]
    history.clean(book)
    assert not left_behind.exists()
    assert all((history.place / name).exists() for name in strange)


def test_versions_of_the_earlier_form_of_the_name_are_found(book: Path) -> None:
    history = History(StoreFolder.of(book))
    history.place.mkdir()
    (history.place / "客戶.20260102T030405Z-0123456789abcdef.xlsx").write_bytes(b"1")
    (version,) = history.versions(book)
    assert version.time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_without_history_there_is_nothing_to_do(book: Path) -> None:
    history = History(StoreFolder.of(book))
    history.clean(book)
    assert history.versions(book) == history.prune(book) == []


def test_pruning_removes_what_need_not_stay(
    book: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(StoreFolder.of(book))
    clock.step = timedelta(hours=1)
    for number in range(100):
        keep(history, book, b"%d" % number)
    before = history.versions(book)
    removed = history.prune(book)
    after = history.versions(book)
    assert sorted([*after, *removed]) == sorted(before)
    assert after[:NEWEST] == before[:NEWEST]
    assert len(after) == NEWEST + len({version.time.date() for version in before[NEWEST:]}) - 1 + (
        before[NEWEST].time.date() != before[NEWEST - 1].time.date()
    )
    monkeypatch.setattr(history_module, "SPACE", 1)
    monkeypatch.setattr(history_module, "TIMES_THE_BOOK", 0)
    history.prune(book)
    assert history.versions(book) == before[:3]


def version(minutes: int, size: int = 10) -> Version:
    return Version(NOW - timedelta(minutes=minutes), f"{minutes:016x}", Path(f"{minutes}"), size)


AGES = st.sets(st.integers(0, 3 * 366 * 24 * 60), max_size=120)


@given(AGES)
def test_the_newest_and_one_a_day_and_month_stay(ages: set[int]) -> None:
    versions = [version(age) for age in ages]
    left = kept(versions, NOW, PLENTY)
    newest_first = sorted(versions, reverse=True)
    assert set(newest_first[:NEWEST]) <= left
    for each in versions:
        day, month = each.time.date(), (each.time.year, each.time.month)
        if each.time >= NOW - timedelta(days=DAYS):
            assert any(other.time.date() == day for other in left)
        if (NOW.year - month[0]) * 12 + NOW.month - month[1] <= MONTHS:
            assert any((other.time.year, other.time.month) == month for other in left)
    assert len(left) <= NEWEST + DAYS + 1 + MONTHS + 1


@given(AGES)
def test_pruning_twice_is_pruning_once(ages: set[int]) -> None:
    left = kept([version(age) for age in ages], NOW, PLENTY)
    assert kept(left, NOW, PLENTY) == left


@given(AGES, st.integers(0, 2000), st.integers(1, 100))
def test_the_newest_three_stay_whatever_their_size(ages: set[int], space: int, size: int) -> None:
    versions = [version(age, size) for age in ages]
    left = kept(versions, NOW, space)
    assert left >= set(sorted(versions, reverse=True)[:3])
    assert len(left) <= 3 or sum(each.size for each in left) <= space


@given(AGES, st.integers(0, 2000))
def test_what_goes_for_lack_of_space_is_the_oldest(ages: set[int], space: int) -> None:
    versions = [version(age) for age in ages]
    left, all_wanted = kept(versions, NOW, space), kept(versions, NOW, PLENTY)
    gone = all_wanted - left
    assert not gone or max(gone) < min(left)


def test_the_difference_of_two_books_is_told_by_row_and_column(tmp_path: Path) -> None:
    older = staff_book(tmp_path / "a.xlsx")
    newer = tmp_path / "b.xlsx"
    newer.write_bytes(older.read_bytes())
    with Workbook.open(newer) as book:
        table = book.table("customer", key=["編號"])
        table.update({"C-000002": {"名稱": "新名", "金額": 7}})
        table.append([{"編號": "C-000009", "名稱": "甲"}])
        book.save()
    keys = {"customer": ["編號"]}
    changed, added = differences(older, newer, keys)
    assert changed[:4] == ("customer", "changed", ("C-000002",), 6)
    assert changed.cells[:2] == (
        CellDifference("名稱", "客戶2", "新名"),
        CellDifference("金額", 201.0, 7.0),
    )
    assert added[:4] == ("customer", "added", ("C-000009",), 8)
    (first, *_), removed = differences(newer, older, keys)[0], differences(newer, older, keys)[-1]
    assert first == "customer"
    assert removed.kind == "removed"
    assert removed.cells[0] == CellDifference("編號", "C-000009", None)
    by_row = differences(older, newer)
    assert [(row.kind, row.key) for row in by_row] == [("changed", (2,)), ("added", (4,))]
    assert differences(older, older, keys) == []


def test_rows_with_double_keys_are_compared_by_their_place(tmp_path: Path) -> None:
    older = staff_book(tmp_path / "a.xlsx")
    newer = tmp_path / "b.xlsx"
    newer.write_bytes(older.read_bytes())
    with Workbook.open(newer) as book:
        book.table("customer", key=["編號"]).update({"C-000003": {"編號": "C-000001"}})
        book.save()
    by_key = differences(older, newer, {"customer": ["編號"]})
    assert [(row.kind, row.key) for row in by_key] == [("removed", ("C-000003",)), ("added", (3,))]
    (row,) = differences(older, newer, {"customer": ["無"]})
    assert (row.kind, row.key) == ("changed", (3,))


def test_double_keys_do_not_hide_which_rows_stayed(tmp_path: Path) -> None:
    older, newer = staff_book(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    with Workbook.open(older) as book:
        book.table("customer").append([{"編號": "C-000009"}, {"編號": "C-000009"}])
        book.save()
    newer.write_bytes(older.read_bytes())
    with Workbook.open(newer) as book:
        book.table("customer").update_rows({5: {"編號": "C-000007"}})
        book.save()
    found = differences(older, newer, {"customer": ["編號"]})
    assert [(row.kind, row.key) for row in found] == [
        ("removed", ("C-000001",)),
        ("added", ("C-000007",)),
    ]


def test_a_table_that_is_in_one_book_only_is_all_added_or_removed(tmp_path: Path) -> None:
    older = staff_book(tmp_path / "a.xlsx", rows=2)
    newer = staff_book(tmp_path / "b.xlsx", rows=2)
    history = History(StoreFolder(tmp_path))
    assert history.diff(_as_version(older), newer) == []
    assert history.diff(_as_version(older), _as_version(newer)) == []
    without = tmp_path / "c.xlsx"
    import openpyxl

    book = openpyxl.Workbook()
    book.save(without)
    for pair, kind in (((older, without), "removed"), ((without, older), "added")):
        rows = history.diff(_as_version(pair[0]), pair[1])
        assert [row.kind for row in rows] == [kind] * 2
        assert all(isinstance(row, RowDifference) and row.table == "customer" for row in rows)


def _as_version(path: Path) -> Version:
    return Version(NOW, "0" * 16, path, 1)


def test_a_history_that_cannot_be_read_is_an_error_of_the_book(
    book: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> list[str]:
        raise PermissionError(13, "denied")

    history = History(StoreFolder.of(book))
    digest = keep(history, book, b"one")
    monkeypatch.setattr(Path, "iterdir", fail)
    with pytest.raises(WorkbookError) as caught:
        history.version(book, digest)
    assert caught.value.code == "workbook-unreadable"
    with pytest.raises(PermissionError):
        history.prune(book)
