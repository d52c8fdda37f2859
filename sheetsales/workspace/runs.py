"""Runs of the scores: each keeps what its scores were computed from, to be recomputed later.

A run is one file ``.sheetsales/scores/<run>.json``: the derivations of its scores, tree by tree,
with every cell they read. A stored score can so be recomputed from its own inputs, whatever the
workbooks say today.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sheetsales.scores.derivation import Component, Derivation, Input, recompute_component
from sheetsales.scores.hashing import FORMULA_VERSIONS, score_hash
from sheetsales.workspace.files import read_json, write_file

if TYPE_CHECKING:
    from sheetsales.workspace.folder import Workspace

Value = Decimal | str | bool | date | None


def write_run(workspace: Workspace, run: str, derivations: Iterable[Derivation]) -> Path:
    """Keep the derivations of a run and return the file."""
    content = {
        "run": run,
        "formula_versions": dict(FORMULA_VERSIONS),
        "derivations": [_packed_derivation(one) for one in derivations],
    }
    text = json.dumps(content, ensure_ascii=False)
    return write_file(workspace.own_folder / "scores" / f"{run}.json", text)


def next_run(workspace: Workspace, as_of: date) -> str:
    """Return the name of the next run of a date, such as ``20261015-001``."""
    stamp = f"{as_of:%Y%m%d}"
    taken = {path.stem for path in (workspace.own_folder / "scores").glob(f"{stamp}-*.json")}
    number = 1
    while f"{stamp}-{number:03d}" in taken:
        number += 1
    return f"{stamp}-{number:03d}"


def stored_derivations(workspace: Workspace, score: str) -> dict[str, Derivation]:
    """Return the last kept derivation of a score by row key; later runs win."""
    found: dict[str, Derivation] = {}
    for path in sorted((workspace.own_folder / "scores").glob("*.json")):
        content = read_json(path)
        for packed in content["derivations"]:
            if packed["score"] == score:
                found[packed["key"]] = _unpacked_derivation(packed)
    return found


def recomputed_appraisals(workspace: Workspace) -> pd.DataFrame | None:
    """Return the appraisals as their stored inputs give them; None if no run was kept."""
    rows = []
    for key, derivation in stored_derivations(workspace, "appraisal").items():
        cycle, employee = key.split("/")
        values = {node.name: recompute_component(node) for node in derivation.fields}
        rows.append({"cycle_id": cycle, "employee_id": employee, **values})
    return pd.DataFrame(rows) if rows else None


def inputs_hash(derivation: Derivation) -> str:
    """Return the hash of everything a score rests on."""
    return score_hash(derivation.inputs)


def _packed_derivation(one: Derivation) -> dict[str, Any]:
    return {
        "score": one.score,
        "key": one.key,
        "hash": inputs_hash(one),
        "fields": [_packed(node) for node in one.fields],
    }


def _unpacked_derivation(packed: Mapping[str, Any]) -> Derivation:
    nodes = tuple(_unpacked(node) for node in packed["fields"])
    return Derivation(packed["score"], packed["key"], nodes)


def _packed(node: Component) -> dict[str, Any]:
    found: dict[str, Any] = {"name": node.name, "operation": node.operation}
    found |= dict(_filled(node))
    return found


def _filled(node: Component) -> Iterator[tuple[str, Any]]:
    if node.value is not None:
        yield "value", _packed_value(node.value)
    if node.inputs:
        yield "inputs", [_packed_input(cell) for cell in node.inputs]
    if node.children:
        yield "children", [_packed(child) for child in node.children]
    if node.subject:
        yield "subject", node.subject
    if node.reason:
        yield "reason", node.reason
    if node.weight is not None:
        yield "weight", str(node.weight)
    if node.weighted_by is not None:
        yield "weighted_by", _packed_input(node.weighted_by)


def _unpacked(packed: Mapping[str, Any]) -> Component:
    weighted_by = packed.get("weighted_by")
    weight = packed.get("weight")
    return Component(
        name=packed["name"],
        operation=packed["operation"],
        value=_unpacked_value(packed.get("value")),
        inputs=tuple(_unpacked_input(cell) for cell in packed.get("inputs", ())),
        children=tuple(_unpacked(child) for child in packed.get("children", ())),
        subject=packed.get("subject", ""),
        reason=packed.get("reason", ""),
        weight=None if weight is None else Decimal(weight),
        weighted_by=None if weighted_by is None else _unpacked_input(weighted_by),
    )


def _packed_input(cell: Input) -> list[Any]:
    return [cell.table, cell.key, cell.field, _packed_value(cell.value)]


def _unpacked_input(packed: list[Any]) -> Input:
    table, key, field, value = packed
    return Input(table, key, field, _unpacked_value(value))


def _packed_value(value: Value) -> Any:
    if isinstance(value, Decimal):
        return {"number": str(value)}
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _unpacked_value(packed: Any) -> Value:
    if not isinstance(packed, dict):
        assert packed is None or isinstance(packed, str | bool)
        return packed
    if "number" in packed:
        return Decimal(packed["number"])
    return date.fromisoformat(packed["date"])
