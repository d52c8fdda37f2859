"""The rows that a workbook shows, and the texts that stand for their codes and keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from sheetsales.locale.conversion import SIMPLIFIED, to_simplified
from sheetsales.schema import LABEL_SEPARATOR, Enumeration, Field, Regulation
from sheetsales.scores.ledger import Ledger, build_ledger
from sheetsales.tables import (
    Frames,
    ReferenceLabels,
    Simplify,
    build_frame,
    cell_values,
    extended_enumerations,
)
from sheetsales.workbooks.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Content:
    """The typed rows of all tables, as a workbook of a locale shows them.

    Attributes:
        wording: words of the locale.
        frames: typed frames of all tables.
    """

    wording: Wording
    frames: Frames

    @classmethod
    def of_rows(
        cls, wording: Wording, rows: Mapping[str, Iterable[Mapping[str, object]]]
    ) -> Content:
        """Return the content of rows by table; tables that are not named are empty."""
        tables = wording.regulation.tables
        frames = {name: build_frame(table, rows.get(name, ())) for name, table in tables.items()}
        return cls(wording, frames)

    @property
    def regulation(self) -> Regulation:
        """The regulation that describes the tables."""
        return self.wording.regulation

    @cached_property
    def enumerations(self) -> Mapping[str, Enumeration]:
        """Enumerations with the company's own options."""
        return extended_enumerations(self.regulation, self.frames["enum"])

    @cached_property
    def labels(self) -> ReferenceLabels:
        """Labels that stand behind the keys of rows, by table and key."""
        found = {}
        for name, table in self.regulation.tables.items():
            if table.label_field is not None and len(self.frames[name]):
                shown = self._cells(name, [table.label_field], {})
                keys = self.frames[name][table.primary_key[0]]
                texts = (row[table.label_field] for row in shown)
                pairs = zip(keys, texts, strict=True)
                found[name] = {key: str(text) for key, text in pairs if key and text}
        return found

    def ledger(self, as_of: date) -> Ledger:
        """Return the company's orders up to a date, joined once."""
        if as_of not in self._ledgers:
            self._ledgers[as_of] = build_ledger(self.frames, as_of=as_of)
        return self._ledgers[as_of]

    @cached_property
    def _ledgers(self) -> dict[date, Ledger]:
        return {}

    def cells(self, table: str) -> list[list[object]]:
        """Return the rows of a table as cell values in column order."""
        fields = list(self.regulation.tables[table].names)
        return [list(row.values()) for row in self._cells(table, fields, self.labels)]

    def shown(self, field: Field, value: str) -> str:
        """Return what a cell shows for a code or key."""
        if field.reference is not None:
            return self.reference(field.reference.table, value)
        if field.enumeration is not None:
            for option in self.enumerations[field.enumeration].options:
                if option.code == value:
                    return self.wording.title(option.label)
        return value

    def reference(self, table: str, key: str) -> str:
        """Return ``key｜label`` for a row of a table, or the bare key if it has no label."""
        label = self.labels.get(table, {}).get(key)
        return f"{key}{LABEL_SEPARATOR}{label}" if label else key

    def _cells(
        self, table: str, fields: list[str], labels: ReferenceLabels
    ) -> list[dict[str, object]]:
        return cell_values(
            self.regulation.tables[table],
            self.frames[table][fields],
            enumerations=self.enumerations,
            labels=labels,
            locale=self.wording.locale,
            simplify=self._simplify,
        )

    @property
    def _simplify(self) -> Simplify | None:
        return to_simplified if self.wording.locale == SIMPLIFIED else None
