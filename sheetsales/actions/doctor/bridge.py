"""Whether a button reaches the right Python: launcher, ``xlwings.conf``, what it imports."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sheetsales.actions.doctor.finding import Finding
from sheetsales.actions.doctor.macros import examine_excel_macros, examine_office_macros
from sheetsales.errors import SheetsalesError
from sheetsales.workspace.applications import find_excel, find_office
from sheetsales.workspace.bridge import Bridge

_UNO_FOLDERS = (Path("/usr/lib/python3/dist-packages"), Path("/usr/lib64/libreoffice/program"))
"""Where systems put the module by which Python speaks with LibreOffice."""
_SECONDS = 60
_OWN_PATH = "import importlib.util as u, sys; sys.exit(u.find_spec('sheetsales') is None)"


def examine_bridge(bridge: Bridge, folders: Collection[Path]) -> Iterator[Finding]:
    """Yield what is to be said about a user's bridge.

    Args:
        bridge: where it stands.
        folders: where the workbooks are that are to have working buttons.
    """
    yield _launcher(bridge)
    yield _interpreter(bridge)
    yield _own_package(bridge)
    yield _xlwings()
    excel = find_excel(bridge.platform, bridge.home)
    if bridge.platform == "darwin" and excel:
        yield _apple_script(bridge)
    if bridge.is_windows and excel:
        yield from (examine_excel_macros(folder) for folder in folders)
    office = find_office()
    if office:
        yield _uno(office)
        yield from (examine_office_macros(bridge, folder) for folder in folders)


def _launcher(bridge: Bridge) -> Finding:
    path = bridge.launcher
    try:
        wanted = bridge.files[path]
    except SheetsalesError as error:
        return Finding("launcher", "broken", error=error)
    arguments = {"file": str(path)}
    if not path.is_file():
        return Finding("launcher-missing", "advice", arguments)
    if path.read_bytes() != wanted:
        return Finding("launcher-other", "advice", arguments)
    if not bridge.is_private():
        return Finding("launcher-open", "broken", arguments)
    return Finding("launcher", "ok", arguments)


def _interpreter(bridge: Bridge) -> Finding:
    """Return what is to be said about the Python that Excel's macros start."""
    settings = bridge.read_config()
    found = settings.get(bridge.interpreter_key) or settings.get("INTERPRETER", "")
    arguments = {"file": str(bridge.config), "interpreter": found}
    if not found:
        return Finding("interpreter-missing", "advice", arguments)
    if not bridge.is_absolute(found):
        return Finding("interpreter-relative", "broken", arguments)
    if not Path(found).is_file():
        return Finding("interpreter-gone", "broken", arguments)
    if found != bridge.interpreter:
        return Finding("interpreter-other", "advice", arguments)
    if settings.get("ADD_WORKBOOK_TO_PYTHONPATH", "").casefold() != "false":
        return Finding("interpreter-path", "broken", arguments)
    return Finding("interpreter", "ok", arguments)


def _own_package(bridge: Bridge) -> Finding:
    """Return whether the launcher's Python, which is told to look nowhere else, finds us."""
    arguments = {"interpreter": bridge.interpreter}
    try:
        done = subprocess.run(  # noqa: S603 - this very Python
            [bridge.interpreter, "-I", "-c", _OWN_PATH], timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Finding("isolated", "broken", arguments)
    return Finding("isolated", "broken" if done.returncode else "ok", arguments)


def _xlwings() -> Finding:
    try:
        return Finding("xlwings", "ok", {"version": version("xlwings")})
    except PackageNotFoundError:
        return Finding("xlwings", "advice")


def _apple_script(bridge: Bridge) -> Finding:
    """Return whether Excel on macOS may start Python at all."""
    folder = bridge.home / "Library" / "Application Scripts" / "com.microsoft.Excel"
    is_there = any(folder.glob("xlwings-*.applescript"))
    return Finding("apple-script", "ok" if is_there else "advice", {"folder": str(folder)})


def _uno(office: Path) -> Finding:
    """Return whether the module for LibreOffice can be found; loading it would last."""
    folders = (*_UNO_FOLDERS, office.resolve().parent)
    is_there = importlib.util.find_spec("uno") is not None
    is_there = is_there or any((folder / "uno.py").is_file() for folder in folders)
    return Finding("uno", "ok" if is_there else "advice")
