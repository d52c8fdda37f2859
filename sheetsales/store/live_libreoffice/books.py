"""Open workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from sheetsales.store.live_libreoffice.loading import load_uno, properties
from sheetsales.store.live_libreoffice.names import Names
from sheetsales.store.live_libreoffice.parents import App
from sheetsales.store.live_libreoffice.ranges import Range
from sheetsales.store.live_libreoffice.sheets import Sheet, Sheets

if TYPE_CHECKING:
    from sheetsales.store.live_libreoffice.tables import Table

_FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
}
_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


class Book(base_classes.Book):
    """One open workbook."""

    def __init__(self, app: App, document: Any) -> None:
        self._app = app
        self._document = document

    @property
    def api(self) -> Any:
        """The document, as UNO has it."""
        return self._document

    @property
    def app(self) -> App:
        return self._app

    @property
    def fullname(self) -> str:
        url = self._document.URL
        return str(load_uno().fileUrlToSystemPath(url)) if url else self.name

    @property
    def name(self) -> str:
        url = self._document.URL
        if url:
            return Path(load_uno().fileUrlToSystemPath(url)).name
        return str(self._document.Title)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    @cached_property
    def controller(self) -> Any:
        """What shows the document in its window."""
        return self._document.getCurrentController()

    @property
    def window(self) -> Any:
        """The window of the document."""
        return self.controller.getFrame().getContainerWindow()

    def tables(self) -> Iterator[Table]:
        """Yield the tables of all sheets."""
        for sheet in self.sheets:
            yield from sheet.tables

    def range_at(self, area: Any) -> Range:
        """Return a block by its address with the number of its sheet."""
        sheet = Sheet(self, self._document.Sheets.getByIndex(area.Sheet))
        return Range(sheet, sheet.cells_at(area))

    def activate(self, steal_focus: bool = False) -> None:
        frame = self.controller.getFrame()
        frame.activate()
        if steal_focus:
            frame.getContainerWindow().setFocus()

    def close(self) -> None:
        self._document.setModified(False)
        self._document.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        if path is None and self._document.URL:
            self._document.store()
            return
        path = path or f"{self.name}.xlsx"
        options: dict[str, object] = {"FilterName": _filter(Path(path)), "Overwrite": True}
        if password is not None:
            options["Password"] = password
        self._document.storeAsURL(Path(path).resolve().as_uri(), properties(**options))

    def save_copy(self, path: Path) -> None:
        """Write what the workbook holds into another file; the workbook stays what it is."""
        options = properties(FilterName=_filter(path), Overwrite=True)
        self._document.storeToURL(path.resolve().as_uri(), options)


class Books(base_classes.Books):
    """The open workbooks."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Any:
        return self.app.desktop.getComponents()

    @property
    def active(self) -> Book:
        current = self.app.desktop.getCurrentComponent()
        if current is not None and current.supportsService(_SPREADSHEET):
            return Book(self.app, current)
        return next(iter(self))

    def __iter__(self) -> Iterator[Book]:
        components = self.api.createEnumeration()
        while components.hasMoreElements():
            document = components.nextElement()
            if document.supportsService(_SPREADSHEET):
                yield Book(self.app, document)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, name_or_index: str | int) -> Book:
        every = list(self)
        if isinstance(name_or_index, int):
            return every[name_or_index - 1]
        wanted = name_or_index.casefold()
        for book in every:
            if wanted in (book.name.casefold(), book.fullname.casefold()):
                return book
        raise KeyError(name_or_index)

    def add(self) -> Book:
        return self._load("private:factory/scalc")

    def open(self, fullname: str, *_: object, **__: object) -> Book:
        return self._load(Path(fullname).resolve().as_uri())

    def _load(self, url: str) -> Book:
        document = self.app.desktop.loadComponentFromURL(url, "_default", 0, properties())
        if document is None:
            raise FileNotFoundError(url)
        return Book(self.app, document)


def _filter(path: Path) -> str:
    return _FILTERS[path.suffix.lower()]
