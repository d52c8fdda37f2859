"""The operating system as the store needs it: durable files, names, clock and user.

Every difference between Windows, macOS and Linux is here. All changes to files go through `os`
(some by way of `Path`), looked up when called, so that a test can fail or kill each of them.
"""

from __future__ import annotations

import errno
import hashlib
import importlib
import os
import platform
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from sheetsales.store import windows

IS_WINDOWS = os.name == "nt"
IS_MAC = sys.platform == "darwin"

PATIENCE = 2.5
"""Seconds in which a file that another program holds on Windows is tried again."""

_HELD_ELSEWHERE = (5, 32, 33)  # access denied, sharing violation, lock violation
_PAUSE = 0.1
_BUFFER = 1 << 18
_MODE_BITS = 0o7777
_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP)


def now() -> datetime:
    """Return the time, in UTC; the store asks for it nowhere else."""
    return datetime.now(UTC)


def user_name() -> str:
    """Return the name the user logged in with, asked of the system, not of the environment."""
    if IS_WINDOWS:
        return windows.user_name()
    accounts = importlib.import_module("pwd")
    number = os.getuid()
    try:
        return str(accounts.getpwuid(number).pw_name)
    except KeyError:  # a container may run as a number that has no account
        return str(number)


def host_name() -> str:
    """Return the name of this machine."""
    return platform.node()


class DurableFile:
    """A new file that is on the disk when it is finished; leaving without that closes it only.

    Attributes:
        path: the file.
        size: bytes written so far.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.size = 0
        self._descriptor = descriptor
        self._waiting = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take bytes; they reach the file in large pieces."""
        self._waiting += data
        self.size += len(data)
        if len(self._waiting) >= _BUFFER:
            self._flush()
        return len(data)

    def finish(self) -> None:
        """Write what is left, wait until the disk has all of it, and close."""
        self._flush()
        sync_file(self._descriptor)
        self._close()

    def _flush(self) -> None:
        write_all(self._descriptor, self._waiting)
        self._waiting = bytearray()

    def _close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


def create_exclusive(path: Path, mode: int = 0o666) -> DurableFile:
    """Create a file that must not exist yet, open for writing.

    Args:
        path: the new file.
        mode: its permissions, less what the umask takes away.

    Raises:
        FileExistsError: something of that name is there, be it a link to nowhere.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY | _NO_FOLLOW
    return DurableFile(path, os.open(path, flags, mode))


def write_all(descriptor: int, data: bytes | bytearray) -> None:
    """Write all bytes: the system may take fewer at a time, or be interrupted."""
    left = memoryview(data)
    while left:
        with suppress(InterruptedError):
            written = os.write(descriptor, left)
            left = left[written:]


def sync_file(descriptor: int) -> None:
    """Wait until the disk has the content of an open file."""
    if IS_MAC:  # there, fsync leaves the data in the drive's own cache
        control = importlib.import_module("fcntl")
        try:
            control.fcntl(descriptor, control.F_FULLFSYNC)
        except OSError:  # some file systems know fsync only
            os.fsync(descriptor)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder survive a power cut."""
    if IS_WINDOWS:  # Windows opens no folders; `replace` writes names through itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:  # some network file systems cannot
            raise
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> Path:
    """Make a folder and those above it, to stay after a power cut."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
    return folder


def replace(source: Path, target: Path) -> None:
    """Put a file in the place of another in one step; `sync_folder` then makes it last.

    On Windows another program may hold the target for a moment (a virus scanner, an indexer),
    so it is tried again for `PATIENCE` seconds.

    Raises:
        PermissionError: the target is held by another program, or may not be replaced.
    """
    if IS_WINDOWS:
        _patiently(lambda: windows.move_file(source, target))
    else:
        source.replace(target)


def remove(path: Path) -> None:
    """Remove a file; it need not be there."""
    if IS_WINDOWS:
        _patiently(lambda: path.unlink(missing_ok=True))
    else:
        path.unlink(missing_ok=True)


def write_durable(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file whole or not at all, to stay after a power cut."""
    temporary = temporary_beside(path)
    try:
        with create_exclusive(temporary, mode) as out:
            out.write(data)
            out.finish()
        replace(temporary, path)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            remove(temporary)
        raise


def append_durable(path: Path, data: bytes) -> None:
    """Add bytes at the end of a file and wait until the disk has them."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY | _NO_FOLLOW
    is_new = not path.exists()
    descriptor = os.open(path, flags, 0o666)
    try:
        write_all(descriptor, data)
        sync_file(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)


def cut_durable(path: Path, size: int) -> None:
    """Cut a file down to its first `size` bytes and wait until the disk knows."""
    descriptor = os.open(path, os.O_WRONLY | _BINARY | _NO_FOLLOW)
    try:
        os.ftruncate(descriptor, size)
        sync_file(descriptor)
    finally:
        os.close(descriptor)


def copy_durable(source: Path, target: Path) -> None:
    """Copy a file whole or not at all, by way of ``<target>.part``."""
    part = target.with_name(f"{target.name}.part")
    remove(part)
    try:
        with source.open("rb") as taken, create_exclusive(part) as out:
            while data := taken.read(_BUFFER):
                out.write(data)
            out.finish()
        replace(part, target)
        sync_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            remove(part)
        raise


def temporary_beside(path: Path) -> Path:
    """Return a name for a file to be written beside another and then put in its place."""
    return path.with_name(f".{path.name}.tmp.{os.getpid()}.{secrets.token_hex(4)}")


def is_temporary_of(name: str, book: str) -> bool:
    """Tell whether a file name is one that `temporary_beside` gave for a book."""
    return name.startswith(f".{book}.tmp.")


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open_shared(path) as data:
        while block := data.read(_BUFFER):
            digest.update(block)
    return digest.hexdigest()


def free_space(folder: Path) -> int:
    """Return how many bytes may still be written in a folder."""
    return shutil.disk_usage(folder).free


def open_shared(path: Path) -> BinaryIO:
    """Open a file for reading so that others may still replace or remove it."""
    if IS_WINDOWS:
        return os.fdopen(windows.open_shared(path), "rb")
    return path.open("rb")


def is_held(path: Path) -> bool:
    """Tell whether a program on Windows has a file open; elsewhere nothing can tell: True."""
    return not IS_WINDOWS or not windows.opens_exclusively(path)


def copy_access(source: Path, target: Path) -> None:
    """Give a new file the permissions, the group and the origin mark of the one it replaces.

    The permissions must arrive; a group that the user is not in, and extended attributes that
    the file system does not take, are left.
    """
    if IS_WINDOWS:
        put_zone_identifier(target, zone_identifier(source))
        return
    status = source.stat()
    own = target.stat()
    if (status.st_uid, status.st_gid) != (own.st_uid, own.st_gid):
        with suppress(OSError):
            os.chown(target, status.st_uid, status.st_gid)
    _copy_attributes(source, target)
    target.chmod(stat.S_IMODE(status.st_mode) & _MODE_BITS)


def zone_identifier(path: Path) -> bytes | None:
    """Return the mark that Windows puts on a file from the internet; None without one."""
    try:
        return _zone_stream(path).read_bytes() if IS_WINDOWS else None
    except OSError:  # no mark, or a file system without streams
        return None


def put_zone_identifier(path: Path, mark: bytes | None) -> None:
    """Put the mark of a file from the internet on the file that is to replace it."""
    if IS_WINDOWS and mark is not None:
        _zone_stream(path).write_bytes(mark)


def _zone_stream(path: Path) -> Path:
    return path.with_name(f"{path.name}:Zone.Identifier")


def _copy_attributes(source: Path, target: Path) -> None:
    if not hasattr(os, "listxattr"):  # Linux only; access lists are among them
        return
    names: list[str] = []
    with suppress(OSError):
        names = os.listxattr(source)
    for name in names:
        with suppress(OSError):
            os.setxattr(target, name, os.getxattr(source, name))


def _patiently(act: Callable[[], None]) -> None:
    """Do what Windows refuses while another program holds the file, again and again."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except OSError as error:
            if getattr(error, "winerror", None) not in _HELD_ELSEWHERE:
                raise
            if time.monotonic() >= end:
                raise PermissionError(errno.EACCES, error.strerror, error.filename) from error
        time.sleep(_PAUSE)
