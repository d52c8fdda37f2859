"""Explain a score: its derivation, with the cell of every input and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sheetsales.locale.labels import label, title
from sheetsales.locale.messages import Messages
from sheetsales.problems import Place
from sheetsales.scores import SCORES, Component, Derivation, Input, Params, score_tables
from sheetsales.workspace.runs import stored_derivations

if TYPE_CHECKING:
    from sheetsales.scores.formulas import Value
    from sheetsales.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ExplainedInput:
    """A value that a score rests on, with the cell where it stands today."""

    title: str
    table: str
    key: str
    field: str
    value: str
    place: Place

    @property
    def where(self) -> str:
        """The cell, or the key of a value that stands in no cell."""
        return str(self.place) or self.key


@dataclass(frozen=True, slots=True)
class ExplainedNode:
    """One step of a derivation, in the reader's language."""

    title: str
    formula: str
    value: str
    weight: str
    reason: str
    inputs: tuple[ExplainedInput, ...]
    children: tuple[ExplainedNode, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a score came about.

    Attributes:
        score: name of the score.
        key: one-line key of the scored row.
        nodes: one tree per field that the score writes, the main one first.
        parameters: parameter rows used: key, valid from, value.
        changes: where, old, new: inputs that changed since the score was stored.
    """

    score: str
    key: str
    nodes: tuple[ExplainedNode, ...]
    parameters: tuple[tuple[str, str, str], ...]
    changes: tuple[dict[str, str], ...]

    def as_object(self) -> dict[str, Any]:
        """Return the parts of the JSON object."""
        return {
            "score": self.score,
            "key": self.key,
            "nodes": [_node_object(node) for node in self.nodes],
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
    params = Params.of(workspace.frames, as_of)
    _, frames = score_tables(workspace.frames, params, as_of=as_of, names=_up_to(score))
    derivation = SCORES[score].explain(frames, params, key, as_of=as_of)
    told = _Teller(workspace, locale)
    stored = stored_derivations(workspace, score).get(key)
    return Explanation(
        score=score,
        key=key,
        nodes=tuple(told.node(node) for node in derivation.fields),
        parameters=derivation.parameters,
        changes=tuple(told.changes(stored, derivation)) if stored is not None else (),
    )


def _up_to(score: str) -> tuple[str, ...]:
    """Return the scores that stand before one, on whose results it may rest."""
    names = list(SCORES)
    return tuple(names[: names.index(score) + 1])


class _Teller:
    """Turns nodes and inputs into the reader's language and places."""

    def __init__(self, workspace: Workspace, locale: str) -> None:
        self._workspace = workspace
        self._locale = locale
        self._messages = Messages.load(locale)

    @cached_property
    def _positions(self) -> Mapping[str, Mapping[str, int]]:
        return {
            name: {key: position for position, key in enumerate(data.keys()) if key}
            for name, data in self._workspace.tables.items()
        }

    def node(self, node: Component) -> ExplainedNode:
        return ExplainedNode(
            title=self._title(node),
            formula=node.formula,
            value=self._shown(node.value),
            weight=self._shown(node.weight),
            reason=self._messages.reason(node.reason) if node.reason else "",
            inputs=tuple(self.input(cell) for cell in self._cells(node)),
            children=tuple(self.node(child) for child in node.children),
        )

    def input(self, cell: Input) -> ExplainedInput:
        tables = self._workspace.tables
        if cell.table not in tables:
            text = self._messages.text("explain-argument")
            return ExplainedInput(
                cell.field, "", text, cell.field, self._shown(cell.value), Place()
            )
        data = tables[cell.table]
        position = self._positions[cell.table].get(cell.key)
        place = Place() if position is None else data.place(position, cell.field)
        described = data.table.by_name[cell.field]
        value = self._shown(cell.value)
        if described.enumeration is not None and isinstance(cell.value, str):
            regulation = self._workspace.regulation
            value = label(regulation, described.enumeration, cell.value, self._locale)
        names = (title(data.table.title, self._locale), title(described.title, self._locale))
        heading = f"{names[0]} {cell.key} {names[1]}"
        return ExplainedInput(heading, cell.table, cell.key, cell.field, value, place)

    def changes(self, stored: Derivation, today: Derivation) -> Iterator[dict[str, str]]:
        """Yield the inputs whose value differs from the one kept with the stored score."""
        now = {(cell.table, cell.key, cell.field): cell for cell in today.inputs}
        for old in stored.inputs:
            new = now.get((old.table, old.key, old.field))
            if old.table and new is not None and new.value != old.value:
                yield {
                    "where": self.input(new).where,
                    "old": self._shown(old.value),
                    "new": self._shown(new.value),
                }

    @staticmethod
    def _cells(node: Component) -> tuple[Input, ...]:
        return node.inputs if node.weighted_by is None else (*node.inputs, node.weighted_by)

    def _title(self, node: Component) -> str:
        table, _, key = node.subject.partition(":")
        if table in self._workspace.tables:
            described = self._workspace.tables[table].table
            return f"{self._named(node.name)}（{title(described.title, self._locale)} {key}）"
        return self._named(node.name)

    def _named(self, name: str) -> str:
        """Return the text of a node: a field's title, an indicator's name, or a word of our own."""
        text = self._messages.text(f"node-{name}")
        if text != f"node-{name}":
            return text
        for table in ("appraisal", "class_result", "order", "customer"):
            field = self._workspace.tables[table].table.by_name.get(name)
            if field is not None:
                return title(field.title, self._locale)
        names = self._workspace.frames["kpi"].set_index("kpi_id")["name"]
        return str(names.get(name, name))

    @staticmethod
    def _shown(value: Value) -> str:
        return "" if value is None else str(value)


def _node_object(node: ExplainedNode) -> dict[str, Any]:
    return {
        "title": node.title,
        "formula": node.formula,
        "value": node.value,
        "weight": node.weight,
        "reason": node.reason,
        "inputs": [
            {
                "table": cell.table,
                "key": cell.key,
                "field": cell.field,
                "value": cell.value,
                "book": cell.place.book,
                "sheet": cell.place.sheet,
                "cell": cell.place.cell,
            }
            for cell in node.inputs
        ],
        "children": [_node_object(child) for child in node.children],
    }
