"""How long functions and modules are and how many parameters functions take."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

LINES_OF_MODULE = 500
LINES_OF_FUNCTION = 50
PARAMETERS = 7
PARAMETERS_OF_COMMAND = 10
"""A command takes one parameter per option."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def findings(package: Path) -> list[str]:
    """Return the modules and functions of a package that are too large."""
    return [
        f"{path.relative_to(package).as_posix()}:{line} {what}"
        for path in sorted(package.rglob("*.py"))
        for line, what in _of_module(
            path.read_text(encoding="utf-8"),
            PARAMETERS_OF_COMMAND if path.parent.name == "cli" else PARAMETERS,
        )
    ]


def _of_module(source: str, parameters: int) -> Iterator[tuple[int, str]]:
    lines = len(source.splitlines())
    if lines > LINES_OF_MODULE:
        yield lines, f"module of {lines} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _Function):
            yield from _of_function(node, parameters)


def _of_function(node: _Function, parameters: int) -> Iterator[tuple[int, str]]:
    lines = _lines(node)
    if lines > LINES_OF_FUNCTION:
        yield node.lineno, f"function {node.name} of {lines} lines"
    taken = len(_parameters(node))
    if taken > parameters:
        yield node.lineno, f"function {node.name} of {taken} parameters"


def _lines(node: _Function) -> int:
    """Count from the ``def`` to the end, without the docstring."""
    first = node.body[0]
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return whole
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1)


def _parameters(node: _Function) -> list[str]:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [one.arg for one in given if one.arg not in {"self", "cls"}]
