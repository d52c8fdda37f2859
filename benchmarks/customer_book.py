"""A workbook of many customers in the layout of the product, and the rows in it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from sheetsales.schema import Field, Table, load_regulation

FIELDS = (
    "customer_id name customer_type industry size_band business_scope address phone source "
    "territory_id channel_id owner_id credit_limit payment_terms status"
).split()
"""Fifteen columns: ids and texts that differ in every row, labels, references, a number."""

_REFERRED = {
    "territory": [(f"T-{n:06d}", f"第{n}區") for n in range(1, 13)],
    "channel": [(f"CH-{n:06d}", f"渠道{n}") for n in range(1, 5)],
    "employee": [(f"E-{n:06d}", f"員工{n}") for n in range(1, 41)],
}


def customer_rows(count: int) -> list[list[object]]:
    """Return rows as the staff would leave them: labels, ``key｜label``, texts, numbers."""
    source = random.Random(20260731)
    regulation = load_regulation()
    fields = [regulation.tables["customer"].by_name[name] for name in FIELDS]
    options = {
        field.name: [option.label.zh_hant for option in enumeration.options]
        for field in fields
        if (enumeration := regulation.enumeration_of(field)) is not None
    }
    return [[_cell(field, number, source, options) for field in fields] for number in range(count)]


def _cell(
    field: Field, number: int, source: random.Random, options: dict[str, list[str]]
) -> object:
    if field.name in options:
        return source.choice(options[field.name])
    if field.reference is not None:
        return "｜".join(source.choice(_REFERRED[field.reference.table]))
    return {
        "customer_id": f"C-{number + 1:06d}",
        "name": f"測試客戶{number}股份有限公司",
        "business_scope": f"機械零件之製造與批發，第 {number} 類",
        "address": f"臺北市信義區市府路 {number} 號",
        "phone": f"02-{source.randrange(10**8):08d}",
        "credit_limit": float(source.randrange(1, 10_000) * 1000),
    }[field.name]


def write_customers(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Write a workbook with the customers and the tables that they refer to."""
    tables = load_regulation().tables
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False})
    _write(book, tables["customer"], FIELDS, rows)
    for name, (names, known) in referred_rows().items():
        _write(book, tables[name], names, known)
    book.close()


def referred_rows() -> dict[str, tuple[Sequence[str], list[list[object]]]]:
    """Return the tables that customers refer to: field names and rows, keys and names only."""
    found: dict[str, tuple[Sequence[str], list[list[object]]]] = {}
    for name, pairs in _REFERRED.items():
        table = load_regulation().tables[name]
        key = table.primary_key[0]
        known = [{key: pair[0], "name": pair[1]} for pair in pairs]
        found[name] = table.names, [[row.get(one, "") for one in table.names] for row in known]
    return found


def _write(
    book: xlsxwriter.Workbook,
    table: Table,
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Row 1 title, row 2 hidden field names, row 3 header, then the Excel Table."""
    sheet = book.add_worksheet(table.title.zh_hant)
    titles = [table.by_name[name].title.zh_hant for name in names]
    sheet.write_string(0, 0, table.title.zh_hant)
    sheet.write_row(1, 0, names)
    sheet.set_row(1, None, None, {"hidden": True})
    last = 2
    for last, row in enumerate(rows, start=3):
        sheet.write_row(last, 0, row)
    columns = [{"header": title} for title in titles]
    sheet.add_table(2, 0, last, len(names) - 1, {"name": table.name, "columns": columns})
