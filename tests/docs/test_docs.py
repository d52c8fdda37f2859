"""The docs are true: commands run, the reference is complete, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from types import ModuleType

import click
import pytest

from sheetsales.checks import RULES
from sheetsales.cli.main import program
from sheetsales.locale.messages import Messages
from sheetsales.schema import load_regulation
from sheetsales.scores import SCORES
from tests.docs.consoles import Shell, Step, is_like, steps_of
from tests.docs.python_blocks import Block, blocks_of, run_blocks

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
READMES = ("README.md", "README.zh-Hant.md")
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


def _page(name: str) -> str:
    path = ROOT / name
    assert path.is_file(), f"{name} is not written yet"
    return path.read_text(encoding="utf-8")


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    pages: dict[str, str] = _generator().pages()
    return pages


# The Chinese page says the same as the English one, and each makes a whole company.
_ONCE = [
    pytest.param(name, marks=pytest.mark.long) if name == READMES[1] else name for name in PAGES
]


@pytest.mark.parametrize("name", _ONCE)
def test_commands_on_a_page_run_and_say_what_it_shows(name: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path, "zh-Hant" if ".zh-Hant" in name else "en")
    for step in steps_of(_page(name)):
        assert not step.is_run or shell.run(step) == []


@pytest.mark.parametrize("name", [name for name in PAGES if blocks_of(_page(name))])
def test_python_on_a_page_runs_and_prints_what_it_shows(name: str, tmp_path: Path) -> None:
    assert run_blocks(blocks_of(_page(name)), tmp_path) == []


@pytest.mark.parametrize("name", READMES)
def test_a_readme_shows_the_main_job(name: str) -> None:
    commands = [step.command for step in steps_of(_page(name))]
    assert any(command.startswith("sheetsales demo") for command in commands), (
        f"{name} shows no `$ sheetsales demo` in a console block"
    )


def test_reference_pages_are_what_the_code_says(generated: dict[str, str]) -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in REFERENCE.glob("*.md")}
    stale = [name for name in generated if committed.get(name) != generated[name]]
    assert stale == [], "run: python docs/generate.py"
    assert sorted(committed) == sorted(generated)


def _tables() -> set[str]:
    return set(load_regulation().tables)


def _lists() -> set[str]:
    return set(load_regulation().enumerations)


def _documents() -> set[str]:
    return set(load_regulation().documents)


def _scores() -> set[str]:
    return set(SCORES)


def _commands() -> set[str]:
    return {f"sheetsales {name}" for name in program.list_commands(click.Context(program))}


def _problems() -> set[str]:
    texts = Messages.load("en").texts
    problems = {name.split(".")[0] for name in texts["problem"]}
    return {*RULES, *problems, *(name.rpartition(".")[0] for name in texts["error"])}


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("tables.md", _tables),
        ("lists.md", _lists),
        ("documents.md", _documents),
        ("scores.md", _scores),
        ("commands.md", _commands),
        ("problems.md", _problems),
    ],
)
def test_everything_has_a_heading_in_the_reference(
    page: str, names: Callable[[], set[str]]
) -> None:
    headings = re.findall(r"^#+ (.+)$", _page(f"docs/reference/{page}"), re.MULTILINE)
    assert names() - set(headings) == set()


def _declared() -> set[tuple[str, str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    found = [re.fullmatch(r"([\w-]+)(?:\[.*\])?(?:[>=]=([\w.]+))?(?:;.*)?", line) for line in lines]
    return {(match[1], match[2] or "") for match in found if match and match[1] != "sheetsales"}


def test_every_dependency_and_its_floor_are_explained() -> None:
    rows = re.findall(
        r"^\| ([\w-]+) \| ([\w.]*) ?\| .{20,}$", _page("docs/dependencies.md"), re.MULTILINE
    )
    assert set(rows) - {("package", "floor")} == _declared()


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_files_and_headings(name: str) -> None:
    dead = []
    for target, anchor in _LINK.findall(re.sub(r"`[^`\n]*`", "", _page(name))):
        path = (ROOT / name).parent / target if target else ROOT / name
        if not path.exists():
            dead.append(target)
        elif anchor and anchor not in _anchors(path):
            dead.append(f"{target}#{anchor}")
    assert dead == []


def _anchors(path: Path) -> set[str]:
    """Return the anchors that a Markdown page gets on the web."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def test_a_command_that_fails_on_a_page_is_reported(tmp_path: Path) -> None:
    page = "```console\n$ sheetsales check -C nowhere\n```\n"
    (step,) = steps_of(page)
    assert "exit code 3" in Shell(tmp_path).run(step)[0]


def test_output_that_differs_from_the_page_is_reported(tmp_path: Path) -> None:
    (step,) = steps_of("```console\n$ sheetsales --version\nsheetsales 9.9.9\n```\n")
    assert "but the page shows" in Shell(tmp_path).run(step)[0]


def test_a_console_block_holds_commands_that_go_on_and_their_output() -> None:
    page = "```console\n$ one \\\n  two\nsaid\n…\nmore\n$ three\n```\n"
    assert steps_of(page) == [Step("one    two", "said\n…\nmore"), Step("three", "")]


def test_python_that_prints_something_else_is_reported(tmp_path: Path) -> None:
    page = "```python\nprint(1)\n```\n\n```text\n2\n```\n"
    assert blocks_of(page) == [Block("print(1)\n", "2\n")]
    assert "prints\n1\n" in run_blocks(blocks_of(page), tmp_path)[0]


def test_python_that_fails_is_reported_with_its_place(tmp_path: Path) -> None:
    page = "```python\nnumber = 1\n```\n\nText.\n\n```python\nnumber.missing\n```\n"
    (fault,) = run_blocks(blocks_of(page), tmp_path)
    assert fault.startswith("block 2 fails")
    assert "AttributeError" in fault


def test_a_block_sees_the_names_of_those_before_it(tmp_path: Path) -> None:
    page = "```python\nname = 'book'\n```\n```python\nprint(name)\n```\n```text\nbook\n```\n"
    assert run_blocks(blocks_of(page), tmp_path) == []


@pytest.mark.parametrize(
    ("shown", "said", "alike"),
    [
        ("", "anything", True),
        ("a\n…\nb", "a\n1\n2\nb\n", True),
        ("a\n…\nb", "a\n1\nc", False),
        ("a", "a\nb", False),
    ],
)
def test_dots_stand_for_any_lines(shown: str, said: str, alike: bool) -> None:
    assert is_like(shown, said) is alike
