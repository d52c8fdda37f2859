"""What a formula reads: the values of the nodes below and of the cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from sheetsales.schema import LIST_SEPARATOR

Value: TypeAlias = Decimal | str | bool | date | None
"""A number, a code or text, yes or no, a day, or nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value by name, with its weight where it has one."""

    name: str
    value: Value
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """All that a formula reads, nodes before cells."""

    children: tuple[Part, ...] = ()
    inputs: tuple[Part, ...] = ()

    def __iter__(self) -> Iterator[Part]:
        yield from self.children
        yield from self.inputs

    def get(self, name: str) -> Value:
        """Return the first value of a name; None where there is none."""
        return next((part.value for part in self if part.name == name), None)

    def number(self, name: str) -> Decimal | None:
        """Return a value as a number; None where there is none."""
        value = self.get(name)
        if isinstance(value, str):
            return Decimal(value)
        return value if isinstance(value, Decimal) else None

    def needed(self, name: str) -> Decimal:
        """Return a number that is always given: a parameter, a count.

        Raises:
            KeyError: it is not given.
        """
        value = self.number(name)
        if value is None:
            raise KeyError(name)
        return value

    def text(self, name: str) -> str | None:
        """Return a value as text; None where it is none."""
        value = self.get(name)
        return value if isinstance(value, str) else None

    def day(self, name: str) -> date | None:
        """Return a value as a day; None where it is none."""
        value = self.get(name)
        return value if isinstance(value, date) else None

    def numbers_of(self, name: str) -> tuple[Decimal, ...]:
        """Return the numbers of a list parameter."""
        text = str(self.get(name) or "")
        return tuple(Decimal(part) for part in text.split(LIST_SEPARATOR) if part.strip())

    @property
    def numbers(self) -> list[Decimal]:
        """All numbers, in order."""
        return [part.value for part in self if isinstance(part.value, Decimal)]

    @property
    def weighted(self) -> list[tuple[Decimal | None, Decimal | None]]:
        """Weight and value of every numeric node."""
        return [
            (part.weight, part.value) for part in self.children if isinstance(part.value, Decimal)
        ]


Formula: TypeAlias = Callable[[Parts], Value]
"""Gives the value of a node from what is below it."""
