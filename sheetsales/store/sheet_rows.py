"""The rows of a whole sheet, read cell by cell where calamine cannot: slower, in the same shape."""

from __future__ import annotations

from xml.parsers import expat

from sheetsales.store import markup
from sheetsales.store.cell_reading import CellBook, CellReader
from sheetsales.store.content import Memory
from sheetsales.store.ranges import LAST_ROW
from sheetsales.store.sheet_xml import SheetXml
from sheetsales.store.values import CellError

_MOST_REMEMBERED = 1 << 16


class _Remembering:
    """Reads cells, those of one shared text that differ by nothing but their address once."""

    def __init__(self, reader: CellReader, prefix: bytes) -> None:
        self._reader = reader
        self._opening = b'<%bc r="' % prefix
        self._known: dict[bytes, object] = {}

    def value(self, cell: bytes) -> object:
        """Return the value of a cell, None if it holds none."""
        if b't="s"' not in cell or not cell.startswith(self._opening):
            return self._reader.value(cell)
        rest = cell[cell.find(b'"', len(self._opening)) :]
        if rest not in self._known:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[rest] = self._reader.value(cell)
        return self._known[rest]


def read_rows(xml: bytes, part: str, cells: CellBook) -> list[list[object]]:
    """Return the values of a sheet by row and column, both counted from 0.

    Args:
        xml: the sheet's part as UTF-8.
        part: its name for messages.
        cells: what its cells are read with.

    Returns:
        Rows of one length up to the last filled cell; a blank cell, or one with an error, is "".

    Raises:
        WorkbookError: the part is damaged, its rows stand out of order, or a cell makes no sense.
    """
    # The rows are found by patterns, which would pass over what is no XML at all.
    markup.parse(expat.ParserCreate("utf-8"), xml, part)
    sheet = SheetXml(Memory(xml), part)
    reader = _Remembering(CellReader(cells, sheet.prefix, part), sheet.prefix)
    filled: dict[int, list[tuple[int, object]]] = {}
    for number in sheet.index.numbers_between(1, LAST_ROW):
        row = sheet.index.row(number)
        found = [(cell.column, reader.value(cell.xml)) for cell in row.cells] if row else []
        found = [(column, value) for column, value in found if value is not None]
        if found:
            filled[number] = found
    width = max((found[-1][0] for found in filled.values()), default=0)
    rows: list[list[object]] = [[""] * width for _ in range(max(filled, default=0))]
    for number, found in filled.items():
        for column, value in found:
            rows[number - 1][column - 1] = "" if isinstance(value, CellError) else value
    return rows
