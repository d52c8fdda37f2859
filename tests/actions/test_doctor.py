from __future__ import annotations

import openpyxl
import pytest

from sheetsales.actions import doctor
from sheetsales.actions.doctor import examine


def states(folder):
    return {(one.code, one.state) for one in examine(folder) if one.state != "ok"}


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    monkeypatch.setattr(doctor, "_machine", list)


def test_a_sound_workspace_has_nothing_to_mend(small):
    assert states(small) == set()
    assert {one.code for one in examine(small)} >= {"workspace", "books", "tables", "space"}


def test_a_folder_without_workspace_is_broken(tmp_path):
    assert states(tmp_path) == {("workspace", "broken")}


def test_what_is_missing_is_named(small):
    (small / "workbooks" / "plan.xlsx").unlink()
    (small / "templates" / "score_card.docx").unlink()
    broken = {one.code: one for one in examine(small) if one.state == "broken"}
    assert broken["books"].error.code == "workbook-missing"
    assert broken["template"].arguments == {"file": "templates/score_card.docx"}


def test_an_open_workbook_is_advised_on(small):
    (small / "workbooks" / "~$plan.xlsx").write_bytes(b"")
    assert states(small) == {("owner", "advice")}


@pytest.mark.parametrize(("version", "state"), [(0, "advice"), (9, "broken")])
def test_another_layout_is_told(small, version, state):
    path = small / "workbooks" / "plan.xlsx"
    book = openpyxl.load_workbook(path)
    book["_meta"]["B2"] = version
    book.save(path)
    assert ("version", state) in states(small)


def test_the_machine_is_examined(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(doctor.shutil, "which", lambda _name: None)
    assert {one.code: one.state for one in doctor._machine()}["office"] == "advice"
