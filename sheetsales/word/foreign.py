"""Values that were made with docxtpl, taken for our own of the same kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from sheetsales.word.breaks import marked
from sheetsales.word.images import InlineImage
from sheetsales.word.shown import WordValue

_PLACES = {"RichText": "r", "R": "r", "RichTextParagraph": "p", "RP": "p", "Listing": ""}
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Foreign(WordValue):
    """The XML of a formatted text of docxtpl's."""

    __slots__ = ("_xml", "called", "places")

    def __init__(self, name: str, xml: str) -> None:
        self._xml, self.called = xml, name
        self.places = frozenset({_PLACES[name]})

    def texts(self) -> Iterator[str]:
        """Yield its XML; what XML forbids is in a text of it."""
        yield self._xml

    def xml_at(self, _place: str) -> str:
        """Return its XML."""
        return marked(self._xml)


def adopted(value: Any) -> WordValue | InlineImage | None:
    """Return our own value in the place of one of docxtpl's; None if it is none."""
    kind = type(value)
    if kind.__module__.partition(".")[0] != "docxtpl":
        return None
    if kind.__name__ in _PLACES and isinstance(value.xml, str) and _is_whole(value.xml):
        return Foreign(kind.__name__, value.xml)
    if kind.__name__ == "InlineImage":
        return InlineImage(
            None, value.image_descriptor, value.width, value.height, getattr(value, "anchor", None)
        )
    return None


def _is_whole(xml: str) -> bool:
    plain = xml.replace("\a", " ").replace("\f", " ")
    try:
        etree.fromstring(f'<x xmlns:w="{_WORD}" xmlns:r="{_OFFICE}">{plain}</x>')
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True
