"""LibreOffice as a converter: where it is, a profile that trusts nothing, one run over files."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sheetsales.word import guardian

End = Literal["whole", "crash", "stall"]
"""How a run ended: by itself, by itself with a failure, or by us as nothing came any more."""

_PROGRAMS = ("soffice.com", "soffice", "libreoffice")
_FLATPAK = Path("flatpak/exports/bin/org.libreoffice.LibreOffice")
_USUAL = (
    Path("C:/Program Files/LibreOffice/program/soffice.com"),
    Path("C:/Program Files (x86)/LibreOffice/program/soffice.com"),
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    Path.home() / "Applications/LibreOffice.app/Contents/MacOS/soffice",
    Path("/usr/lib/libreoffice/program/soffice"),
    Path("/snap/bin/libreoffice"),
    Path("/var/lib") / _FLATPAK,
    Path.home() / ".local/share" / _FLATPAK,
)
_START_SECONDS = 60.0
_LOOK_SECONDS = 0.1
_END_OF_PDF = b"%%EOF"
_TAIL = 32
_ENOUGH = b"."

_SETTINGS = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Misc", "FirstRun", "false"),
    ("Common/Save/Document", "CreateBackup", "false"),
    ("Common/Load", "UpdateDocMode", "0"),
    ("Writer/Content/Update", "Link", "2"),
    ("Calc/Content/Update", "Link", "2"),
    ("Recovery/AutoSave", "Enabled", "false"),
    ("Jobs/Jobs/UpdateCheck/Arguments", "AutoCheckEnabled", "false"),
)
"""What a profile made from scratch sets: no macros, nothing fetched, no check for updates."""


def find_converter() -> Path | None:
    """Return where LibreOffice is, None if it is not installed."""
    found = next((path for path in map(shutil.which, _PROGRAMS) if path), None)
    return Path(found) if found else next((path for path in _USUAL if path.is_file()), None)


@dataclass
class Office:
    """LibreOffice with a folder of its own, in which its profile stays warm from run to run.

    Attributes:
        program: where LibreOffice is.
        folder: scratch folder of this one; files to convert lie in its folder ``files``. If this
            process is killed, the folder around it is removed.
    """

    program: Path
    folder: Path
    files: Path = field(init=False)

    def __post_init__(self) -> None:
        """Make the folder for files and the profile."""
        self.files = self.folder / "files"
        self.files.mkdir(parents=True)
        profile = self.folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_registry(), encoding="utf-8")

    def convert(self, names: Sequence[str], seconds: float, stopped: Callable[[int], bool]) -> End:
        """Make a PDF beside each of some files.

        Args:
            names: names of the files, which are taken in this order.
            seconds: how long one file may take.
            stopped: asked all the time, told how many there are by now; True ends the run.
        """
        with subprocess.Popen(  # noqa: S603 - a fixed program, names of our own
            self._command(names),
            cwd=self.files,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            end = self._watched(process, names, seconds, stopped)
            if end == "stall":
                process.communicate(_ENOUGH)
            return end

    def is_made(self, name: str) -> bool:
        """Tell whether the PDF of a file is there to its last line."""
        try:
            with _pdf(self.files / name).open("rb") as file:
                file.seek(0, 2)
                file.seek(max(0, file.tell() - _TAIL))
                return _END_OF_PDF in file.read()
        except OSError:
            return False

    def take(self, name: str, place: Path) -> None:
        """Move the PDF of a file to its place."""
        _pdf(self.files / name).replace(place)

    def _command(self, names: Sequence[str]) -> list[str]:
        profile = (self.folder / "profile").resolve().as_uri()
        return [
            sys.executable,
            *("-I", "-S", guardian.__file__, str(self.folder.parent), str(self.program)),
            f"-env:UserInstallation={profile}",
            *("--headless", "--norestore", "--nologo", "--nofirststartwizard", "--nolockcheck"),
            *("--infilter=MS Word 2007 XML", "--convert-to", "pdf:writer_pdf_Export"),
            *("--outdir", str(self.files.resolve()), *names),
        ]

    def _watched(
        self,
        process: subprocess.Popen[bytes],
        names: Sequence[str],
        seconds: float,
        stopped: Callable[[int], bool],
    ) -> End:
        made, until = 0, time.monotonic() + _START_SECONDS + seconds
        while True:
            try:
                return "crash" if process.wait(_LOOK_SECONDS) else "whole"
            except subprocess.TimeoutExpired:
                there = sum(_pdf(self.files / name).is_file() for name in names)
            if there > made:
                made, until = there, time.monotonic() + seconds
            if stopped(made) or time.monotonic() > until:
                return "stall"


def _pdf(path: Path) -> Path:
    return path.with_suffix(".pdf")


def _registry() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>'
    )
