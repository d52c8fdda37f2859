"""The way from a button to the right Python: what is written, and what doctor says of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import types
from pathlib import Path

import openpyxl
import pytest

from sheetsales.actions.doctor import beside, examine_book
from sheetsales.actions.doctor import bridge as examination
from sheetsales.errors import WorkspaceError
from sheetsales.locale.messages import Messages
from sheetsales.workspace import applications
from sheetsales.workspace.bridge import Bridge

WINDOWS_PYTHON = r"C:\Users\王 小姐\venv\Scripts\python.exe"
POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
EXCEL = r"Software\Microsoft\Office\16.0\Excel\Security"
APP_PATH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "家 home"
    folder.mkdir()
    return folder


@pytest.fixture
def bridge(home):
    return Bridge(home)


@pytest.fixture
def book(tmp_path):
    return saved(tmp_path / "books" / "plan.xlsm", openpyxl.Workbook())


@pytest.fixture
def registry(monkeypatch):
    """A stand-in for Windows' registry."""
    values: dict[tuple[str, str], object] = {}

    class Key:
        def __init__(self, name):
            self.name = name

        def __enter__(self):
            return self.name

        def __exit__(self, *_):
            return None

    def query(key, name):
        if (key, name) not in values:
            raise FileNotFoundError(key)
        return values[key, name], 1

    module = types.SimpleNamespace(
        HKEY_CURRENT_USER=1,
        HKEY_LOCAL_MACHINE=2,
        OpenKey=lambda _hive, key: Key(key),
        QueryValueEx=query,
    )
    monkeypatch.setitem(sys.modules, "winreg", module)
    return values


def saved(path, content):
    path.parent.mkdir(exist_ok=True)
    content.save(path)
    return path


def windows(home, interpreter=WINDOWS_PYTHON):
    return Bridge(home, "win32", interpreter, "utf-8")


def found(path, bridge):
    """Return what is found, each of which has something to say in every language."""
    told = {one.code: one for one in examine_book(path, bridge)}
    for one in told.values():
        for messages in map(Messages.load, ("zh-Hant", "zh-Hans", "en")):
            if one.error:
                assert all(messages.error_texts(one.error))
            else:
                assert messages.text(f"doctor-{one.code}-{one.state}", **one.arguments)
    return told


def states(path, bridge):
    return {(one.code, one.state) for one in found(path, bridge).values()}


# What is written


@pytest.mark.parametrize("name", ["plain", "a b", "it's", 'a"b', "$HOME `id` $(id)", "王;&|*?#~\\"])
def test_the_launcher_starts_the_very_python_whatever_its_path(tmp_path, home, name):
    folder = tmp_path / name
    folder.mkdir()
    python = folder / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n')
    python.chmod(0o755)
    bridge = Bridge(home, interpreter=str(python))
    launcher = tmp_path / "press"
    launcher.write_bytes(bridge._launcher_content())
    said = subprocess.run(
        ["sh", launcher, "check", "7; id"], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == [
        str(python),
        "-I",
        "-m",
        "sheetsales.buttons",
        "check",
        "7; id",
    ]


def test_the_launcher_can_be_run_and_changed_by_nobody_else(bridge):
    bridge.write()
    modes = [
        stat.S_IMODE(path.stat().st_mode) for path in (bridge.launcher.parent, bridge.launcher)
    ]
    assert modes == [0o700, 0o755]


def test_what_others_may_change_is_taken_from_them(bridge):
    bridge.write()
    bridge.launcher.parent.chmod(0o777)
    bridge.launcher.chmod(0o666)
    assert bridge.write() == []
    assert bridge.is_private()


def test_windows_starts_python_by_full_paths_alone(home):
    bridge = windows(home)
    bridge.write()
    assert bridge.launcher.name == "press.cmd"
    assert bridge.launcher.read_bytes().decode() == (
        '@"%SystemRoot%\\System32\\chcp.com" 65001 >nul\r\n'
        f'@"{WINDOWS_PYTHON}" -I -m sheetsales.buttons %*\r\n'
    )


def test_the_settings_name_the_python_and_take_nothing_from_beside_the_book(home):
    bridge = windows(home)
    bridge.write()
    assert (home / ".xlwings" / "xlwings.conf").read_bytes().decode() == (
        f'"INTERPRETER_WIN","{WINDOWS_PYTHON}"\r\n'
        '"ADD_WORKBOOK_TO_PYTHONPATH","False"\r\n'
        '"PYTHONPATH",""\r\n'
        '"SHOW CONSOLE","False"\r\n'
    )


def test_the_words_of_the_settings_are_those_that_xlwings_asks_for(bridge, home):
    xlwings = pytest.importorskip("xlwings")
    macros = Path(xlwings.__file__).with_name("xlwings.bas").read_text(encoding="utf-8")
    for setting in {*bridge.settings, *windows(home).settings}:
        assert f'GetConfig("{setting}"' in macros


def test_xlwings_reads_the_settings_as_they_were_meant(bridge, monkeypatch):
    xlwings = pytest.importorskip("xlwings")
    bridge.write()
    monkeypatch.setattr(xlwings, "USER_CONFIG_FILE", str(bridge.config))
    read = xlwings.utils.read_user_config()
    assert read == {name.lower(): value for name, value in bridge.settings.items()}


def test_other_settings_stay_byte_for_byte_and_ours_come_first(home):
    bridge = windows(home)
    bridge.config.parent.mkdir()
    other = b'"LICENSE_KEY","\xa4\xa4\xa4\xe5"\r\n\r\nno line of ours\r\n"ONEDRIVE_WIN","x"'
    bridge.config.write_bytes(b'"interpreter_win","python"\r\n"PythonPath","..\\x"\r\n' + other)
    bridge.write()
    content = bridge.config.read_bytes()
    assert content.endswith(b'"SHOW CONSOLE","False"\r\n' + other)
    assert content.lower().count(b"interpreter_win") == content.lower().count(b'"pythonpath"') == 1


def test_what_is_as_it_should_be_is_not_written_again(bridge):
    assert bridge.write() == [bridge.launcher, bridge.config]
    before = [path.stat().st_ino for path in (bridge.launcher, bridge.config)]
    assert Bridge(bridge.home).write() == []
    assert [path.stat().st_ino for path in (bridge.launcher, bridge.config)] == before


def test_the_sandbox_of_excel_is_not_made_for_it(home):
    bridge = Bridge(home, "darwin")
    assert bridge.write() == [bridge.launcher]
    assert not (home / "Library").exists()
    bridge.config.parent.mkdir(parents=True)
    assert Bridge(home, "darwin").write() == [bridge.config]
    assert bridge.config.read_text().startswith(f'"INTERPRETER_MAC","{sys.executable}"\n')


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ("linux", "python"),
        ("linux", ""),
        ("linux", '/opt/"x"/python'),
        ("linux", "/opt/x\ny/python"),
        ("win32", r"python.exe"),
        ("win32", r"\venv\python.exe"),
        ("win32", r"C:\%TEMP%\python.exe"),
    ],
)
def test_a_python_that_no_file_can_name_is_refused(home, platform, path):
    with pytest.raises(WorkspaceError, match="bridge-interpreter"):
        Bridge(home, platform, path, "utf-8").write()
    assert list(home.iterdir()) == []


def test_a_path_that_the_macros_cannot_read_is_refused(home):
    with pytest.raises(WorkspaceError, match="bridge-interpreter"):
        Bridge(home, "win32", "C:\\😀\\python.exe", "cp950").write()


def test_a_home_that_cannot_be_written_is_told(home):
    (home / ".sheetsales").write_text("a file")
    with pytest.raises(WorkspaceError, match="file-not-written"):
        Bridge(home).write()


def test_settings_that_cannot_be_read_are_not_overwritten(bridge, book):
    bridge.config.mkdir(parents=True)
    with pytest.raises(WorkspaceError, match="bridge-unreadable"):
        bridge.write()
    errors = {code: one.error.code for code, one in found(book, bridge).items() if one.error}
    assert errors == {"launcher": "bridge-unreadable", "interpreter": "bridge-unreadable"}


# What doctor says


def test_a_written_bridge_is_sound(book, bridge):
    bridge.write()
    told = found(book, bridge)
    sound = {"launcher", "interpreter", "isolated"}
    assert {code for code in sound if told[code].state == "ok"} == sound


def test_a_bridge_that_was_not_written_is_advised_on(book, bridge):
    assert {("launcher-missing", "advice"), ("interpreter-missing", "advice")} <= states(
        book, bridge
    )


def test_a_launcher_for_another_python_is_told(book, bridge):
    bridge.write()
    bridge.launcher.write_text("#!/bin/sh\nexec /usr/bin/python3 -m sheetsales.buttons\n")
    assert ("launcher-other", "advice") in states(book, bridge)


@pytest.mark.parametrize("mode", [0o777, 0o600, 0o775])
def test_a_launcher_that_others_may_change_or_nobody_may_run_is_broken(book, bridge, mode):
    bridge.write()
    bridge.launcher.chmod(mode)
    assert ("launcher-open", "broken") in states(book, bridge)


@pytest.mark.parametrize(
    ("interpreter", "told"),
    [
        ("python", ("interpreter-relative", "broken")),
        ("../venv/bin/python", ("interpreter-relative", "broken")),
        ("/nowhere/python", ("interpreter-gone", "broken")),
        ("/bin/sh", ("interpreter-other", "advice")),
    ],
)
@pytest.mark.parametrize("key", ["INTERPRETER_MAC", "interpreter"])
def test_another_interpreter_is_told(book, bridge, key, interpreter, told):
    bridge.write()
    bridge.config.write_text(f'"{key}","{interpreter}"\n"ADD_WORKBOOK_TO_PYTHONPATH","False"\n')
    assert told in states(book, bridge)


def test_a_python_path_beside_the_book_is_broken(book, bridge):
    bridge.write()
    bridge.config.write_text(f'"INTERPRETER_MAC","{sys.executable}"\n')
    assert ("interpreter-path", "broken") in states(book, bridge)


def test_a_python_that_does_not_find_this_program_is_broken(book, home, tmp_path):
    deaf = tmp_path / "python"
    deaf.write_text("#!/bin/sh\nexit 1\n")
    deaf.chmod(0o755)
    assert ("isolated", "broken") in states(book, Bridge(home, interpreter=str(deaf)))
    assert ("isolated", "broken") in states(book, Bridge(home, interpreter="/nowhere/python"))


def test_a_missing_xlwings_is_told(book, bridge, monkeypatch):
    def missing(name):
        raise examination.PackageNotFoundError(name)

    monkeypatch.setattr(examination, "version", missing)
    assert ("xlwings", "advice") in states(book, bridge)


def test_a_python_that_cannot_speak_with_libreoffice_is_told(book, home, tmp_path, monkeypatch):
    monkeypatch.setattr(examination, "find_office", lambda: tmp_path / "soffice")
    monkeypatch.setattr(examination, "_UNO_FOLDERS", ())
    (tmp_path / "uno.py").write_text("")
    assert ("uno", "advice") in states(book, Bridge(home))
    (tmp_path / "pyuno.py").write_text("")
    assert ("uno", "ok") in states(book, Bridge(home))
    (tmp_path / "uno.py").unlink()
    assert ("uno", "advice") in states(book, Bridge(home))


def test_macos_must_let_excel_start_python(book, home, monkeypatch):
    monkeypatch.setattr(examination, "find_excel", lambda _platform, _home: Path("/Excel.app"))
    bridge = Bridge(home, "darwin")
    assert ("apple-script", "advice") in states(book, bridge)
    script = home / "Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript"
    script.parent.mkdir(parents=True)
    script.write_text("")
    assert ("apple-script", "ok") in states(book, bridge)


# Macros


def office_says(home, *props):
    profile = home / ".config/libreoffice/4/user"
    profile.mkdir(parents=True, exist_ok=True)
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.Common/Security/Scripting">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for name, value in props
    )
    (profile / "registrymodifications.xcu").write_text(items, encoding="utf-8")


@pytest.mark.parametrize(
    ("level", "told"),
    [
        (None, ("macros-office", "advice")),
        (0, ("macros-all", "advice")),
        (1, ("macros-asked", "ok")),
        (2, ("macros-office", "advice")),
        (3, ("macros-office", "advice")),
    ],
)
def test_what_libreoffice_makes_of_macros_is_told(book, bridge, monkeypatch, level, told):
    monkeypatch.setattr(examination, "find_office", lambda: Path("/office/soffice"))
    if level is not None:
        office_says(bridge.home, ("MacroSecurityLevel", level))
    assert told in states(book, bridge)


def test_a_folder_that_libreoffice_trusts_is_sound(book, bridge, monkeypatch):
    monkeypatch.setattr(examination, "find_office", lambda: Path("/office/soffice"))
    elsewhere = bridge.home.as_uri()
    office_says(bridge.home, ("SecureURL", f"<it>{elsewhere}</it>"))
    assert ("macros-office", "advice") in states(book, bridge)
    trusted = f"<it>{elsewhere}</it><it>{book.parent.as_uri()}/</it>"
    office_says(bridge.home, ("MacroSecurityLevel", 3), ("SecureURL", trusted))
    assert ("macros", "ok") in states(book, bridge)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, ("macros-asked", "ok")),
        ({(EXCEL, "VBAWarnings"): 1}, ("macros-all", "advice")),
        ({(EXCEL, "VBAWarnings"): 4}, ("macros-excel", "advice")),
        ({(EXCEL, "VBAWarnings"): 1, (POLICY, "VBAWarnings"): 3}, ("macros-excel", "advice")),
    ],
)
def test_what_excel_makes_of_macros_is_told(book, home, registry, values, told):
    registry.update({(APP_PATH, ""): r"C:\Office\EXCEL.EXE", **values})
    assert told in states(book, windows(home))


@pytest.mark.parametrize(("below", "state"), [(1, "ok"), (0, "advice")])
def test_a_folder_that_excel_trusts_is_sound(book, home, registry, below, state):
    location = rf"{EXCEL}\Trusted Locations\Location7"
    registry[APP_PATH, ""] = r"C:\Office\EXCEL.EXE"
    registry[EXCEL, "VBAWarnings"] = 4
    registry[location, "Path"] = f"{book.parent.parent}\\"
    registry[location, "AllowSubFolders"] = below
    assert ("macros" if state == "ok" else "macros-excel", state) in states(book, windows(home))


def test_without_excel_windows_is_not_asked_about_its_macros(book, home, registry):
    registry[EXCEL, "VBAWarnings"] = 1
    assert applications.find_excel("win32", home) is None
    assert not [
        one for one in examine_book(book, windows(home)) if "Excel" in one.arguments.values()
    ]


# In and beside the workbooks


def test_a_clean_folder_and_a_clean_book_say_nothing(book):
    (book.parent / "notes.txt").write_text("")
    (book.parent / "pictures").mkdir()
    assert {one.code for one in examine_book(book)} & BESIDE == set()


BESIDE = {"origin", "conf-beside", "code-beside", "conf-sheet", "code-sheet"}


@pytest.mark.parametrize("name", ["xlwings.conf", "XLWINGS.CONF"])
def test_settings_beside_a_book_are_refused(book, name):
    (book.parent / name).write_text("")
    assert ("conf-beside", "broken") in states(book, None)


@pytest.mark.parametrize(
    "name",
    [
        "plan.py",
        "pandas.PYC",
        "x.pyd",
        "x.so",
        "plan.zip",
        "python.EXE",
        "python.bat",
        "json/__init__.py",
    ],
)
def test_programs_beside_a_book_are_told(book, name):
    path = book.parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    told = found(book, None)["code-beside"]
    assert (told.state, Path(told.arguments["file"]).name) == ("advice", name.partition("/")[0])


def with_settings(path, rows, title="xlwings.conf"):
    content = openpyxl.Workbook()
    sheet = content.create_sheet(title)
    for row in rows:
        sheet.append(row)
    return saved(path, content)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("INTERPRETER_WIN", r"\\server\python.exe"),
        ("interpreter_mac", "x"),
        ("INTERPRETER", None),
        ("PYTHONPATH", "x"),
        ("CONDA PATH", "x"),
        ("CONDA ENV", "x"),
        ("ADD_WORKBOOK_TO_PYTHONPATH", True),
        ("ADD_WORKBOOK_TO_PYTHONPATH", None),
        ("ADD_WORKBOOK_TO_PYTHONPATH", "=FALSE()"),
        ("ONEDRIVE_CONSUMER_WIN", '"); import os; os.system("x'),
        ("TEMP DIR", "x"),
        ("UDF MODULES", "x"),
    ],
)
def test_a_sheet_that_leads_buttons_elsewhere_is_refused(tmp_path, setting, value):
    rows = [("SHOW CONSOLE", True), (), (setting, value)]
    path = with_settings(tmp_path / "x.xlsx", rows, "XLwings.conf")
    told = found(path, None)["conf-sheet"]
    assert (told.state, told.arguments["setting"]) == ("broken", setting.upper())


def test_a_sheet_that_only_shuts_doors_is_sound(tmp_path):
    rows = [("ADD_WORKBOOK_TO_PYTHONPATH", False), ("PYTHONPATH", None), ("SHOW CONSOLE", False)]
    assert "conf-sheet" not in found(with_settings(tmp_path / "x.xlsx", rows), None)
    rows[0] = ("add_workbook_to_pythonpath", "false")
    assert "conf-sheet" not in found(with_settings(tmp_path / "x.xlsx", rows), None)


def test_a_sheet_with_python_text_is_refused(tmp_path):
    path = with_settings(tmp_path / "x.xlsx", [("import os",)], "main.py")
    assert ("code-sheet", "broken") in states(path, None)


@pytest.mark.parametrize(("zone", "is_told"), [(3, True), (4, True), (1, False)])
def test_a_book_from_the_internet_is_told_on_windows(book, monkeypatch, zone, is_told):
    mark = f"[ZoneTransfer]\r\nZoneId={zone}\r\n".encode()
    monkeypatch.setattr(beside, "zone_identifier", {book: mark}.get)
    assert (("origin", "advice") in states(book, None)) is is_told


@pytest.mark.parametrize("name", ["com.apple.quarantine", "user.xdg.origin.url"])
def test_a_book_from_the_internet_is_told_by_its_attributes(book, monkeypatch, name):
    def attribute(path, asked):
        if (Path(path), asked) != (book, name):
            raise OSError(61, "no data")
        return b"https://example.com"

    monkeypatch.setattr(os, "getxattr", attribute, raising=False)
    assert ("origin", "advice") in states(book, None)
