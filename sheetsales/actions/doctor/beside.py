"""What stands in and beside workbooks and would lead their buttons astray."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from sheetsales.actions.doctor.finding import Finding
from sheetsales.errors import SheetsalesError
from sheetsales.store import Workbook
from sheetsales.store.system import zone_identifier

_CONFIG = "xlwings.conf"
"""Name of a sheet and of a file; both count before the user's own file."""
_CODE = (".py", ".pyc", ".pyd", ".so", ".zip", ".exe", ".com", ".bat", ".cmd")
"""What Python would import, and what Windows would take for a ``python`` without folder."""
_HARMLESS = {"ADD_WORKBOOK_TO_PYTHONPATH": ("false",), "PYTHONPATH": ("",)}
"""What a workbook's sheet may set, and to what.

Its other settings name what is run or become part of the command line, or do so in the next
version of xlwings; a blank interpreter means the first ``python`` on the way.
"""
_DISPLAYED = ("SHOW CONSOLE", "SHOW_ERROR_POPUPS")
_ROWS = range(1, 201)
_FROM_ELSEWHERE = (b"ZoneId=3", b"ZoneId=4")
_ORIGINS = ("com.apple.quarantine", "user.com.apple.quarantine", "user.xdg.origin.url")


def examine_beside(books: Collection[Path]) -> Iterator[Finding]:
    """Yield what is to be said about some workbooks and the folders that they are in."""
    for folder in sorted({book.parent for book in books}):
        with suppress(OSError):  # a folder that cannot be read is told by other examinations
            yield from _files(folder)
    for book in books:
        if _is_from_elsewhere(book):
            yield Finding("origin", "advice", {"book": book.name})
        with suppress(SheetsalesError):  # as is a workbook that cannot be read
            yield from _sheets(book)


def _files(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        if path.name.casefold() == _CONFIG:
            yield Finding("conf-beside", "broken", {"file": str(path)})
        elif path.suffix.casefold() in _CODE or (path / "__init__.py").is_file():
            yield Finding("code-beside", "advice", {"file": str(path)})


def _sheets(path: Path) -> Iterator[Finding]:
    with Workbook.open(path) as book:
        for name in book.sheets:
            if name.casefold() == _CONFIG:
                for setting in _dangerous(book, name):
                    yield Finding("conf-sheet", "broken", {"book": path.name, "setting": setting})
            elif name.casefold().endswith(".py"):
                yield Finding("code-sheet", "broken", {"book": path.name, "sheet": name})


def _dangerous(book: Workbook, name: str) -> Iterator[str]:
    sheet = book.sheet(name)
    for row in _ROWS:
        setting = str(sheet.get(f"A{row}") or "").strip().upper()
        value = sheet.get(f"B{row}")
        shown = "" if value is None else str(value).strip().casefold()
        is_computed = sheet.formula(f"A{row}") is not None or sheet.formula(f"B{row}") is not None
        is_known = setting in _DISPLAYED or shown in _HARMLESS.get(setting, ())
        if is_computed or (setting and not is_known):
            yield setting or f"A{row}"


def _is_from_elsewhere(book: Path) -> bool:
    """Tell whether a system marked a workbook as come by mail or from the internet."""
    mark = zone_identifier(book) or b""
    return any(zone in mark for zone in _FROM_ELSEWHERE) or any(
        _has_attribute(book, name) for name in _ORIGINS
    )


def _has_attribute(path: Path, name: str) -> bool:
    if not hasattr(os, "getxattr"):  # Linux alone has it in Python
        return False
    try:
        return bool(os.getxattr(path, name))
    except OSError:
        return False
