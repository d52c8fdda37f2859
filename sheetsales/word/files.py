"""Writes files whole or not at all: beside their place first, then moved there."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Container
from contextlib import suppress
from itertools import count
from pathlib import Path

from sheetsales.errors import TemplateError

_PREFIX, _SUFFIX = ".sheetsales-", ".tmp"
_LEFTOVER = re.compile(r"\.sheetsales-(\d+)-\w+\.tmp")
_MODE = 0o666  # less what the user's mask takes away, as for any new file
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_UNNAMED = os.O_WRONLY | os.O_TMPFILE if hasattr(os, "O_TMPFILE") else 0
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_LONGEST_ON_WINDOWS = 240
_NUMBERS = count(1)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file and make its folder; a failure leaves the old file.

    Raises:
        OSError: the folder cannot be written, or the file is open in Word on Windows.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    place_bytes(path, content)


def place_bytes(path: Path, content: bytes) -> None:
    """Write a file into a folder that is there; a failure leaves the old file.

    Raises:
        OSError: the folder is gone or cannot be written, or the disk is full.
    """
    target = _reachable(str(path))
    folder = os.path.dirname(target)  # noqa: PTH120 - twice as fast
    if _UNNAMED and _is_placed_unnamed(folder or os.curdir, target, content):
        return
    temporary, descriptor = _created(folder)
    try:
        try:
            _write(descriptor, content)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)  # noqa: PTH105 - a fifth of the time goes into Path objects
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_files() -> None:
    """Wait until all that was written is on the disk, where the system can tell."""
    if hasattr(os, "sync"):
        os.sync()


def remove_leftovers(folder: Path, processes: Container[int] | None = None) -> None:
    """Remove what killed runs of this program left half written in a folder.

    Args:
        folder: it may be gone.
        processes: whose leftovers alone; None for anybody's.
    """
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            owner = _LEFTOVER.fullmatch(entry.name)
            if owner and (processes is None or int(owner[1]) in processes):
                with suppress(FileNotFoundError):
                    Path(entry.path).unlink()


def write_error(path: Path, error: OSError) -> TemplateError:
    """Return what to say when a document cannot be written.

    ``disk-full`` and ``folder-gone`` concern every document; ``document-not-written`` this one.
    """
    folder = path.parent
    if error.errno in _FULL:
        return TemplateError("disk-full", folder=str(folder))
    if not folder.is_dir():
        return TemplateError("folder-gone", folder=str(folder))
    reason = error.strerror or str(error)
    return TemplateError("document-not-written", file=path.name, reason=reason)


def _is_placed_unnamed(folder: str, target: str, content: bytes) -> bool:
    """Write a new file that has no name until it is whole; return False if that cannot be.

    A killed run leaves nothing behind, and workers do not wait for each other at the folder. Where
    it fails, the other way shows whether and why it does, too.
    """
    try:
        descriptor = os.open(folder, _UNNAMED, _MODE)
    except OSError:
        return False
    try:
        _write(descriptor, content)
        # The number of a folder is not needed, but makes Python follow the link.
        link = f"/proc/self/fd/{descriptor}"
        os.link(link, target, src_dir_fd=descriptor, follow_symlinks=True)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def _created(folder: str) -> tuple[str, int]:
    while True:
        # The number of the process keeps workers apart; another machine on the same share may
        # have the same one, so the file must be new.
        name = f"{_PREFIX}{os.getpid()}-{next(_NUMBERS)}{_SUFFIX}"
        temporary = f"{folder}{os.sep}{name}" if folder else name
        with suppress(FileExistsError):
            return temporary, os.open(temporary, _FLAGS, _MODE)


def _write(descriptor: int, content: bytes) -> None:
    written = os.write(descriptor, content)
    while written < len(content):
        written += os.write(descriptor, memoryview(content)[written:])


def _reachable(path: str) -> str:
    # Windows takes longer paths only when they are whole and say so.
    if os.name != "nt" or len(path) < _LONGEST_ON_WINDOWS or path.startswith("\\\\"):
        return path
    return "\\\\?\\" + os.path.abspath(path)  # noqa: PTH100 - Path drops the prefix's meaning
