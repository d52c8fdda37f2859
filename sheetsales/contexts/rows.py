"""Rows of typed frames as Python values, converted once per frame and found by field."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Hashable, Iterable
from functools import cached_property
from typing import Any

import pandas as pd

from sheetsales.scores.columns import column, live

Row = dict[str, Any]
"""A row as Python values: text, int, Decimal, bool, date, tuple; None where a cell is blank."""

_MOST_KEPT = 64


def rows_where(frame: pd.DataFrame, **wanted: object) -> list[Row]:
    """Return the rows of a frame that are in use and whose named fields equal a value.

    Args:
        frame: typed frame of a table.
        wanted: field to value, or to a list, tuple or set of values.
    """
    known = _known_rows(frame)
    if not wanted:
        return list(known.in_use)
    (field, value), *others = wanted.items()
    found = [row for one in _several(value) for row in known.by(field).get(one, ())]
    for name, value in others:
        values = set(_several(value))
        found = [row for row in found if row[name] in values]
    return found if len(_several(value)) == 1 else sorted(found, key=known.position)


def row_of(frame: pd.DataFrame, field: str, value: Hashable) -> Row | None:
    """Return the first row with a value in a field, also if it is no longer in use."""
    return _known_rows(frame).first(field).get(value)


def _several(value: object) -> list[Hashable]:
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    assert isinstance(value, Hashable)
    return [value]


class _KnownRows:
    """The rows of one frame, and where each value of a field occurs."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._groups: dict[str, dict[Hashable, list[Row]]] = {}
        self._firsts: dict[str, dict[Hashable, Row]] = {}

    @cached_property
    def all(self) -> list[Row]:
        return _converted(self.frame)

    @cached_property
    def in_use(self) -> list[Row]:
        kept = live(self.frame).index
        return self.all if len(kept) == len(self.frame) else [self.all[i] for i in kept]

    def by(self, field: str) -> dict[Hashable, list[Row]]:
        if field not in self._groups:
            self._groups[field] = _grouped(self.in_use, field)
        return self._groups[field]

    def first(self, field: str) -> dict[Hashable, Row]:
        if field not in self._firsts:
            self._firsts[field] = {row[field]: row for row in reversed(self.all)}
        return self._firsts[field]

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {id(row): position for position, row in enumerate(self.all)}

    def position(self, row: Row) -> int:
        return self._positions[id(row)]


def _converted(frame: pd.DataFrame) -> list[Row]:
    names = [str(name) for name in frame.columns]
    columns = [column(frame[name]) for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _grouped(rows: Iterable[Row], field: str) -> dict[Hashable, list[Row]]:
    groups: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[field]].append(row)
    return groups


_KNOWN: OrderedDict[int, _KnownRows] = OrderedDict()
"""Rows by identity of their frame; a batch asks the same few frames thousands of times."""


def _known_rows(frame: pd.DataFrame) -> _KnownRows:
    known = _KNOWN.get(id(frame))
    if known is None or known.frame is not frame:
        known = _KNOWN[id(frame)] = _KnownRows(frame)
        if len(_KNOWN) > _MOST_KEPT:
            _KNOWN.popitem(last=False)
    return known
