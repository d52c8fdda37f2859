"""No clock, no files, no environment, no chance in the layers that only compute.

import-linter sees which modules are imported; this looks at what is called. A finding reads
``scores/kpi.py:12 clock: datetime.now()``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PURE = ("errors", "problems", "tables", "scores", "checks", "contexts", "sample")
RULES = ("clock", "file", "environment", "chance")

_MODULES = {
    "clock": "time timeit sched",
    "file": "fileinput ftplib glob http importlib mmap pathlib pickle pkgutil requests shelve "
    "shutil socket sqlite3 subprocess tempfile tomllib urllib",
    "environment": "argparse ctypes getpass locale multiprocessing os platform signal sys "
    "threading",
    "chance": "secrets",
}
_CALLS = {
    "clock": "now utcnow today monotonic perf_counter",
    "file": "open read_text read_bytes read_csv read_excel read_json read_parquet read_pickle "
    "write_text write_bytes to_csv to_excel to_json to_parquet to_pickle loadtxt savetxt",
    "environment": "breakpoint exec eval exit getenv input print __import__",
    "chance": "hash uuid1 uuid4 urandom",
}
_CLOCKS = {"date", "datetime", "time", "Timestamp"}
_UNSEEDED = ("Random", "default_rng", "RandomState")
_BANNED_MODULE = {name: rule for rule, names in _MODULES.items() for name in names.split()}
_BANNED_CALL = {name: rule for rule, names in _CALLS.items() for name in names.split()}
# These are functions of Python itself; a method may be called so (a frame's `eval`).
_BUILTINS = {"open", "hash", "input", "print", "exec", "eval", "exit", "breakpoint"}
_METHODS_TOO = {"open"}


def findings(package: Path) -> list[str]:
    """Return what the pure layers of a package do that they may not."""
    return [
        f"{path.relative_to(package).as_posix()}:{line} {rule}: {what}"
        for path in _pure_modules(package)
        for line, rule, what in _of_module(ast.parse(path.read_text(encoding="utf-8")))
    ]


def _pure_modules(package: Path) -> Iterator[Path]:
    for layer in PURE:
        module = package / f"{layer}.py"
        yield from [module] if module.is_file() else sorted((package / layer).rglob("*.py"))


def _of_module(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from _imported(node.lineno, [alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            yield from _imported(node.lineno, [node.module or ""])
            yield from _chance_imported(node)
        elif isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.Attribute):
            yield from _clock_named(node)


def _imported(line: int, names: list[str]) -> Iterator[tuple[int, str, str]]:
    for name in names:
        rule = _BANNED_MODULE.get(name.split(".")[0])
        if rule:
            yield line, rule, f"import {name}"


def _chance_imported(node: ast.ImportFrom) -> Iterator[tuple[int, str, str]]:
    for alias in node.names:
        if node.module in {"random", "numpy.random"} and alias.name not in _UNSEEDED:
            yield node.lineno, "chance", f"from {node.module} import {alias.name}"


def _clock_named(node: ast.Attribute) -> Iterator[tuple[int, str, str]]:
    """A clock may also be handed on without being called: ``default_factory=date.today``."""
    owner = ast.unparse(node.value).rpartition(".")[2]
    if owner in _CLOCKS and _BANNED_CALL.get(node.attr) == "clock":
        yield node.lineno, "clock", ast.unparse(node)


def _called(node: ast.Call) -> Iterator[tuple[int, str, str]]:
    what = ast.unparse(node.func)
    owner, _, name = what.rpartition(".")
    rule = _BANNED_CALL.get(name)
    if rule and (not owner or name not in _BUILTINS or name in _METHODS_TOO):
        yield node.lineno, rule, f"{what}()"
    elif _is_chance(owner, name, node):
        yield node.lineno, "chance", f"{what}() without a seed"
    elif name in {"Timestamp", "datetime64", "to_datetime"} and _says_now(node):
        yield node.lineno, "clock", ast.unparse(node)


def _is_chance(owner: str, name: str, node: ast.Call) -> bool:
    if name in _UNSEEDED:
        return not (node.args or node.keywords)
    return owner in {"random", "np.random", "numpy.random"}


def _says_now(node: ast.Call) -> bool:
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and first.value in {"now", "today"}
