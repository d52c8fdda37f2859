"""What texts in cells stand for: codes behind labels, keys behind ``key｜label``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from sheetsales.schema import LABEL_SEPARATOR, Enumeration, Option, Text
from sheetsales.tables.headers import Simplify, wordings
from sheetsales.tables.values import Fault

if TYPE_CHECKING:
    import pandas as pd

    from sheetsales.schema import Regulation, Table

OPEN = -1
"""Position of a fault that is not yet bound to a cell."""


class Labels:
    """Finds the code of an enumeration that a text stands for, in whichever locale.

    Several enumerations are several wordings of one list; the first that knows a text decides.
    """

    def __init__(self, *enumerations: Enumeration, simplify: Simplify | None = None) -> None:
        self._exact: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        for option in chain.from_iterable(each.options for each in enumerations):
            for text in (option.code, *wordings(option.label, simplify).values()):
                self._exact.setdefault(text, option.code)
                self._folded.setdefault(_fold(text), option.code)

    def __call__(self, text: str) -> str | Fault:
        """Return the code of a label or code; else a COL-enum fault."""
        code = self._exact.get(text) or self._folded.get(_fold(text))
        return code or Fault(OPEN, "COL-enum", text)


class Keys:
    """Finds the row of a table that a text refers to.

    ``key｜label`` and the bare key refer by the key, a stale label is no matter; a label alone
    refers if one row bears it.
    """

    def __init__(self, keys: Iterable[str | None], labels: Iterable[Iterable[str]]) -> None:
        self._rows = list(keys)
        self._labels = labels

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(key for key in self._rows if key is not None)

    @cached_property
    def _by_label(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, labels in zip(self._rows, self._labels, strict=True):
            for label in set(labels):
                found.setdefault(_fold(label), []).append(key or "")
        return found

    def __call__(self, text: str) -> str | Fault:
        """Return the key that a text refers to; else what is wrong with it."""
        head, mark, _ = text.replace("|", LABEL_SEPARATOR).partition(LABEL_SEPARATOR)
        key = head.strip()
        if key in self._keys:
            return key
        candidates = [] if mark else self._by_label.get(_fold(text), [])
        if not candidates:
            return Fault(OPEN, "COL-foreign-key", text)
        if len(candidates) > 1:
            listed = ", ".join(candidate or "—" for candidate in candidates)
            return Fault(OPEN, "COL-reference-ambiguous", text, "", {"candidates": listed})
        return candidates[0] or Fault(OPEN, "COL-foreign-key", text, "keyless")


def keys_of(
    table: Table,
    field: str,
    columns: Mapping[str, pd.Series[str]],
    enumerations: Mapping[str, Enumeration],
    simplify: Simplify | None = None,
) -> Keys:
    """Return the finder of a table's rows by a key field and the table's label field."""
    keys = columns[field]
    if table.label_field is None:
        return Keys(keys, [()] * len(keys))
    enumeration = table.by_name[table.label_field].enumeration
    if enumeration is None:
        return Keys(keys, ((text,) if text else () for text in columns[table.label_field]))
    worded = {
        option.code: tuple(wordings(option.label, simplify).values())
        for option in enumerations[enumeration].options
    }
    return Keys(keys, (worded.get(code, ()) for code in columns[table.label_field]))


def extended_enumerations(regulation: Regulation, rows: pd.DataFrame) -> Mapping[str, Enumeration]:
    """Return the enumerations, the open ones with the options that the company has added.

    Args:
        regulation: where the enumerations are described.
        rows: frame of table ``enum``. Rows of a closed or unknown list are ignored; one with a
            known code rewords it.
    """
    extended = dict(regulation.enumerations)
    for name, code, label in zip(rows["enum_name"], rows["code"], rows["label_zh"], strict=True):
        enumeration = extended.get(name)
        if enumeration is None or not enumeration.open or code is None or label is None:
            continue
        options = {option.code: option for option in enumeration.options}
        options[code] = Option(code, Text(label, label))
        extended[name] = replace(enumeration, options=tuple(options.values()))
    return extended


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
