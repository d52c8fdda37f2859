"""Every help text: a line, a paragraph, an example that runs; in every language; quick."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import click
import pytest

from sheetsales.cli.main import program
from sheetsales.cli.texts import LANGUAGES, help_text
from sheetsales.workspace import Workspace

EXAMPLE = re.compile(r"^(?:例：|Example: )(sheetsales .+)$", re.MULTILINE)
RUN = "from sheetsales.cli.main import main; main({})"
SLOW = ("demo", "init")
GROUPS = ("docs", "history", "pending", "journal")
NAMED = ("history-restore", "pending-drop", "split", "sample")
"""Commands whose examples name what only one company has."""
STARTING = ("open",)
"""Commands whose examples start a program; `test_open` runs them with a stand-in."""
UNTRIED = (*SLOW, *GROUPS, *NAMED, *STARTING)


def keys() -> list[str]:
    context = click.Context(program)
    return [key for name in program.list_commands(context) for key in keys_of(context, name)]


def keys_of(context: click.Context, name: str) -> list[str]:
    group = program.get_command(context, name)
    inner = group.commands if isinstance(group, click.Group) else ()
    return [name, *(f"{name}-{one}" for one in inner)]


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
@pytest.mark.parametrize("key", keys())
def test_a_help_has_a_line_a_paragraph_and_an_example(key, language):
    line, paragraph, example = help_text(key, language).strip().split("\n\n")
    assert "\n" not in line
    assert line.endswith(("。", "."))
    assert paragraph.rstrip().endswith(("。", "."))
    command = EXAMPLE.search(example)
    assert command is not None
    assert command[1].split()[1:][: len(key.split("-"))] == key.split("-")


@pytest.mark.parametrize("key", [key for key in keys() if key not in UNTRIED])
def test_the_example_of_a_help_runs(cli, small, monkeypatch, key):
    monkeypatch.chdir(small.parent)
    example = EXAMPLE.search(help_text(key, "en"))
    assert example is not None
    arguments = shlex.split(example[1])[1:]
    if key == "explain":
        arguments[1:3] = ["orders", "SO-000001"]
    if key == "score":
        arguments.remove("--period")
        arguments.remove("2026Q3")
    if key == "history-undo":
        cli("update", "-C", small)
    said = cli(*arguments)
    assert said.code in (0, 1)
    assert said.out


def test_the_example_of_init_runs(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = EXAMPLE.search(help_text("init", "en"))
    assert example is not None
    assert cli(*shlex.split(example[1])[1:]).code == 0
    assert Workspace.open(tmp_path / "acme").settings.company == "Acme Ltd"


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_in_the_language_of_the_surroundings(language):
    said = subprocess.run(
        [sys.executable, "-c", RUN.format(["docs", "make", "--help"])],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "SHEETSALES_LANG": language},
    )
    words = {"zh-Hant": "選項", "zh-Hans": "选项", "en": "Options"}
    assert words[language] in said.stdout
    for other in set(words) - {language}:
        assert words[other] not in said.stdout


def test_the_list_of_commands_loads_nothing_heavy():
    code = (
        "import sys; from sheetsales.cli.main import run; run(['--help']);"
        "print(sorted({'pandas', 'rich', 'lxml', 'sheetsales.schema'} & set(sys.modules)),"
        " file=sys.stderr)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stderr.strip() == "[]"
