"""Which refusals are right, decided from the facts of the file and not by the store."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import python_calamine
from lxml import etree

from sheetsales.errors import SheetsalesError
from tests.store.corpus.facts import (
    BookFacts,
    Place,
    SheetFacts,
    is_in,
    local,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXCEL_KNOWS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def of_cell(facts: BookFacts, sheet: SheetFacts, place: Place) -> set[str]:
    """Return the codes of which one has to come when this cell is set; none: it must be taken."""
    if facts.is_signed:
        return {"book-signed"}
    if facts.is_shared:
        return {"book-shared"}
    if facts.is_doubled:
        return {"book-sheets-twice"}
    if not sheet.in_order:
        return {"sheet-row-order"}
    if sheet.is_protected:
        return {"sheet-protected"}
    codes = set(_of_ranges(sheet, place)) | set(_of_formula(sheet, place))
    return codes | ({"sheet-row-order"} if place[0] in sheet.odd_rows else set())


def _of_ranges(sheet: SheetFacts, place: Place) -> Iterator[str]:
    for table in sheet.tables:
        top, left, bottom, right = table.box
        if table.header and is_in(place, (top, left, top, right)):
            yield "cell-table-header"
        if table.totals and is_in(place, (bottom, left, bottom, right)):
            yield "cell-table-totals"
    if any(is_in(place, box) and place != box[:2] for box in sheet.merged):
        yield "cell-merged"
    if any(is_in(place, box) for box in sheet.arrays):
        yield "cell-array"
    if any(is_in(place, box) for box in sheet.pivots):
        yield "cell-pivot"


def _of_formula(sheet: SheetFacts, place: Place) -> Iterator[str]:
    for each in sheet.cells.get(place, ()):
        if local(each) == "f" and each.get("t") in ("shared", "array", "dataTable"):
            yield "cell-shared-formula"


def is_borne_out(
    code: str, facts: BookFacts, sheet: SheetFacts, place: Place, value: object
) -> bool:
    """Say whether a refusal is right because of the value, or of a book that is a trap itself."""
    match code:
        case "value-date-style":
            return isinstance(value, date) and _lacks_format(facts, sheet, place)
        case "workbook-doctype":
            return _holds_doctype(facts.path)
        case "workbook-part":
            return not _is_read_by_calamine(facts.path)
        case _:
            return False


def _lacks_format(facts: BookFacts, sheet: SheetFacts, place: Place) -> bool:
    """A date needs a date format; it cannot be added to a list that is not there."""
    if facts.styles is None:
        return True
    with zipfile.ZipFile(facts.path) as archive:
        root = etree.fromstring(archive.read(facts.styles))
    formats = [each for each in root.iter() if local(each) == "cellXfs"]
    cell = sheet.cells.get(place)
    number = int(cell.get("s", "0")) if cell is not None else 0
    known = sum(local(each) == "xf" for each in formats[0]) if formats else 0
    return number >= known


def opening_is_right(path: Path, refused: SheetsalesError, facts: BookFacts | None) -> bool:
    """Say whether a refusal to open a file at all is borne out by other means."""
    with path.open("rb") as file:
        head = file.read(8)
        rest = file.read() if head == _OLE else b""
    match refused.code:
        case "workbook-encrypted":
            return head == _OLE and _ENCRYPTED in rest
        case "workbook-xls":
            return head == _OLE and _ENCRYPTED not in rest
        case "workbook-not-zip":
            return not head.startswith(b"PK")
        case "workbook-xlsb" | "workbook-not-excel":
            return facts is None or facts.workbook.endswith(".bin")
        case "workbook-doctype":
            return _holds_doctype(path)
        case "workbook-broken" | "workbook-part":
            return facts is None or facts.is_doubled or is_damaged(path)
        case _:
            return False


@cache
def _is_read_by_calamine(path: Path) -> bool:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python(nrows=10)
    except (python_calamine.CalamineError, ValueError):
        return False
    return True


@cache
def _holds_doctype(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(b"<!DOCTYPE" in archive.read(name) for name in archive.namelist())


def is_damaged(path: Path) -> bool:
    """Say whether zipfile finds fault with a file, or with its names and methods."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.orig_filename for info in archive.infolist()]
            methods = {info.compress_type for info in archive.infolist()}
            odd = any("\\" in name or name.startswith(("/", "..")) for name in names)
            doubled = len(set(names)) < len(names)
            return odd or doubled or not methods <= _EXCEL_KNOWS or archive.testzip() is not None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return True
