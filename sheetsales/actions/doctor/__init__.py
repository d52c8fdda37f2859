"""Examine whether workspace and machine have what the work needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sheetsales.actions.doctor.beside import examine_beside
from sheetsales.actions.doctor.bridge import examine_bridge
from sheetsales.actions.doctor.finding import Finding, State
from sheetsales.actions.doctor.machine import examine_machine, examine_space
from sheetsales.actions.doctor.store import examine_store
from sheetsales.errors import SheetsalesError
from sheetsales.store import Workbook
from sheetsales.store.folders import StoreFolder
from sheetsales.workspace import Workspace
from sheetsales.workspace.bridge import Bridge
from sheetsales.workspace.meta import read_meta

__all__ = ["Finding", "State", "examine", "examine_book"]


def examine(folder: Path, bridge: Bridge | None = None) -> list[Finding]:
    """Return what all examinations of a workspace found, the machine's first.

    Args:
        folder: where the workspace is looked for.
        bridge: the user's bridge from buttons to Python; without it, it is not examined.
    """
    findings = list(examine_machine())
    try:
        workspace = Workspace.open(folder)
    except SheetsalesError as error:
        return [
            *findings,
            *_bridge(bridge, ()),
            Finding("workspace", "broken", error=error),
        ]
    findings += _bridge(bridge, (workspace.folder / "workbooks",))
    findings.append(Finding("workspace", "ok", {"folder": str(workspace.folder)}))
    for look in (_books, _versions, _templates, _writable):
        findings += look(workspace)
    books = [path for _, path in _existing(workspace)]
    findings += examine_store(StoreFolder(workspace.folder), books)
    findings += examine_beside(books)
    return [*findings, examine_space(workspace.folder)]


def examine_book(path: Path, bridge: Bridge | None = None) -> list[Finding]:
    """Return what all examinations of a workbook from elsewhere found, the machine's first.

    Args:
        path: the workbook.
        bridge: see `examine`.
    """
    path = path.resolve()
    return [
        *examine_machine(),
        *_bridge(bridge, (path.parent,)),
        _tried("book", lambda: _opened(path)),
        *examine_store(StoreFolder.of(path), [path]),
        *examine_beside([path]),
        examine_space(path.parent),
    ]


def _bridge(bridge: Bridge | None, folders: tuple[Path, ...]) -> Iterator[Finding]:
    return iter(()) if bridge is None else examine_bridge(bridge, folders)


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
