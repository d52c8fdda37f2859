"""The journal: what is written comes back, and whatever is changed is seen."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sheetsales.store import chain, records, system
from sheetsales.store.folders import StoreFolder
from sheetsales.store.journal import Fault, Head, Journal, Record, Signature

BIT_FLIPS = 10_000
REARRANGEMENTS = 1_000
_APPEND = """
import sys
from pathlib import Path
from sheetsales.store.folders import StoreFolder
from sheetsales.store.journal import Journal, Record
for number in range(20):
    Journal(StoreFolder(Path(sys.argv[1]))).append(Record("save", book=sys.argv[2]))
"""


def plan(*cells: tuple[str, object, object]) -> dict[str, object]:
    """Return a plan of one row as JSON data."""
    changed = [["B5", column, old, new] for column, old, new in cells]
    row = {"sheet": "客戶", "row": 5, "kind": "update", "table": "customer", "cells": changed}
    return {"book": "客戶.xlsx", "digest": "", "rows": [row | {"key": ["C-1"]}]}


def filled(folder: Path, count: int = 8) -> Journal:
    journal = Journal(StoreFolder(folder))
    for number in range(count):
        book = ("客戶.xlsx", "合約.xlsx")[number % 2]
        changes = plan(("名稱", f"甲{number}", f"甲{number + 1}"))
        record = Record("save", book, "wang", after=f"{number:064x}", plan=changes)
        journal.append(record)
    return journal


def kinds(journal: Journal) -> list[str]:
    return [fault.kind for fault in journal.verify()]


def tampering(journal: Journal) -> list[Fault]:
    return [fault for fault in journal.verify() if fault.is_tampering]


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    journal = Journal(StoreFolder(tmp_path))
    signature = Signature("王小姐", "update", "主管")
    written = journal.append(
        Record.signed(
            "save",
            signature,
            book='a"b\n\u2028.xlsx',
            before="0" * 64,
            after="1" * 64,
            plan=plan(("金額", 1, 2.5)),
            plan_id="p-1",
            note={"reason": "改\r\n"},
        )
    )
    (read,) = journal.records()
    assert read.plan_hash == hashlib.sha256(_packed(read.plan)).hexdigest()
    assert (written.seq, written.prev) == (1, "")
    assert (written.who, written.command, written.role) == ("王小姐", "update", "主管")
    assert read == replace(written, plan_hash=read.plan_hash)
    assert journal.head == Head(1, written.hash)
    assert journal.verify() == []


def _packed(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def test_an_empty_journal_is_sound(tmp_path: Path) -> None:
    journal = Journal(StoreFolder(tmp_path))
    assert journal.verify() == []
    assert list(journal.records()) == []
    assert journal.last("a.xlsx") is None
    assert not journal.seen("p")
    assert journal.head == Head(0, "")
    assert not (tmp_path / ".sheetsales").exists()


def test_records_and_the_last_one_are_found_by_book(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    assert [record.seq for record in journal.records("合約.xlsx")] == [2, 4, 6, 8]
    last = journal.last("客戶.xlsx")
    assert last is not None
    assert last.seq == 7
    journal.append(Record("abort", "客戶.xlsx"))
    last = journal.last("客戶.xlsx", kinds=("save", "foreign"))
    assert last is not None
    assert last.seq == 7
    assert journal.last("戶.xlsx") is None


def test_lines_come_backwards_over_every_block_border(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lines"
    lines = [b"%d" % number * (number % 9) + b"\n" for number in range(60)] + [b"torn"]
    path.write_bytes(b"".join(lines))
    for block in range(1, 40):
        monkeypatch.setattr(chain, "_BLOCK", block)
        assert list(chain.lines_backwards(path)) == lines[::-1]


def test_a_plan_is_seen_unless_its_save_was_aborted(tmp_path: Path) -> None:
    journal = filled(tmp_path, 2)
    journal.append(Record("save", "a.xlsx", plan_id="p-1"))
    journal.append(Record("save", "a.xlsx", plan_id="p-2"))
    journal.append(Record("abort", "a.xlsx", plan_id="p-2"))
    assert journal.seen("p-1")
    assert not journal.seen("p-2")
    assert not journal.seen("p-3")
    assert not journal.seen("")
    journal.append(Record("save", "a.xlsx", plan_id="p-2"))
    assert journal.seen("p-2")


def test_every_flipped_bit_is_seen(tmp_path: Path) -> None:
    journal = filled(tmp_path, 4)
    chances = random.Random(1)
    for path, count in ((journal.folder.journal, BIT_FLIPS), (journal.folder.head, 500)):
        whole = path.read_bytes()
        unseen = []
        with path.open("r+b", buffering=0) as changed:
            for _ in range(count):
                bit = chances.randrange(8 * len(whole))
                place, old = bit // 8, whole[bit // 8]
                os.pwrite(changed.fileno(), bytes([old ^ 1 << bit % 8]), place)
                if not tampering(journal):
                    unseen.append(bit)
                os.pwrite(changed.fileno(), bytes([old]), place)
        assert unseen == []
    assert journal.verify() == []


def _deleted(lines: list[bytes], chances: random.Random) -> None:
    del lines[chances.randrange(len(lines))]


def _swapped(lines: list[bytes], chances: random.Random) -> None:
    one, other = chances.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]


def _inserted(lines: list[bytes], chances: random.Random) -> None:
    lines.insert(chances.randrange(len(lines) + 1), chances.choice([*lines, b"\n", b"{}\n"]))


def _cut(lines: list[bytes], chances: random.Random) -> None:
    whole = b"".join(lines)
    lines[:] = [whole[: chances.randrange(len(whole))]]


def _replaced(lines: list[bytes], chances: random.Random) -> None:
    one, other = chances.sample(range(len(lines)), 2)
    lines[one] = lines[other]


@pytest.mark.parametrize("change", [_deleted, _swapped, _inserted, _cut, _replaced])
def test_every_rearrangement_is_seen(
    tmp_path: Path, change: Callable[[list[bytes], random.Random], None]
) -> None:
    journal = filled(tmp_path, 12)
    path, chances = journal.folder.journal, random.Random(2)
    whole = path.read_bytes()
    for _ in range(REARRANGEMENTS):
        lines = whole.splitlines(keepends=True)
        change(lines, chances)
        path.write_bytes(b"".join(lines))
        assert tampering(journal), lines
    path.write_bytes(whole)
    assert journal.verify() == []


def _rehash(journal: Journal) -> None:
    """Write the whole chain anew with something changed."""
    end, lines = "", []
    for record in list(journal.records()):
        line, end = records.to_line(replace(record, who="li", prev=end))
        lines.append(line)
    journal.folder.journal.write_bytes(b"".join(lines))


def test_a_chain_hashed_anew_differs_from_the_head(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    _rehash(journal)
    assert kinds(journal) == ["head"]


def test_a_head_hashed_anew_too_differs_from_the_one_kept_elsewhere(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    known = journal.head
    journal.append(Record("save"))
    assert journal.verify(known) == []
    _rehash(journal)
    last = list(journal.records())[-1]
    Head(last.seq, last.hash).write(journal.folder.head)
    assert journal.verify() == []
    assert [fault.kind for fault in journal.verify(known)] == ["known"]


def test_a_journal_cut_together_with_its_head_differs_from_the_one_kept_elsewhere(
    tmp_path: Path,
) -> None:
    journal = filled(tmp_path)
    known = journal.head
    shutil.rmtree(journal.folder.path)
    filled(tmp_path, 3)
    assert journal.verify() == []
    assert [fault.kind for fault in journal.verify(known)] == ["known"]


def test_a_missing_head_or_journal_is_seen(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    head = journal.folder.head.read_bytes()
    journal.folder.head.unlink()
    assert kinds(journal) == ["head-missing"]
    journal.folder.head.write_bytes(head)
    journal.folder.journal.unlink()
    assert kinds(journal) == ["tail"]


@pytest.mark.parametrize("count", [0, 1, 5])
@pytest.mark.parametrize("torn", [b"", b'{"seq":6,"ti', b"\0\0\0"])
def test_a_process_that_died_is_no_tampering_and_the_next_append_repairs(
    tmp_path: Path, count: int, torn: bytes
) -> None:
    journal = filled(tmp_path, 5)
    path, head = journal.folder.journal, journal.folder.head
    old = Head(4, list(journal.records())[3].hash)
    lines = path.read_bytes().splitlines(keepends=True)
    if count == 5:  # the record is there, its head is not
        old.write(head)
    else:
        path.write_bytes(b"".join(lines[:count]))
        Head(count, list(journal.records())[-1].hash if count else "").write(head)
    with path.open("ab") as journal_file:
        journal_file.write(torn)
    expected = ["head-lags"] if count == 5 else []
    assert kinds(journal) == expected + (["torn-line"] if torn else [])
    assert tampering(journal) == []
    assert journal.append(Record("save")).seq == count + 1
    assert journal.verify() == []
    aside = journal.folder.path / "journal.torn"
    assert (aside.read_bytes() if aside.exists() else b"") == (torn + b"\n" if torn else b"")


def _last_author(journal: Journal) -> int:
    return journal.folder.journal.read_bytes().rindex(b"wang")


def _flip(journal: Journal, where: int) -> None:
    whole = bytearray(journal.folder.journal.read_bytes())
    whole[where] ^= 1
    journal.folder.journal.write_bytes(whole)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda journal: _flip(journal, _last_author(journal)), {"record"}),
        (lambda journal: _flip(journal, -10), {"record", "sealed"}),
        (lambda journal: _cut_records(journal, 2), {"sealed"}),
        (lambda journal: journal.folder.head.unlink(), {"sealed"}),
        (lambda journal: journal.folder.journal.unlink(), {"sealed"}),
        (_rehash, {"sealed"}),
    ],
)
def test_work_goes_on_after_tampering_but_the_trace_stays(
    tmp_path: Path, damage: Callable[[Journal], None], found: set[str]
) -> None:
    journal = filled(tmp_path)
    damage(journal)
    assert tampering(journal)
    journal.append(Record("save"))
    journal.append(Record("save"))
    assert set(kinds(journal)) == found
    assert list(journal.records())[-1].seq == journal.head.count


def _cut_records(journal: Journal, count: int) -> None:
    lines = journal.folder.journal.read_bytes().splitlines(keepends=True)
    journal.folder.journal.write_bytes(b"".join(lines[:-count]))


def test_a_failed_append_leaves_a_sound_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = filled(tmp_path, 2)

    def fail(_: int) -> None:
        raise OSError(5, "broken")

    for call in ("fsync", "replace", "write"):
        with monkeypatch.context() as patch:
            patch.setattr(os, call, fail if call == "fsync" else lambda *_: fail(0))
            with pytest.raises(OSError, match="broken"):
                journal.append(Record("save", plan_id=call))
        assert tampering(journal) == []
        journal.append(Record("save"))
        assert journal.verify() == []


def test_personal_values_are_kept_as_salted_hashes_only(tmp_path: Path) -> None:
    journal = Journal(StoreFolder(tmp_path))
    changed = plan(("社交帳號", "wang-1980", ""), ("名稱", "甲", "乙"), ("興趣", None, "圍棋"))
    changed["rows"][0] |= {"key": ["C-1", "A123456789"], "key_headers": ["編號", "身分證"]}  # type: ignore[index]
    personal = {("customer", "社交帳號"), ("customer", "興趣"), ("customer", "身分證")}
    record = Record("save", plan=changed)
    first = journal.append(record, lambda *column: column in personal)
    second = journal.append(record, lambda *column: column in personal)
    text = journal.folder.journal.read_text()
    assert [word in text for word in ("wang-1980", "圍棋", "A123456789")] == [False] * 3
    assert "乙" in text
    (row,) = (first.plan or {})["rows"]
    assert row["cells"][0][3] == ""
    assert row["key"][0] == "C-1"
    assert set(row["key"][1]) == {"sealed"}
    assert first.plan == second.plan
    assert stat.S_IMODE(journal.folder.salt.stat().st_mode) == 0o600
    other = Journal(StoreFolder(tmp_path / "other")) if (tmp_path / "other").mkdir() is None else 0
    assert isinstance(other, Journal)
    assert other.append(record, lambda *column: column in personal).plan != first.plan
    assert journal.verify() == []


def test_a_salt_cut_short_is_made_anew(tmp_path: Path) -> None:
    journal = Journal(StoreFolder(tmp_path).made())
    journal.folder.salt.write_bytes(b"")
    journal.append(Record("save", plan=plan(("名稱", "甲", "乙"))), lambda *_: True)
    assert len(journal.folder.salt.read_bytes()) == 32


def test_of_a_plan_too_large_the_hash_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LARGEST_PLAN", 100)
    journal = Journal(StoreFolder(tmp_path))
    changed = plan(("名稱", "甲" * 200, "乙"))
    journal.append(Record("save", plan=changed))
    (read,) = journal.records()
    assert read.plan is None
    assert read.plan_hash == hashlib.sha256(_packed(changed)).hexdigest()


def test_several_processes_append_to_one_chain(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _APPEND, tmp_path, f"{number}.xlsx"])
        for number in range(4)
    ]
    assert [writer.wait() for writer in writers] == [0] * 4
    journal = Journal(StoreFolder(tmp_path))
    assert journal.verify() == []
    assert journal.head.count == 80
    assert [len(list(journal.records(f"{number}.xlsx"))) for number in range(4)] == [20] * 4


def test_a_hundred_thousand_records_are_checked_in_three_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(StoreFolder(tmp_path).made())
    end, lines = "", []
    record = Record("save", "客戶.xlsx", "wang", plan=plan(("名稱", "甲", "乙"), ("金額", 1, 2)))
    for number in range(1, 100_001):
        line, end = records.to_line(replace(record, seq=number, prev=end, plan_id="p"))
        lines.append(line)
    journal.folder.journal.write_bytes(b"".join(lines))
    Head(100_000, end).write(journal.folder.head)
    start = time.perf_counter()
    assert journal.verify() == []
    assert time.perf_counter() - start < 3
    monkeypatch.setattr(system, "now", lambda: pytest.fail("no append"))
    start = time.perf_counter()
    assert journal.last("無.xlsx") is None
    assert not journal.seen("p-0")
    assert time.perf_counter() - start < 3
