"""The rows that a new workspace starts with: parameters, indicators, schemes and so on.

They lie in ``regulation/starter/<table>.toml`` as ``[[row]]`` entries. A value written as a table
of exactly ``zh-Hant`` and ``en`` is a text: the reader's locale picks one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sheetsales.errors import DescriptorError
from sheetsales.resources import regulation_folder
from sheetsales.schema import LOCALES, Table, Text, load_regulation


def load_starter(locale: str) -> dict[str, list[dict[str, object]]]:
    """Return the shipped starter rows by table, texts in the locale.

    zh-Hans gives the texts as written in zh-Hant.
    """
    return read_starter(regulation_folder() / "starter", load_regulation().tables, locale)


def read_starter(
    folder: Path, tables: Mapping[str, Table], locale: str
) -> dict[str, list[dict[str, object]]]:
    """Return the starter rows of a folder by table; texts, numbers, dates, booleans, tuples.

    Raises:
        DescriptorError: a file is no TOML, or names a table or field that does not exist.
    """
    return {
        path.stem: _read_rows(path, tables.get(path.stem), locale)
        for path in sorted(folder.glob("*.toml"))
    }


def _read_rows(path: Path, table: Table | None, locale: str) -> list[dict[str, object]]:
    if table is None:
        raise DescriptorError("descriptor-name", file=path.name, name=path.stem)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DescriptorError("descriptor-broken", file=path.name, reason=str(error)) from error
    _refuse_unknown(path, "row", raw, {"row": None})
    rows: list[dict[str, Any]] = raw.get("row", [])
    for number, row in enumerate(rows, start=1):
        _refuse_unknown(path, f"row {number}", row, table.by_name)
    return [{name: _value(value, locale) for name, value in row.items()} for row in rows]


def _refuse_unknown(
    path: Path, where: str, given: Mapping[str, object], known: Mapping[str, object]
) -> None:
    for key in given:
        if key not in known:
            raise DescriptorError("descriptor-unknown-key", file=path.name, where=where, key=key)


def _value(value: Any, locale: str) -> object:
    if isinstance(value, list):
        return tuple(_value(item, locale) for item in value)
    if isinstance(value, dict) and set(value) == set(LOCALES):
        return Text(value["zh-Hant"], value["en"]).written(locale)
    return value
