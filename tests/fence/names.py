"""Names that say nothing: where everything fits, nothing is found again."""

from __future__ import annotations

import ast
from pathlib import Path

EMPTY = ("common", "handle", "helper", "helpers", "manage", "misc", "process", "util", "utils")


def findings(package: Path) -> list[str]:
    """Return the modules, functions and classes of a package whose first word is an empty one."""
    found = []
    for path in sorted(package.rglob("*.py")):
        where = path.relative_to(package).as_posix()
        found += [where] if _is_empty(path.stem) or _is_empty(path.parent.name) else []
        found += [
            f"{where}:{node.lineno} {node.name}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and _is_empty(node.name)
        ]
    return found


def _is_empty(name: str) -> bool:
    return name.lower().lstrip("_").split("_")[0] in EMPTY
