"""A screen that nobody sees: windows on it can be clicked and photographed."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAMS = ("Xvfb", "xdotool", "import")
"""X server, mouse and camera (ImageMagick's)."""
_SIZE = "1600x900x24"


def missing_screen() -> list[str]:
    """Return the programs of a screen that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Display:
    """An X server of its own."""

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SIZE],
            pass_fds=[writing],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as number:
            self.name = f":{number.readline().strip()}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.terminate()
        self._server.wait()

    def click(self, x: int, y: int) -> None:
        """Move the mouse and press its left button."""
        self._run("xdotool", "mousemove", "--sync", str(x), str(y))
        time.sleep(0.5)
        self._run("xdotool", "click", "1")

    def photograph(self, path: Path) -> None:
        """Write what the screen shows as a picture."""
        self._run("import", "-window", "root", str(path))

    def _run(self, *command: str) -> None:
        environment = {**os.environ, "DISPLAY": self.name}
        subprocess.run(command, check=True, env=environment, timeout=60)
