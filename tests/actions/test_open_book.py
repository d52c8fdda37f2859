"""Opening a workbook: in which application, by which command, and that a running one takes over."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from sheetsales.actions import open_book
from sheetsales.actions.doctor.macros import examine_office_macros
from sheetsales.actions.open_book import Opening, prepare, start
from sheetsales.errors import WorkspaceError
from sheetsales.resources import workbook_templates
from sheetsales.store.live_libreoffice.pipes import pipe_name
from sheetsales.workspace import applications
from sheetsales.workspace.bridge import Bridge
from tests.office.session import SYSTEM_PYTHON, has_uno

SECONDS = 120
OPEN_BOOKS = """
import os, sys, uno
here = uno.getComponentContext()
resolve = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
there = resolve.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
desktop = there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)
books = desktop.Components.createEnumeration()
while books.hasMoreElements():
    book = books.nextElement()
    print(book.AllowMacroExecution, uno.fileUrlToSystemPath(book.URL), flush=True)
os._exit(0)
"""
TRUSTING = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="SecureURL"
 oor:op="fuse"><value><it>FOLDER</it></value></prop></item></oor:items>
"""


@pytest.fixture
def book(tmp_path):
    return made(tmp_path / "客戶 1.xlsx")


def made(path):
    openpyxl.Workbook().save(path)
    return path


def test_without_excel_libreoffice_is_told_its_pipe_and_the_book(book, tmp_path, monkeypatch):
    monkeypatch.setattr(open_book, "find_office", lambda: Path("/office/soffice"))
    opening = prepare(book, Bridge(tmp_path))
    pipe = f"--accept=pipe,name={pipe_name(tmp_path)};urp;"
    assert opening.command == ("/office/soffice", pipe, str(book))
    assert opening.application == "LibreOffice"


@pytest.mark.parametrize(
    ("platform", "python", "excel", "before"),
    [
        ("win32", "C:/python.exe", "C:/Office/EXCEL.EXE", ()),
        ("darwin", "/opt/python", "/Applications/Microsoft Excel.app", ("open", "-a")),
    ],
)
def test_excel_comes_first(book, tmp_path, monkeypatch, platform, python, excel, before):
    monkeypatch.setattr(open_book, "find_excel", lambda _platform, _home: Path(excel))
    opening = prepare(book, Bridge(tmp_path, platform, python, "utf-8"))
    assert opening.command == (*before, excel, str(book))
    assert opening.application == "Microsoft Excel"


def test_the_bridge_is_written_first(book, tmp_path):
    bridge = Bridge(tmp_path)
    assert prepare(book, bridge).written == [bridge.launcher, bridge.config]
    assert prepare(book, Bridge(tmp_path)).written == []


def test_where_no_application_is_this_is_told_and_the_bridge_stands(book, tmp_path, monkeypatch):
    monkeypatch.setattr(open_book, "find_office", lambda: None)
    bridge = Bridge(tmp_path)
    with pytest.raises(WorkspaceError, match="application-missing"):
        prepare(book, bridge)
    assert bridge.launcher.is_file()


def test_excel_on_macos_is_found_in_both_folders(tmp_path, monkeypatch):
    monkeypatch.setattr(applications, "_MAC_FOLDER", tmp_path / "all")
    assert applications.find_excel("darwin", tmp_path) is None
    own = tmp_path / "Applications" / "Microsoft Excel.app"
    own.mkdir(parents=True)
    assert applications.find_excel("darwin", tmp_path) == own


def test_on_linux_there_is_no_excel_to_look_for(tmp_path):
    assert applications.find_excel("linux", tmp_path) is None


@pytest.mark.parametrize(
    ("found", "used"), [("soffice.com", "soffice.exe"), ("soffice", "soffice")]
)
def test_the_libreoffice_with_a_window_is_used(monkeypatch, found, used):
    monkeypatch.setattr(applications, "find_converter", lambda: Path("/office") / found)
    assert applications.find_office() == Path("/office") / used


def opening_of(*command):
    return Opening(Path("x.xlsx"), "LibreOffice", tuple(map(str, command)), [])


def test_the_application_outlives_the_terminal_and_has_its_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SHEETSALES_TRIED", "passed on")
    told = tmp_path / "told"
    code = (
        "import os, sys; open(sys.argv[1], 'w').write(f'{os.getsid(0)} {os.environ[sys.argv[2]]}')"
    )
    start(opening_of(sys.executable, "-c", code, told, "SHEETSALES_TRIED"), "linux")
    assert soon(lambda: told.is_file() and told.read_text().endswith("passed on"))
    assert told.read_text().split()[0] != str(os.getsid(0))


def test_windows_starts_it_without_our_console(monkeypatch):
    asked = {}
    monkeypatch.setattr(
        open_book.subprocess, "Popen", lambda _command, **given: asked.update(given)
    )
    start(opening_of("EXCEL.EXE"), "win32")
    assert asked["creationflags"] == 0x208


def test_what_cannot_be_started_is_told(tmp_path):
    with pytest.raises(WorkspaceError, match="application-not-started"):
        start(opening_of(tmp_path / "nothing"), "linux")


def soon(happens):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if found := happens():
            return found
        time.sleep(0.1)
    return happens()


def open_books(home):
    """Return the names of the books that a LibreOffice has open, and whether their macros run."""
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", OPEN_BOOKS, pipe_name(home)],
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    found = (line.partition(" ") for line in done.stdout.splitlines())
    return {Path(path).name: runs == "True" for runs, _, path in found}


def offices_of(home):
    """Return the processes of LibreOffice that have a home folder as theirs."""
    wanted = f"HOME={home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_office = b"soffice.bin" in (folder / "cmdline").read_bytes()
            if is_office and wanted in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)
        except OSError:
            continue


@pytest.fixture
def office_home(tmp_path, monkeypatch):
    """A home folder, and with it a profile of LibreOffice, which shows its windows to nobody."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SAL_USE_VCLPLUGIN", "svp")
    yield home
    for process in offices_of(home):
        os.kill(process, signal.SIGTERM)
    assert soon(lambda: not list(offices_of(home)))


@pytest.mark.libreoffice
@pytest.mark.skipif(not has_uno(), reason="the system's Python cannot steer LibreOffice")
def test_a_running_libreoffice_takes_over_the_book_and_listens(book, office_home, tmp_path):
    """The user started LibreOffice from the menu, without a pipe, and works in another book."""
    first = made(tmp_path / "first.xlsx")
    office = applications.find_office()
    start(opening_of(office, first), "linux")
    assert soon((tmp_path / ".~lock.first.xlsx#").is_file)
    assert not open_books(office_home)
    opening = prepare(book, Bridge(office_home))
    start(opening, "linux")
    assert soon(lambda: set(open_books(office_home)) == {"first.xlsx", "客戶 1.xlsx"})
    subprocess.run(opening.command, timeout=SECONDS, check=True)  # as if opened a second time
    assert set(open_books(office_home)) == {"first.xlsx", "客戶 1.xlsx"}
    assert len(list(offices_of(office_home))) == 1


@pytest.mark.libreoffice
@pytest.mark.skipif(not has_uno(), reason="the system's Python cannot steer LibreOffice")
def test_a_libreoffice_that_does_not_run_yet_is_started(book, office_home):
    start(prepare(book, Bridge(office_home)), "linux")
    assert soon(lambda: list(open_books(office_home)) == ["客戶 1.xlsx"])


@pytest.mark.libreoffice
@pytest.mark.skipif(not has_uno(), reason="the system's Python cannot steer LibreOffice")
def test_libreoffice_runs_the_macros_of_a_folder_that_doctor_calls_trusted(office_home, tmp_path):
    """A folder above the workbooks is trusted; without it LibreOffice refuses, and asks to be told.

    The settings are written as LibreOffice writes them; everything else is as it comes.
    """
    book = tmp_path / "acme" / "workbooks" / "customer.xlsm"
    book.parent.mkdir(parents=True)
    shutil.copyfile(workbook_templates("en") / book.name, book)
    bridge = Bridge(office_home)
    assert examine_office_macros(bridge, book.parent).code == "macros-office"
    profile = office_home / ".config" / "libreoffice" / "4" / "user"
    profile.mkdir(parents=True)
    settings = TRUSTING.replace("FOLDER", book.parent.parent.as_uri())
    (profile / "registrymodifications.xcu").write_text(settings, encoding="utf-8")
    assert examine_office_macros(bridge, book.parent).code == "macros"
    start(prepare(book, bridge), "linux")
    assert soon(lambda: open_books(office_home) == {"customer.xlsm": True})
