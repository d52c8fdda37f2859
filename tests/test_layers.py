"""The layers hold, and each rule is seen to bite: one violation planted, one reported."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fence import purity

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "sheetsales"
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
CONTRACTS = {contract["id"]: contract for contract in TOOLS["importlinter"]["contracts"]}
BANNED = TOOLS["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
_LINT = "import sys; from importlinter.cli import lint_imports_command as c; c(sys.argv[1:])"
_RUFF = "import sys, subprocess, ruff; subprocess.run([ruff.find_ruff_bin(), *sys.argv[1:]])"
_CYCLE = (
    "import grimp; from tests.fence.cycles import find_cycle;"
    "print(*find_cycle(grimp.build_graph('sheetsales', cache_dir=None)))"
)
# Optional or used through others, so they need not be installed to be named in a contract.
_MAY_BE_ABSENT = {"docxcompose", "rich", "xlwings"}


@dataclass(frozen=True)
class Planted:
    """What to append to which module, and what the report must say about it."""

    modules: Mapping[str, str]
    reported: tuple[str, ...]

    def __str__(self) -> str:
        return " + ".join(self.modules)


def _run(code: str, *arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder whose package and not ours is imported, with our tests at hand."""
    paths = os.pathsep.join([str(root), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        check=False,
        cwd=root,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": paths, "COLUMNS": "300", "NO_COLOR": "1"},
    )


def _lint(root: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    chosen = itertools.chain.from_iterable(("--contract", name) for name in contracts)
    return _run(_LINT, "--no-cache", "--no-logo", *chosen, root=root)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package's modules and of the project file."""
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for path in PACKAGE.rglob("*.py"):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return tmp_path


@pytest.fixture
def plant(copy: Path) -> Callable[[Planted], Path]:
    """Append planted code to the copy, making modules that do not exist."""

    def write(planted: Planted) -> Path:
        for module, code in planted.modules.items():
            path = copy / module
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            path.write_text(f"{before}\n{code}\n", encoding="utf-8")
        return copy

    return write


def _module_in(name: str) -> str:
    """Return a place for planted code in a layer, a package or a single module."""
    in_package = (PACKAGE / name).is_dir()
    return f"sheetsales/{name}/planted.py" if in_package else f"sheetsales/{name}.py"


def _dotted(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".")


def _layers() -> list[list[str]]:
    found = [
        [name.strip(" ()") for name in layer.split("|")] for layer in CONTRACTS["layers"]["layers"]
    ]
    return [
        [name for name in layer if importlib.util.find_spec(f"sheetsales.{name}")]
        for layer in found
    ]


def _upward_imports() -> list[Planted]:
    layers = _layers()
    upward = [
        (low, high)
        for above, below in itertools.pairwise(layers)
        for low in below
        for high in above
    ]
    beside = [pair for layer in layers for pair in itertools.permutations(layer, 2)]
    return [
        Planted(
            {_module_in(importer): f"import sheetsales.{imported}"},
            (f"{_dotted(_module_in(importer))} -> sheetsales.{imported}",),
        )
        for importer, imported in upward + beside
    ]


def _stray_imports(contract: str, layer: str) -> Planted:
    packages = CONTRACTS[contract]["packages"]
    module = f"sheetsales/{layer}/planted.py"
    return Planted(
        {module: "\n".join(f"import {package}" for package in packages)},
        tuple(f"{_dotted(module)} -> {package}" for package in packages),
    )


PLANTED = [
    *(("layers", planted) for planted in _upward_imports()),
    ("layers", Planted({"sheetsales/tools.py": "x = 1"}, ("- sheetsales.tools",))),
    (
        "cycles",
        Planted(
            {
                "sheetsales/scores/planted_a.py": "import sheetsales.scores.planted_b",
                "sheetsales/scores/planted_b.py": "import sheetsales.scores.planted_a",
            },
            ("No cycles are allowed in sheetsales.scores",),
        ),
    ),
    (
        "actions",
        Planted(
            {
                "sheetsales/actions/planted_a.py": "import sheetsales.actions.planted_b",
                "sheetsales/actions/planted_b.py": "",
            },
            ("sheetsales.actions.planted_a -> sheetsales.actions.planted_b",),
        ),
    ),
    (
        "pure",
        Planted(
            {"sheetsales/checks/planted.py": "from sheetsales.resources import doc_templates"},
            ("sheetsales.checks.planted -> sheetsales.resources",),
        ),
    ),
    (
        "store",
        Planted(
            {"sheetsales/store/planted.py": "from sheetsales.schema import Table"},
            ("sheetsales.store.planted -> sheetsales.schema",),
        ),
    ),
    (
        "no-pandas",
        Planted(
            {"sheetsales/store/planted.py": "def read():\n    import pandas"},
            ("sheetsales.store.planted -> pandas",),
        ),
    ),
    (
        "no-pandas",
        Planted(
            {"sheetsales/word/planted.py": "from sheetsales.tables.frames import build_frame"},
            ("sheetsales.word.planted -> sheetsales.tables.frames",),
        ),
    ),
    ("files", _stray_imports("files", "actions")),
    ("xlwings", _stray_imports("xlwings", "store")),
    ("docx", _stray_imports("docx", "workbooks")),
    ("xlsxwriter", _stray_imports("xlsxwriter", "store")),
    ("click", _stray_imports("click", "actions")),
    ("opencc", _stray_imports("opencc", "workbooks")),
    ("rapidfuzz", _stray_imports("rapidfuzz", "actions")),
]


def test_the_layers_hold() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_no_module_imports_itself_through_others() -> None:
    done = _run(_CYCLE, root=ROOT)
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr


def test_pure_layers_have_no_clock_file_environment_or_chance() -> None:
    assert purity.findings(PACKAGE) == []


def test_a_copy_without_planted_code_says_what_the_original_says(copy: Path) -> None:
    assert _lint(copy).returncode == _lint(ROOT).returncode


@pytest.mark.parametrize(("contract", "planted"), PLANTED, ids=str)
def test_a_planted_import_is_reported(
    contract: str, planted: Planted, plant: Callable[[Planted], Path]
) -> None:
    done = _lint(plant(planted), contract)
    assert done.returncode == 1
    assert f"{CONTRACTS[contract]['name']} BROKEN" in done.stdout, done.stdout
    for expected in planted.reported:
        assert expected in done.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _ in PLANTED} == set(CONTRACTS)


def test_xlwings_is_welcome_in_a_live_store(plant: Callable[[Planted], Path]) -> None:
    root = plant(Planted({"sheetsales/store/live_planted.py": "import xlwings"}, ()))
    assert "live_planted" not in _lint(root, "xlwings").stdout


def test_a_planted_cycle_through_a_package_is_reported(plant: Callable[[Planted], Path]) -> None:
    root = plant(
        Planted(
            {
                "sheetsales/tables/__init__.py": "import sheetsales.tables.planted",
                "sheetsales/tables/planted.py": "def later():\n    import sheetsales.tables",
            },
            (),
        )
    )
    found = set(_run(_CYCLE, root=root).stdout.split())
    assert found == {"sheetsales.tables", "sheetsales.tables.planted"}


@pytest.mark.parametrize(
    ("code", "reported"),
    [
        ("from datetime import datetime\nx = datetime.now()", "clock: datetime.now()"),
        ("import datetime\nx = datetime.date.today()", "clock: datetime.date.today()"),
        ("from datetime import date\nx = [].sort(key=date.today)", "clock: date.today"),
        ("import pandas as pd\nx = pd.Timestamp('now')", "clock: pd.Timestamp('now')"),
        ("import time\nx = 1", "clock: import time"),
        ("x = open('a')", "file: open()"),
        ("def f(path):\n    return path.read_text()", "file: path.read_text()"),
        ("def f(frame):\n    frame.to_csv('a')", "file: frame.to_csv()"),
        ("from pathlib import Path", "file: import pathlib"),
        ("import shutil", "file: import shutil"),
        ("import tempfile", "file: import tempfile"),
        ("import os", "environment: import os"),
        ("from os import environ", "environment: import os"),
        ("import sys", "environment: import sys"),
        ("print('here')", "environment: print()"),
        ("import random\nx = random.random()", "chance: random.random() without a seed"),
        ("from random import choice", "chance: from random import choice"),
        ("import random\nx = random.Random()", "chance: random.Random() without a seed"),
        (
            "import numpy as np\nx = np.random.default_rng()",
            "chance: np.random.default_rng() without a seed",
        ),
        ("x = hash('a')", "chance: hash()"),
    ],
)
def test_a_planted_impurity_is_reported(code: str, reported: str, tmp_path: Path) -> None:
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "planted.py").write_text(code, encoding="utf-8")
    found = purity.findings(tmp_path)
    assert any(
        finding.startswith("scores/planted.py:") and finding.endswith(reported) for finding in found
    ), found


@pytest.mark.parametrize("layer", purity.PURE)
def test_an_impurity_is_reported_in_every_pure_layer(layer: str, tmp_path: Path) -> None:
    path = tmp_path / Path(_module_in(layer)).relative_to("sheetsales")
    path.parent.mkdir(exist_ok=True)
    path.write_text("import os", encoding="utf-8")
    where = path.relative_to(tmp_path).as_posix()
    assert purity.findings(tmp_path) == [f"{where}:1 environment: import os"]


def test_a_seeded_generator_is_no_impurity(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(
        "import random\nrng = random.Random(7)\nx = rng.random()\ny = rng.choice([1])\n",
        encoding="utf-8",
    )
    assert purity.findings(tmp_path) == []


def test_planted_calls_that_ruff_bans_are_reported(copy: Path) -> None:
    module = copy / "sheetsales" / "store" / "planted.py"
    calls = [f"{name}()" for name in BANNED] + ["datetime.date.today()", "datetime.datetime.now()"]
    imports = sorted({f"import {call.split('.')[0].removesuffix('()')}" for call in calls})
    module.write_text("\n".join([*imports, *calls]), encoding="utf-8")
    arguments = ["check", "--no-cache", "--select", "TID251,DTZ", "--output-format", "concise"]
    done = _run(_RUFF, *arguments, str(module), root=copy)
    assert [name for name in BANNED if f"`{name}` is banned" not in done.stdout] == []
    assert ("DTZ011" in done.stdout, "DTZ005" in done.stdout) == (True, True)


def test_contracts_name_packages_that_exist() -> None:
    named = {package for contract in CONTRACTS.values() for package in contract.get("packages", [])}
    absent = {package for package in named if importlib.util.find_spec(package) is None}
    assert absent <= _MAY_BE_ABSENT
