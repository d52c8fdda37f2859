"""Saving: all or nothing, never over somebody else's work, and the old file is kept."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import BinaryIO

import pytest

from sheetsales.errors import (
    Conflict,
    ConflictError,
    WorkbookBusyError,
    WorkbookError,
    WorkbookQueuedError,
)
from sheetsales.store import (
    Pending,
    Signature,
    StoreFolder,
    Workbook,
    apply_pending,
    saving,
    system,
    transaction,
)
from sheetsales.store.history import History
from sheetsales.store.journal import Journal, Record
from tests.store.books import ROWS, SHEET, handmade, staff_book, values, worksheet

NOT_WRITTEN = "workbook-not-written"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "books").mkdir()
    return handmade(tmp_path / "books", worksheet(ROWS))


def save(path: Path, value: object = 2, history: Path | None = None) -> None:
    with Workbook.open(path, history=history) as book:
        book.sheet("表").set("B2", value)
        book.save()


def crumbs(path: Path) -> list[str]:
    kept = {path.name, ".sheetsales"}
    return [each.name for each in path.parent.iterdir() if each.name not in kept]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def journal(path: Path) -> list[Record]:
    return list(Journal(StoreFolder.of(path)).records())


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
        assert caught.value.code == ("workbook-queued" if user else "workbook-queued-unknown")
    assert caught.value.arguments["owner_file"] == owner_file
    assert path.read_bytes() == before
    assert crumbs(path) == [owner_file]


def test_a_save_that_does_not_want_to_wait_says_who_has_the_book_open(path: Path) -> None:
    (path.parent / "~$book.xlsx").write_bytes(excel_owner("王小姐"))
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 2)
        with pytest.raises(WorkbookBusyError) as caught:
            book.save(queue=False)
    assert caught.value.code == "workbook-open"
    assert caught.value.arguments["user"] == "王小姐"
    assert not Pending(StoreFolder.of(path)).list()


def test_an_owner_file_that_is_a_folder_still_counts(path: Path) -> None:
    (path.parent / "~$book.xlsx").mkdir()
    with pytest.raises(WorkbookBusyError) as caught:
        save(path)
    assert caught.value.code == "workbook-queued-unknown"


def test_a_cell_that_changed_since_it_was_read_is_not_written(path: Path) -> None:
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 2)
        save(path, 3)
        with pytest.raises(ConflictError) as caught:
            book.save()
    (conflict,) = caught.value.conflicts
    assert conflict == Conflict("book.xlsx", "表", "", (), "", "B2", 1.0, 3.0, 2)
    assert caught.value.arguments == {"book": "book.xlsx", "count": 1, "place": "表 (B2)"}
    assert values(path)[1][1] == 3.0


def test_other_cells_that_changed_since_it_was_read_stay(path: Path) -> None:
    with Workbook.open(path) as book:
        book.sheet("表").set("B3", 9)
        save(path, 3)
        plan = book.save()
        assert book.sheet("表").get("B2") == 3.0
    assert plan.rows[0].cells[0].new == 9
    assert [row[1] for row in values(path)[1:]] == [3.0, 9.0]


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
    ("module", "name", "error", "code"),
    [
        (saving, "digest_of", PermissionError(13, "Permission denied"), "workbook-locked"),
        (system, "create_exclusive", OSError(28, "No space left on device"), NOT_WRITTEN),
        (system, "sync_file", OSError(5, "Input/output error"), NOT_WRITTEN),
        (system, "copy_durable", OSError(5, "Input/output error"), NOT_WRITTEN),
        (system, "copy_durable", PermissionError(13, "Permission denied"), "workbook-locked"),
        (system, "replace", OSError(5, "Input/output error"), NOT_WRITTEN),
        (system, "append_durable", OSError(28, "No space left on device"), NOT_WRITTEN),
    ],
)
def test_a_failure_leaves_the_old_file_and_no_crumbs(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
    error: OSError,
    code: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(module, name, fail)
        with pytest.raises(WorkbookError) as caught:
            save(path)
    assert caught.value.code == code
    assert path.read_bytes() == before
    assert crumbs(path) == []
    save(path)
    assert values(path)[1][1] == 2.0


def test_a_replacement_that_fails_is_taken_back_in_the_journal(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, target: Path) -> None:
        if target == path:
            raise OSError(5, "Input/output error")
        source.replace(target)

    with monkeypatch.context() as patch:
        patch.setattr(system, "replace", fail)
        with pytest.raises(WorkbookError):
            save(path)
    tried, taken_back = journal(path)
    assert (tried.kind, taken_back.kind) == ("save", "abort")
    assert (taken_back.before, taken_back.after) == (tried.after, tried.before)
    assert tried.before == digest(path)
    assert taken_back.plan_id == tried.plan_id


def test_on_windows_a_book_that_a_program_holds_waits_although_no_owner_file_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(13, "The process cannot access the file", str(target))

    before = path.read_bytes()
    windows = SimpleNamespace(**vars(system) | {"IS_WINDOWS": True, "replace": refuse})
    with monkeypatch.context() as patch:
        patch.setattr(saving, "system", windows)
        with pytest.raises(WorkbookQueuedError) as caught:
            save(path)
    assert caught.value.code == "workbook-queued-unknown"
    assert path.read_bytes() == before
    assert crumbs(path) == []
    assert [record.kind for record in journal(path)] == ["save", "abort"]
    apply_pending(path.parent)
    assert values(path)[1][1] == 2.0


def test_an_error_after_the_replacement_says_so_and_is_not_written_twice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> None:
        if folder == path.parent and values(path)[1][1] != 1.0:
            raise OSError(5, "Input/output error")

    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 2)
        with monkeypatch.context() as patch:
            patch.setattr(system, "sync_folder", fail)
            with pytest.raises(WorkbookError) as caught:
                book.save()
        assert caught.value.code == "workbook-unsettled"
        assert values(path)[1][1] == 2.0
        written = digest(path)
        book.save()
    assert digest(path) == written
    assert [record.kind for record in journal(path)] == ["save"]


def test_a_file_that_is_overwritten_at_once_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = path.read_bytes()
    replace = system.replace

    def replace_and_lose(source: Path, target: Path) -> None:
        replace(source, target)
        if target == path:
            path.write_bytes(foreign)

    monkeypatch.setattr(system, "replace", replace_and_lose)
    with pytest.raises(WorkbookError) as caught:
        save(path)
    assert caught.value.code == "workbook-overwritten"


def test_a_file_that_is_saved_elsewhere_while_it_is_written_is_merged_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, rounds = History.keep, []

    def keep_slowly(history: History, book: Path, number: str) -> Path:
        kept = keep(history, book, number)
        if not rounds:
            rounds.append(1)
            shutil.copy(other, path)
        return kept

    (path.parent / "other").mkdir()
    other = handmade(path.parent / "other", worksheet(ROWS.replace("00123", "00999")))
    monkeypatch.setattr(History, "keep", keep_slowly)
    save(path)
    assert values(path)[1] == ["00999", 2.0]


def test_a_version_is_kept_under_no_hash_but_its_own(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, rounds = system.copy_durable, []

    def copy_late(source: Path, target: Path) -> None:
        if not rounds:
            rounds.append(1)
            shutil.copy(other, path)
        copy(source, target)

    (path.parent / "other").mkdir()
    other = handmade(path.parent / "other", worksheet(ROWS.replace("00123", "00999")))
    monkeypatch.setattr(system, "copy_durable", copy_late)
    save(path)
    save(path, 3)
    versions = History(StoreFolder.of(path)).versions(path)
    assert len(versions) == 2
    assert all(digest(each.path).startswith(each.digest) for each in versions)
    assert values(path)[1] == ["00999", 3.0]


def test_a_file_that_never_rests_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, count = transaction.stage, iter(range(9))

    def stage_slowly(source: saving.Source) -> saving.Draft:
        draft = stage(source)
        (path.parent / "other").mkdir(exist_ok=True)
        rows = ROWS.replace("00123", f"0{next(count)}")
        shutil.copy(handmade(path.parent / "other", worksheet(rows)), path)
        return draft

    monkeypatch.setattr(transaction, "stage", stage_slowly)
    with pytest.raises(WorkbookBusyError) as caught:
        save(path)
    assert caught.value.code == "workbook-changed"
    assert next(count) == 3


@pytest.mark.parametrize("times", [2.9, 3.1])
def test_a_disk_that_is_nearly_full_is_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch, times: float
) -> None:
    size = path.stat().st_size
    monkeypatch.setattr(system, "free_space", lambda _: int(times * size))
    if times > 3:
        save(path)
        return
    with pytest.raises(WorkbookError) as caught:
        save(path)
    assert caught.value.code == "workbook-space"
    assert caught.value.arguments["needed"] == 3 * size
    assert crumbs(path) == []
    assert not journal(path)


def test_the_journal_says_who_changed_what(path: Path) -> None:
    before = digest(path)
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 2)
        book.save(signature=Signature("王小姐", "fill", "manager"))
    (record,) = journal(path)
    assert (record.kind, record.book) == ("save", "book.xlsx")
    assert (record.who, record.command, record.role) == ("王小姐", "fill", "manager")
    assert (record.before, record.after) == (before, digest(path))
    assert record.plan is not None
    assert record.plan["rows"][0]["cells"] == [["B2", "", 1.0, 2]]


def test_personal_values_are_not_in_the_journal(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    with Workbook.open(path) as book:
        book.table("customer", key=["編號"]).update({"C-000001": {"名稱": "王小明", "金額": 7}})
        book.save(sealed=lambda table, column: (table, column) == ("customer", "名稱"))
    text = (tmp_path / ".sheetsales" / "journal.jsonl").read_text(encoding="utf-8")
    assert "王小明" not in text
    assert "客戶1" not in text
    assert '["E5","金額",100.5,7]' in text


def test_a_rewritten_table_is_noted_without_its_rows(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    with Workbook.open(path) as book:
        book.table("customer").replace([{"編號": "C-000009"}])
        book.save()
    (record,) = journal(path)
    assert (record.kind, record.plan, record.plan_id) == ("refresh", None, "")


def test_a_rewritten_table_is_rewritten_again_in_a_newer_file(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    with Workbook.open(path) as book:
        book.table("customer").replace([{"編號": "C-000009", "名稱": "新"}])
        with Workbook.open(path) as other:
            other.table("customer", key=["編號"]).update({"C-000001": {"名稱": "改"}})
            other.table("customer").append([{"編號": "C-000004"}])
            other.save()
        book.save()
    assert [row[1:3] for row in values(path)[4:]] == [["C-000009", "新"]]


def test_what_another_program_saved_is_noted_and_kept(path: Path) -> None:
    save(path)
    (path.parent / "other").mkdir()
    foreign = handmade(path.parent / "other", worksheet(ROWS.replace("00123", "00999")))
    shutil.copy(foreign, path)
    found = digest(path)
    save(path, 5)
    first, noted, last = journal(path)
    assert (first.kind, noted.kind, last.kind) == ("save", "foreign", "save")
    assert (noted.before, noted.after) == (first.after, found)
    assert last.before == found
    assert found[:16] in {each.digest for each in History(StoreFolder.of(path)).versions(path)}


def test_a_save_without_changes_touches_nothing(path: Path) -> None:
    before = path.stat()
    with Workbook.open(path) as book:
        book.sheet("表").set("B2", 1)
        assert not book.save()
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert not (path.parent / ".sheetsales").exists()


@pytest.mark.parametrize("damage", ["cut", "flip", "old"])
def test_a_file_that_came_out_wrong_never_replaces_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    before = path.read_bytes()
    write_to = Workbook.write_to

    def write_wrongly(book: Workbook, out: BinaryIO) -> None:
        whole = io.BytesIO()
        write_to(book, whole)
        data = bytearray(whole.getvalue())
        if damage == "cut":
            del data[-20:]
        elif damage == "flip":
            data[data.index(SHEET.encode()) + len(SHEET) + 40] ^= 16
        else:
            data = bytearray(before)
        out.write(data)

    monkeypatch.setattr(Workbook, "write_to", write_wrongly)
    with pytest.raises(WorkbookError):
        save(path)
    assert path.read_bytes() == before
    assert crumbs(path) == []
    assert journal(path) == []


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


def test_a_book_that_cannot_be_read_after_a_save_is_said_to_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = staff_book(path.with_name("staff.xlsx"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "denied")

    book = Workbook.open(path)
    book.table("customer").append([{"名稱": "新"}])
    with monkeypatch.context() as patched:
        cut = lambda *_: patched.setattr("sheetsales.store.package.Source.open", refuse)  # noqa: E731
        patched.setattr(transaction, "prune_history", cut)
        with pytest.raises(WorkbookError) as caught:
            book.save()
    assert (caught.value.code, caught.value.arguments["book"]) == ("workbook-unsettled", path.name)
    assert "denied" in str(caught.value)
    written = digest(path)
    assert book.save()
    assert digest(path) == written == book.digest
    assert not book.is_changed
    assert [row[2] for row in values(path)].count("新") == 1
