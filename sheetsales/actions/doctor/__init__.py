"""Examine whether workspace and machine have what the work needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sheetsales.actions.doctor.finding import Finding, State
from sheetsales.actions.doctor.machine import examine_machine, examine_space
from sheetsales.actions.doctor.store import examine_store
from sheetsales.errors import SheetsalesError
from sheetsales.store import Workbook
from sheetsales.store.folders import StoreFolder
from sheetsales.workspace import Workspace
from sheetsales.workspace.meta import read_meta

__all__ = ["Finding", "State", "examine", "examine_book"]


def examine(folder: Path) -> list[Finding]:
    """Return what all examinations of a workspace found, the machine's first."""
    findings = list(examine_machine())
    try:
        workspace = Workspace.open(folder)
    except SheetsalesError as error:
        return [*findings, Finding("workspace", "broken", error=error)]
    findings.append(Finding("workspace", "ok", {"folder": str(workspace.folder)}))
    for look in (_books, _versions, _templates, _writable):
        findings += look(workspace)
    books = [path for _, path in _existing(workspace)]
    findings += examine_store(StoreFolder(workspace.folder), books)
    return [*findings, examine_space(workspace.folder)]


def examine_book(path: Path) -> list[Finding]:
    """Return what all examinations of a workbook from elsewhere found, the machine's first."""
    path = path.resolve()
    return [
        *examine_machine(),
        _tried("book", lambda: _opened(path)),
        *examine_store(StoreFolder.of(path), [path]),
        examine_space(path.parent),
    ]


def _opened(path: Path) -> dict[str, object]:
    with Workbook.open(path) as book:
        return {"book": book.name}


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


def _templates(workspace: Workspace) -> Iterator[Finding]:
    for kind in workspace.regulation.documents:
        if not (workspace.folder / "templates" / f"{kind}.docx").is_file():
            yield Finding("template", "broken", {"file": f"templates/{kind}.docx"})


def _writable(workspace: Workspace) -> Iterator[Finding]:
    for name in ("workbooks", "documents", ".sheetsales"):
        if not os.access(workspace.folder / name, os.W_OK):
            yield Finding("writable", "broken", {"folder": name})
