"""The few calls of Windows that Python does not offer; `system` decides when to make them."""

from __future__ import annotations

import ctypes
import importlib
import os
import struct
from pathlib import Path
from typing import Any

_REPLACE_EXISTING, _WRITE_THROUGH = 0x1, 0x8
_GENERIC_READ, _DELETE = 0x80000000, 0x00110000
_SHARE_ALL = 0x1 | 0x2 | 0x4
_OPEN_EXISTING = 3
_PLAIN_FILE = 0x80
_LONGEST_USER = 257
_ACCESS_DENIED, _SHARING_VIOLATION = 5, 32
_RENAME_INFO, _POSIX = 22, 0x2


def move_file(source: Path, target: Path) -> None:
    """Put a file in the place of another, through to the disk.

    A target that somebody reads, if only this process, can be replaced only in the manner of
    POSIX, which Windows 10 and later know.

    Raises:
        OSError: with the `winerror` of the system.
    """
    flags = _REPLACE_EXISTING | _WRITE_THROUGH
    if not _library("kernel32").MoveFileExW(str(source), str(target), flags):
        error = _last_error()
        is_read = getattr(error, "winerror", None) == _ACCESS_DENIED
        if not (is_read and _moved_like_posix(source, target)):
            raise error


def open_shared(path: Path) -> int:
    """Open a file for reading so that it may be replaced or removed; return a descriptor."""
    handle = _opened(path, _SHARE_ALL)
    runtime = importlib.import_module("msvcrt")
    return int(runtime.open_osfhandle(handle, os.O_RDONLY | getattr(os, "O_BINARY", 0)))


def opens_exclusively(path: Path) -> bool:
    """Tell whether no program has a file open: only then can it be had for oneself.

    Raises:
        OSError: it cannot be opened at all.
    """
    try:
        handle = _opened(path, 0)
    except OSError as error:
        if getattr(error, "winerror", None) == _SHARING_VIOLATION:
            return False
        raise
    _library("kernel32").CloseHandle(ctypes.c_void_p(handle))
    return True


def user_name() -> str:
    """Return the name the user logged in with, "" if Windows does not say."""
    name = ctypes.create_unicode_buffer(_LONGEST_USER)
    length = ctypes.c_ulong(_LONGEST_USER)
    given = _library("advapi32").GetUserNameW(name, ctypes.byref(length))
    return name.value if given else ""


def _moved_like_posix(source: Path, target: Path) -> bool:
    name = str(target).encode("utf-16-le")
    wanted = struct.pack("@IPI", _REPLACE_EXISTING | _POSIX, 0, len(name)) + name + b"\0\0"
    library = _library("kernel32")
    handle = ctypes.c_void_p(_opened(source, _SHARE_ALL, _DELETE))
    try:
        return bool(library.SetFileInformationByHandle(handle, _RENAME_INFO, wanted, len(wanted)))
    finally:
        library.CloseHandle(handle)


def _opened(path: Path, sharing: int, access: int = _GENERIC_READ) -> int:
    create = _library("kernel32").CreateFileW
    create.restype = ctypes.c_void_p
    handle = create(str(path), access, sharing, None, _OPEN_EXISTING, _PLAIN_FILE, None)
    if handle is None or handle == ctypes.c_void_p(-1).value:
        raise _last_error()
    return int(handle)


def _library(name: str) -> Any:
    return vars(ctypes)["WinDLL"](name, use_last_error=True)


def _last_error() -> OSError:
    code = vars(ctypes)["get_last_error"]()
    error = vars(ctypes)["WinError"](code)
    return error if isinstance(error, OSError) else OSError(code, "unknown")
