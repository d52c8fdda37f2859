"""Writes the results of scores into the workbooks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sheetsales.scores import SCORES

if TYPE_CHECKING:
    from sheetsales.scores import ScoreResult
    from sheetsales.workspace.folder import Workspace
    from sheetsales.workspace.writing import Writer


def write_result(writer: Writer, workspace: Workspace, result: ScoreResult) -> int:
    """Write the fields of a result that the engine owns; return how many cells change.

    Fields that staff fill are left alone, whatever the score would say of them; frozen rows are
    left alone whole. Rows that the score adds are appended.
    """
    data = workspace.tables[result.table]
    wanted = owned_changes(workspace, result)
    writer.write_rows(data.table.name, wanted)
    additions = result.additions(data.frame)
    if additions:
        writer.append(data.table.name, additions)
    return sum(map(len, wanted.values())) + sum(map(len, additions))


def owned_changes(workspace: Workspace, result: ScoreResult) -> dict[int, dict[str, object]]:
    """Return the values that a result changes in fields of the engine, by row position."""
    data = workspace.tables[result.table]
    owned = set(data.table.computed)
    if SCORES[result.name].new_row is not None:
        owned |= set(result.writes)
    positions = _single(data.keys())
    wanted: dict[int, dict[str, object]] = {}
    for key, fields in result.updates(data.frame).items():
        kept = {name: value for name, value in fields.items() if name in owned}
        if kept and key in positions:
            wanted[positions[key]] = kept
    return wanted


def _single(keys: list[str]) -> dict[str, int]:
    """Return the positions of keys that stand once; which row of a doubled key is meant is open."""
    times = Counter(keys)
    return {key: position for position, key in enumerate(keys) if key and times[key] == 1}
