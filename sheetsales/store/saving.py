"""Puts a changed workbook in the place of the old one: all of it or nothing, and kept."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sheetsales.errors import WorkbookBusyError, WorkbookError
from sheetsales.store.owners import refuse_open_book
from sheetsales.store.package import Package

IS_WINDOWS = os.name == "nt"

_FOLDER = ".sheetsales"
_DIGEST_LENGTH = 16
_MODE_BITS = 0o7777


def save_package(
    path: Path,
    package: Package,
    write: Callable[[BinaryIO], None],
    check: Callable[[Path], None],
    history: Path | None,
) -> None:
    """Write a changed workbook over its file.

    The new file is written beside the old one, read back and compared, and the old one is kept
    in the history before it is replaced.

    Args:
        path: the workbook's file.
        package: what was read from it.
        write: writes the new content of the file.
        check: reads the finished file back and raises what it finds wrong.
        history: folder for the old file; None: ``.sheetsales/history`` of the workspace.

    Raises:
        WorkbookBusyError: somebody has it open, or it is not the file that was read.
        WorkbookError: it could not be written; the old file stands as it was.
    """
    temporary = path.with_name(f".{path.name}.tmp.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        refuse_open_book(path)
        refuse_changed_book(path, package)
        _write(temporary, path, write)
        check(temporary)
        keep_version(path, package, history or history_folder(path))
        refuse_open_book(path)
        refuse_changed_book(path, package)
        temporary.replace(path)
        sync_folder(path.parent)
    except PermissionError as error:
        raise WorkbookBusyError(
            "workbook-locked", book=path.name, reason=error.strerror or ""
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkbookError("workbook-not-written", book=path.name, reason=reason) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def refuse_changed_book(path: Path, package: Package) -> None:
    """Refuse to replace a file that is not the one that was read.

    Raises:
        WorkbookBusyError: ``workbook-changed``.
        WorkbookError: ``workbook-missing``.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise WorkbookError("workbook-missing", book=str(path)) from error
    if hashlib.sha256(data).hexdigest() != package.digest:
        raise WorkbookBusyError("workbook-changed", book=path.name)


def history_folder(path: Path) -> Path:
    """Return the history folder of a workbook: its workspace's, else one beside it."""
    for folder in path.parents:
        if (folder / _FOLDER).is_dir():
            return folder / _FOLDER / "history"
    return path.parent / _FOLDER / "history"


def keep_version(path: Path, package: Package, folder: Path) -> None:
    """Keep the bytes that were read, once, under the time and their hash."""
    folder.mkdir(parents=True, exist_ok=True)
    short = package.digest[:_DIGEST_LENGTH]
    ending = f"-{short}{path.suffix}"
    if any(each.name.endswith(ending) for each in folder.iterdir()):
        return
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = folder / f"{path.stem}.{time}{ending}"
    part = kept.with_name(f"{kept.name}.part")
    with part.open("wb") as out:
        out.write(package.data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(kept)
    sync_folder(folder)


def _write(temporary: Path, path: Path, write: Callable[[BinaryIO], None]) -> None:
    mode = path.stat().st_mode & _MODE_BITS
    with temporary.open("xb") as out:
        temporary.chmod(mode)
        write(out)
        out.flush()
        os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder survive a power cut."""
    if IS_WINDOWS:  # Windows opens no folders; the replace itself is written through
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
