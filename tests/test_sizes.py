"""Nothing in the package is too large to read at one sitting, or has a name that says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fence import names, sizes

PACKAGE = Path(__file__).resolve().parents[1] / "sheetsales"


def _function(lines: int = 2, parameters: int = 0, docstring: str = "") -> str:
    taken = ", ".join(f"p{number}" for number in range(parameters))
    body = [f'    """{docstring}"""'] if docstring else []
    return "\n".join([f"def planted({taken}):", *body, *["    x = 1"] * (lines - 1)])


def test_no_module_function_or_parameter_list_is_too_large() -> None:
    assert sizes.findings(PACKAGE) == []


@pytest.mark.parametrize(
    ("module", "code", "reported"),
    [
        ("planted.py", "x = 1\n" * 501, ["planted.py:501 module of 501 lines"]),
        ("planted.py", "x = 1\n" * 500, []),
        ("planted.py", _function(51), ["planted.py:1 function planted of 51 lines"]),
        ("planted.py", _function(50, docstring="One\ntwo."), []),
        ("planted.py", _function(parameters=8), ["planted.py:1 function planted of 8 parameters"]),
        ("planted.py", "class A:\n  def f(self, a, b, c, d, e, f, *, g): ...", []),
        ("cli/planted.py", _function(parameters=10), []),
        (
            "cli/planted.py",
            _function(parameters=11),
            ["cli/planted.py:1 function planted of 11 parameters"],
        ),
    ],
)
def test_what_is_too_large_is_reported(
    module: str, code: str, reported: list[str], tmp_path: Path
) -> None:
    path = tmp_path / module
    path.parent.mkdir(exist_ok=True)
    path.write_text(code, encoding="utf-8")
    assert sizes.findings(tmp_path) == reported


def test_every_name_says_something() -> None:
    assert names.findings(PACKAGE) == []


@pytest.mark.parametrize(
    ("module", "code", "reported"),
    [
        ("utils.py", "", ["utils.py"]),
        ("helpers/dates.py", "", ["helpers/dates.py"]),
        ("planted.py", "def _process_rows(): ...", ["planted.py:1 _process_rows"]),
        ("planted.py", "class Manage: ...", ["planted.py:1 Manage"]),
        ("planted.py", "def commonest(): ...", []),
    ],
)
def test_a_name_that_says_nothing_is_reported(
    module: str, code: str, reported: list[str], tmp_path: Path
) -> None:
    path = tmp_path / module
    path.parent.mkdir(exist_ok=True)
    path.write_text(code, encoding="utf-8")
    assert names.findings(tmp_path) == reported
