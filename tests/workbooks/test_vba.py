"""The VBA project that is built from text says the same to an independent reader, every time."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser, decompress_stream

from sheetsales.errors import WorkbookBuildError
from sheetsales.locale.messages import Messages
from sheetsales.resources import macros
from sheetsales.workbooks.bas import read_module
from sheetsales.workbooks.bridge import decided
from sheetsales.workbooks.ovba import compress
from sheetsales.workbooks.vba import macro_modules, vba_project

DOCUMENTS = ("ThisWorkbook", "Sheet1", "Sheet2")
MODULE = 'Attribute VB_Name = "sample"\nOption Explicit\n'


def _xlwings() -> Path:
    spec = find_spec("xlwings")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _project() -> bytes:
    return vba_project(macro_modules(), DOCUMENTS)


def _stream(project: bytes, path: str) -> bytes:
    with olefile.OleFileIO(project) as file:
        content: bytes = file.openstream(path).read()
    return content


def _sources(project: bytes) -> dict[str, str]:
    parser = VBA_Parser("vbaProject.bin", data=project)
    return {name: code for _, _, name, code in parser.extract_all_macros()}


def _code(text: str) -> str:
    """Return a module as a reader shows it: without attributes."""
    head = re.compile(r"(?s)\AVERSION .*?\nEND\n")
    lines = head.sub("", text.replace("\r\n", "\n")).splitlines()
    return "\n".join(line for line in lines if not line.startswith("Attribute "))


def test_each_module_is_read_back_as_it_stands_in_its_file() -> None:
    found = {name: _code(code) for name, code in _sources(_project()).items()}
    for path in (*macros().glob("*.bas"), *macros().glob("*.cls")):
        assert found[path.name] == _code(path.read_text("ascii"))
    files = {path.name for path in macros().iterdir()} - {"README.md"}
    bridge = {"xlwings.bas", "xlwings_mac.bas"}
    assert set(found) == files | bridge | {f"{name}.cls" for name in DOCUMENTS}


@pytest.mark.parametrize(("module", "mac"), [("xlwings", "False"), ("xlwings_mac", "True")])
def test_the_bridge_is_that_of_the_installed_xlwings_with_its_conditions_decided(
    module: str, mac: str
) -> None:
    shipped = (_xlwings() / "xlwings.bas").read_text("ascii")
    built = macro_modules()[module].splitlines()
    lines = shipped.replace("\r\n", "\n").splitlines()
    place = iter(lines)
    own = {f'Attribute VB_Name = "{module}"', "#If Mac Then", "#If Not Mac Then", "#End If"}
    assert all(line in place for line in built[2:-1]), "a line that xlwings has not, or not there"
    assert set(built[:2]) | set(built[-1:]) <= own
    dropped = len(lines) - len(built)
    assert 100 < dropped < 260
    kept = decided(shipped.replace("\r\n", "\n"), {"Mac": mac, "App": '"none"'})
    assert "#If Mac" not in kept


def test_the_bridge_is_read_without_importing_xlwings() -> None:
    code = (
        "import sys; from sheetsales.workbooks.vba import macro_modules;"
        "sys.exit('xlwings' not in macro_modules() or 'xlwings' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_bridge_without_conditions_says_what_each_half_says() -> None:
    text = (
        '#Const App = "Excel"\n#If App = "Word" Then\n1\n#ElseIf App = "Excel" Then\n2\n'
        "#If Mac Then\n3\n#Else\n4\n#End If\n#Else\n5\n#End If\n"
        "#If VBA7 Then\n6\n#Else\n7\n#End If\n"
    )
    left = '#Const App = "Excel"\n2\n{}\n#If VBA7 Then\n6\n#Else\n7\n#End If\n'
    assert decided(text, {"Mac": "True"}) == left.format(3)
    assert decided(text, {"Mac": "False"}) == left.format(4)
    assert decided(text, {}) == left.format("#If Mac Then\n3\n#Else\n4\n#End If")


def test_the_project_holds_source_alone_and_the_same_bytes_every_time() -> None:
    project = _project()
    assert project == _project()
    assert _stream(project, "VBA/_VBA_PROJECT") == bytes.fromhex("cc61ffff000000")
    with olefile.OleFileIO(project) as file:
        listed = {"/".join(path) for path in file.listdir()}
    sources = {f"VBA/{name}" for name in (*macro_modules(), *DOCUMENTS)}
    assert listed == sources | {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT"}


def test_the_project_names_what_each_module_is() -> None:
    project = vba_project({"sample": MODULE}, DOCUMENTS)
    lines = _stream(project, "PROJECT").decode("ascii").splitlines()
    kinds = ["Document=ThisWorkbook/&H00000000", "Document=Sheet1/&H00000000"]
    assert lines[1:5] == [*kinds, "Document=Sheet2/&H00000000", "Module=sample"]
    assert "Class=Dictionary" in _stream(_project(), "PROJECT").decode("ascii").splitlines()
    workbook = decompress_stream(bytearray(_stream(project, "VBA/ThisWorkbook")))
    assert b"{00020819-0000-0000-C000-000000000046}" in workbook


def _revealed(text: str, project: str) -> bytes:
    """Undo what hides the protection of a project, as [MS-OVBA] 2.4.3.3 says."""
    data = bytes.fromhex(text)
    seed, key = data[0], sum(project.encode("ascii")) & 0xFF
    assert (data[0] ^ data[1], data[0] ^ data[2]) == (2, key)
    plain, found = key, []
    for at in range(3, len(data)):
        plain = data[at] ^ ((data[at - 2] + plain) & 0xFF)
        found.append(plain)
    hidden = bytes(found[(seed & 6) // 2 :])
    assert int.from_bytes(hidden[:4], "little") == len(hidden) - 4
    return hidden[4:]


def _protection(stream: bytes) -> dict[str, bytes]:
    said = dict(re.findall(r'^(ID|CMG|DPB|GC)="(.*)"\r$', stream.decode("cp1252"), re.MULTILINE))
    project = said.pop("ID")
    return {name: _revealed(text, project) for name, text in said.items()}


def test_the_project_is_as_open_to_everybody_as_the_one_that_xlwings_ships() -> None:
    shipped = zipfile.ZipFile(_xlwings() / "quickstart_standalone.xlsm").read("xl/vbaProject.bin")
    expected = {"CMG": bytes(4), "DPB": b"\0", "GC": b"\xff"}
    assert _protection(_stream(shipped, "PROJECT")) == expected
    assert _protection(_stream(_project(), "PROJECT")) == expected


@given(st.binary(max_size=9000) | st.text("ab \r\n", max_size=9000).map(str.encode))
def test_what_is_compressed_is_read_back(data: bytes) -> None:
    # The format fills up a last chunk that does not get smaller.
    assert decompress_stream(bytearray(compress(data)))[: len(data)] == data


def _awkward() -> Iterator[bytes]:
    noise = random.Random(5)
    yield from (b"", b"a", b"a" * 4095, b"a" * 4096, b"a" * 4097, b"abc" * 40_000)
    yield from (noise.randbytes(4096), noise.randbytes(8192), b"x" * 4096 + noise.randbytes(3640))
    yield (_xlwings() / "xlwings.bas").read_bytes()


def test_whole_chunks_come_back_exactly_whether_they_get_smaller_or_not() -> None:
    for data in _awkward():
        assert decompress_stream(bytearray(compress(data))) == data
    text = (_xlwings() / "xlwings.bas").read_bytes()
    assert len(compress(text)) < len(text) / 2


DAMAGE = {
    "no-name": (1, "Option Explicit\n"),
    "two-names": (3, MODULE + 'Attribute VB_Name = "sample"\n'),
    "other-name": (1, MODULE.replace("sample", "another")),
    "not-ascii": (3, MODULE + "' 客戶\n"),
    "control-character": (3, MODULE + "' \0\n"),
    "line-too-long": (4, MODULE + "\n' " + "x" * 1022),
    "string-without-end": (4, MODULE + 'Sub A()\nB = "c\nEnd Sub\n'),
}
UNPAIRED = {
    "no-end": [
        (3, "Sub A()\nPress 1\n"),
        (3, "Sub A()\nSub B()\nEnd Sub\n"),
        (3, "Public Function A() As String\n"),
        (4, "Sub A()\nIf B Then\n"),
        (3, "#If Mac Then\nSub A()\nEnd Sub\n"),
    ],
    "end-without-begin": [
        (3, "End Sub\n"),
        (4, "Sub A()\nEnd Function\n"),
        (5, "Sub A()\nFor Each B In C\nEnd If\nEnd Sub\n"),
        (5, "Sub A()\nIf B Then\nEnd Sub\n"),
        (6, "Sub A()\nDim B _\n    As String\nLoop\nEnd Sub\n"),
        (3, "#End If\n"),
    ],
}
DAMAGED = [
    *((reason, line, text) for reason, (line, text) in DAMAGE.items()),
    *((why, line, MODULE + text) for why, cases in UNPAIRED.items() for line, text in cases),
]


@pytest.mark.parametrize(("reason", "line", "text"), DAMAGED)
def test_a_damaged_module_is_refused_with_file_and_line(
    reason: str, line: int, text: str, tmp_path: Path
) -> None:
    path = tmp_path / "sample.bas"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WorkbookBuildError) as caught:
        read_module(path)
    expected = {"file": "sample.bas", "line": line, "reason": f"macro.{reason}"}
    assert caught.value.arguments == expected
    for locale in ("zh-Hant", "en"):
        what, _ = Messages.load(locale).error_texts(caught.value)
        assert "sample.bas" in what
        assert reason not in what, "the reason has no words"


def test_a_module_with_an_unusable_name_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "1st.bas"
    path.write_text('Attribute VB_Name = "1st"\n', encoding="ascii")
    with pytest.raises(WorkbookBuildError, match="bad-name"):
        read_module(path)
    with pytest.raises(WorkbookBuildError, match="unreadable"):
        read_module(tmp_path / "none.bas")


def test_a_damaged_module_fails_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sample.bas").write_text(MODULE + "Sub A()\n", encoding="ascii")
    monkeypatch.setattr("sheetsales.workbooks.vba.macros", lambda: tmp_path)
    with pytest.raises(WorkbookBuildError, match=r"sample\.bas, line=3"):
        macro_modules()


def test_a_sound_module_with_every_kind_of_block_is_taken(tmp_path: Path) -> None:
    text = MODULE + (
        "Private Type T\nA As String\nEnd Type\n"
        'Sub A(B) \' End Sub "\nDim S: S = "it\'s ""End Sub"""\n'
        "If B Then C = 1\nIf B _\n  Then\nElseIf D Then\nElse\nEnd If\n"
        "#If Mac Then\nFor I = 1 To 2\nNext I\n#End If\nDo While B\nLoop\nDo\nLoop Until B\n"
        "While B\nWend\nWith B\nEnd With\nSelect Case B\nCase 1\nEnd Select\n"
        "On Error Resume Next\nExit Sub\nEnd Sub\n"
    )
    path = tmp_path / "sample.bas"
    path.write_bytes(text.replace("\n", "\r\n").encode("ascii"))
    assert read_module(path) == ("sample", text)


def test_line_ends_in_the_project_are_those_of_windows() -> None:
    project = vba_project({"sample": MODULE}, DOCUMENTS)
    source = decompress_stream(bytearray(_stream(project, "VBA/sample")))
    assert bytes(source) == MODULE.replace("\n", "\r\n").encode("ascii")
    assert BytesIO(source).readline().endswith(b"\r\n")
