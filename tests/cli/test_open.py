"""``sheetsales open`` and ``sheetsales doctor --fix``: what they print and what they write."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import openpyxl
import pytest

from sheetsales.actions import open_book

PYTHON = f"exec {shlex.quote(sys.executable)} -I -m sheetsales.buttons"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr(open_book, "find_office", lambda: Path("/office dir/soffice"))
    return folder


@pytest.fixture
def started(monkeypatch):
    commands = []
    monkeypatch.setattr(
        open_book.subprocess, "Popen", lambda command, **_: commands.append(command)
    )
    return commands


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "foreign.xlsx"
    openpyxl.Workbook().save(path)
    return path


def test_a_book_of_the_workspace_is_opened_by_its_name(cli, small, started):
    for name in ("customer", next((small / "workbooks").glob("customer.xls*")).name):
        said = cli("open", name, "-C", small)
        assert (said.code, said.out.count("LibreOffice")) == (0, 1)
    paths = {Path(command[-1]) for command in started}
    assert paths == set((small / "workbooks").glob("customer.xls*"))


def test_any_book_is_opened_by_its_path(cli, book, started, home):
    said = cli("open", book, "--lang", "en")
    assert (said.code, said.out) == (0, "foreign.xlsx is open in LibreOffice.\n")
    launcher, config, hint = said.err.splitlines()
    assert launcher == f"Wrote {home}/.sheetsales/press"
    assert config == f"Wrote {home}/.xlwings/xlwings.conf"
    assert hint.startswith("If buttons do nothing, run sheetsales doctor:")
    assert cli("open", book, "--lang", "en").err == ""
    assert PYTHON in (home / ".sheetsales" / "press").read_text()
    assert [command[-1] for command in started] == [str(book)] * 2


def test_without_start_the_command_is_printed_for_a_shell(cli, book, started):
    said = cli("open", book, "--no-start", "-q")
    assert (said.code, said.err, started) == (0, "", [])
    program, pipe, path = shlex.split(said.out)
    assert (program, path) == ("/office dir/soffice", str(book))
    assert pipe.startswith("--accept=pipe,name=sheetsales-")


def test_the_opening_is_given_as_an_object(cli, book, started, home):
    given = json.loads(cli("open", book, "--no-start", "--json").out)
    assert given["application"] == "LibreOffice"
    assert given["command"][-1] == given["book"] == str(book)
    assert given["written"][0] == str(home / ".sheetsales" / "press")
    assert given["started"] is False
    assert json.loads(cli("open", book, "--json").out)["started"] is True


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_a_book_that_is_not_there_is_told(cli, small, started, language, home):
    said = cli("open", "custmer", "-C", small, "--lang", language)
    assert (said.code, said.out, started) == (3, "", [])
    assert "custmer" in said.err
    assert said.err.splitlines()[1].startswith("→ ")
    assert list(home.iterdir()) == []


def test_a_machine_without_application_is_told(cli, book, monkeypatch):
    monkeypatch.setattr(open_book, "find_office", lambda: None)
    said = cli("open", book, "--lang", "en", "-q")
    assert said.code == 3
    assert said.err.startswith("There is nothing to open 'foreign.xlsx' with")


def test_a_user_without_home_is_told(cli, book, monkeypatch):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    said = cli("open", book, "--lang", "en")
    assert (said.code, said.err.splitlines()[0]) == (
        3,
        "The system does not say where your home folder is.",
    )


def test_a_book_must_be_named(cli):
    assert cli("open").code == 2


# doctor --fix


def test_doctor_says_that_nothing_was_written_yet_and_writes_nothing(cli, book, home):
    said = cli("doctor", book, "--lang", "en")
    assert said.code == 0
    assert said.out.count("run sheetsales doctor --fix") == 2
    assert list(home.iterdir()) == []


def test_doctor_mends_the_bridge_and_says_what_it_wrote(cli, book, home):
    wrote = [f"Wrote {home}/.sheetsales/press", f"Wrote {home}/.xlwings/xlwings.conf"]
    said = cli("doctor", book, "--fix", "--lang", "en")
    assert (said.code, said.out.splitlines()[:2]) == (0, wrote)
    assert f"✓ Buttons in Excel use {sys.executable}" in said.out.splitlines()
    assert "up to date" in cli("doctor", book, "--fix", "--lang", "en").out.splitlines()[0]


def test_doctor_mends_a_python_that_is_not_absolute(cli, book, home):
    config = home / ".xlwings" / "xlwings.conf"
    config.parent.mkdir()
    config.write_text('"INTERPRETER_MAC","python"\n"LICENSE_KEY","mine"\n')
    assert cli("doctor", book).code == 3
    assert cli("doctor", book, "--fix").code == 0
    assert '"LICENSE_KEY","mine"\n' in config.read_text()


def test_doctor_leaves_what_lies_beside_a_book_to_its_owner(cli, book):
    beside = [book.with_name("xlwings.conf"), book.with_name("plan.py")]
    for path in beside:
        path.write_text("x")
    said = cli("doctor", book, "--fix", "--lang", "en")
    assert said.code == 3
    assert [str(path) for path in beside if str(path) in said.out] == list(map(str, beside))
    assert [path.read_text() for path in beside] == ["x", "x"]


def test_doctor_gives_what_it_wrote_as_an_object(cli, book, home):
    given = json.loads(cli("doctor", book, "--fix", "--json").out)
    assert given["written"] == [f"{home}/.sheetsales/press", f"{home}/.xlwings/xlwings.conf"]
    assert {"launcher", "interpreter", "xlwings"} <= {one["code"] for one in given["findings"]}
    assert "written" not in json.loads(cli("doctor", book, "--json").out)
