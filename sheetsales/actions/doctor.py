"""Examine whether workspace and machine have what the work needs."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sheetsales.errors import SheetsalesError
from sheetsales.workspace import Workspace
from sheetsales.workspace.meta import read_meta

State = Literal["ok", "advice", "broken"]
_NEEDED_BYTES = 200 * 1024 * 1024
"""Free space below which saving with a history copy may fail."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found.

    Attributes:
        code: what was examined; text ``doctor-<code>-<state>``.
        state: ok, advice (works, but) or broken.
        arguments: values that the text names.
        error: what is broken; it says so itself.
    """

    code: str
    state: State
    arguments: Mapping[str, object] = field(default_factory=dict)
    error: SheetsalesError | None = None


def examine(folder: Path) -> list[Finding]:
    """Return what all examinations found, the machine's first."""
    findings = _machine()
    try:
        workspace = Workspace.open(folder)
    except SheetsalesError as error:
        return [*findings, Finding("workspace", "broken", error=error)]
    findings.append(Finding("workspace", "ok", {"folder": str(workspace.folder)}))
    for look in (_books, _versions, _owners, _templates, _writable, _space):
        findings += look(workspace)
    return findings


def _machine() -> list[Finding]:
    return [_python(), _speedup(), _office()]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", "ok", {"version": version})


def _speedup() -> Finding:
    found = importlib.util.find_spec("isal") is not None
    return Finding("speed", "ok" if found else "advice")


def _office() -> Finding:
    path = shutil.which("soffice") or shutil.which("libreoffice")
    return Finding("office", "ok" if path else "advice", {"path": path or ""})


def _books(workspace: Workspace) -> Iterator[Finding]:
    found = _tried("books", lambda: {"count": sum(1 for _ in workspace.book_paths())})
    yield found
    if found.error is None:
        yield _tried("tables", lambda: {"count": sum(map(len, workspace.tables.values()))})


def _tried(code: str, look: Callable[[], dict[str, object]]) -> Finding:
    try:
        return Finding(code, "ok", look())
    except SheetsalesError as error:
        return Finding(code, "broken", error=error)


def _versions(workspace: Workspace) -> Iterator[Finding]:
    for _, path in _existing(workspace):
        try:
            meta = read_meta(path)
        except SheetsalesError as error:
            yield Finding("version", "broken", error=error)
            continue
        if meta.is_older:
            yield Finding("version", "advice", {"book": path.name, "version": meta.version})


def _existing(workspace: Workspace) -> list[tuple[str, Path]]:
    try:
        return list(workspace.book_paths())
    except SheetsalesError:
        return []


def _owners(workspace: Workspace) -> Iterator[Finding]:
    for path in sorted((workspace.folder / "workbooks").glob("*")):
        if path.name.startswith("~$") or path.name.startswith(".~lock."):
            yield Finding("owner", "advice", {"file": path.name})


def _templates(workspace: Workspace) -> Iterator[Finding]:
    for kind in workspace.regulation.documents:
        if not (workspace.folder / "templates" / f"{kind}.docx").is_file():
            yield Finding("template", "broken", {"file": f"templates/{kind}.docx"})


def _writable(workspace: Workspace) -> Iterator[Finding]:
    for name in ("workbooks", "documents", ".sheetsales"):
        if not os.access(workspace.folder / name, os.W_OK):
            yield Finding("writable", "broken", {"folder": name})


def _space(workspace: Workspace) -> Iterator[Finding]:
    free = shutil.disk_usage(workspace.folder).free
    state: State = "ok" if free > _NEEDED_BYTES else "advice"
    yield Finding("space", state, {"free": f"{free // 1_000_000:,} MB"})
