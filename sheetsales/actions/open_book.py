"""Open a workbook so that its buttons reach this program."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetsales.errors import WorkspaceError
from sheetsales.store import Signature, Workbook
from sheetsales.store.owners import owner_of
from sheetsales.workspace.applications import find_excel, find_office
from sheetsales.workspace.bridge import Bridge

_DETACHED = 0x00000008 | 0x00000200
"""Windows: no console of ours, and no Ctrl+C of ours."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a workbook is opened.

    Attributes:
        book: the file.
        application: name of the application.
        command: what starts it, or hands the workbook to the one that runs.
        written: files of the bridge that were written for it.
    """

    book: Path
    application: str
    command: tuple[str, ...]
    written: Sequence[Path]


def mend(book: Path) -> int:
    """Give the buttons of a closed workbook their macros back that LibreOffice's saving cut off.

    Returns:
        On how many sheets.

    Raises:
        WorkbookError: the workbook cannot be read or written.
    """
    if owner_of(book) is not None:
        return 0
    with Workbook.open(book) as workbook:
        mended = workbook.mend_buttons()
        if mended:
            workbook.save(signature=Signature.default("open"), queue=False)
        return mended


def prepare(book: Path, bridge: Bridge) -> Opening:
    """Write the bridge and return how the workbook is opened.

    Raises:
        WorkspaceError: ``application-missing``, or the bridge cannot be written.
    """
    written = bridge.write()
    excel = find_excel(bridge.platform, bridge.home)
    if excel is not None:
        start = ("open", "-a") if bridge.platform == "darwin" else ()
        return Opening(book, "Microsoft Excel", (*start, str(excel), str(book)), written)
    office = find_office()
    if office is None:
        raise WorkspaceError("application-missing", book=book.name)
    return Opening(book, "LibreOffice", _office_command(office, book, bridge.home), written)


def start(opening: Opening, platform: str) -> None:
    """Start the application, which stays when this process ends.

    Raises:
        WorkspaceError: ``application-not-started``.
    """
    try:
        subprocess.Popen(  # noqa: S603 - a program found on this machine, a path that is a file
            opening.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=_DETACHED if platform == "win32" else 0,
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceError(
            "application-not-started", application=opening.application, reason=reason
        ) from error


def _office_command(office: Path, book: Path, home: Path) -> tuple[str, ...]:
    """Return the command for LibreOffice, which a running one takes over, pipe and workbook.

    It does not say ``--norestore``: that would also switch off saving what a crash would lose.
    """
    from sheetsales.store.live_libreoffice.pipes import pipe_name  # noqa: PLC0415 - loads xlwings

    return (str(office), f"--accept=pipe,name={pipe_name(home)};urp;", str(book))
