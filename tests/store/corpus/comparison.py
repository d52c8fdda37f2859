"""Compares two versions of a workbook: members, sheets outside the edited cells, values."""

from __future__ import annotations

import copy
import re
import struct
import zipfile
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

from lxml import etree
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from sheetsales.store import Formula
from tests.store.corpus.facts import Place, local, named, positions

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_DATE_ONLY = {"numFmtId", "applyNumberFormat"}
_QUOTE_ONLY = {"quotePrefix"}


def raw_members(path: Path) -> dict[str, tuple[bytes, int, int]]:
    """Return the compressed bytes, the CRC and the method of every member."""
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return {
            info.filename: (_raw(data, info), info.CRC, info.compress_type)
            for info in archive.infolist()
        }


def _raw(data: bytes, info: zipfile.ZipInfo) -> bytes:
    name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    return data[start : start + info.compress_size]


def lost_members(
    before: Path, after: Path, touched: Collection[str], removed: Collection[str]
) -> Iterator[str]:
    """Yield what is wrong with the members of the second file."""
    old, new = raw_members(before), raw_members(after)
    if list(new) != [name for name in old if name not in removed]:
        yield f"members differ: {sorted(old.keys() ^ new.keys())}"
    for name, member in old.items():
        if name not in touched and name not in removed and new.get(name) != member:
            yield f"member changed: {name}"
    with zipfile.ZipFile(after) as archive:
        if (bad := archive.testzip()) is not None:
            yield f"checksum wrong: {bad}"
        for name in touched:
            if name in new:
                try:
                    etree.fromstring(archive.read(name), etree.XMLParser(huge_tree=True))
                except etree.XMLSyntaxError as error:
                    yield f"not well-formed: {name}: {error}"


def outside(root: etree._Element, edited: Collection[Place], known_rows: Collection[int]) -> bytes:
    """Return a sheet without the edited cells, new empty rows, spans and dimension."""
    root = copy.deepcopy(root)
    rows, cells, *_ = positions(root)
    for place in edited:
        if place in cells:
            drop(cells[place])
    for number, row in rows.items():
        row.attrib.pop("spans", None)
        if number not in known_rows and not len(row):
            drop(row)
    for dimension in list(named(root, "dimension")):
        drop(dimension)
    for element in root.iter():
        if local(element) in ("sheetData", "row", "worksheet"):
            _without_space(element)
    return etree.tostring(root, method="c14n")


def drop(element: etree._Element) -> None:
    """Remove an element; what stands behind it stays."""
    parent = element.getparent()
    assert parent is not None
    element.tail = None
    parent.remove(element)


def _without_space(element: etree._Element) -> None:
    if element.text and not element.text.strip():
        element.text = None
    for child in element:
        if child.tail and not child.tail.strip():
            child.tail = None


def first_difference(old: bytes, new: bytes) -> str:
    """Return the surroundings of the first byte that differs."""
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    around = slice(max(0, at - 60), at + 60)
    return f"{old[around]!r} → {new[around]!r}"


def holds(cell: etree._Element | None, value: object, *, date1904: bool) -> bool:
    """Say whether a cell's XML holds a value."""
    texts = {local(each): "".join(each.itertext()) for each in (cell if cell is not None else ())}
    kind = cell.get("t", "n") if cell is not None else "n"
    if value is None or value == "":
        return not any(texts.values())
    if cell is None:
        return False
    if isinstance(value, Formula):
        return texts.get("f") == value.text.removeprefix("=")
    if isinstance(value, str):
        return kind == "inlineStr" and _decoded(texts.get("is", "")) == value and "f" not in texts
    if "f" in texts or "v" not in texts:
        return False
    if isinstance(value, bool):
        return kind == "b" and texts["v"] == str(int(value))
    if isinstance(value, date):
        epoch = CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return kind == "n" and abs(float(texts["v"]) - to_excel(moment, epoch)) < 1e-8
    number = Decimal(texts["v"]) if isinstance(value, Decimal) else float(texts["v"])
    return kind == "n" and number == value


def _decoded(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def style_kept(
    before: tuple[etree._Element | None, str], after: tuple[etree._Element | None, str]
) -> bool:
    """Say whether two styles differ by nothing but a date format or the quote mark.

    Args:
        before: root of the styles part and number of the style.
        after: the same of the other file.
    """
    old, new = _format(*before), _format(*after)
    if old is None or new is None:
        return before[1] == after[1]
    names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    names = {str(name) for name in names}
    return names <= _DATE_ONLY or names <= _QUOTE_ONLY or names <= _DATE_ONLY | _QUOTE_ONLY


def _format(root: etree._Element | None, number: str) -> dict[str, str] | None:
    if root is None:
        return None
    for formats in named(root, "cellXfs"):
        listed = [each for each in formats if local(each) == "xf"]
        if int(number) < len(listed):
            found = listed[int(number)]
            inner = b"".join(etree.tostring(each, method="c14n") for each in found)
            return {**found.attrib, "children": inner.decode()}
    return None
