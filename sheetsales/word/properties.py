"""Document properties: the custom ones that say what a document is, and its fixed times.

Both parts are prepared once per template; a record only fills texts in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree
from markupsafe import escape

from sheetsales.word.package import Package
from sheetsales.word.xml import parsed, serialised

CUSTOM_PART = "docProps/custom.xml"
CORE_PART = "docProps/core.xml"

_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_TERMS = "http://purl.org/dc/terms/"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_FORMAT_ID = "{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}"  # doubled for str.format
_FIRST_ID = 2
_TIMES = ("created", "modified")
_TIME = (
    f'<dcterms:{{name}} xmlns:dcterms="{_TERMS}" xmlns:xsi="{_INSTANCE}" '
    'xsi:type="dcterms:W3CDTF">{text}</dcterms:{name}>'
)
_PREFIXES: Any = {None: _CUSTOM, "vt": _VALUES}
_ROOM = "sheetsales-properties"
_PROPERTY = (
    f'<property xmlns="{_CUSTOM}" fmtid="{_FORMAT_ID}" pid="{{pid}}" name="{{name}}">'
    f'<vt:lpwstr xmlns:vt="{_VALUES}">{{value}}</vt:lpwstr></property>'
)


def read_properties(path: Path) -> dict[str, str]:
    """Return the custom properties of a Word file.

    Raises:
        TemplateError: the file is missing, no docx or damaged.
    """
    package = Package.read(path)
    if CUSTOM_PART not in package:
        return {}
    tree = parsed(package.content(CUSTOM_PART), path.name, CUSTOM_PART)
    return {item.get("name", ""): str(item.xpath("string()")) for item in tree}


class CoreTimes:
    """The core properties with room for the times of a document.

    Attributes:
        blob: the part with a comment in the place of each time.
    """

    def __init__(self, blob: bytes, file: str) -> None:
        tree = parsed(blob, file, CORE_PART)
        self._own = {}
        for name in _TIMES:
            element = tree.find(f"{{{_TERMS}}}{name}")
            room = etree.Comment(_room(name))
            if element is None:
                tree.append(room)
                self._own[name] = ""
            else:
                room.tail, element.tail = element.tail, None
                tree.replace(element, room)
                self._own[name] = etree.tostring(element, encoding="unicode")
        self.blob = serialised(tree)

    def filled(self, text: str, moment: datetime | None) -> str:
        """Return the text of the part with both times fixed, or as they were."""
        for name in _TIMES:
            time = self._own[name] if moment is None else _time(name, moment)
            text = text.replace(f"<!--{_room(name)}-->", time, 1)
        return text


class CustomProperties:
    """The custom properties with room for those of a document.

    Attributes:
        names: the properties that documents bring.
        blob: the part without them, with a comment where they go.
    """

    def __init__(self, blob: bytes | None, names: Iterable[str], file: str) -> None:
        self.names = tuple(names)
        tree = etree.Element(f"{{{_CUSTOM}}}Properties", nsmap=_PREFIXES)
        if blob is not None:
            kept = [item for item in parsed(blob, file, CUSTOM_PART) if self._keeps(item)]
            tree.extend(kept)
        for number, item in enumerate(tree, _FIRST_ID):
            item.set("pid", str(number))
        self._next = _FIRST_ID + len(tree)
        tree.append(etree.Comment(_ROOM))
        self.blob = serialised(tree)

    def filled(self, text: str, properties: Mapping[str, str]) -> str:
        """Return the text of the part with the properties of a document."""
        added = "".join(
            _PROPERTY.format(pid=number, name=escape(name), value=escape(properties[name]))
            for number, name in enumerate(self.names, self._next)
        )
        return text.replace(f"<!--{_ROOM}-->", added, 1)

    def _keeps(self, item: etree._Element) -> bool:
        return isinstance(item.tag, str) and item.get("name") not in self.names


def _room(name: str) -> str:
    return f"sheetsales-{name}"


def _time(name: str, moment: datetime) -> str:
    zulu = moment.astimezone(UTC) if moment.tzinfo else moment
    return _TIME.format(name=name, text=zulu.strftime("%Y-%m-%dT%H:%M:%SZ"))
