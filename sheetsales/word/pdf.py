"""Word files to PDF through LibreOffice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sheetsales.errors import TemplateError

_PROGRAMS = ("soffice", "libreoffice", "soffice.exe")
_CHUNK = 100
_USUAL = (
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
)


def find_converter() -> Path | None:
    """Return where LibreOffice is, None if it is not installed."""
    found = next((path for path in map(shutil.which, _PROGRAMS) if path), None)
    return Path(found) if found else next((path for path in _USUAL if path.is_file()), None)


def convert_to_pdf(paths: Sequence[Path], folder: Path, timeout: float = 300.0) -> list[Path]:
    """Convert Word files to PDF and return the new files, in order.

    Args:
        paths: the Word files, all of different names.
        folder: where the PDF files go.
        timeout: seconds that a hundred files may take.

    Raises:
        TemplateError: LibreOffice is missing, takes too long, or leaves a file out.
    """
    program = find_converter()
    if program is None:
        raise TemplateError("pdf-converter-missing")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for start in range(0, len(paths), _CHUNK):
        chunk = paths[start : start + _CHUNK]
        with tempfile.TemporaryDirectory(prefix="sheetsales-", dir=folder) as scratch:
            _convert(program, chunk, Path(scratch), timeout)
            made += [_kept(path, Path(scratch), folder) for path in chunk]
    return made


def _convert(program: Path, paths: Sequence[Path], scratch: Path, timeout: float) -> None:
    # A profile of its own lets it run beside an open LibreOffice and leaves the user's alone.
    profile = (scratch / "profile").resolve().as_uri()
    command = [
        str(program),
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(scratch),
        *(str(path.resolve()) for path in paths),
    ]
    process = subprocess.Popen(  # noqa: S603 (a fixed program, paths as single arguments)
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        raise TemplateError("pdf-timeout", count=len(paths), seconds=timeout) from error
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a converter that still runs, with the children that it started."""
    if process.poll() is not None:
        return
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _kept(path: Path, scratch: Path, folder: Path) -> Path:
    made, place = scratch / f"{path.stem}.pdf", folder / f"{path.stem}.pdf"
    if not made.is_file():
        raise TemplateError("pdf-failed", file=path.name)
    made.replace(place)
    return place
