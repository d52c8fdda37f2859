"""What is wrong in the data: problems are values, collected completely, never raised."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: real file name of the workbook, sheet name, cell such as ``F17``."""

    book: str = ""
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        """Return ``book!sheet!cell`` without empty parts."""
        return "!".join(part for part in (self.book, self.sheet, self.cell) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one row or cell.

    Attributes:
        code: stable rule code: ``COL-…`` for a column rule, else the regulation's (``CON-01``).
        table: table name.
        key: primary key of the row as text, parts joined by ``/``; empty if the row has none.
        field: field name; empty if the whole row or table is meant.
        variant: which of several messages of the rule; empty for its only one.
        severity: error (the row is refused for documents), warning or info.
        place: where the staff find it.
        arguments: values that the message names, plain text or numbers.
        clause: clause of the regulation that is enforced.
    """

    code: str
    table: str
    key: str = ""
    field: str = ""
    variant: str = ""
    severity: Severity = "error"
    place: Place = Place()
    arguments: Mapping[str, object] = dataclasses.field(
        default_factory=lambda: MappingProxyType({})
    )
    clause: str = ""

    @property
    def message_id(self) -> str:
        """Key of the message texts below ``[problem]``."""
        return f"{self.code}.{self.variant}" if self.variant else self.code

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes two findings the same one: code, table, key, field."""
        return (self.code, self.table, self.key, self.field)


@dataclass(frozen=True, slots=True)
class Report:
    """All problems of one check, in the order in which people meet them in the workbooks."""

    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Report:
        """Return a report of the problems, sorted by severity, then place."""
        return cls(tuple(sorted(problems, key=_reading_order)))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    @property
    def counts(self) -> dict[str, int]:
        """How many problems of each severity; every severity is named."""
        found = Counter(problem.severity for problem in self.problems)
        return {severity: found[severity] for severity in SEVERITIES}

    def errors_of(self, table: str, keys: Iterable[str]) -> tuple[Problem, ...]:
        """Return the problems of severity error on rows of a table with one of the keys."""
        wanted = set(keys)
        return tuple(
            problem
            for problem in self.problems
            if problem.severity == "error" and problem.table == table and problem.key in wanted
        )


def _reading_order(problem: Problem) -> tuple[int, str, str, int, str, str]:
    digits = "".join(character for character in problem.place.cell if character.isdigit())
    return (
        SEVERITIES.index(problem.severity),
        problem.place.book,
        problem.place.sheet,
        int(digits or 0),
        problem.place.cell,
        problem.code,
    )
