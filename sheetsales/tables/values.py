"""Raw columns become typed columns.

Whole columns at a time: a column that is clean costs a few passes in C (the set of its types, one
dictionary of its distinct texts); only what is not clean is looked at cell by cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
import pandas as pd

from sheetsales.schema import LABEL_SEPARATOR
from sheetsales.tables.frames import empty_column, object_series
from sheetsales.tables.suggestions import shown, suggested_date, suggested_number

if TYPE_CHECKING:
    from sheetsales.problems import Severity
    from sheetsales.schema import Field

_TEXTUAL: frozenset[type] = frozenset({str, type(None)})
_NUMERIC: frozenset[type] = frozenset({float, int})
_DATED: frozenset[type] = frozenset({date, datetime, type(None)})
_LIST_MARKS = re.compile("[;；]")
_BOOLEANS = {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False}
_BLOCK = 2048
_INTEGER_LIMIT = 2.0**53


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that is not what its column asks for."""

    position: int
    code: str
    raw: object
    variant: str = ""
    arguments: Mapping[str, object] | None = None
    severity: Severity = "error"


Typed: TypeAlias = "tuple[pd.Series[Any], list[Fault]]"
"""A typed column, and the cells of it that could not be typed (empty) or are doubtful."""

Lookup: TypeAlias = Callable[[str], "str | Fault"]
"""Finds the code or key that a text stands for; else a fault, its position still open."""


def type_column(
    field: Field, raws: Sequence[object], *, strict: bool, lookup: Lookup | None = None
) -> Typed:
    """Return the typed column of a field and its faults.

    Args:
        field: says the type.
        raws: raw values; None and "" are blank.
        strict: a number in a text column is an error (keys, references, patterns), else it is
            taken as its digits with a warning.
        lookup: for enumerated fields and references, what a text stands for.
    """
    if not any(raws) and set(raws) <= {None, ""}:
        return empty_column(field, len(raws)), []
    if field.type == "list":
        return _lists(raws, lookup)
    if field.type in _TYPERS:
        return _TYPERS[field.type](raws)
    if lookup is not None:
        return _looked_up(raws, lookup)
    return _texts(field, raws, strict=strict)


def is_blank(value: object) -> bool:
    """Return whether a raw value is that of a blank cell."""
    return value is None or (isinstance(value, str) and not value.strip())


def _as_texts(raws: Sequence[object], *, strict: bool) -> tuple[list[str | None], list[Fault]]:
    """Return cells as clean texts; numbers, dates and yes/no in them are faults.

    In blocks that stay in the processor's cache: every text is touched several times.
    """
    texts: list[str | None] = []
    faults: list[Fault] = []
    for start in range(0, len(raws), _BLOCK):
        block = raws[start : start + _BLOCK]
        kinds = set(map(type, block))
        if kinds == {str}:
            texts += _clean_texts(list(map(str.strip, cast("Sequence[str]", block))))
            continue
        if not kinds <= _TEXTUAL:
            block, found = _without_others(block, start, strict=strict)
            faults += found
        optional = cast("Sequence[str | None]", block)
        texts += _clean_texts([text.strip() if text else "" for text in optional])
    return texts, faults


def _without_others(
    raws: Sequence[object], start: int, *, strict: bool
) -> tuple[Sequence[object], list[Fault]]:
    texts = list(raws)
    faults = []
    for place in _others(raws, _TEXTUAL):
        raw, position = raws[place], start + place
        texts[place] = None if strict else shown(raw)
        if strict:
            faults.append(Fault(position, "COL-type", raw, "text", {"suggestion": shown(raw)}))
        else:
            faults.append(Fault(position, "COL-number-as-text", raw, severity="warning"))
    return texts, faults


def _clean_texts(texts: list[str]) -> Sequence[str | None]:
    """Return trimmed texts in NFC, empty ones as None."""
    joined = "".join(texts)
    if not joined.isascii() and not unicodedata.is_normalized("NFC", joined):
        texts = [unicodedata.normalize("NFC", text) for text in texts]
    return texts if all(texts) else [text or None for text in texts]


def _others(raws: Sequence[object], kinds: frozenset[type]) -> list[int]:
    """Return the positions of the values that are of none of the types."""
    return [position for position, raw in enumerate(raws) if type(raw) not in kinds]


def _texts(field: Field, raws: Sequence[object], *, strict: bool) -> Typed:
    texts, faults = _as_texts(raws, strict=strict)
    if field.name.endswith("_id") and not strict:
        # The table such a key points to depends on another column, so no reference is declared;
        # the cell may show a label behind the key all the same.
        texts = [text.partition(LABEL_SEPARATOR)[0].strip() if text else None for text in texts]
    return object_series(texts), faults


class _Found(dict[object, "str | Fault | None"]):
    """What each distinct text stands for, looked up when it is first met."""

    def __init__(self, lookup: Lookup) -> None:
        super().__init__()
        self._lookup = lookup

    def __missing__(self, raw: object) -> str | Fault | None:
        (text,) = _as_texts([raw], strict=False)[0]
        self[raw] = hit = None if text is None else self._lookup(text)
        return hit


def _looked_up(raws: Sequence[object], lookup: Lookup) -> Typed:
    found = _Found(lookup)
    hits = np.fromiter(map(found.__getitem__, raws), dtype=object, count=len(raws))
    faults = []
    if Fault in set(map(type, found.values())):
        for position, hit in enumerate(hits.tolist()):
            if isinstance(hit, Fault):
                faults.append(_at(position, raws[position], hit))
                hits[position] = None
    return pd.Series(hits, dtype=object), faults


def _lists(raws: Sequence[object], lookup: Lookup | None) -> Typed:
    texts, _ = _as_texts(raws, strict=False)
    faults: list[Fault] = []
    cells: list[object] = []
    for position, text in enumerate(texts):
        parts = [part.strip() for part in _LIST_MARKS.split(text or "") if part.strip()]
        hits = [lookup(part) if lookup else part for part in parts]
        wrong = [hit for hit in hits if isinstance(hit, Fault)]
        faults.extend(_at(position, hit.raw, hit) for hit in wrong)
        cells.append(None if wrong or not hits else tuple(dict.fromkeys(hits)))
    return object_series(cells), faults


def _at(position: int, raw: object, fault: Fault) -> Fault:
    return Fault(position, fault.code, raw, fault.variant, fault.arguments, fault.severity)


def _numbers(raws: Sequence[object]) -> Typed:
    values, faults = _as_floats(raws, "number")
    return pd.Series(values), faults


def _integers(raws: Sequence[object]) -> Typed:
    values, faults = _as_floats(raws, "integer")
    whole = np.isfinite(values) & (np.trunc(values) == values) & (np.abs(values) <= _INTEGER_LIMIT)
    for position in np.flatnonzero(~whole & ~np.isnan(values)).tolist():
        faults.append(Fault(position, "COL-type", raws[position], "integer"))
    numbers = np.where(whole, values, 0.0).astype(np.int64)
    return pd.Series(pd.arrays.IntegerArray(numbers, ~whole)), faults


def _as_floats(raws: Sequence[object], variant: str) -> tuple[np.ndarray[Any, Any], list[Fault]]:
    if set(map(type, raws)) <= _NUMERIC:
        return np.array(raws, dtype=np.float64), []
    numbers: list[Any] = list(raws)
    faults = []
    for position in _others(raws, _NUMERIC):
        numbers[position] = np.nan
        if not is_blank(raws[position]):
            faults.append(_mistyped(position, raws[position], variant))
    return np.array(numbers, dtype=np.float64), faults


def _mistyped(position: int, raw: object, variant: str) -> Fault:
    suggestion: str | None = None
    if variant in {"number", "integer"} and isinstance(raw, str):
        suggestion = suggested_number(raw)
    elif variant in {"date", "datetime"}:
        suggestion = suggested_date(raw)
    if suggestion is None:
        return Fault(position, "COL-type", raw, variant)
    return Fault(position, "COL-type", raw, f"{variant}-meant", {"suggestion": suggestion})


def _booleans(raws: Sequence[object]) -> Typed:
    faults = []
    truths: list[Any] = [None] * len(raws)
    for position, raw in enumerate(raws):
        if type(raw) is bool:
            truths[position] = raw
        elif not is_blank(raw):
            truths[position] = _BOOLEANS.get(raw.strip().lower()) if type(raw) is str else None
            if truths[position] is None:
                faults.append(Fault(position, "COL-type", raw, "boolean"))
    return pd.Series(pd.array(truths, dtype="boolean")), faults


def _dates(raws: Sequence[object]) -> Typed:
    moments, faults = _as_moments(raws, "date")
    timed = (moments != moments.astype("datetime64[D]")) & ~np.isnat(moments)
    faults.extend(
        Fault(position, "COL-type", raws[position], "time")
        for position in np.flatnonzero(timed).tolist()
    )
    moments[timed] = np.datetime64("NaT")
    return pd.Series(moments), faults


def _datetimes(raws: Sequence[object]) -> Typed:
    moments, faults = _as_moments(raws, "datetime")
    return pd.Series(moments), faults


def _as_moments(raws: Sequence[object], variant: str) -> tuple[np.ndarray[Any, Any], list[Fault]]:
    faults: list[Fault] = []
    days: list[Any] = list(raws)
    for position in _others(raws, _DATED):
        days[position] = None
        if not is_blank(raws[position]):
            faults.append(_mistyped(position, raws[position], variant))
    return np.array(days, dtype="datetime64[us]"), faults


_TYPERS: Mapping[str, Callable[[Sequence[object]], Typed]] = {
    "number": _numbers,
    "integer": _integers,
    "boolean": _booleans,
    "date": _dates,
    "datetime": _datetimes,
}
