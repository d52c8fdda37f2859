"""The applications that can open a workbook, and what Windows has registered about them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Literal

from sheetsales.word.office import find_converter

Hive = Literal["HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"]
_APP_PATH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_MAC_NAME = "Microsoft Excel.app"
_MAC_FOLDER = Path("/Applications")


def find_excel(platform: str, home: Path) -> Path | None:
    """Return where Microsoft Excel is; None where it is not installed or cannot be."""
    if platform == "win32":
        hives: tuple[Hive, ...] = ("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE")
        found = (registered(_APP_PATH, "", hive) for hive in hives)
        return next((Path(str(path).strip('"')) for path in found if path), None)
    if platform == "darwin":
        places = (_MAC_FOLDER / _MAC_NAME, home / "Applications" / _MAC_NAME)
        return next((place for place in places if place.is_dir()), None)
    return None


def find_office() -> Path | None:
    """Return where LibreOffice is: on Windows the program with a window, not that of consoles."""
    found = find_converter()
    if found is None or found.suffix != ".com":
        return found
    return found.with_suffix(".exe")


def registered(key: str, name: str, hive: Hive = "HKEY_CURRENT_USER") -> object | None:
    """Return a value of Windows' registry, None if it is not there; "" asks for a key's own."""
    registry = importlib.import_module("winreg")
    try:
        with registry.OpenKey(getattr(registry, hive), key) as opened:
            value: object = registry.QueryValueEx(opened, name)[0]
            return value
    except OSError:
        return None
