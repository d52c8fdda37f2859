"""The words of one workbook: titles, labels and texts in its locale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sheetsales.locale.labels import title
from sheetsales.locale.messages import Messages
from sheetsales.schema import Enumeration, Field, Regulation, Table, Text
from sheetsales.workbooks.layout import ENUMERATIONS, EXPLANATION, OVERVIEW, PROBLEM

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Wording:
    """What a workbook of a locale calls things.

    Attributes:
        regulation: tables and enumerations.
        locale: zh-Hant, en, or zh-Hans, which is derived.
    """

    regulation: Regulation
    locale: str

    @cached_property
    def _messages(self) -> Messages:
        return Messages.load(self.locale)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """All tables, the engine's own included."""
        own = {table.name: table for table in (PROBLEM, EXPLANATION, OVERVIEW)}
        return {**self.regulation.tables, **own}

    def title(self, text: Text) -> str:
        """Return a text of the regulation in the locale."""
        return title(text, self.locale)

    def text(self, code: str, /, **arguments: object) -> str:
        """Return a text of ``messages/workbooks.toml``."""
        return self._messages.text(code, **arguments)

    def sheet(self, table: Table) -> str:
        """Return the name of a table's sheet."""
        return self.title(table.title)

    def header(self, field: Field) -> str:
        """Return the header of a column."""
        return self.title(field.title)

    def column(self, table: Table, field: str) -> str:
        """Return the structured reference of a column, such as ``order[訂單日]``."""
        return f"{table.name}[{escaped_header(self.header(table.by_name[field]))}]"

    def enumeration(self, field: Field) -> Enumeration | None:
        """Return the enumeration of a field, of the regulation or of our own Tables."""
        if field.enumeration is None:
            return None
        if field.enumeration in ENUMERATIONS:
            return ENUMERATIONS[field.enumeration]
        return self.regulation.enumerations[field.enumeration]

    def labels(self, enumeration: Enumeration) -> tuple[str, ...]:
        """Return the labels of an enumeration in order."""
        return tuple(self.title(option.label) for option in enumeration.options)

    def label(self, field: Field, value: object) -> str:
        """Return what a cell of a yes/no or enumerated column shows for a value."""
        if isinstance(value, bool):
            return self.yes if value else self.no
        enumeration = self.enumeration(field)
        if enumeration is not None:
            for option in enumeration.options:
                if option.code == value:
                    return self.title(option.label)
        return str(value)

    @property
    def yes(self) -> str:
        """What a yes/no cell shows for yes."""
        return self._yes_no("yes")

    @property
    def no(self) -> str:
        """What a yes/no cell shows for no."""
        return self._yes_no("no")

    def _yes_no(self, code: str) -> str:
        return self.title(
            next(
                option.label
                for option in self.regulation.enumerations["yes_no"].options
                if option.code == code
            )
        )


def escaped_header(header: str) -> str:
    """Return a header as structured references write it."""
    for character in "'[]#":
        header = header.replace(character, f"'{character}")
    return header
