"""The hidden sheet ``_meta`` of a standard workbook: which book it is, its layout's version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sheetsales.errors import WorkbookError
from sheetsales.store import Workbook
from sheetsales.workbooks.layout import META_SHEET, SCHEMA_VERSION

_ROWS = range(1, 12)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a workbook says of itself.

    Attributes:
        workbook: its stem, such as ``customer``.
        version: version of its layout.
        locale: the locale that its sheets are labelled in.
    """

    workbook: str
    version: int
    locale: str

    @property
    def is_older(self) -> bool:
        """Whether the layout is older than this program's."""
        return self.version < SCHEMA_VERSION


def refuse_newer(path: Path) -> None:
    """Refuse a workbook whose layout is newer than this program; one that says nothing may pass.

    Raises:
        WorkbookError: ``meta-newer``.
    """
    try:
        read_meta(path)
    except WorkbookError as error:
        if error.code != "meta-missing":
            raise


def read_meta(path: Path) -> Meta:
    """Return what a workbook says of itself.

    Raises:
        WorkbookError: ``meta-missing``, the sheet is not there or incomplete; ``meta-newer``, the
            layout is newer than this program.
    """
    with Workbook.open(path) as book:
        if META_SHEET not in book.sheets:
            raise WorkbookError("meta-missing", book=path.name)
        sheet = book.sheet(META_SHEET)
        entries = {str(sheet.get(f"A{row}")): sheet.get(f"B{row}") for row in _ROWS}
    try:
        version = int(str(entries["schema_version"]).partition(".")[0])
        meta = Meta(str(entries["workbook"]), version, str(entries["locale"]))
    except (KeyError, ValueError) as error:
        raise WorkbookError("meta-missing", book=path.name) from error
    if meta.version > SCHEMA_VERSION:
        raise WorkbookError("meta-newer", book=path.name, version=version, known=SCHEMA_VERSION)
    return meta
