"""Whether Excel and LibreOffice let the macros of the company's workbooks run, and only those."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from sheetsales.actions.doctor.finding import Finding
from sheetsales.workspace.applications import registered
from sheetsales.workspace.bridge import Bridge

_EXCEL = r"Software\Microsoft\Office\16.0\Excel\Security"
_POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
_ALL, _ASKED, _SIGNED = 1, 2, 3
"""What Excel's ``VBAWarnings`` say: run all macros, ask, run signed ones; 4 runs none."""
_LOCATIONS = range(100)
_OFFICE_ALL, _OFFICE_ASKED, _OFFICE_HIGH = 0, 1, 2
"""What LibreOffice's ``MacroSecurityLevel`` says: run all macros, ask, run none unless trusted."""
_PROFILES = {
    "win32": ("AppData", "Roaming", "LibreOffice"),
    "darwin": ("Library", "Application Support", "LibreOffice"),
}
_LEVEL = re.compile(r'oor:name="MacroSecurityLevel"[^>]*>\s*<value>\s*(\d+)')
_TRUSTED = re.compile(r'oor:name="SecureURL"[^>]*>(.*?)</prop>', re.DOTALL)
_ITEM = re.compile(r"<it>(.*?)</it>", re.DOTALL)


def examine_excel_macros(folder: Path) -> Finding:
    """Return what Excel on Windows makes of macros in a folder's workbooks."""
    arguments = {"application": "Excel", "folder": str(folder)}
    found = registered(_POLICY, "VBAWarnings") or registered(_EXCEL, "VBAWarnings") or _ASKED
    if found == _ALL:
        return Finding("macros-all", "advice", arguments)
    if _is_trusted_by_excel(folder):
        return Finding("macros", "ok", arguments)
    if found == _ASKED:
        return Finding("macros-asked", "ok", arguments)
    return Finding("macros-excel", "advice", arguments)


def examine_office_macros(bridge: Bridge, folder: Path) -> Finding:
    """Return what LibreOffice makes of macros in a folder's workbooks."""
    settings = _office_settings(bridge)
    level = _LEVEL.search(settings)
    found = int(level[1]) if level else _OFFICE_HIGH
    arguments = {"application": "LibreOffice", "folder": str(folder)}
    if found == _OFFICE_ALL:
        return Finding("macros-all", "advice", arguments)
    if any(folder.is_relative_to(trusted) for trusted in _trusted_folders(settings, bridge)):
        return Finding("macros", "ok", arguments)
    if found == _OFFICE_ASKED:
        return Finding("macros-asked", "ok", arguments)
    return Finding("macros-office", "advice", arguments)


def _is_trusted_by_excel(folder: Path) -> bool:
    wanted = PureWindowsPath(folder)
    for number in _LOCATIONS:
        key = rf"{_EXCEL}\Trusted Locations\Location{number}"
        path = registered(key, "Path")
        if isinstance(path, str):
            trusted = PureWindowsPath(path)
            below = registered(key, "AllowSubFolders") == 1 and wanted.is_relative_to(trusted)
            if below or wanted == trusted:
                return True
    return False


def _office_settings(bridge: Bridge) -> str:
    profile = bridge.home.joinpath(*_PROFILES.get(bridge.platform, (".config", "libreoffice")))
    try:
        return (profile / "4/user/registrymodifications.xcu").read_text("utf-8", errors="replace")
    except OSError:  # never started, or none of ours to read: what it comes with holds
        return ""


def _trusted_folders(settings: str, bridge: Bridge) -> Iterator[Path]:
    for prop in _TRUSTED.findall(settings):
        for item in _ITEM.findall(prop):
            url = html.unescape(item).strip().replace("$(home)", bridge.home.as_uri())
            if url.startswith("file:///"):
                path = urlsplit(url).path
                yield Path(url2pathname(path) if bridge.is_windows else unquote(path))
