"""What leads from a button to the right Python: a launcher, and a few lines for xlwings."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath

from sheetsales.errors import WorkspaceError
from sheetsales.store.system import make_folder, write_durable

MODULE = "sheetsales.buttons"
"""What a button starts."""
_LINE = re.compile(r'\s*"?([^",]*?)"?\s*,\s*"?([^"]*?)"?\s*')
_UNSPEAKABLE = frozenset('"%\r\n')
"""What the format of xlwings cannot hold in a path, or Windows would take for a variable."""
_OTHERS_WRITE = 0o022


@dataclass(frozen=True)
class Bridge:
    """Where a user's bridge stands and what it says.

    Attributes:
        home: the user's home folder.
        platform: the system, as ``sys.platform`` names it.
        interpreter: the Python that buttons are to reach.
        encoding: how the macros of Excel read ``xlwings.conf``.
    """

    home: Path
    platform: str = sys.platform
    interpreter: str = sys.executable
    encoding: str = "mbcs" if sys.platform == "win32" else "utf-8"

    @property
    def is_windows(self) -> bool:
        """Whether the system is Windows."""
        return self.platform == "win32"

    @property
    def launcher(self) -> Path:
        """What the macros run in LibreOffice."""
        return self.home / ".sheetsales" / ("press.cmd" if self.is_windows else "press")

    @property
    def config(self) -> Path:
        """The user's ``xlwings.conf``, which the macros read in Excel."""
        if self.platform == "darwin":
            container = self.home / "Library" / "Containers" / "com.microsoft.Excel"
            return container / "Data" / "xlwings.conf"
        return self.home / ".xlwings" / "xlwings.conf"

    @property
    def has_config(self) -> bool:
        """Whether there is to be an ``xlwings.conf``.

        Its folder on macOS is a sandbox, and Excel's to make.
        """
        return self.platform != "darwin" or self.config.parent.is_dir()

    @property
    def interpreter_key(self) -> str:
        """What ``xlwings.conf`` calls the interpreter of this system."""
        return "INTERPRETER_WIN" if self.is_windows else "INTERPRETER_MAC"

    @property
    def settings(self) -> Mapping[str, str]:
        """What ``xlwings.conf`` is to say."""
        return {
            self.interpreter_key: self.interpreter,
            "ADD_WORKBOOK_TO_PYTHONPATH": "False",
            "PYTHONPATH": "",
            "SHOW CONSOLE": "False",
        }

    @cached_property
    def files(self) -> Mapping[Path, bytes]:
        """Content of the files of the bridge.

        Raises:
            WorkspaceError: ``bridge-interpreter``, no file can name this Python;
                ``bridge-unreadable``.
        """
        self._refuse_interpreter()
        found = {self.launcher: self._launcher_content()}
        if self.has_config:
            found[self.config] = self._config_content()
        return found

    def outdated(self) -> list[Path]:
        """Return the files that do not say yet what they should.

        Raises:
            WorkspaceError: see `files`.
        """
        return [path for path, content in self.files.items() if _bytes_of(path) != content]

    def write(self) -> list[Path]:
        """Write the files that do not say yet what they should; return them.

        Raises:
            WorkspaceError: ``bridge-interpreter``, ``bridge-unreadable`` or ``file-not-written``.
        """
        written = self.outdated()
        for path in written:
            self._write(path)
        if not self.is_windows and (self.launcher in written or not self.is_private()):
            self._make_private()
        return written

    def is_private(self) -> bool:
        """Tell whether nobody else may change the launcher, and the user may run it."""
        if self.is_windows:
            return True
        folder, file = (path.stat().st_mode for path in (self.launcher.parent, self.launcher))
        return not (folder | file) & _OTHERS_WRITE and bool(file & 0o100)

    def read_config(self) -> dict[str, str]:
        """Return the settings of the ``xlwings.conf``, names in capitals; none if it is missing.

        Raises:
            WorkspaceError: ``bridge-unreadable``.
        """
        text = _bytes_of(self.config).decode(self.encoding, errors="replace")
        found: dict[str, str] = {}
        for line in text.splitlines():
            if match := _LINE.fullmatch(line):
                found.setdefault(match[1].upper(), match[2])
        return found

    def is_absolute(self, interpreter: str) -> bool:
        """Tell whether the path of an interpreter does not depend on where it is asked for."""
        kind = PureWindowsPath if self.is_windows else PurePosixPath
        return kind(interpreter).is_absolute()

    def _refuse_interpreter(self) -> None:
        if not self.is_absolute(self.interpreter) or _UNSPEAKABLE & set(self.interpreter):
            raise WorkspaceError("bridge-interpreter", path=self.interpreter)
        try:
            self.interpreter.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise WorkspaceError("bridge-interpreter", path=self.interpreter) from error

    def _launcher_content(self) -> bytes:
        if self.is_windows:
            # By its full path: in a folder with a chcp.exe of its own that one would be run.
            speak = '@"%SystemRoot%\\System32\\chcp.com" 65001 >nul'
            return f'{speak}\r\n@"{self.interpreter}" -I -m {MODULE} %*\r\n'.encode()
        return f'#!/bin/sh\nexec {shlex.quote(self.interpreter)} -I -m {MODULE} "$@"\n'.encode()

    def _config_content(self) -> bytes:
        """Return our lines, then those of others byte for byte: the first of a name counts."""
        end = "\r\n" if self.is_windows else "\n"
        ours = (f'"{name}","{value}"{end}' for name, value in self.settings.items())
        lines = _bytes_of(self.config).splitlines(keepends=True)
        others = b"".join(line for line in lines if not self._is_ours(line))
        return "".join(ours).encode(self.encoding) + others

    def _is_ours(self, line: bytes) -> bool:
        match = _LINE.fullmatch(line.decode(self.encoding, errors="replace"))
        return match is not None and match[1].upper() in self.settings

    def _write(self, path: Path) -> None:
        try:
            make_folder(path.parent)
            write_durable(path, self.files[path], mode=0o755 if path == self.launcher else 0o644)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceError("file-not-written", file=str(path), reason=reason) from error

    def _make_private(self) -> None:
        self.launcher.parent.chmod(0o700)
        self.launcher.chmod(0o755)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceError("bridge-unreadable", file=str(path), reason=reason) from error
