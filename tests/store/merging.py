"""A workbook in memory for tests of merges, and plans for it made from the bytes of a case."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sheetsales.store import CellChange, Plan, RowChange
from sheetsales.store.merge import agree, comparable_key, merge
from sheetsales.store.putting import put_changes
from sheetsales.store.ranges import cell_name

HEADERS = ("編號", "名稱", "金額", "備註")
VALUES = (None, "甲", "乙", "1", 1, 2.0, Decimal("1.5"), True, date(2026, 1, 2))
TABLE, SHEET = "客戶", "總覽"


class Dice:
    """Choices made by the bytes of a case; what is used up gives the first choice."""

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)

    def below(self, limit: int) -> int:
        return next(self._bytes, 0) % limit

    def of(self, choices: Sequence[object]) -> object:
        return choices[self.below(len(choices))]


@dataclass
class ModelTable:
    """A Table: cells by row and header."""

    headers: list[str] = field(default_factory=lambda: list(HEADERS))
    rows: dict[int, dict[str, object]] = field(default_factory=dict)
    formulas: set[tuple[int, str]] = field(default_factory=set)
    calculated: frozenset[str] = frozenset()

    def look_for(self, headers: Sequence[str], keys: Iterable[Sequence[object]]) -> None:
        pass

    def rows_of(self, headers: Sequence[str], key: Sequence[object]) -> Sequence[int]:
        wanted = comparable_key(key)
        return [
            number
            for number, row in self.rows.items()
            if comparable_key([row.get(header) for header in headers]) == wanted
        ]

    def has_row(self, row: int) -> bool:
        return row in self.rows

    def value(self, row: int, header: str) -> object:
        return self.rows[row].get(header)

    def is_formula(self, row: int, header: str) -> bool:
        return (row, header) in self.formulas

    def is_calculated(self, header: str) -> bool:
        return header in self.calculated

    def address(self, row: int, header: str) -> str:
        return cell_name(row, 1 + self.headers.index(header))

    def update_rows(self, changes: Mapping[int, Mapping[str, object]]) -> None:
        for row, record in changes.items():
            assert not any(self.is_formula(row, header) for header in record)
            assert set(record) <= set(self.headers)
            self.rows[row].update(record)

    def append(self, records: Iterable[Mapping[str, object]]) -> None:
        for record in records:
            self.rows[max(self.rows, default=4) + 1] = dict(record)


@dataclass
class ModelSheet:
    """A sheet of single cells."""

    cells: dict[str, object] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)

    def set(self, cell: str, value: object) -> None:
        self.cells[cell] = value


@dataclass
class ModelBook:
    """A book with one Table and one sheet of single cells."""

    rows: ModelTable = field(default_factory=ModelTable)
    single: ModelSheet = field(default_factory=ModelSheet)
    digest: str = ""

    def table(self, name: str, *, key: Sequence[str] = ()) -> ModelTable | None:
        return self.rows if name == TABLE else None

    def sheet(self, name: str) -> ModelSheet:
        return self.single

    def has_sheet(self, sheet: str) -> bool:
        return sheet == SHEET

    def value(self, sheet: str, cell: str) -> object:
        return self.single.cells.get(cell)

    def formula(self, sheet: str, cell: str) -> str | None:
        return self.single.formulas.get(cell)

    def copy(self) -> ModelBook:
        return deepcopy(self)

    def merged(self, plan: Plan) -> tuple[ModelBook, tuple[object, ...]]:
        """Return the book with a plan merged in, and the conflicts; with any, it is unchanged."""
        found = merge(plan, self)
        if found.conflicts:
            return self, found.conflicts
        result = self.copy()
        put_changes(result, found.plan)
        return result, ()

    def content(self) -> object:
        """Return all that can be told apart: rows without their places, and the single cells."""
        rows = [
            tuple((header, _told(row.get(header))) for header in sorted(self.rows.headers))
            for row in self.rows.rows.values()
        ]
        single = {cell: _told(value) for cell, value in self.single.cells.items()}
        filled = sorted((cell, told) for cell, told in single.items() if told != "None")
        return sorted(map(repr, rows)), filled


def _told(value: object) -> str:
    return repr(comparable_key([value])) if value is not None else "None"


def base_book(dice: Dice) -> ModelBook:
    """Return a book of a few rows."""
    book = ModelBook()
    for number in range(1 + dice.below(4)):
        book.rows.rows[5 + number] = {
            "編號": f"C-{number}",
            "名稱": dice.of(VALUES),
            "金額": dice.of(VALUES),
            "備註": None,
        }
    book.single.cells = {"A1": dice.of(VALUES), "B1": dice.of(VALUES)}
    return book


def made_plan(dice: Dice, book: ModelBook, name: str, *, keyless: bool = True) -> Plan:
    """Return a plan of a few changes, each cell and each new key at most once."""
    rows: list[RowChange] = []
    used: set[int] = set()
    keys = ["N-0", "N-1", "N-2"]
    for number in range(1 + dice.below(3)):
        kind = dice.below(10 if keyless else 8)
        if kind < 4:
            rows += _update(dice, book, used, is_keyed=True)
        elif kind == 4:
            key = f"R-{name}{number}" if dice.below(2) else keys.pop(dice.below(len(keys)))
            rows += _renaming(dice, book, used, key)
        elif kind < 7:
            key = keys.pop(dice.below(len(keys)))
            rows.append(_addition(dice, key, 90 + number))
        elif kind == 7:
            rows += _single(dice, book, rows)
        elif kind == 8:
            rows += _update(dice, book, used, is_keyed=False)
        else:
            rows.append(_addition(dice, None, 90 + number))
    return Plan("book.xlsx", "", tuple(rows))


def _update(dice: Dice, book: ModelBook, used: set[int], *, is_keyed: bool) -> list[RowChange]:
    row = list(book.rows.rows)[dice.below(len(book.rows.rows))]
    if row in used:
        return []
    used.add(row)
    cells = []
    for header in HEADERS[1:]:
        old, new = book.rows.rows[row][header], dice.of(VALUES)
        if dice.below(2) and not agree(old, new):
            cells.append(CellChange(book.rows.address(row, header), header, old, new))
    key, headers = _key(book, row) if is_keyed else ((), ())
    change = RowChange("客戶", row, "update", tuple(cells), TABLE, key, headers)
    return [change] if cells else []


def _key(book: ModelBook, row: int) -> tuple[tuple[object, ...], tuple[str, ...]]:
    return (book.rows.rows[row]["編號"],), ("編號",)


def _renaming(dice: Dice, book: ModelBook, used: set[int], new: str) -> list[RowChange]:
    row = list(book.rows.rows)[dice.below(len(book.rows.rows))]
    if row in used:
        return []
    used.add(row)
    key, headers = _key(book, row)
    cells = (CellChange(book.rows.address(row, "編號"), "編號", key[0], new),)
    return [RowChange("客戶", row, "update", cells, TABLE, key, headers)]


def _addition(dice: Dice, key: str | None, row: int) -> RowChange:
    record = {"編號": key, "名稱": dice.of(VALUES[1:]), "金額": dice.of(VALUES)}
    cells = tuple(
        CellChange(cell_name(row, 1 + HEADERS.index(header)), header, None, value)
        for header, value in record.items()
        if value is not None
    )
    keys = ((key,), ("編號",)) if key is not None else ((), ())
    return RowChange("客戶", row, "append", cells, TABLE, *keys)


def _single(dice: Dice, book: ModelBook, rows: Sequence[RowChange]) -> list[RowChange]:
    cell = str(dice.of(("A1", "B1", "C1")))
    old, new = book.single.cells.get(cell), dice.of(VALUES)
    if agree(old, new) or any(cell == change.cell for row in rows for change in row.cells):
        return []
    return [RowChange(SHEET, 1, "set", (CellChange(cell, "", old, new),))]


def disturb(dice: Dice, book: ModelBook) -> None:
    """Change a book as people do: rows sorted, deleted, columns moved, renamed, formulas."""
    table = book.rows
    for _ in range(1 + dice.below(3)):
        number = list(table.rows)[dice.below(len(table.rows))] if table.rows else None
        match dice.below(7):
            case 0:
                numbers = list(table.rows)
                turned = numbers[1:] + numbers[:1]
                table.rows = dict(zip(numbers, [table.rows[each] for each in turned], strict=True))
                table.formulas = set()
            case 1 if number is not None:
                del table.rows[number]
            case 2:
                table.headers = table.headers[1:] + table.headers[:1]
            case 3:
                _rename(table, "備註", unicodedata.normalize("NFKD", " 備註 "))
            case 4:
                _rename(table, "金額", "金額（舊）")
            case 5 if number is not None:
                table.formulas.add((number, "名稱"))
            case 6 if number is not None:
                table.append([dict(table.rows[number])])
            case _:
                pass


def _rename(table: ModelTable, old: str, new: str) -> None:
    if old in table.headers:
        table.headers[table.headers.index(old)] = new
        for row in table.rows.values():
            row[new] = row.pop(old, None)
