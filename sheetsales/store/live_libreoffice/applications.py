"""A running LibreOffice as xlwings' application, and the engine that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from sheetsales.store.live_libreoffice.books import Book, Books
from sheetsales.store.live_libreoffice.loading import struct
from sheetsales.store.live_libreoffice.ranges import Areas, Range
from sheetsales.store.live_libreoffice.sheets import Sheet
from sheetsales.store.live_libreoffice.values import cleaned, prepared

NAME = "libreoffice"


class Engine:
    """The engine ``libreoffice`` of xlwings, over one running LibreOffice."""

    name = NAME
    type = "desktop"

    def __init__(self, context: Any) -> None:
        self._app = App(self, context)

    @property
    def apps(self) -> Apps:
        return Apps(self._app)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: object) -> object:  # noqa: ARG004 - as called
        """Return a value as cells take it."""
        return prepared(value)

    @staticmethod
    def clean_value_data(
        data: Any,
        datetime_builder: Any,
        empty_as: object,
        number_builder: Any,
        err_to_str: bool,
    ) -> list[list[object]]:
        """Return values as the options of a range ask for them."""
        return [
            [
                cleaned(value, datetime_builder, empty_as, number_builder, err_to_str=err_to_str)
                for value in row
            ]
            for row in data
        ]


class Apps(base_classes.Apps):
    """The one application of an engine."""

    def __init__(self, app: App) -> None:
        self._app = app

    def keys(self) -> list[int]:
        return [self._app.pid]

    def add(
        self,
        spec: object = None,
        add_book: object = None,
        xl: object = None,
        visible: object = None,
    ) -> App:
        return self._app

    def __iter__(self) -> Iterator[App]:
        yield self._app

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        return self._app


class App(base_classes.App):
    """A running LibreOffice."""

    def __init__(self, engine: Engine, context: Any) -> None:
        self.engine = engine
        self._context = context
        self.desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )
        self._locked: list[Any] = []
        self._said: tuple[Any, str] | None = None

    @property
    def api(self) -> Any:
        """The desktop, as UNO has it."""
        return self.desktop

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def pid(self) -> int:
        """A number of the instance; UNO does not tell that of the process."""
        return (
            abs(hash(self.desktop.getIdentifier() if hasattr(self.desktop, "getIdentifier") else 1))
            or 1
        )

    @property
    def version(self) -> str:
        """Version of LibreOffice, such as ``7.4``."""
        access = self._setting("/org.openoffice.Setup/Product")
        return str(access.getByName("ooSetupVersion"))

    def _setting(self, path: str) -> Any:
        provider = self._context.ServiceManager.createInstanceWithContext(
            "com.sun.star.configuration.ConfigurationProvider", self._context
        )
        argument = struct("beans.PropertyValue", Name="nodepath", Value=path)
        return provider.createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess", (argument,)
        )

    @property
    def selection(self) -> Range | None:
        """What is selected in the workbook in front; None where it is no cells."""
        return selection_of(self.books.active)

    @property
    def screen_updating(self) -> bool:
        return not self._locked

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        while value and self._locked:
            self._locked.pop().unlockControllers()
        if not value and not self._locked:
            for book in self.books:
                book.api.lockControllers()
                self._locked.append(book.api)

    @property
    def status_bar(self) -> str | bool:
        return self._said[1] if self._said else False

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        if self._said:
            self._said[0].end()
            self._said = None
        if value:
            frame = self.books.active.controller.getFrame()
            indicator = frame.createStatusIndicator()
            indicator.start(str(value), 0)
            self._said = (indicator, str(value))

    @property
    def display_alerts(self) -> bool:
        """True: nothing that a program does asks back here."""
        return True

    @display_alerts.setter
    def display_alerts(self, value: bool) -> None:
        pass

    @property
    def calculation(self) -> str:
        automatic = self.books.active.api.isAutomaticCalculationEnabled()
        return "automatic" if automatic else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        for book in self.books:
            book.api.enableAutomaticCalculation(value == "automatic")

    def calculate(self) -> None:
        for book in self.books:
            book.api.calculateAll()

    def activate(self, steal_focus: bool = False) -> None:
        self.books.active.activate(steal_focus)

    @property
    def visible(self) -> bool:
        return any(book.window.isVisible() for book in self.books)

    @visible.setter
    def visible(self, value: bool) -> None:
        for book in self.books:
            book.window.setVisible(value)

    def quit(self) -> None:
        for book in list(self.books):
            book.close()
        self.desktop.terminate()


def selection_of(book: Book) -> Range | None:
    """Return what is selected in a workbook; None where it is no cells."""
    selected = book.api.getCurrentSelection()
    if selected is None:
        return None
    if selected.supportsService("com.sun.star.sheet.SheetCellRanges"):
        if not selected.getCount():
            return None
        blocks = [selected.getByIndex(n) for n in range(selected.getCount())]
        return Areas(Sheet(book, blocks[0].getSpreadsheet()), blocks)
    if not selected.supportsService("com.sun.star.sheet.SheetCellRange"):
        return None
    return Range(Sheet(book, selected.getSpreadsheet()), selected)
