"""Finds a running LibreOffice and its open workbooks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlwings

from sheetsales.errors import WorkbookError
from sheetsales.store.live_libreoffice.applications import NAME, Engine
from sheetsales.store.live_libreoffice.loading import load_uno

_POLL = 0.1
_FAREWELL = 5.0
"""Seconds that the end of an earlier connection may take."""


def connect(pipe: str, *, timeout: float = 0) -> xlwings.App:
    """Return the LibreOffice that listens on a pipe, as an application of xlwings.

    Args:
        pipe: name of the pipe.
        timeout: seconds to wait for it.

    Raises:
        WorkbookError: ``office-not-listening``; ``uno-missing``, Python cannot speak with it.
    """
    engine = Engine(_context(pipe, timeout))
    _register(xlwings.Engine(impl=engine))
    return xlwings.App(impl=next(iter(engine.apps)))


def open_book_of(app: xlwings.App, uid: str) -> xlwings.Book:
    """Return the open workbook that LibreOffice knows by a number.

    Raises:
        WorkbookError: ``office-document-missing``, it was closed.
    """
    for book in app.impl.books:
        if book.api.RuntimeUID == uid:
            return xlwings.Book(impl=book)
    raise WorkbookError("office-document-missing", uid=uid)


def save_copy(book: xlwings.Book, path: Path) -> None:
    """Write what a workbook holds, unsaved values included, into another file."""
    book.impl.save_copy(path)


@contextmanager
def undo_step(book: xlwings.Book, title: str) -> Iterator[None]:
    """Make one step, which people can take back, of all that is written."""
    manager = book.impl.api.getUndoManager()
    manager.enterUndoContext(title)
    try:
        yield
    finally:
        manager.leaveUndoContext()


def _register(engine: xlwings.Engine) -> None:
    """Make an engine known to xlwings, in the place of the one of an earlier connection."""
    engines = xlwings.engines
    engines.engines[:] = [one for one in engines.engines if one.name != NAME]
    engines.add(engine)
    # Where Excel cannot run, some of xlwings' calls ask for an active engine.
    if engines.active is None or engines.active.name == NAME:
        engine.activate()


def _context(pipe: str, timeout: float) -> Any:
    uno = load_uno()
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    nobody = uno.getClass("com.sun.star.connection.NoConnectException")
    # The bridge of an earlier connection may just be going away.
    gone = uno.getClass("com.sun.star.lang.DisposedException")
    deadline = time.monotonic() + timeout
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except nobody as error:
            if time.monotonic() >= deadline:
                raise WorkbookError("office-not-listening", pipe=pipe) from error
        except gone as error:
            if time.monotonic() >= deadline + _FAREWELL:
                raise WorkbookError("office-not-listening", pipe=pipe) from error
        time.sleep(_POLL)
