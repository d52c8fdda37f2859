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

SYSTEM_PYTHON = "/usr/bin/python3"
"""The Python that Debian's python3-uno belongs to."""
HANDS = Path(__file__).with_name("hands.py")
_SECONDS = 300
_NUMBERS = count(1)


@cache
def has_uno() -> bool:
    """Return whether the system's Python can steer LibreOffice."""
    if not Path(SYSTEM_PYTHON).is_file():
        return False
    done = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return done.returncode == 0


class LibreOffice:
    """LibreOffice without a screen, with a profile and a pipe of its own, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pipe = f"sheetsales-{os.getpid()}-{next(_NUMBERS)}"
        self._office: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._office = subprocess.Popen(
            [
                shutil.which("soffice") or "soffice",
                f"-env:UserInstallation={(self._folder / 'profile').resolve().as_uri()}",
                "--headless",
                "--norestore",
                f"--accept=pipe,name={self._pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
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
    ) -> list[Any]:
        """Open a book or go on with it, take steps of ``hands.py``; return what they gave.

        Args:
            book: its file.
            steps: what to do.
            save: files to save it to.
            store: save it where it is.
            keep: leave it open.
        """
        order = {
            "open": str(book.resolve()),
            "steps": list(steps),
            "save": [str(path.resolve()) for path in save],
            "store": store,
            "keep": keep,
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
