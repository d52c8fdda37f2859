"""Explain a score: its derivation, with the cell of every input and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsales.errors import ScoreError
from sheetsales.problems import Place
from sheetsales.scores import SCORES, Component, Derivation, Input, Params, score_tables
from sheetsales.workspace.naming import Names
from sheetsales.workspace.refresh import BookSheets, Line
from sheetsales.workspace.runs import stored_derivations
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from sheetsales.scores.formulas import Value
    from sheetsales.workspace import Workspace

_INDENT = "　"


@dataclass(frozen=True, slots=True)
class ExplainedInput:
    """A value that a score rests on, with the cell where it stands today.

    Attributes:
        title: what it is, in the reader's language.
        cell: table, key, field and value.
        shown: the value as people read it.
        place: where it stands; empty for what stands in no cell, such as the date of reference.
    """

    title: str
    cell: Input
    shown: str
    place: Place

    def as_object(self) -> dict[str, Any]:
        """Return the input as plain data."""
        return {
            "title": self.title,
            "table": self.cell.table,
            "key": self.cell.key,
            "field": self.cell.field,
            "value": _plain(self.cell.value),
            "book": self.place.book,
            "sheet": self.place.sheet,
            "cell": self.place.cell,
        }


@dataclass(frozen=True, slots=True)
class ExplainedNode:
    """One step of a derivation, in the reader's language.

    Attributes:
        title: what it is.
        step: the step itself.
        shown: its value as people read it.
        weight: its weight among its siblings, as people read it.
        reason: why it has no value.
        inputs: the cells that its formula reads.
        weighted_by: the cell that says its weight.
        children: the steps that its formula reads.
    """

    title: str
    step: Component
    shown: str
    weight: str
    reason: str
    inputs: tuple[ExplainedInput, ...]
    weighted_by: ExplainedInput | None
    children: tuple[ExplainedNode, ...]

    def as_object(self) -> dict[str, Any]:
        """Return the node and all below it as plain data, numbers as exact text."""
        return {
            "name": self.step.name,
            "title": self.title,
            "formula": self.step.formula,
            "operation": self.step.operation,
            "value": _plain(self.step.value),
            "weight": _plain(self.step.weight),
            "reason": self.reason,
            "inputs": [one.as_object() for one in self.inputs],
            "weighted_by": self.weighted_by.as_object() if self.weighted_by else None,
            "children": [child.as_object() for child in self.children],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a score came about.

    Attributes:
        score: name of the score.
        key: one-line key of the scored row.
        title: what the row is called.
        nodes: one tree per field that the score writes, the main one first.
        shown: what else explains them.
        parameters: parameter rows used: key, valid from, value.
        changes: where, old, new: inputs that changed since the score was stored.
    """

    score: str
    key: str
    title: str
    nodes: tuple[ExplainedNode, ...]
    shown: tuple[ExplainedNode, ...]
    parameters: tuple[tuple[str, str, str], ...]
    changes: tuple[dict[str, str], ...]

    def as_object(self) -> dict[str, Any]:
        """Return the parts of the JSON object."""
        return {
            "score": self.score,
            "key": self.key,
            "title": self.title,
            "nodes": [node.as_object() for node in self.nodes],
            "shown": [node.as_object() for node in self.shown],
            "parameters": [
                {"param_key": name, "valid_from": day, "value": value}
                for name, day, value in self.parameters
            ],
            "changes": list(self.changes),
        }


def explain(workspace: Workspace, score: str, key: str, *, as_of: date, locale: str) -> Explanation:
    """Return how a score came about, down to the cells of today's workbooks.

    Args:
        workspace: where the rows are.
        score: name of the score.
        key: one-line key of the scored row.
        as_of: date of reference.
        locale: language of titles and reasons.

    Raises:
        ScoreError: there is no such score or row.
    """
    if score not in SCORES:
        raise ScoreError("score-unknown", score=score, known=list(SCORES))
    params = Params.of(workspace.frames, as_of)
    _, frames = score_tables(workspace.frames, params, as_of=as_of, names=_up_to(score))
    derivation = SCORES[score].explain(frames, params, key, as_of=as_of)
    told = _Teller(workspace, Names(workspace, locale, score))
    stored = stored_derivations(workspace, score).get(key)
    return Explanation(
        score=score,
        key=key,
        title=told.names.row(SCORES[score].table, key),
        nodes=told.nodes(derivation.fields),
        shown=told.nodes(derivation.shown),
        parameters=derivation.parameters,
        changes=tuple(told.changes(stored, derivation)) if stored is not None else (),
    )


def list_explanation(workspace: Workspace, book: Path, explanation: Explanation) -> None:
    """List an explanation on the sheet 說明 of a workbook that has one.

    Raises:
        WorkbookError: the workbook could not be written.
    """
    stem = next(stem for stem, path in workspace.book_paths() if path == book)
    writer = Writer(workspace, "explain")
    sheets = BookSheets(workspace, stem, book, writer.book(book))
    sheets.refresh_explanation(_lines(explanation.nodes + explanation.shown, set()))
    writer.save_refreshed()


def _lines(nodes: Iterable[ExplainedNode], told: set[Component], depth: int = 0) -> Iterator[Line]:
    """Yield the lines of steps; what stands below one is told once, whatever its weight then."""
    for node in nodes:
        value = node.reason if node.step.value is None else node.shown
        yield Line(_INDENT * depth + node.title, value, node.weight, node.step.formula)
        alone = replace(node.step, weight=None, weighted_by=None)
        if alone in told:
            continue
        told.add(alone)
        for cell in (*node.inputs, node.weighted_by):
            if cell is not None:
                step = f"{_INDENT * (depth + 1)}· {cell.title}"
                yield Line(step, cell.shown, place=cell.place)
        yield from _lines(node.children, told, depth + 1)


def _up_to(score: str) -> tuple[str, ...]:
    """Return the scores that stand before one, on whose results it may rest."""
    names = list(SCORES)
    return tuple(names[: names.index(score) + 1])


class _Teller:
    """Puts steps and cells into the reader's language, and finds the cells."""

    def __init__(self, workspace: Workspace, names: Names) -> None:
        self._workspace = workspace
        self.names = names

    def nodes(self, steps: tuple[Component, ...]) -> tuple[ExplainedNode, ...]:
        weights = [step.weight for step in steps if step.weight is not None]
        return tuple(self._node(step, weights) for step in steps)

    def changes(self, stored: Derivation, today: Derivation) -> Iterator[dict[str, str]]:
        """Yield the inputs whose value differs from the one kept with the stored score."""
        now = {(cell.table, cell.key, cell.field): cell for cell in today.inputs}
        for old in stored.inputs:
            new = now.get((old.table, old.key, old.field))
            if old.table and new is not None and new.value != old.value:
                yield {
                    "where": str(self._input(new).place) or new.key,
                    "old": self.names.cell_value(old),
                    "new": self.names.cell_value(new),
                }

    def _node(self, step: Component, weights: list[Decimal]) -> ExplainedNode:
        names = self.names
        return ExplainedNode(
            title=names.step(step),
            step=step,
            shown=names.step_value(step),
            weight=names.weight(step.weight, weights),
            reason=names.messages.reason(step.reason) if step.reason else "",
            inputs=tuple(map(self._input, step.inputs)),
            weighted_by=None if step.weighted_by is None else self._input(step.weighted_by),
            children=self.nodes(step.children),
        )

    def _input(self, cell: Input) -> ExplainedInput:
        return ExplainedInput(
            self.names.cell(cell), cell, self.names.cell_value(cell), self._place(cell)
        )

    def _place(self, cell: Input) -> Place:
        position = self._positions.get(cell.table, {}).get(cell.key)
        if position is None:
            return Place()
        data = self._workspace.tables[cell.table]
        return data.place(position, cell.field) if cell.field in data.table.by_name else Place()

    @cached_property
    def _positions(self) -> Mapping[str, Mapping[str, int]]:
        return {
            name: {key: position for position, key in enumerate(data.keys()) if key}
            for name, data in self._workspace.tables.items()
        }


def _plain(value: Value) -> str | bool | None:
    if value is None or isinstance(value, bool):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
