"""LibreOffice's Python module ``uno``, found and loaded without its side effects."""

from __future__ import annotations

import builtins
import importlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

from sheetsales.errors import WorkbookError

_PLACES = (
    "/usr/lib/python3/dist-packages",
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice/program",
    "/Applications/LibreOffice.app/Contents/Resources",
    r"C:\Program Files\LibreOffice\program",
)
"""Where the module lies if it is not on the path: it belongs to the system's Python or to
LibreOffice."""


@cache
def load_uno() -> Any:
    """Return the module ``uno``.

    It replaces the builtin import by one that looks for UNO's types too, which makes every failed
    import slow and confusing; the builtin is put back.

    Raises:
        WorkbookError: ``uno-missing``, it is not there or made for another Python.
    """
    original = builtins.__import__
    try:
        return _imported()
    finally:
        builtins.__import__ = original


def _imported() -> Any:
    reason = ""
    for place in ("", *_PLACES):
        if place and not (Path(place) / "uno.py").is_file():
            continue
        # At the end: nothing else that lies there may come before the program's own.
        if place:
            sys.path.append(place)
        try:
            return importlib.import_module("uno")
        except ImportError as error:
            reason = str(error)
        finally:
            if place:
                sys.path.remove(place)
    raise WorkbookError("uno-missing", reason=reason)


def struct(name: str, **members: object) -> Any:
    """Return a UNO struct of a type below ``com.sun.star`` with some members set."""
    made = load_uno().createUnoStruct(f"com.sun.star.{name}")
    for member, value in members.items():
        setattr(made, member, value)
    return made


def properties(**values: object) -> tuple[Any, ...]:
    """Return named values as UNO calls take them."""
    return tuple(struct("beans.PropertyValue", Name=name, Value=v) for name, v in values.items())
