"""Whether a button reaches the right Python: launcher, ``xlwings.conf``, what it imports."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sheetsales.actions.doctor.finding import Finding, State
from sheetsales.actions.doctor.macros import examine_excel_macros, examine_office_macros
from sheetsales.errors import SheetsalesError
from sheetsales.workspace.applications import find_excel, find_office
from sheetsales.workspace.bridge import Bridge

_UNO_FOLDERS = (Path("/usr/lib/python3/dist-packages"), Path("/usr/lib64/libreoffice/program"))
"""Where systems put the module by which Python speaks with LibreOffice."""
_SECONDS = 60
_FINDS_US = "import importlib.util as u, sys; sys.exit(u.find_spec('sheetsales') is None)"
# Loads the half of it that must fit this Python: the other half would make folders in the user's
# home. Ends without Python's shutdown, in which the module may crash.
_LOADS_UNO = (
    "import importlib.util as u, os, sys; sys.path += sys.argv[1:]; import pyuno;"
    "os._exit(u.find_spec('uno') is None)"
)


def examine_bridge(bridge: Bridge, folders: Collection[Path]) -> Iterator[Finding]:
    """Yield what is to be said about a user's bridge.

    Args:
        bridge: where it stands.
        folders: where the workbooks are that are to have working buttons.
    """
    yield _launcher(bridge)
    if bridge.has_config:
        yield _interpreter(bridge)
    arguments = {"interpreter": bridge.interpreter}
    yield Finding("isolated", "ok" if _runs(bridge, _FINDS_US) else "broken", arguments)
    yield _xlwings()
    excel = find_excel(bridge.platform, bridge.home)
    if bridge.platform == "darwin" and excel:
        yield _apple_script(bridge)
    if bridge.is_windows and excel:
        yield from (examine_excel_macros(folder) for folder in folders)
    office = find_office()
    if office:
        folders_of_uno = map(str, (*_UNO_FOLDERS, office.resolve().parent))
        yield Finding("uno", "ok" if _runs(bridge, _LOADS_UNO, *folders_of_uno) else "advice")
        yield from (examine_office_macros(bridge, folder) for folder in folders)


def _launcher(bridge: Bridge) -> Finding:
    path = bridge.launcher
    arguments = {"file": str(path)}
    try:
        is_outdated = path in bridge.outdated()
    except SheetsalesError as error:
        return Finding("launcher", "broken", error=error)
    if not path.is_file():
        return Finding("launcher-missing", "advice", arguments)
    if is_outdated:
        return Finding("launcher-other", "advice", arguments)
    if not bridge.is_private():
        return Finding("launcher-open", "broken", arguments)
    return Finding("launcher", "ok", arguments)


def _interpreter(bridge: Bridge) -> Finding:
    """Return what is to be said about the Python that Excel's macros start."""
    try:
        settings = bridge.read_config()
    except SheetsalesError as error:
        return Finding("interpreter", "broken", error=error)
    interpreter = settings.get(bridge.interpreter_key) or settings.get("INTERPRETER", "")
    is_shut = settings.get("ADD_WORKBOOK_TO_PYTHONPATH", "").casefold() == "false"
    code, state = _judged(bridge, interpreter, is_shut=is_shut)
    return Finding(code, state, {"file": str(bridge.config), "interpreter": interpreter})


def _judged(bridge: Bridge, interpreter: str, *, is_shut: bool) -> tuple[str, State]:
    if not interpreter:
        return "interpreter-missing", "advice"
    if not bridge.is_absolute(interpreter):
        return "interpreter-relative", "broken"
    if not Path(interpreter).is_file():
        return "interpreter-gone", "broken"
    if not is_shut:
        return "interpreter-path", "broken"
    if interpreter != bridge.interpreter:
        return "interpreter-other", "advice"
    return "interpreter", "ok"


def _runs(bridge: Bridge, code: str, *arguments: str) -> bool:
    """Tell whether the launcher's Python, which is told to look nowhere else, can do something."""
    try:
        done = subprocess.run(  # noqa: S603 - this very Python, code of ours
            [bridge.interpreter, "-I", "-c", code, *arguments],
            timeout=_SECONDS,
            check=False,
            capture_output=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


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
