"""How a score came about: a tree from the total down to the cells it rests on.

A :class:`Component` is computed by the one formula it names from its children and inputs and from
nothing else, so :func:`recompute` can fold a tree again from its leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sheetsales.errors import ScoreError
from sheetsales.schema import KEY_JOINER
from sheetsales.scores.decimals import round4
from sheetsales.scores.formulas import FORMULAS, GIVEN, Part, Parts, Value

PARAMETER_TABLE = "param"
"""Table whose rows are named as the parameters of a derivation."""


@dataclass(frozen=True, slots=True)
class Input:
    """One value that a score rests on.

    Attributes:
        table: table name; empty for an argument of the run such as ``as_of``.
        key: one-line key of the row.
        field: field name; a formula asks for the input by it, for a parameter by the parameter key.
        value: what stands in the cell.
    """

    table: str
    key: str
    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class Component:
    """One node of a derivation.

    Attributes:
        name: a stable name, or the key of what the node is about (``SALES``).
        operation: code in :data:`~sheetsales.scores.formulas.FORMULAS` that gives the value.
        value: numbers with four decimals, codes of enumerations, dates, yes or no.
        inputs: cells that the formula reads.
        children: nodes that the formula reads.
        subject: ``table:key`` of what the node is about, if it is a row.
        reason: code that says why there is no value; empty where there is one.
        weight: weight of the node in its parent.
        weighted_by: the cell that says the weight.
    """

    name: str
    operation: str
    value: Value
    inputs: tuple[Input, ...] = ()
    children: tuple[Component, ...] = ()
    subject: str = ""
    reason: str = ""
    weight: Decimal | None = None
    weighted_by: Input | None = None

    @property
    def formula(self) -> str:
        """Number of the formula in the regulation, ``F13``; empty for plain arithmetic."""
        return self.operation.split("-")[0] if self.operation.startswith("F") else ""

    def weighing(self, weight: Decimal | None, source: Input) -> Component:
        """Return the node with its weight in the parent and the cell that says it."""
        return replace(self, weight=weight, weighted_by=source)

    def walk(self) -> Iterator[Component]:
        """Yield the node and all below it, top down."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Derivation:
    """How all fields that a score writes into one row came about.

    Attributes:
        score: name of the score.
        key: one-line key of the scored row.
        fields: one node per field, the main one first; a node's name is the field's.
        shown: further nodes that explain but are not written.
    """

    score: str
    key: str
    fields: tuple[Component, ...]
    shown: tuple[Component, ...] = ()

    @property
    def root(self) -> Component:
        """The node of the main field."""
        return self.fields[0]

    @property
    def formula(self) -> str:
        """Number of the main field's formula."""
        return self.root.formula

    @property
    def value(self) -> Value:
        """Value of the main field."""
        return self.root.value

    @property
    def reason(self) -> str:
        """Why the main field has no value; empty where it has one."""
        return self.root.reason

    @property
    def components(self) -> tuple[Component, ...]:
        """What the main field is made of."""
        return self.root.children

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every cell that any node reads, each once, in order of appearance."""
        found: dict[Input, None] = {}
        for node in (node for top in (*self.fields, *self.shown) for node in top.walk()):
            found.update(dict.fromkeys(node.inputs))
            if node.weighted_by is not None:
                found[node.weighted_by] = None
        return tuple(found)

    @property
    def parameters(self) -> tuple[tuple[str, str, str], ...]:
        """The parameter rows used: key, valid from (ISO date), value."""
        return tuple(
            (key, since, str(cell.value))
            for cell in self.inputs
            if cell.table == PARAMETER_TABLE
            for key, since in [cell.key.rsplit(KEY_JOINER, 1)]
        )

    def node(self, name: str) -> Component:
        """Return the node of a field, or one that is shown.

        Raises:
            KeyError: there is none of this name.
        """
        for node in (*self.fields, *self.shown):
            if node.name == name:
                return node
        raise KeyError(name)


def component(
    name: str,
    operation: str,
    *,
    inputs: tuple[Input, ...] = (),
    children: tuple[Component, ...] = (),
    subject: str = "",
    reason: str = "",
) -> Component:
    """Return a node, computed by its formula.

    Args:
        name: name of the node.
        operation: code of the formula.
        inputs: cells it reads.
        children: nodes it reads.
        subject: ``table:key`` of what it is about.
        reason: code to give if there is no value and no child says why.
    """
    parts = Parts(
        tuple(Part(child.name, child.value, child.weight) for child in children),
        tuple(_part_of(cell) for cell in inputs),
    )
    value = _kept(FORMULAS[operation](parts))
    why = ""
    if value is None:
        why = next((child.reason for child in children if child.reason), reason)
    return Component(name, operation, value, inputs, children, subject, why)


def given(name: str, value: Value, *, reason: str = "", subject: str = "") -> Component:
    """Return a node whose value was summed up elsewhere and is not taken apart here."""
    why = reason if value is None else ""
    return Component(name, GIVEN, _kept(value), subject=subject, reason=why)


def recompute(derivation: Derivation) -> Value:
    """Return the main field's value, folded again from the leaves of its tree."""
    return recompute_component(derivation.root)


def recompute_component(node: Component) -> Value:
    """Return a node's value, folded again from the leaves below it."""
    if node.operation == GIVEN:
        return node.value
    parts = Parts(
        tuple(Part(one.name, recompute_component(one), one.weight) for one in node.children),
        tuple(_part_of(cell) for cell in node.inputs),
    )
    return _kept(FORMULAS[node.operation](parts))


def argument(name: str, value: Value) -> Input:
    """Return an argument of the run as an input."""
    return Input("", "", name, value)


def as_of_input(as_of: date) -> Input:
    """Return the date of reference as an input."""
    return argument("as_of", as_of)


def unknown_key(score: str, key: str) -> ScoreError:
    """Return the error that a score has no row of this key."""
    return ScoreError("score-key-unknown", score=score, key=key)


def _part_of(cell: Input) -> Part:
    if cell.table == PARAMETER_TABLE:
        return Part(cell.key.rsplit(KEY_JOINER, 1)[0], cell.value)
    return Part(cell.field, cell.value)


def _kept(value: Value) -> Value:
    return round4(value) if isinstance(value, Decimal) else value
