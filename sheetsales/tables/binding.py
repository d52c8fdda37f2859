"""Raw tables become bound tables: typed, placed, with every problem of a single cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sheetsales.problems import Problem
from sheetsales.tables.data import TableData
from sheetsales.tables.frames import empty_column, frame_of
from sheetsales.tables.headers import Simplify, wordings
from sheetsales.tables.rawrows import RawRows, gather_rows
from sheetsales.tables.references import Keys, Labels, extended_enumerations, keys_of
from sheetsales.tables.suggestions import shown
from sheetsales.tables.values import Fault, Lookup, type_column

if TYPE_CHECKING:
    import pandas as pd

    from sheetsales.schema import Enumeration, Field, Regulation, Table, Text
    from sheetsales.tables.raw import RawTable

_LONGEST_SHOWN = 80


def bind_tables(
    regulation: Regulation,
    raws: Mapping[str, Sequence[RawTable]],
    *,
    simplify: Simplify | None = None,
) -> dict[str, TableData]:
    """Return every table of the regulation with the rows of its raw tables, typed and placed.

    Args:
        regulation: the descriptors.
        raws: raw tables by table name, one per workbook; tables without one are empty, names
            that the regulation does not know are ignored.
        simplify: turns a zh-Hant text into zh-Hans, so that workbooks in it are understood.

    Raises:
        WorkbookError: two columns claim one field, or a required field has no column.
    """
    cells = {
        name: gather_rows(table, raws.get(name, ()), simplify)
        for name, table in regulation.tables.items()
    }
    binder = _Binder(regulation, simplify)
    for name in sorted(cells, key=lambda name: name != "enum"):
        binder.type_plain(cells[name])
        if name == "enum":
            binder.extend_enumerations(cells[name].table)
    return {name: binder.bind(cells[name]) for name in regulation.tables}


class _Binder:
    """Types the columns of all tables; references last, when all keys are known."""

    def __init__(self, regulation: Regulation, simplify: Simplify | None) -> None:
        self._regulation = regulation
        self._simplify = simplify
        self._enumerations: Mapping[str, Enumeration] = regulation.enumerations
        self._columns: dict[str, dict[str, pd.Series[Any]]] = {}
        self._faults: dict[str, dict[str, list[Fault]]] = {}
        self._keys: dict[tuple[str, str], Keys] = {}

    def extend_enumerations(self, table: Table) -> None:
        rows = frame_of(table, self._columns[table.name])
        self._enumerations = extended_enumerations(self._regulation, rows)

    def type_plain(self, cells: RawRows) -> None:
        self._columns[cells.table.name] = {}
        self._faults[cells.table.name] = {}
        for field in cells.table.fields:
            if field.reference is None:
                self._type(cells, field)

    def bind(self, cells: RawRows) -> TableData:
        table = cells.table
        for field in table.references:
            self._type(cells, field)
        frame = frame_of(table, self._columns[table.name])
        data = TableData(table, frame, cells.books, cells.book_numbers, cells.excel_rows)
        faults = self._faults[table.name]
        return TableData(
            table,
            frame,
            cells.books,
            cells.book_numbers,
            cells.excel_rows,
            tuple(
                self._problem(data, table.by_name[name], fault)
                for name, found in faults.items()
                for fault in found
            ),
            {
                name: {fault.position: fault.raw for fault in found if fault.severity == "error"}
                for name, found in faults.items()
            },
        )

    def _type(self, cells: RawRows, field: Field) -> None:
        table = cells.table
        raws = cells.of(field)
        if raws is None:
            self._columns[table.name][field.name] = empty_column(field, len(cells.excel_rows))
            return
        lookup: Lookup | None = self._labels(field) or self._referents(field)
        strict = field.name in table.primary_key or field.pattern is not None
        series, faults = type_column(field, raws, strict=strict, lookup=lookup)
        for position, error in cells.errors.get(field.name, {}).items():
            faults.append(Fault(position, "COL-error", error))
        self._columns[table.name][field.name] = series
        if faults:
            self._faults[table.name][field.name] = faults

    def _labels(self, field: Field) -> Labels | None:
        if field.enumeration is None:
            return None
        name = field.enumeration
        return Labels(
            self._enumerations[name],
            self._regulation.enumerations[name],
            simplify=self._simplify,
        )

    def _referents(self, field: Field) -> Keys | None:
        target = field.reference
        if target is None:
            return None
        found = self._keys.get((target.table, target.field))
        if found is None:
            table = self._regulation.tables[target.table]
            columns = self._columns[target.table]
            found = keys_of(table, target.field, columns, self._enumerations, self._simplify)
            self._keys[target.table, target.field] = found
        return found

    def _problem(self, data: TableData, field: Field, fault: Fault) -> Problem:
        position = fault.position
        arguments: dict[str, object] = {
            "value": shown(fault.raw)[:_LONGEST_SHOWN],
            **(fault.arguments or {}),
        }
        locale = data.books[int(data.book_numbers[position])].locale
        if fault.code == "COL-enum":
            options = self._enumerations[str(field.enumeration)].options
            labels = [self._worded(option.label, locale) for option in options]
            arguments["allowed"] = ", ".join(labels)
        elif field.reference is not None:
            arguments["target"] = field.reference.table
        return Problem(
            code=fault.code,
            table=data.table.name,
            key=data.key(position),
            field=field.name,
            variant=fault.variant,
            severity=fault.severity,
            place=data.place(position, field.name),
            arguments=arguments,
            clause=data.table.clause,
        )

    def _worded(self, text: Text, locale: str) -> str:
        worded = wordings(text, self._simplify)
        return worded.get(locale, text.zh_hant)
