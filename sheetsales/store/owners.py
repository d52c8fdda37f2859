"""Who has a workbook open: the files that Excel, WPS and LibreOffice leave beside it."""

from __future__ import annotations

from pathlib import Path

from sheetsales.errors import WorkbookBusyError

_WIDE_NAME = 55
_LONGEST_NAME = 54


def refuse_open_book(path: Path) -> None:
    """Refuse to write a workbook that somebody has open.

    Raises:
        WorkbookBusyError: ``workbook-open`` with the person's name, ``workbook-open-unknown``
            if the file says none.
    """
    for owner_file, name_in in (
        (path.with_name(f"~${path.name}"), _excel_user),
        (path.with_name(f".~lock.{path.name}#"), _libreoffice_user),
    ):
        if owner_file.exists():
            user = name_in(_content(owner_file))
            code = "workbook-open" if user else "workbook-open-unknown"
            raise WorkbookBusyError(code, book=path.name, user=user, owner_file=owner_file.name)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # unreadable, or a folder of that name: somebody, but nobody knows who
        return b""


def _excel_user(data: bytes) -> str:
    """Return the name in an owner file: a counted byte string, then the same in UTF-16."""
    wide = data[_WIDE_NAME : _WIDE_NAME + 2]
    length = int.from_bytes(wide, "little")
    if len(wide) == 2 and 0 < length <= _LONGEST_NAME:
        start = _WIDE_NAME + 2
        name = data[start : start + 2 * length].decode("utf-16-le", "replace")
    else:
        name = data[1 : 1 + data[0]].decode("utf-8", "replace") if data else ""
    return "".join(character for character in name if character.isprintable()).strip()


def _libreoffice_user(data: bytes) -> str:
    """Return the name in a lock file: the office's user, else the system's."""
    fields = data.decode("utf-8", "replace").split(",")
    return next((field.strip() for field in fields[:2] if field.strip()), "")
