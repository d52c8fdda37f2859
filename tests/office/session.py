"""A running LibreOffice that does to workbooks what staff would do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sheetsales.store.live_libreoffice.pipes import pipe_name

SYSTEM_PYTHON = "/usr/bin/python3"
"""The Python that Debian's python3-uno belongs to."""
HANDS = Path(__file__).with_name("hands.py")
_SECONDS = 300
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""
"""A profile of its own may run macros, and shows no greeting over the workbook."""
_NUMBERS = count(1)


@cache
def has_uno() -> bool:
    """Return whether the system's Python can steer LibreOffice."""
    if not Path(SYSTEM_PYTHON).is_file():
        return False
    done = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return done.returncode == 0


class LibreOffice:
    """LibreOffice with a profile and a pipe of its own, below one folder.

    Args:
        folder: for its profile.
        home: home folder of the user who presses buttons; it has the launcher.
        display: X display for its windows; without one it has none.
    """

    def __init__(self, folder: Path, home: Path | None = None, display: str = "") -> None:
        self._folder = folder
        self._home = home
        self._display = display
        self._pipe = pipe_name(home) if home else f"sheetsales-{os.getpid()}-{next(_NUMBERS)}"
        self._office: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        profile = self._folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        environment = dict(os.environ)
        if self._home:
            environment["HOME"] = str(self._home)
        if self._display:
            environment["DISPLAY"] = self._display
        self._office = subprocess.Popen(
            [
                shutil.which("soffice") or "soffice",
                f"-env:UserInstallation={profile.resolve().as_uri()}",
                *(() if self._display else ("--headless",)),
                "--norestore",
                "--nologo",
                f"--accept=pipe,name={self._pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._office is not None
        self._office.terminate()
        self._office.wait(_SECONDS)

    @property
    def pipe(self) -> str:
        """Name of the pipe that it listens on."""
        return self._pipe

    def app(self) -> Any:
        """Return it as xlwings shows an application; the calling process should leave at once."""
        from sheetsales.store.live_libreoffice import connect

        return connect(self._pipe, timeout=_SECONDS)

    def do(
        self,
        book: Path,
        steps: Iterable[Sequence[object]],
        save: Iterable[Path] = (),
        *,
        store: bool = False,
        keep: bool = False,
        macros: bool = False,
    ) -> list[Any]:
        """Open a book or go on with it, take steps of ``hands.py``; return what they gave.

        Args:
            book: its file.
            steps: what to do.
            save: files to save it to.
            store: save it where it is.
            keep: leave it open.
            macros: allow them.
        """
        order = {
            "open": str(book.resolve()),
            "steps": list(steps),
            "save": [str(path.resolve()) for path in save],
            "store": store,
            "keep": keep,
            "macros": macros,
            "shown": bool(self._display),
        }
        done = subprocess.run(
            [SYSTEM_PYTHON, str(HANDS), self._pipe],
            input=json.dumps(order),
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr}"
        found = json.loads(done.stdout)
        assert isinstance(found, list)
        return found
