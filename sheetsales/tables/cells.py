"""Typed values become what is written into the cells of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from sheetsales.schema import LABEL_SEPARATOR, LIST_SEPARATOR
from sheetsales.tables.headers import Simplify, wordings

if TYPE_CHECKING:
    from sheetsales.schema import Enumeration, Field, Regulation, Table
    from sheetsales.tables.data import Tables

ReferenceLabels: TypeAlias = Mapping[str, Mapping[str, str]]
"""Table name to key to the label that stands behind the key in a reference cell."""

_YES_NO = {"en": ("No", "Yes"), "zh-Hant": ("否", "是"), "zh-Hans": ("否", "是")}


def reference_labels(
    regulation: Regulation, tables: Tables, locale: str, simplify: Simplify | None = None
) -> dict[str, dict[str, str]]:
    """Return the labels of all rows that can be referred to, as shown in a locale."""
    found = {}
    for name, data in tables.items():
        label_field = data.table.label_field
        if label_field is None:
            continue
        enumeration = regulation.enumeration_of(data.table.by_name[label_field])
        shown = _coded(enumeration, locale, simplify) if enumeration else {}
        rows = zip(data.keys(), data.frame[label_field], strict=True)
        found[name] = {key: shown.get(label, label) for key, label in rows if key and label}
    return found


def cell_values(
    table: Table,
    frame: pd.DataFrame,
    *,
    enumerations: Mapping[str, Enumeration],
    labels: ReferenceLabels,
    locale: str,
    simplify: Simplify | None = None,
) -> list[dict[str, object]]:
    """Return typed rows as cell values: labels, ``key｜label``, 是/否, plain numbers and dates.

    Args:
        table: descriptor.
        frame: typed rows; it may hold only some of the table's fields.
        enumerations: with the company's own options, see ``extended_enumerations``.
        labels: see :func:`reference_labels`.
        locale: locale of the workbook.
        simplify: turns zh-Hant into zh-Hans; needed for a workbook in zh-Hans.
    """
    columns = {}
    for name in frame.columns:
        field = table.by_name[name]
        shown: Mapping[str, str] = {}
        if field.enumeration is not None:
            shown = _coded(enumerations[field.enumeration], locale, simplify)
        elif field.reference is not None:
            known = labels.get(field.reference.table, {})
            shown = {key: f"{key}{LABEL_SEPARATOR}{label}" for key, label in known.items()}
        columns[name] = list(map(_writer(field, shown, locale), frame[name]))
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _coded(enumeration: Enumeration, locale: str, simplify: Simplify | None) -> Mapping[str, str]:
    return {
        option.code: wordings(option.label, simplify).get(locale, option.label.zh_hant)
        for option in enumeration.options
    }


def _writer(field: Field, shown: Mapping[str, str], locale: str) -> Callable[[Any], object]:
    if field.type == "list":
        return lambda value: _joined(value, shown)
    if field.type == "string":
        return lambda value: None if value is None else shown.get(value, value)
    no, yes = _YES_NO[locale]
    plain: Mapping[str, Callable[[Any], object]] = {
        "boolean": lambda value: yes if value else no,
        "integer": int,
        "number": float,
        "date": pd.Timestamp.date,
        "datetime": pd.Timestamp.to_pydatetime,
    }
    write = plain[field.type]
    return lambda value: None if pd.isna(value) else write(value)


def _joined(values: Sequence[str] | None, shown: Mapping[str, str]) -> str | None:
    return LIST_SEPARATOR.join(shown.get(value, value) for value in values) if values else None
