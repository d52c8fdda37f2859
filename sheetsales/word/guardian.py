"""Runs a program for as long as its parent wants and lives; the parent starts this file by path.

Standard input is a pipe that the parent holds. A byte on it ends the program; its end tells that
the parent is gone, however that came about: then the scratch folder is removed as well.

Usage: ``python guardian.py SCRATCH PROGRAM ARGUMENT…``
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

_TASKKILL = Path("C:/Windows/System32/taskkill.exe")
_ATTEMPTS = 50
_PAUSE_SECONDS = 0.1

_ENDING = threading.Lock()
"""Held while the program is ended, so that its end is not taken for the end of the work."""


def main(scratch: str, *command: str) -> int:
    """Run the command and return its exit code."""
    process = subprocess.Popen(  # noqa: S603 - what the parent asks for
        command, stdin=subprocess.DEVNULL, start_new_session=True
    )
    threading.Thread(target=_watch, args=(process, scratch), daemon=True).start()
    code = process.wait()
    with _ENDING:
        return code


def _watch(process: subprocess.Popen[bytes], scratch: str) -> None:
    asked = sys.stdin.buffer.read(1)
    with _ENDING:
        _end(process.pid)
        if not asked:
            _remove(scratch)


def _remove(scratch: str) -> None:
    """Remove a folder that other guardians and dying programs may be busy in."""
    for _ in range(_ATTEMPTS):
        shutil.rmtree(scratch, ignore_errors=True)
        if not Path(scratch).exists():
            return
        time.sleep(_PAUSE_SECONDS)


def _end(number: int) -> None:
    """End a process that leads a group, with all that it started."""
    if sys.platform == "win32":
        command = [str(_TASKKILL), "/F", "/T", "/PID", str(number)]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - fixed program
        return
    try:
        os.killpg(number, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    # An ordinary end would stumble over the thread that still waits for input.
    os._exit(main(*sys.argv[1:]) & 0xFF)
