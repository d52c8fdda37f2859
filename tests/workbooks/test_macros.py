"""What a press does, from the macro to the first line of Python, and what it cannot do."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from oletools.olevba import VBA_Parser

from sheetsales.resources import macros, workbook_templates
from sheetsales.schema import LOCALES, load_regulation
from sheetsales.workbooks.bas import read_module
from sheetsales.workbooks.buttons import COMMANDS, macro_of, words_of
from sheetsales.workbooks.layout import EXPLAINED
from sheetsales.workbooks.vba import macro_modules, vba_project
from tests.office.session import SYSTEM_PYTHON, LibreOffice, has_uno

OURS = {
    path.stem: read_module(path).text
    for path in sorted(macros().iterdir())
    if path.suffix in {".bas", ".cls"}
}
PRESSING = Path(__file__).with_name("pressing.py")
SECONDS = 60
CELLS = (
    *("ActiveCell", "ActiveSheet", "ActiveWorkbook", "Address", "Cells", "Columns", "Evaluate"),
    *("Formula", "FullName", "InputBox", "Names", "Offset", "Range", "Rows", "Selection"),
    *("Sheets", "Target", "Text", "Value", "Value2", "Worksheets"),
)
"""What would bring the content of a cell, or an answer, into a macro."""
STARTS = (
    "Shell",
    "RunPython",
    "CreateObject",
    "GetObject",
    "WScript",
    "Execute",
    "Eval",
    "Declare",
)


def _code(name: str) -> str:
    """Return the code of a module of ours: neither attributes nor comments nor text."""
    lines = [re.sub(r'"(?:[^"]|"")*"', '""', line) for line in OURS[name].splitlines()]
    return "\n".join(line.partition("'")[0] for line in lines if not line.startswith("Attribute"))


def _procedures(name: str) -> dict[str, list[str]]:
    found = re.findall(
        r"^(?:Public|Private) (?:Sub|Function) (\w+)\(.*$\n((?:.*\n)*?)End (?:Sub|Function)$",
        OURS[name],
        re.MULTILINE,
    )
    return {procedure: [line.strip() for line in body.splitlines()] for procedure, body in found}


def _words(code: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"\w+", code)}


def test_every_button_has_a_macro_of_one_line_that_says_its_word() -> None:
    expected: dict[str, list[str]] = {macro_of(word): [f'Press "{word}"'] for word in COMMANDS}
    found = _procedures("sheetsales_buttons")
    found.pop("Press")
    assert found == expected


def test_a_press_is_told_nothing_but_the_words_of_the_buttons() -> None:
    text = "\n".join(OURS.values())
    said = re.findall(r"^ *Press (.*)$", text, re.MULTILINE)
    assert {*said} == {f'"{word}"' for word in COMMANDS}
    assert len(said) == len(re.findall(r"\bPress\b(?!\()", text))
    for name in ("PressInLibreOffice", "PressInExcel"):
        assert re.findall(rf"^ *{name} (.*)$", text, re.MULTILINE) == ["Word"]
        assert _words(_code("sheetsales_buttons")).issuperset({name.casefold(), "word"})


def test_our_macros_never_look_at_a_cell() -> None:
    wanted = {word.casefold() for word in CELLS}
    assert {name: _words(_code(name)) & wanted for name in OURS} == {name: set() for name in OURS}


def test_only_the_two_ends_of_a_press_start_anything() -> None:
    starts = {word.casefold() for word in STARTS}
    found = {name: _words(_code(name)) & starts for name in OURS}
    ends = {"sheetsales_excel": {"runpython"}, "sheetsales_libreoffice": {"shell"}}
    assert {name: words for name, words in found.items() if words} == ends
    shells = [line for line in OURS["sheetsales_libreoffice"].splitlines() if "Shell" in line]
    assert [line.strip() for line in shells] == [
        'Shell """" & Launcher & """ " & Word & " " & ThisComponent.RuntimeUID, 0'
    ]
    called = [line for line in _procedures("sheetsales_excel")["PressInExcel"] if "Run" in line]
    command = '"import sheetsales.buttons; sheetsales.buttons.press(\'" & Word & "\')"'
    assert called == [f"{module}.RunPython {command}" for module in ("xlwings_mac", "xlwings")]


def test_the_workbook_is_asked_for_its_name_only_to_refuse_it() -> None:
    asked = [
        (name, procedure)
        for name in OURS
        for procedure, lines in _procedures(name).items()
        if any("ThisWorkbook" in line for line in lines)
    ]
    assert asked == [("sheetsales_excel", "Obstacle")]
    (line,) = re.findall(r".*ThisWorkbook.*", OURS["sheetsales_excel"])
    assert line.strip().startswith("ElseIf HasCommand(")
    refused = _procedures("sheetsales_excel")["PressInExcel"]
    assert refused.index("Exit Sub") < next(n for n, line in enumerate(refused) if "Run" in line)


def test_no_setting_in_or_beside_a_workbook_gets_into_the_command_line() -> None:
    refused = set(re.findall(r'"([A-Z_ ]{6,})"', OURS["sheetsales_excel"]))
    asked: set[str] = set()
    for module in ("xlwings", "xlwings_mac"):
        asked |= set(re.findall(r'GetConfig\("([^"]+)"', macro_modules()[module]))
    shown = {"SHOW CONSOLE", "SHOW_ERROR_POPUPS"}
    for_functions_in_cells = {"UDF MODULES", "DEBUG UDFS"}
    assert asked - refused == shown | for_functions_in_cells
    assert refused - asked == set()


def test_what_excel_compiles_everywhere_and_what_it_never_runs_are_apart() -> None:
    loose = {name for name in OURS if "Option Explicit" not in _code(name)}
    foreign = {name for name in OURS if "thiscomponent" in _words(_code(name))}
    assert loose == foreign == {"sheetsales_libreoffice"}


def _suspicious() -> set[str]:
    project = vba_project(macro_modules(), ["ThisWorkbook", "Sheet1"])
    found = VBA_Parser("vbaProject.bin", data=project).analyze_macros()
    # Addresses stand in comments; "Hex String" shows what one of their numbers could say.
    return {
        keyword.casefold()
        for kind, keyword, _ in found
        if kind != "Hex String" and not keyword.startswith("http")
    }


def test_every_warning_of_olevba_is_explained_and_no_other() -> None:
    page = (macros() / "README.md").read_text(encoding="utf-8").partition("a scanner warns")[2]
    rows = re.findall(r"^\| (`[^|]*`) \| .{40,} \|$", page, re.MULTILINE)
    explained = {word.casefold() for row in rows for word in re.findall(r"`(.*?)`", row)}
    assert explained == _suspicious()


# -- the Python part of the command line in Excel on Windows ---------------------------------------

TRAPS = ("xlwings", "sheetsales", "os", "json", "pandas", "sitecustomize")


@pytest.fixture
def traps(tmp_path: Path) -> Path:
    """A workbook's folder with modules that leave a file when they are imported."""
    folder = tmp_path / "share"
    (folder / "sheetsales").mkdir(parents=True)
    text = "import pathlib; pathlib.Path({!r}).write_text('')\n"
    for name in TRAPS:
        (folder / f"{name}.py").write_text(text.format(str(tmp_path / f"sprung-{name}")))
    (folder / "sheetsales" / "__init__.py").write_text((folder / "sheetsales.py").read_text())
    return folder


def _sprung(traps: Path) -> set[str]:
    return {path.name.removeprefix("sprung-") for path in traps.parent.glob("sprung-*")}


def _evaluated(expression: str, variables: Mapping[str, str]) -> str:
    """Return what a VBA expression of texts, joined by ``&``, is worth."""
    parts = re.findall(r'"((?:[^"]|"")*)"|(\w+)', expression)
    return "".join(variables[name] if name else text.replace('""', '"') for text, name in parts)


def _python_part(book: str, setting: str = "False") -> list[str]:
    """Return what Windows hands to Python: the expressions are those of xlwings and of ours."""
    bridge = macro_modules()["xlwings"]
    (ours,) = re.findall(r"xlwings\.RunPython (.*)", OURS["sheetsales_excel"])
    (theirs,) = re.findall(r"RunCommand = (CondaCmd & PythonInterpreter & .*)", bridge)
    assert 'PYTHONPATH = Replace(PYTHONPATH, "\\", "\\\\")' in bridge
    said = ";".join([setting, book, book, "", "", "", ""]).replace("&", "^&").replace("\\", "\\\\")
    variables = {
        "CondaCmd": "",
        "PythonInterpreter": shlex.quote(sys.executable),
        # The command interpreter takes the signs away that keep an ampersand from being one.
        "PYTHONPATH": said.replace("^&", "&"),
        "PythonCommand": _evaluated(ours, {"Word": "check"}),
    }
    interpreter, *options = shlex.split(_evaluated(theirs, variables))
    assert (interpreter, options[:2]) == (sys.executable, ["-B", "-c"])
    assert options[2].endswith("; import sheetsales.buttons; sheetsales.buttons.press('check')")
    harmless = options[2].replace(".press('check')", ".BUTTONS; print(sheetsales.__file__)")
    return [interpreter, "-B", "-c", harmless]


def _run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, **environment}
    return subprocess.run(
        command, capture_output=True, cwd=folder, encoding="utf-8", env=given, check=False
    )


def test_what_lies_beside_a_workbook_is_not_imported_by_the_command_of_excel(traps: Path) -> None:
    # xlwings first goes to the folder of the interpreter, as that stands in the user's settings.
    done = _run(_python_part(str(traps / "customer.xlsm")), Path(sys.executable).parent)
    assert _sprung(traps) == set()
    spec = find_spec("sheetsales")
    assert (done.returncode, done.stdout.strip()) == (0, spec.origin if spec else "")


@pytest.mark.parametrize(
    ("folder", "book", "setting"),
    [
        ("share", "share/customer.xlsm", "False"),
        ("", "share/customer.xlsm", "True"),
        ("", "share;b;c;d;e;f/customer.xlsm", "False"),
    ],
)
def test_each_thing_that_a_press_refuses_would_import_it(
    folder: str, book: str, setting: str, traps: Path
) -> None:
    # A Python named without its folder, the setting of xlwings, a folder with semicolons.
    where = traps.parent / folder if folder else Path(sys.executable).parent
    _run(_python_part(str(traps.parent / book), setting), where)
    assert _sprung(traps)


def test_xlwings_goes_to_the_folder_of_an_absolute_interpreter() -> None:
    bridge = macro_modules()["xlwings"]
    for expression in ('Left$(PYTHON_WIN, 2) & " & cd """ & PythonDir', '"pushd """ & PythonDir'):
        assert f"DriveCommand = {expression}" in bridge
    connected = _procedures("sheetsales_excel")["IsConnected"]
    assert 'IsConnected = Mid$(Python, 2, 2) = ":\\" Or Left$(Python, 2) = "\\\\"' in connected


@pytest.mark.parametrize(("isolated", "sprung"), [(True, False), (False, True)])
def test_what_lies_beside_a_workbook_is_not_imported_by_the_launcher(
    isolated: bool, sprung: bool, traps: Path
) -> None:
    command = [sys.executable, *["-I"][:isolated], "-m", "sheetsales.buttons", "none", "0"]
    done = _run(command, traps, PYTHONPATH=str(traps))
    assert bool(_sprung(traps)) == sprung
    assert isolated == ("sheetsales.buttons: 'none' '0'?" in done.stderr)


# -- a press in LibreOffice ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with all buttons on two sheets."""
    path = tmp_path_factory.mktemp("book") / "客戶.xlsm"
    documents = ["ThisWorkbook", "Sheet1", "Sheet2"]
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_vba_name(documents[0])
        sheets = [workbook.add_worksheet(name) for name in ("客戶", "合同")]
        for sheet, name in zip(sheets, documents[1:], strict=True):
            sheet.set_vba_name(name)
        for number, word in enumerate(COMMANDS):
            options = {"macro": macro_of(word), "caption": word}
            sheets[number % 2].insert_button(number, 1, options)
        project = vba_project(macro_modules(), documents)
        workbook.add_vba_project(BytesIO(project), is_stream=True)
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a space in its name, for LibreOffice."""
    folder = tmp_path / "home folder"
    (folder / ".sheetsales").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("USERPROFILE", raising=False)
    return folder


def _pressed(running: LibreOffice, book: Path) -> dict[str, object]:
    done = subprocess.run(
        [SYSTEM_PYTHON, str(PRESSING), running.pipe, str(book)],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def _waited(path: Path, lines: int) -> list[str]:
    """Return the lines of a file that programs write to that nobody waits for."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if len(found) >= lines:
            return found
        time.sleep(0.1)
    return found


@pytest.fixture
def running(tmp_path: Path, home: Path) -> Iterator[LibreOffice]:
    if not has_uno():
        fail = pytest.fail if os.environ.get("CI") else pytest.skip
        fail("not installed: python3-uno")
    with LibreOffice(tmp_path / "office") as office:
        yield office


@pytest.mark.libreoffice
def test_each_button_runs_the_launcher_with_its_word_and_the_number_of_the_document(
    running: LibreOffice, book: Path, home: Path
) -> None:
    launcher, heard = home / ".sheetsales" / "press", home / "heard"
    launcher.write_text('#!/bin/sh\necho "$# $*" >> "$HOME/heard"\n', encoding="ascii")
    launcher.chmod(0o700)
    said = _pressed(running, book)
    assert set(macro_modules()) <= set(said["modules"])
    assert sorted(caption for caption, _ in said["buttons"]) == sorted(COMMANDS)
    expected = sorted(f"2 {word} {said['document']}" for word in COMMANDS)
    assert sorted(_waited(heard, len(expected))) == expected


@pytest.mark.libreoffice
def test_without_a_launcher_a_press_starts_nothing_and_does_not_fail(
    running: LibreOffice, book: Path, home: Path
) -> None:
    said = _pressed(running, book)
    assert len(said["buttons"]) == len(COMMANDS)
    assert [path.name for path in home.iterdir() if path.name == "heard"] == []


@pytest.mark.libreoffice
def test_the_macro_for_excel_refuses_a_path_that_the_command_line_would_not_take_as_text(
    running: LibreOffice, book: Path
) -> None:
    refused = _pressed(running, book)["refused"]
    assert refused == ["C:\\a;b\\c.xlsm", "C:\\a\\b^&calc.xlsm", "C:\\%CD%\\c.xlsm"]


def _shipped() -> list[object]:
    """Return the shipped workbooks; one is pressed in every run, the others in the long one."""
    return [
        pytest.param(
            workbook_templates(locale) / f"{stem}.xlsm",
            marks=() if (locale, stem) == ("zh-Hant", "plan") else pytest.mark.long,
            id=f"{locale}-{stem}",
        )
        for locale in LOCALES
        for stem in load_regulation().workbooks
    ]


def _words_on_sheets(stem: str) -> list[str]:
    tables = [table.name for table in load_regulation().of_workbook(stem)]
    own = ["overview", "problem", *(["explanation"] if stem == EXPLAINED else [])]
    return [word for name in (*tables, *own) for word in words_of(name)]


@pytest.mark.libreoffice
@pytest.mark.parametrize("shipped", _shipped())
def test_every_control_on_every_sheet_of_a_shipped_workbook_says_its_word(
    running: LibreOffice, shipped: Path, home: Path
) -> None:
    launcher, heard = home / ".sheetsales" / "press", home / "heard"
    launcher.write_text('#!/bin/sh\necho "$# $*" >> "$HOME/heard"\n', encoding="ascii")
    launcher.chmod(0o700)
    said = _pressed(running, shipped)
    expected = sorted(f"2 {word} {said['document']}" for word in _words_on_sheets(shipped.stem))
    assert len(said["buttons"]) == len(expected)
    assert sorted(_waited(heard, len(expected))) == expected
