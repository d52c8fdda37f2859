"""Excel Tables, which LibreOffice keeps as database ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from sheetsales.store.live_libreoffice.parents import Sheet

if TYPE_CHECKING:
    from sheetsales.store.live_libreoffice.ranges import Range


class Table(base_classes.Table):
    """One table."""

    def __init__(self, sheet: Sheet, area: Any) -> None:
        self._sheet = sheet
        self._area = area

    @property
    def api(self) -> Any:
        return self._area

    @property
    def parent(self) -> Sheet:
        return self._sheet

    @property
    def name(self) -> str:
        return str(self._area.Name)

    @name.setter
    def name(self, value: str) -> None:
        self._area.Name = value

    display_name = name

    @property
    def range(self) -> Range:
        return self._sheet.book.range_at(self._area.getDataArea())

    @property
    def header_row_range(self) -> Range | None:
        return self.range.rows[0] if self.show_headers else None

    @property
    def data_body_range(self) -> Range | None:
        every = self.range
        height, width = every.shape
        first = 2 if self.show_headers else 1
        if height < first:
            return None
        corner = (every.row + height - 1, every.column + width - 1)
        return self._sheet.range((every.row + first - 1, every.column), corner)

    @property
    def insert_row_range(self) -> None:
        """None: a table always has a row here."""

    @property
    def totals_row_range(self) -> Range | None:
        return self.range.rows[-1] if self.show_totals else None

    @property
    def show_headers(self) -> bool:
        return bool(self._area.ContainsHeader)

    @show_headers.setter
    def show_headers(self, value: bool) -> None:
        self._area.ContainsHeader = value

    @property
    def show_totals(self) -> bool:
        return bool(self._area.TotalsRow)

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        self._area.TotalsRow = value

    @property
    def show_autofilter(self) -> bool:
        return bool(self._area.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, value: bool) -> None:
        self._area.AutoFilter = value

    def resize(self, range: Range) -> None:  # noqa: A002 - as inherited
        self._area.setDataArea(range.api.getRangeAddress())


class Tables(base_classes.Tables):
    """The tables of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return self._sheet.book.api.DatabaseRanges

    @property
    def parent(self) -> Sheet:
        return self._sheet

    def __iter__(self) -> Iterator[Table]:
        number = self._sheet.index - 1
        for name in self.api.getElementNames():
            area = self.api.getByName(name)
            if area.getDataArea().Sheet == number:
                yield Table(self._sheet, area)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, key: str | int) -> Table:
        every = list(self)
        if isinstance(key, int):
            return every[key - 1]
        for table in every:
            if table.name.casefold() == key.casefold():
                return table
        raise KeyError(key)

    def __contains__(self, key: str | int) -> bool:
        if isinstance(key, int):
            return 0 < key <= len(self)
        return any(table.name.casefold() == key.casefold() for table in self)

    def add(
        self,
        source_type: object = None,
        source: Any = None,
        link_source: object = None,
        has_headers: bool | None = None,
        destination: object = None,
        table_style_name: str | None = None,
        name: str | None = None,
    ) -> Table:
        own = name or next(
            text for n in range(1, 10_000) if not self.api.hasByName(text := f"Table{n}")
        )
        self.api.addNewByName(own, source.api.getRangeAddress())
        added = Table(self._sheet, self.api.getByName(own))
        added.show_headers = has_headers is not False
        added.show_autofilter = True
        return added
