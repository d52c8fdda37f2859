"""What starts often starts light: tables are loaded when a table is read, not before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.books import staff_book

HEAVY = (
    "pandas",
    "numpy",
    "matplotlib",
    "openpyxl",
    "python_calamine",
    "xlsxwriter",
    "xlwings",
)
_HELP = "from sheetsales.cli.main import run; assert run({arguments}) == 0"
_COMMANDS = (
    "import click; from sheetsales.cli.main import program;"
    "context = click.Context(program);"
    "helps = [program.get_command(context, name).get_help(context)"
    " for name in program.list_commands(context)]; assert all(helps)"
)
_EDIT = (
    "from sheetsales.store import Workbook; book = Workbook.open({path!r});"
    "book.table('customer', key=['編號']).update({{'C-000002': {{'名稱': '新'}}}}); book.save()"
)
_MERGE = (
    "from sheetsales.store import Workbook; books = [Workbook.open({path!r}) for _ in range(2)];"
    "[book.table('customer', key=['編號']).update({{'C-000002': {{field: '新'}}}})"
    " for book, field in zip(books, ('名稱', '編號'))]; [book.save() for book in books]"
)


def _loaded(code: str) -> set[str]:
    """Return the heavy packages that a new interpreter holds after the code."""
    loaded = f"set({HEAVY!r}) & sys.modules.keys()"
    report = f"; import sys; print(*({loaded}), sep='\\n', file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + report],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "code",
    [
        "import sheetsales",
        "import sheetsales.store",
        "import sheetsales.word",
        "import sheetsales.schema",
        _HELP.format(arguments=["--help"]),
        _HELP.format(arguments=["--version"]),
        _COMMANDS,
    ],
    ids=["sheetsales", "store", "word", "schema", "--help", "--version", "help of all commands"],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert _loaded(code) == set()


@pytest.mark.parametrize("code", [_EDIT, _MERGE], ids=["edit", "merge"])
def test_a_workbook_is_edited_without_what_reads_whole_sheets(tmp_path: Path, code: str) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    before = path.read_bytes()
    assert _loaded(code.format(path=str(path))) == set()
    assert path.read_bytes() != before


def test_what_is_heavy_would_be_seen() -> None:
    assert _loaded("import sheetsales.tables.frames") >= {"pandas", "numpy"}
