"""Defined names, of a workbook or of one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from sheetsales.store.live_libreoffice.formulas import parsed, printed
from sheetsales.store.live_libreoffice.loading import struct
from sheetsales.store.live_libreoffice.parents import Book, Sheet

if TYPE_CHECKING:
    from sheetsales.store.live_libreoffice.ranges import Range


class Name(base_classes.Name):
    """One defined name."""

    def __init__(self, book: Book, named: Any, sheet: Sheet | None) -> None:
        self._book = book
        self._named = named
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return self._named

    def delete(self) -> None:
        _container(self._book, self._sheet).removeByName(self._named.Name)

    @property
    def name(self) -> str:
        own = str(self._named.Name)
        return own if self._sheet is None else f"{self._sheet.quoted}!{own}"

    @name.setter
    def name(self, value: str) -> None:
        self._named.Name = value.rpartition("!")[2]

    @property
    def refers_to(self) -> str:
        tokens = self._named.getTokens()
        return f"={printed(self._book.api, tokens, self._named.ReferencePosition)}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self._named.setTokens(parsed(self._book.api, value, self._named.ReferencePosition))

    @property
    def refers_to_range(self) -> Range | None:
        area = self._named.getReferredCells()
        if area is None:
            return None
        return self._book.range_at(area.getRangeAddress())


class Names(base_classes.Names):
    """The names of a workbook with those of its sheets, or of one sheet."""

    def __init__(self, book: Book, sheet: Sheet | None = None) -> None:
        self._book = book
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return _container(self._book, self._sheet)

    def _every(self) -> list[Name]:
        sheets = [self._sheet] if self._sheet is not None else [None, *self._book.sheets]
        return [
            Name(self._book, container.getByName(name), sheet)
            for sheet in sheets
            for container in [_container(self._book, sheet)]
            for name in container.getElementNames()
        ]

    def __call__(self, name_or_index: str | int) -> Name:
        every = self._every()
        if isinstance(name_or_index, int):
            return every[name_or_index - 1]
        wanted = name_or_index.casefold()
        for one in every:
            own = one.name.rpartition("!")[2] if self._sheet is not None else one.name
            if wanted in (one.name.casefold(), own.casefold()):
                return one
        raise KeyError(name_or_index)

    def contains(self, name_or_index: str | int) -> bool:
        if isinstance(name_or_index, int):
            return 0 < name_or_index <= len(self)
        try:
            self(name_or_index)
        except KeyError:
            return False
        return True

    def __len__(self) -> int:
        return len(self._every())

    def __iter__(self) -> Iterator[Name]:
        return iter(self._every())

    def add(self, name: str, refers_to: str) -> Name:
        container = self.api
        position = struct("table.CellAddress")
        own = name.rpartition("!")[2]
        container.addNewByName(own, "$A$1", position, 0)
        added = Name(self._book, container.getByName(own), self._sheet)
        added.refers_to = refers_to
        return added


def _container(book: Book, sheet: Sheet | None) -> Any:
    return (book.api if sheet is None else sheet.api).NamedRanges
