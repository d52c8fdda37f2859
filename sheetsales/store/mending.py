"""Gives buttons back their macros where LibreOffice's saving cut them off.

LibreOffice 7.4 writes every form control under the name ``shape_0``, by which nobody finds it
again, names its macro and writes its caption in ways that it does not read itself, and places its
lower right corner before a column instead of in one. What the button was, and which macro it ran,
still stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sheetsales.store.parts import BookParts, read_relations

_LOST = b'id="shape_0"'
_SHAPE = re.compile(rb'<v:shape id="shape_0".*?</v:shape>', re.DOTALL)
_MACRO = re.compile(rb"<x:FmlaMacro>(?:[^<.!]*\.)?([A-Za-z_]\w*)</x:FmlaMacro>")
_CONTROL = re.compile(rb'<control shapeId="([0-9]+)"')
_ANCHOR = re.compile(rb"<x:Anchor>([^<]*)</x:Anchor>")
_SIZE = re.compile(rb"width:([0-9.]+)pt;height:([0-9.]+)pt")
_CAPTION = re.compile(rb"<v:textbox><div>([^<]*)</div></v:textbox>")
_CENTRED = (
    rb'<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">'
    rb'<font face="Calibri" size="220" color="#000000">\1</font></div></v:textbox>'
)
_PIXELS = 4 / 3
"""Pixels in a point."""


def mended_buttons(parts: BookParts) -> dict[str, bytes]:
    """Return the drawings whose buttons have lost their macros, as they should be, by part."""
    found = {}
    for sheet in parts.sheets:
        if sheet.kind != "worksheet":
            continue
        for drawing in _drawings(parts, sheet.part):
            xml = parts.package.part(drawing)
            numbers = _CONTROL.findall(parts.package.part(sheet.part)) if _LOST in xml else []
            if numbers and len(numbers) == len(_SHAPE.findall(xml)):
                found[drawing] = _mended(xml, numbers)
    return found


def _drawings(parts: BookParts, sheet: str) -> Iterator[str]:
    for relation in read_relations(parts.package, sheet):
        if relation.kind == "vmlDrawing" and parts.package.find(relation.target):
            yield relation.target


def _mended(xml: bytes, numbers: Sequence[bytes]) -> bytes:
    """Return a drawing whose shapes have the numbers that the sheet knows its controls by."""
    waiting = iter(numbers)

    def mend(found: re.Match[bytes]) -> bytes:
        shape = found[0].replace(_LOST, b'id="_x0000_s%b"' % next(waiting), 1)
        shape = _MACRO.sub(rb"<x:FmlaMacro>[0]!\1</x:FmlaMacro>", shape)
        shape = _CAPTION.sub(_CENTRED, shape)
        size = _SIZE.search(shape)
        return _ANCHOR.sub(lambda anchor: _placed(anchor, size), shape) if size else shape

    return _SHAPE.sub(mend, xml)


def _placed(anchor: re.Match[bytes], size: re.Match[bytes]) -> bytes:
    """Return an anchor whose second corner is given from the first one's cell."""
    column, x, row, y = (int(part) for part in anchor[1].split(b",")[:4])
    width, height = (round(float(part) * _PIXELS) for part in size.groups())
    corners = (column, x, row, y, column, x + width, row, y + height)
    return b"<x:Anchor>%b</x:Anchor>" % b", ".join(b"%d" % part for part in corners)
