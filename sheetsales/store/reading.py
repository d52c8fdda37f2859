"""The fast way in: values through calamine, error cells by a scan of the sheet's bytes.

calamine gives ``""`` for ``#N/A`` and its kin, so the sheet's XML is searched for them; nothing
else of it is parsed. Positions are true: rows and columns count from A1. It looks for the parts of
a book under their usual names, so a book whose relations name others, and one that it cannot read,
are read cell by cell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.errors import WorkbookError
from sheetsales.store import markup
from sheetsales.store.cell_reading import CellBook
from sheetsales.store.collector import paused_collector
from sheetsales.store.error_cells import find_error_cells
from sheetsales.store.package import Package
from sheetsales.store.parts import BookParts, SheetPart, label, relations_part
from sheetsales.store.preflight import check_area, check_sheet, check_texts
from sheetsales.store.sheet_rows import read_rows
from sheetsales.store.table_part import TablePart, read_table_parts

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Rows = Sequence[Sequence[object]]
Column = Sequence[object]

_WORKBOOK = "xl/workbook.xml"
_USUAL = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}


@dataclass(frozen=True, slots=True)
class RawTable:
    """One Excel Table as read: values by column, nothing interpreted.

    Attributes:
        book: file name of the workbook.
        sheet: name of the sheet.
        name: name of the Excel Table.
        headers: its column names.
        field_row: texts of the row directly above the header, "" where a cell holds none.
        first_row: Excel row of the first data row, counted from 1.
        first_column: Excel column of the first column, counted from 1.
        columns: values by column; a blank cell is "".
        errors: error values such as ``#N/A`` by row and column offset.
        digest: SHA-256 of the file; `Workbook.open` takes it to make sure it edits what was read.
    """

    book: str
    sheet: str
    name: str
    headers: tuple[str, ...]
    field_row: tuple[str, ...]
    first_row: int
    first_column: int
    columns: tuple[Column, ...]
    errors: Mapping[tuple[int, int], str]
    digest: str


@paused_collector()  # the rows are gone on return, before it could look at them
def read_tables(path: Path | str, names: Collection[str] | None = None) -> dict[str, RawTable]:
    """Read the Excel Tables of a workbook.

    Args:
        path: any .xlsx, .xlsm, .xltx or .xltm file.
        names: the tables wanted; those that the book does not have are left out. None: all.

    Returns:
        The tables by their name as the book spells it, in the order of the sheets.

    Raises:
        WorkbookError: the file is missing, no workbook, damaged or encrypted.
    """
    values = BookValues(BookParts(Package.read(Path(path))))
    wanted = None if names is None else {name.casefold() for name in names}
    return {
        table.name: values.table(table)
        for table in read_table_parts(values.parts)
        if wanted is None or table.name.casefold() in wanted
    }


class BookValues:
    """The values of a book as its file holds them, one sheet at a time; the last one is kept."""

    def __init__(self, parts: BookParts) -> None:
        self.parts = parts
        self._rows: dict[str, Rows] = {}
        self._errors: dict[str, dict[tuple[int, int], str]] = {}

    def rows(self, sheet: str) -> Rows:
        """Return the values of a sheet by row and column, both counted from 0."""
        if sheet not in self._rows:
            self._rows, self._errors = {}, {}
            self._read(self._part(sheet))
        return self._rows[sheet]

    def errors(self, sheet: str) -> Mapping[tuple[int, int], str]:
        """Return the error values of a sheet by row and column, both counted from 1."""
        self.rows(sheet)
        return self._errors[sheet]

    def table(self, table: TablePart) -> RawTable:
        """Return the values of an Excel Table."""
        rows, errors, data = self.rows(table.sheet), self.errors(table.sheet), table.data
        left, right = data.first_column - 1, data.last_column
        above = table.ref.first_row - 2
        texts = (
            list(rows[above][left:right]) if table.header_rows and 0 <= above < len(rows) else []
        )
        width = len(table.columns)
        held = sum(map(len, rows[data.first_row - 1 : data.last_row]))
        check_area(data.height * width, held, self.parts.package.book, table.sheet)
        padded = texts + [""] * (width - len(texts))
        return RawTable(
            book=self.parts.package.book,
            sheet=table.sheet,
            name=table.name,
            headers=tuple(column.name for column in table.columns),
            field_row=tuple(text if isinstance(text, str) else "" for text in padded),
            first_row=data.first_row,
            first_column=data.first_column,
            columns=_columns(rows[data.first_row - 1 : data.last_row], left, right, data.height),
            errors={
                (row - data.first_row, column - data.first_column): code
                for (row, column), code in errors.items()
                if (row, column) in data
            },
            digest=self.parts.package.digest,
        )

    def _part(self, sheet: str) -> SheetPart:
        found = [each for each in self.parts.sheets if each.name == sheet]
        if len(found) > 1:
            raise WorkbookError("book-sheets-twice", book=self.parts.package.book)
        return found[0]

    @paused_collector()
    def _read(self, sheet: SheetPart) -> None:
        from python_calamine import CalamineError  # noqa: PLC0415 - edits do without it

        self._refuse_twin(sheet.part)
        self._errors[sheet.name] = self._checked(sheet)
        if self._book is not None:
            with suppress(CalamineError):
                values = self._book.get_sheet_by_name(sheet.name)
                self._rows[sheet.name] = values.to_python(skip_empty_area=False)
                return
        where = label(self.parts.package, sheet.part)
        self._rows[sheet.name] = read_rows(self._xml(sheet.part), where, self._cells)

    def _checked(self, sheet: SheetPart) -> dict[tuple[int, int], str]:
        """Return the error values of a sheet, which is let go before its cells are made."""
        package, xml = self.parts.package, self._xml(sheet.part)
        where = label(package, sheet.part)
        check_sheet(xml, package.book, sheet.name, where)
        return find_error_cells(xml, where)

    def _xml(self, part: str) -> bytes:
        package = self.parts.package
        return markup.utf8(package.part(part), label(package, part))

    @cached_property
    def _cells(self) -> CellBook:
        return CellBook(self.parts)

    @cached_property
    def _book(self) -> CalamineWorkbook | None:
        """What calamine makes of the book; it does not see all damage, which is looked for first.

        None: it would find other parts than those of the book, or none.
        """
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - as above

        for kind in _USUAL:
            part = self.parts.related(kind)
            if part is not None:
                self._refuse_twin(part)
                check_texts(self._xml(part), label(self.parts.package, part))
        self._refuse_twin(self.parts.workbook)
        self._refuse_twin(relations_part(self.parts.workbook))
        if not self._is_usual:
            return None
        try:
            return CalamineWorkbook.from_filelike(self.parts.package.reader())
        except CalamineError:
            return None

    @property
    def _is_usual(self) -> bool:
        """Whether the parts that calamine takes by their usual names are those of the book."""
        parts, package = self.parts, self.parts.package
        if parts.workbook.casefold() != _WORKBOOK or any(
            member.is_renamed for member in package.members
        ):
            return False
        usual = {kind: package.find(name) for kind, name in _USUAL.items()}
        return all(
            parts.related(kind) == (member.name if member else None)
            for kind, member in usual.items()
        )

    def _refuse_twin(self, part: str) -> None:
        """Refuse a part beside which another stands that differs by case only.

        calamine takes the last of them, whatever the relations say.
        """
        folded = part.casefold()
        if sum(member.name.casefold() == folded for member in self.parts.package.members) > 1:
            raise self.parts.package.broken("two members of one name", part)


def _columns(rows: Rows, left: int, right: int, height: int) -> tuple[Column, ...]:
    """Return the columns of a table; what lies beyond the last used cell is blank."""
    width = right - left
    used: list[tuple[object, ...]] = list(zip(*rows, strict=True))[left:right]
    missing = ("",) * (height - len(rows))
    if missing:
        used = [column + missing for column in used]
    return (*used, *[("",) * height for _ in range(width - len(used))])
