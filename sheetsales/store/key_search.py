"""Finds the rows of a Table by the values in its key columns, in one pass over the sheet.

The bytes of the key column are compared with how the wanted values may be written; whatever looks
like one of them, and whatever could be one in disguise, is then read exactly.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from sheetsales.store.cell_reading import CellReader
from sheetsales.store.ranges import Range, column_letters
from sheetsales.store.sheet_xml import SheetXml
from sheetsales.store.values import CellError, plain_value

Key = tuple[object, ...]
KeyOf = Callable[[object], object]

_SHARED = re.compile(rb"\st=[\"']s[\"']")
_INDEX = re.compile(rb"v>([0-9]+)<")
_DISGUISED = re.compile(rb"[&\r]|_x|\s$|^(?!v>|is><t>\S)")


@dataclass(frozen=True, slots=True)
class KeySearch:
    """Looks for rows of one Table.

    Attributes:
        xml: the sheet it stands on.
        reader: reads cells of that sheet.
        area: its data rows.
        columns: Excel columns of the key.
        key_of: turns the value of a cell into the value that names the row; a blank cell and one
            with an error count as "".
    """

    xml: SheetXml
    reader: CellReader
    area: Range
    columns: Sequence[int]
    key_of: KeyOf = plain_value

    def find(self, wanted: Collection[Key]) -> dict[Key, list[int]]:
        """Return the Excel rows of each key that is there."""
        rows = self._candidates({key[0] for key in wanted}, self.columns[0])
        for place, column in enumerate(self.columns[1:], 1):
            rows &= self._candidates({key[place] for key in wanted}, column)
        found: dict[Key, list[int]] = {}
        for row in sorted(rows):
            key = self.key(row)
            if key in wanted:
                found.setdefault(key, []).append(row)
        return found

    def key(self, row: int) -> Key:
        """Return the key of a row."""
        cells = self.xml.index.row(row)
        found = []
        for column in self.columns:
            raw = cells.cell(column) if cells else None
            found.append(self._named(self.reader.value(raw) if raw is not None else None))
        return tuple(found)

    def _named(self, value: object) -> object:
        blank = value is None or isinstance(value, CellError)
        return self.key_of("" if blank else value)

    def _candidates(self, wanted: Collection[object], column: int) -> set[int]:
        """Return the rows whose cell may hold one of some values; no such row is missing."""
        blank = self._named(None) in wanted
        if self.xml.layout.exact or not self.xml.layout.addressed:
            return set(range(self.area.first_row, self.area.last_row + 1))
        texts = {value for value in wanted if isinstance(value, str)}
        plain = self.key_of is plain_value and not self.xml.prefix
        if plain and not blank and len(texts) == len(wanted):
            return self._text_rows(texts, column)
        return self._rows(wanted, column, blank=blank)

    def _text_rows(self, texts: Collection[str], column: int) -> set[int]:
        """Return the rows whose cell may hold one of some texts."""
        strings = self.reader.strings
        shared = {b"%d" % index for index in strings.find(texts)} if strings else set()
        plain = {prefix + text.encode() for text in texts for prefix in (b"v>", b"is><t>")}
        pattern = re.compile(
            rb'%b([0-9]+)"[^>/]*><(?:v>([0-9]+)<|(is><t>[^<]*|[^<]*))'
            % column_letters(column).encode()
        )
        rows: set[int] = set()
        for _, data in self.xml.content.chunks(self._cut):
            found = [each for each in pattern.findall(data) if each[2] or each[1] in shared]
            rows.update(
                int(row)
                for row, _, other in found
                if not other or other in plain or _DISGUISED.search(other)
            )
        return {row for row in rows if self._is_inside(row)}

    def _rows(self, wanted: Collection[object], column: int, *, blank: bool) -> set[int]:
        """Return the rows whose cell is named by one of some values."""
        rows: set[int] = set()
        shared_rows, shared_indexes = array("I"), array("Q")
        filled = bytearray(self.area.height)
        for row, given, inner in self._cells(column):
            filled[row - self.area.first_row] = 1
            index = _INDEX.search(inner) if _SHARED.search(given) else None
            if index:
                shared_rows.append(row)
                shared_indexes.append(int(index[1]))
            elif self._named(self.reader.value(b"<c%b>%b" % (given, inner))) in wanted:
                rows.add(row)
        strings = self.reader.strings
        if strings and shared_indexes:
            used = bytearray(max(shared_indexes) + 1)
            for each in shared_indexes:
                used[each] = 1
            kept = strings.select(used, lambda text: self._named(text or None) in wanted)
            pairs = zip(shared_rows, shared_indexes, strict=True)
            rows.update(row for row, each in pairs if each in kept)
        if blank:
            first = self.area.first_row
            rows.update(first + place for place, is_filled in enumerate(filled) if not is_filled)
        return rows

    def _cells(self, column: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield row, attributes and content of the cells of a column."""
        prefix = re.escape(self.xml.prefix)
        letters = column_letters(column).encode()
        pattern = re.compile(
            rb'<%bc r="%b([0-9]+)"([^>]*?)(?:/>|>(.*?)</%bc>)' % (prefix, letters, prefix),
            re.DOTALL,
        )
        for _, data in self.xml.content.chunks(self._cut):
            for found, given, inner in pattern.findall(data):
                row = int(found)
                if self._is_inside(row):
                    yield row, given, inner

    def _is_inside(self, row: int) -> bool:
        return self.area.first_row <= row <= self.area.last_row

    @property
    def _cut(self) -> bytes:
        return b"<%brow " % self.xml.prefix
