"""What a score gives back: rows to show, and which fields of which rows to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from sheetsales.scores.columns import column, one_line, rows
from sheetsales.tables import Frames
from sheetsales.tables.frames import object_series


@dataclass(frozen=True, eq=False)
class ScoreResult:
    """The scored rows of one table.

    Attributes:
        name: name of the score.
        table: table that is written.
        keys: primary key fields, the first columns of the frame.
        writes: fields that are written, the main one first.
        frame: one row per scored row: keys, components, the written fields, ``reason`` where the
            main field has no value, and ``frozen`` where stored scores may be final.
        new_row: values of the other fields of a row that the score adds; None if it adds none.
    """

    name: str
    table: str
    keys: tuple[str, ...]
    writes: tuple[str, ...]
    frame: pd.DataFrame
    new_row: Mapping[str, object] | None = None

    def updates(self, stored: pd.DataFrame) -> dict[str, dict[str, object]]:
        """Return, by one-line key, the written fields of stored rows that have changed.

        Args:
            stored: the typed frame of the table. Frozen rows are left as they are.
        """
        known = self._known(stored)
        found: dict[str, dict[str, object]] = {}
        for key, is_frozen, values in self._scored():
            if key in known and not is_frozen:
                before = known[key]
                changed = {
                    name: value
                    for name, value, old in zip(self.writes, values, before, strict=True)
                    if value != old
                }
                if changed:
                    found[key] = changed
        return found

    def additions(self, stored: pd.DataFrame) -> list[dict[str, object]]:
        """Return the rows to append: scored ones that the table does not have.

        A row without a value in the main field is not added.
        """
        if self.new_row is None:
            return []
        known = self._known(stored)
        key_columns = zip(*(self.frame[name] for name in self.keys), strict=True)
        return [
            {
                **self.new_row,
                **dict(zip(self.keys, parts, strict=True)),
                **dict(zip(self.writes, values, strict=True)),
            }
            for parts, (key, _, values) in zip(key_columns, self._scored(), strict=True)
            if key not in known and values[0] is not None
        ]

    def _known(self, stored: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
        count = len(self.keys)
        return {
            one_line(*row[:count]): row[count:]
            for row in rows(stored, *self.keys, *self.writes)
            if None not in row[:count]
        }

    def _scored(self) -> Sequence[tuple[str, bool, tuple[object, ...]]]:
        count = len(self.keys)
        frozen = self.frame.get("frozen", [False] * len(self.frame))
        wanted = zip(*(self.frame[name] for name in (*self.keys, *self.writes)), strict=True)
        return [
            (one_line(*row[:count]), bool(is_frozen), row[count:])
            for row, is_frozen in zip(wanted, frozen, strict=True)
        ]


def with_result(tables: Frames, result: ScoreResult) -> Frames:
    """Return the frames as they are once a result is written; the given ones stay as they are."""
    stored = tables[result.table]
    updates, additions = result.updates(stored), result.additions(stored)
    touched = set(stored.columns) if additions else set(result.writes) if updates else set()
    keys = [one_line(*parts) for parts in rows(stored, *result.keys)]
    columns = {name: stored[name] for name in stored.columns}
    for name in touched:
        values = [
            updates.get(key, {}).get(name, value)
            for key, value in zip(keys, column(stored[name]), strict=True)
        ]
        columns[name] = _typed([*values, *(row.get(name) for row in additions)], stored[name])
    return {**tables, result.table: pd.DataFrame(columns)}


def _typed(values: Sequence[object], like: pd.Series[Any]) -> pd.Series[Any]:
    if like.dtype == object:
        return object_series(values)
    plain = [float(value) if isinstance(value, Decimal) else value for value in values]
    return pd.Series(plain).astype(like.dtype) if plain else like
