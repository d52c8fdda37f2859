from __future__ import annotations

import shutil
from contextlib import suppress

import openpyxl
import pytest

from sheetsales.actions import doctor
from sheetsales.actions.doctor import examine, examine_book, machine
from sheetsales.errors import WorkbookQueuedError
from sheetsales.store import Workbook, system


def states(folder):
    return {(one.code, one.state) for one in examine(folder) if one.state != "ok"}


@pytest.fixture(autouse=True)
def any_machine(monkeypatch):
    monkeypatch.setattr(doctor, "examine_machine", list)


def test_a_sound_workspace_has_nothing_to_mend(small):
    assert states(small) == set()
    assert {one.code for one in examine(small)} >= {"workspace", "books", "tables", "space"}


def test_a_folder_without_workspace_is_broken(tmp_path):
    assert states(tmp_path) == {("workspace", "broken")}


def test_what_is_missing_is_named(small):
    (small / "workbooks" / "plan.xlsm").unlink()
    (small / "templates" / "score_card.docx").unlink()
    broken = {one.code: one for one in examine(small) if one.state == "broken"}
    assert broken["books"].error.code == "workbook-missing"
    assert broken["template"].arguments == {"file": "templates/score_card.docx"}


def test_an_open_workbook_is_advised_on(small):
    (small / "workbooks" / "~$plan.xlsm").write_bytes(b"")
    assert states(small) == {("owner", "advice")}


@pytest.mark.parametrize(("version", "state"), [(0, "advice"), (9, "broken")])
def test_another_layout_is_told(small, version, state):
    path = small / "workbooks" / "plan.xlsm"
    book = openpyxl.load_workbook(path)
    book["_meta"]["B2"] = version
    book.save(path)
    assert ("version", state) in states(small)


def test_the_machine_is_examined(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda _name: None)
    found = {one.code: one for one in machine.examine_machine()}
    assert found["office"].state == "advice"
    assert found["filelock"].arguments["version"] >= "3.20.3"


def test_who_has_a_workbook_open_is_named(small):
    (small / "workbooks" / ".~lock.plan.xlsm#").write_text("王小姐,wang,,;", encoding="utf-8")
    (finding,) = [one for one in examine(small) if one.code == "open"]
    assert finding.arguments["user"] == "王小姐"
    assert finding.arguments["book"] == "plan.xlsm"


def test_an_owner_file_of_no_workbook_is_told(small):
    (small / "workbooks" / "~$gone.xlsm").write_bytes(b"")
    assert states(small) == {("stale", "advice")}


@pytest.mark.parametrize(
    "name",
    [
        "plan (1).xlsm",
        "plan-DESKTOP-7.xlsm",
        "plan (Anna's conflicted copy 2026-10-15).xlsm",
        "plan.sync-conflict-20261015-101010-ABCDEFG.xlsm",
    ],
)
def test_conflict_copies_of_sync_programs_are_told(small, name):
    (small / "workbooks" / name).write_bytes((small / "workbooks" / "plan.xlsm").read_bytes())
    assert ("copies", "advice") in states(small)


def test_a_part_of_a_spread_workbook_is_no_copy(small):
    shutil.copyfile(small / "workbooks" / "sales.xlsm", small / "workbooks" / "sales.E-000001.xlsx")
    assert ("copies", "advice") not in states(small)


def test_what_dead_processes_left_is_told(small):
    temporary = system.temporary_beside(small / "workbooks" / "plan.xlsm")
    temporary.write_bytes(b"")
    (small / ".sheetsales" / "txn").mkdir(exist_ok=True)
    (small / ".sheetsales" / "txn" / "ab.txn.json").write_text("{}")
    assert states(small) == {("leftovers", "advice"), ("transactions", "advice")}


def test_writes_that_wait_are_told(small):
    owner = small / "workbooks" / "~$plan.xlsm"
    owner.write_bytes(b"")
    with Workbook.open(small / "workbooks" / "plan.xlsm") as book, suppress(WorkbookQueuedError):
        book.sheet("_meta").set("Z1", "x")
        book.save()
    owner.unlink()
    assert states(small) == {("pending", "advice")}


def test_a_journal_that_was_changed_is_broken(small):
    journal = small / ".sheetsales" / "journal.jsonl"
    data = journal.read_bytes()
    assert b'"command":"fill"' in data
    journal.write_bytes(data.replace(b'"command":"fill"', b'"command":"FILL"'))
    assert states(small) == {("journal", "broken")}


def test_locks_that_do_not_hold_are_told(small, monkeypatch):
    monkeypatch.setattr("sheetsales.actions.doctor.store.lock_test", lambda _folder: False)
    assert states(small) == {("locks", "broken")}


def test_any_workbook_can_be_examined(small, tmp_path):
    path = tmp_path / "foreign.xlsx"
    shutil.copyfile(small / "workbooks" / "plan.xlsm", path)
    found = {one.code: one.state for one in examine_book(path)}
    assert found == {"book": "ok", "space": "ok"}
    path.write_bytes(b"no workbook")
    (broken,) = [one for one in examine_book(path) if one.state == "broken"]
    assert broken.error.code == "workbook-not-zip"
