"""Who has a workbook open: the files that Excel, WPS and LibreOffice leave beside it.

Word and PowerPoint leave the same kind of file beside theirs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sheetsales.errors import WorkbookBusyError
from sheetsales.store import system

_WORKBOOKS = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb"}
_SHORTEST_CUT_ONCE, _SHORTEST_CUT_TWICE = 7, 8
_WORD_SIZE = 162
_WORD_WIDE, _EXCEL_WIDE = 54, 55
_LONGEST_NAME = 54


class Owner(NamedTuple):
    """Who has a file open.

    Attributes:
        user: the name the owner file gives, "" if it gives none.
        program: ``Office`` (Microsoft's or WPS) or ``LibreOffice``.
        file: name of the owner file.
    """

    user: str
    program: str
    file: str


def owner_of(path: Path) -> Owner | None:
    """Return who has a workbook or document open, as far as owner files tell; None: nobody.

    An owner file that cannot be read still means somebody. On Windows one that a crash left
    behind is seen through: then the file can be opened exclusively. Elsewhere nothing tells a
    crash from a colleague, so that age and content never make an owner file count for less.
    """
    for name in owner_file_names(path):
        owner_file = path.with_name(name)
        if os.path.lexists(owner_file) and _is_held(path):
            data = _content(owner_file)
            if name.startswith("~$"):
                return Owner(_office_user(data), "Office", name)
            return Owner(_libreoffice_user(data), "LibreOffice", name)
    return None


def refuse_open_book(path: Path) -> None:
    """Refuse to write a workbook that somebody has open.

    Raises:
        WorkbookBusyError: ``workbook-open`` with the person's name, ``workbook-open-unknown``
            if the file says none.
    """
    owner = owner_of(path)
    if owner is not None:
        code = "workbook-open" if owner.user else "workbook-open-unknown"
        raise WorkbookBusyError(code, book=path.name, user=owner.user, owner_file=owner.file)


def owner_file_names(path: Path) -> Iterator[str]:
    """Yield the names that the owner file of a workbook or document may have.

    Excel and WPS put ``~$`` before the name. Word puts it in the place of the first two letters
    where the name without its ending has eight or more, of the first where it has seven. For a
    workbook such a short name counts only if no other file here would have it as its full one.
    """
    yield f"~${path.name}"
    yield f".~lock.{path.name}#"
    length = len(path.stem)
    if length >= _SHORTEST_CUT_ONCE:
        cut = path.name[2 if length >= _SHORTEST_CUT_TWICE else 1 :]
        is_workbook = path.suffix.casefold() in _WORKBOOKS
        if not (is_workbook and path.with_name(cut).exists()):
            yield f"~${cut}"


def _is_held(path: Path) -> bool:
    try:
        return system.is_held(path)
    except OSError:  # it cannot even be tried: somebody may have it
        return True


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # unreadable, or a folder of that name: somebody, but nobody knows who
        return b""


def _office_user(data: bytes) -> str:
    """Return the name in an owner file: a counted byte string, then the same in UTF-16."""
    offsets = [_EXCEL_WIDE, _WORD_WIDE]
    if len(data) <= _WORD_SIZE:
        offsets.reverse()
    names = [_wide_name(data, offset) for offset in offsets]
    name = next((name for name in names if name), "") or _narrow_name(data)
    return "".join(character for character in name if character.isprintable()).strip()


def _wide_name(data: bytes, offset: int) -> str:
    start = offset + 2
    length = int.from_bytes(data[offset:start], "little")
    wide = data[start : start + 2 * length]
    if not 0 < length <= _LONGEST_NAME or len(wide) < 2 * length:
        return ""
    try:
        return wide.decode("utf-16-le")
    except UnicodeDecodeError:
        return ""


def _narrow_name(data: bytes) -> str:
    """Return the counted byte string, whose code page is not known: ASCII or UTF-8, or nothing."""
    try:
        return data[1 : 1 + data[0]].decode() if data and data[0] < len(data) else ""
    except UnicodeDecodeError:
        return ""


def _libreoffice_user(data: bytes) -> str:
    """Return the name in a lock file: the office's user, else the system's."""
    fields = data.decode("utf-8", "replace").split(",")
    return next((field.strip() for field in fields[:2] if field.strip()), "")
