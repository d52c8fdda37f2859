from __future__ import annotations

import subprocess
import sys

import pytest

from sheetsales.cli.main import ExitCode, main
from sheetsales.errors import WorkbookBusyError, WorkbookError


def test_exit_codes_are_what_is_promised():
    codes = {code.name: int(code) for code in ExitCode}
    assert codes == {
        "DONE": 0,
        "PROBLEMS": 1,
        "USAGE": 2,
        "NOT_DONE": 3,
        "BUG": 4,
        "QUEUED": 75,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WorkbookError("workbook-missing", book="a.xlsx"), 3),
        (WorkbookBusyError("workbook-changed", book="a.xlsx"), 75),
        (PermissionError(13, "Permission denied", "a.xlsx"), 3),
        (KeyboardInterrupt(), 130),
        (KeyError("a"), 4),
    ],
)
def test_an_error_ends_with_its_code(cli, small, monkeypatch, error, code):
    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr("sheetsales.actions.check.check", fail)
    assert cli("check", "-C", small).code == code


def test_no_command_shows_the_help(cli):
    said = cli()
    assert said.code == 2
    assert "doctor" in said.out


def test_the_version_is_shown(cli):
    assert cli("--version").out.startswith("sheetsales 0.")


def test_the_program_ends_with_the_code(small, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["sheetsales", "check", "-q", "-C", str(small)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1


def test_a_reader_that_goes_away_is_no_bug(small):
    command = [sys.executable, "-c", "from sheetsales.cli.main import main; main()", "tables"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
