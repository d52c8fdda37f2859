"""Which cell formats show a number as a date or as a time that has passed.

The same rules as calamine's, so that a cell is the same value whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from lxml import etree

from sheetsales.store.parts import BookParts, children, read_xml

_BUILT_IN_MOMENTS = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_BUILT_IN_SPAN = 46
_TOKENS = re.compile(
    r"""
    (?P<literal>[_\\*].|[_\\*]$)
    | (?P<quoted>"[^"]*"?)
    | (?P<section>;)
    | (?P<span>\[(?:h+|m+|s+)\])
    | (?P<bracket>\[[^\]]*\]?)
    | (?P<letter>[apdmhys/])
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


class Shown(Enum):
    """What a number format makes of a number."""

    NUMBER = 0
    MOMENT = 1
    SPAN = 2


def shown_by_code(code: str) -> Shown:
    """Return what a number format's code makes of a number; its first section counts."""
    noon = False  # behind an "a", only what may be AM/PM counts
    for match in _TOKENS.finditer(code):
        kind, sign = match.lastgroup, match[0].lower()
        if kind == "section":
            break
        if kind == "span":
            return Shown.SPAN
        if kind == "letter" and sign in ("pm/" if noon else "dmhys"):
            return Shown.MOMENT
        noon = noon or sign == "a"
    return Shown.NUMBER


def read_formats(parts: BookParts) -> tuple[Shown, ...]:
    """Return what each cell format of a book makes of a number."""
    styles = parts.related("styles")
    if styles is None:
        return ()
    root = read_xml(parts.package, styles)
    custom = {
        format_.get("numFmtId", ""): shown_by_code(format_.get("formatCode", ""))
        for listed in children(root, "numFmts")
        for format_ in children(listed, "numFmt")
    }
    return tuple(_shown(custom, xf.get("numFmtId", "0")) for xf in _cell_formats(root))


def _cell_formats(root: etree._Element) -> Iterator[etree._Element]:
    for listed in children(root, "cellXfs"):
        yield from children(listed, "xf")


def _shown(custom: dict[str, Shown], number: str) -> Shown:
    if number in custom:
        return custom[number]
    if number.isascii() and number.isdigit():
        if int(number) in _BUILT_IN_MOMENTS:
            return Shown.MOMENT
        if int(number) == _BUILT_IN_SPAN:
            return Shown.SPAN
    return Shown.NUMBER
