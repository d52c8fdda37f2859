"""What the engine wrote last into computed columns: ``.sheetsales/computed/<table>.json``.

So that a value typed over a computed one is told from one that is merely out of date. What waits
because somebody has the workbook open stands beside it, in ``<table>.waiting.json``: once it is in
its cell, it is what the engine wrote. What was written into an open workbook may never be saved, so
that the values before it stand there too.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from sheetsales.checks.computed import cell_texts, scored_fields
from sheetsales.scores.columns import one_line
from sheetsales.tables import build_frame
from sheetsales.workspace.files import read_json, write_files
from sheetsales.workspace.results import owned_changes

if TYPE_CHECKING:
    from pathlib import Path

    from sheetsales.schema import Field
    from sheetsales.scores import ScoreResult
    from sheetsales.workspace.folder import Workspace

Fields = dict[str, str]
_WAITING = ".waiting"


def written_values(workspace: Workspace) -> dict[str, dict[str, Fields]]:
    """Return what the engine wrote last: table, key, field, text; unknown tables are absent."""
    known = workspace.regulation.tables
    files = sorted(_folder(workspace).glob("*.json"))
    found = {path.stem: read_json(path) for path in files if path.stem in known}
    for path in files:
        name = path.stem.removesuffix(_WAITING)
        if path.stem.endswith(_WAITING) and name in known:
            arrived = _arrived(workspace, name, read_json(path))
            for key, fields in arrived.items():
                found.setdefault(name, {}).setdefault(key, {}).update(fields)
    return found


def _arrived(workspace: Workspace, table: str, waiting: Mapping[str, Fields]) -> dict[str, Fields]:
    """Return the waiting values that stand in their cells by now."""
    if not waiting:
        return {}
    data = workspace.tables[table]
    positions = {key: position for position, key in enumerate(data.keys()) if key in waiting}
    texts = {field.name: cell_texts(data.frame[field.name]) for field in scored_fields(data.table)}
    return {
        key: {name: text for name, text in waiting[key].items() if texts[name][position] == text}
        for key, position in positions.items()
    }


def remember_written(workspace: Workspace, results: Iterable[ScoreResult]) -> None:
    """Remember the computed values of results that have just been written.

    Args:
        workspace: its tables are read after the writing.
        results: what was written. Rows that they leave alone, frozen or not scored any more, keep
            what is remembered of them, or what stands in them when they are seen first.
    """
    before = written_values(workspace)
    changed: dict[Path, str | bytes] = {}
    for result in results:
        if not result.writes:
            continue
        known = before.get(result.table, {})
        now = _remembered(workspace, result, known)
        if now != known or result.table not in before:
            path = _folder(workspace) / f"{result.table}.json"
            changed[path] = json.dumps(now, ensure_ascii=False)
        waiting = _still_waiting(workspace, result)
        if workspace.live:
            waiting = _replaced(known, now)
        path = _folder(workspace) / f"{result.table}{_WAITING}.json"
        if waiting or path.exists():
            changed[path] = json.dumps(waiting, ensure_ascii=False)
    write_files(changed)


def forget_written(workspace: Workspace, tables: Iterable[str]) -> None:
    """Forget what was written into some tables: an older version of them was put back."""
    for name in tables:
        for ending in ("", _WAITING):
            (_folder(workspace) / f"{name}{ending}.json").unlink(missing_ok=True)


def _still_waiting(workspace: Workspace, result: ScoreResult) -> dict[str, Fields]:
    """Return the values of a result that do not stand in their cells after the writing."""
    data = workspace.tables[result.table]
    names = {field.name for field in scored_fields(data.table)}
    wanted = owned_changes(workspace, result)
    frame = build_frame(data.table, wanted.values())
    texts = {name: cell_texts(frame[name]) for name in names}
    return {
        data.key(position): {name: texts[name][at] for name in fields if name in names}
        for at, (position, fields) in enumerate(wanted.items())
    }


def _replaced(known: Mapping[str, Fields], now: Mapping[str, Fields]) -> dict[str, Fields]:
    """Return the values that were known before and are others now."""
    found = {
        key: {name: text for name, text in fields.items() if now.get(key, {}).get(name) != text}
        for key, fields in known.items()
    }
    return {key: fields for key, fields in found.items() if fields}


def tampered_rows(
    workspace: Workspace, results: Iterable[ScoreResult]
) -> dict[str, dict[int, dict[str, object]]]:
    """Return what stood in rows that no result writes and somebody has typed over since.

    Returns:
        Values by field, by position, by table.
    """
    covered = {result.table: _covered(result) for result in results}
    found: dict[str, dict[int, dict[str, object]]] = {}
    for name, known in written_values(workspace).items():
        data = workspace.tables[name]
        rows: dict[int, dict[str, object]] = defaultdict(dict)
        keys = data.keys()
        times = Counter(keys)
        open_keys = {key for key in known if times[key] == 1} - covered.get(name, set())
        for field in scored_fields(data.table):
            texts = cell_texts(data.frame[field.name])
            for position, (key, text) in enumerate(zip(keys, texts, strict=True)):
                wrote = known[key].get(field.name, "") if key in open_keys else text
                if text and text != wrote:
                    rows[position][field.name] = _value(field, wrote)
        if rows:
            found[name] = dict(rows)
    return found


def _value(field: Field, text: str) -> object:
    """Return the value that a remembered text stands for."""
    if not text:
        return None
    if field.type in {"number", "integer"}:
        return int(text) if field.type == "integer" else float(text)
    if field.type == "boolean":
        return text == "true"
    return date.fromisoformat(text) if field.type == "date" else text


def _remembered(
    workspace: Workspace, result: ScoreResult, known: dict[str, Fields]
) -> dict[str, Fields]:
    data = workspace.tables[result.table]
    names = [field.name for field in scored_fields(data.table) if field.name in result.writes]
    columns = [cell_texts(data.frame[name]) for name in names]
    covered = _covered(result)
    found = {}
    for key, *texts in zip(data.keys(), *columns, strict=True):
        stands = {name: text for name, text in zip(names, texts, strict=True) if text}
        found[key] = stands if key in covered or key not in known else known[key]
    found.pop("", None)
    return found


def _covered(result: ScoreResult) -> set[str]:
    """Return the keys of the rows that a result writes."""
    frozen = result.frame.get("frozen", [False] * len(result.frame))
    rows = zip(frozen, *(result.frame[name] for name in result.keys), strict=True)
    return {one_line(*parts) for is_frozen, *parts in rows if not is_frozen}


def _folder(workspace: Workspace) -> Path:
    return workspace.own_folder / "computed"
