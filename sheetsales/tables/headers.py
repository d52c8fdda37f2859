"""Which column of a workbook is which field."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from sheetsales.errors import WorkbookError
from sheetsales.tables.data import BoundBook, column_letters

if TYPE_CHECKING:
    from sheetsales.schema import Table, Text
    from sheetsales.tables.raw import RawTable

Simplify: TypeAlias = Callable[[str], str]
"""Turns a zh-Hant text into zh-Hans."""


def wordings(text: Text, simplify: Simplify | None) -> Mapping[str, str]:
    """Return a text by locale, zh-Hans included where there is a way to derive it."""
    written = {"zh-Hant": text.zh_hant, "en": text.en}
    return written if simplify is None else {**written, "zh-Hans": simplify(text.zh_hant)}


def folded(text: str) -> str:
    """Return a title as it is compared: full-width forms folded, outer blanks gone."""
    return unicodedata.normalize("NFKC", text).strip()


def bind_headers(table: Table, raw: RawTable, simplify: Simplify | None = None) -> BoundBook:
    """Return which Excel column of a raw table holds which field.

    A header that is a title of the table in any locale decides. The key row above speaks for a
    column with an unknown header only, and only for a field that no header claims: columns that
    the staff insert or move leave the key row behind.

    Raises:
        WorkbookError: ``header-doubled``, two columns claim one field; ``header-missing``, a
            required field has no column.
    """
    titles: dict[str, tuple[str, str]] = {}
    for field in table.fields:
        for locale, title in wordings(field.title, simplify).items():
            titles.setdefault(folded(title), (field.name, locale))
    known = [titles.get(folded(str(header))) for header in raw.headers]
    claims = [(hit[0], offset) for offset, hit in enumerate(known) if hit]
    headed = {name for name, _ in claims}
    for offset, text in enumerate(raw.field_row):
        name = str(text).strip()
        if known[offset] is None and name in table.by_name and name not in headed:
            claims.append((name, offset))
    locales = Counter(hit[1] for hit in known if hit)
    locale = locales.most_common(1)[0][0] if locales else "zh-Hant"
    shown = {field.name: wordings(field.title, simplify)[locale] for field in table.fields}
    _refuse(table, raw, claims, shown)
    return BoundBook(
        book=raw.book,
        sheet=raw.sheet,
        columns={name: raw.first_column + offset for name, offset in claims},
        headers={name: str(raw.headers[offset]).strip() for name, offset in claims},
        locale=locale,
    )


def _refuse(
    table: Table, raw: RawTable, claims: list[tuple[str, int]], shown: Mapping[str, str]
) -> None:
    row = raw.first_row - 1
    for name, times in Counter(name for name, _ in claims).items():
        if times > 1:
            raise WorkbookError(
                "header-doubled",
                book=raw.book,
                sheet=raw.sheet,
                table=table.name,
                header=shown[name],
                cells=", ".join(
                    f"{column_letters(raw.first_column + offset)}{row}"
                    for claimed, offset in claims
                    if claimed == name
                ),
            )
    found = {name for name, _ in claims}
    missing = [
        shown[field.name] for field in table.fields if field.required and field.name not in found
    ]
    if missing:
        last = raw.first_column + len(raw.headers) - 1
        raise WorkbookError(
            "header-missing",
            book=raw.book,
            sheet=raw.sheet,
            table=table.name,
            header=", ".join(missing),
            cells=f"{column_letters(raw.first_column)}{row}:{column_letters(last)}{row}",
        )
