"""What a rule is: a small function from the tables to findings, registered under its code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as of_dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from sheetsales.scores.columns import column
from sheetsales.tables import Frames, Tables, frames

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from sheetsales.checks.computed import Written
    from sheetsales.problems import Severity
    from sheetsales.schema import Regulation
    from sheetsales.scores.params import Params

Sealed: TypeAlias = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Rows as they were when they were sealed: table, key, field, text."""
KnownKeys: TypeAlias = Mapping[str, Collection[str]]
"""Keys that were seen, by table."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What rules compare stored values with and cannot compute from the tables alone.

    Attributes:
        kpi_actuals: ``employee_id, kpi_id, period, actual`` as recomputed today.
        appraisals: ``cycle_id, employee_id`` and the scored fields as recomputed.
        document_hashes: hash of today's data by document id.
        written: what the engine wrote last into computed columns: table, key, field, text.
        sealed: approved and signed rows as they were seen then: table, key, field, text.
        known_keys: keys that were seen before, by table.
    """

    kpi_actuals: pd.DataFrame | None = None
    appraisals: pd.DataFrame | None = None
    document_hashes: Mapping[str, str] = of_dataclass(default_factory=dict)
    written: Written = of_dataclass(default_factory=dict)
    sealed: Sealed = of_dataclass(default_factory=dict)
    known_keys: KnownKeys = of_dataclass(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Context:
    """What rules look at.

    Attributes:
        tables: the bound tables.
        regulation: the descriptors.
        as_of: the date that counts as today.
        params: the parameters in force on that date.
        evidence: recomputed values, as far as the caller has them.
    """

    tables: Tables
    regulation: Regulation
    as_of: date
    params: Params
    evidence: Evidence

    @cached_property
    def frames(self) -> Frames:
        """The typed frames."""
        return frames(self.tables)

    def rows(self, table: str, *names: str) -> list[tuple[Any, ...]]:
        """Return position and values of the rows that are not marked inactive.

        Numbers are Decimal, dates ``date``, missing values None.
        """
        live = self._live_positions(table)
        columns = [self._values(table, name) for name in names]
        return [(position, *(values[position] for values in columns)) for position in live]

    def lookup(self, table: str, key: str, *names: str) -> dict[Any, Any]:
        """Return one column, or a tuple of several, by the values of another.

        Rows marked inactive count too: what refers to them is still explained by them.
        """
        columns = [self._values(table, name) for name in names]
        values = columns[0] if len(names) == 1 else list(zip(*columns, strict=True))
        pairs = zip(self._values(table, key), values, strict=True)
        return {one: value for one, value in pairs if one is not None}

    @cached_property
    def _known(self) -> dict[tuple[str, str], list[Any]]:
        return {}

    def _values(self, table: str, name: str) -> list[Any]:
        if (table, name) not in self._known:
            self._known[table, name] = column(self.frames[table][name])
        return self._known[table, name]

    def _live_positions(self, table: str) -> list[int]:
        frame = self.frames[table]
        if "inactive" not in frame.columns:
            return list(range(len(frame)))
        return [i for i, inactive in enumerate(self._values(table, "inactive")) if not inactive]


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks a rule.

    Attributes:
        table: table of the row.
        position: position of the row in its frame.
        field: the field to look at; empty if the whole row is meant.
        variant: which message of the rule.
        arguments: values that the message names.
    """

    table: str
    position: int
    field: str = ""
    variant: str = ""
    arguments: Mapping[str, object] = of_dataclass(default_factory=dict)


Find: TypeAlias = Callable[[Context], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over rows and tables.

    Attributes:
        code: code of the regulation, such as ``CON-01``.
        clause: clause that it enforces.
        severity: how bad a breach is.
        find: finds the breaches.
    """

    code: str
    clause: str
    severity: Severity
    find: Find


REGISTERED: dict[str, Rule] = {}
"""The rules by code, filled by the modules that define them."""


def rule(code: str, *, clause: str, severity: Severity = "error") -> Callable[[Find], Find]:
    """Register the decorated function as the rule of a code."""

    def register(find: Find) -> Find:
        assert code not in REGISTERED, f"two rules are called {code}"
        REGISTERED[code] = Rule(code, clause, severity, find)
        return find

    return register
