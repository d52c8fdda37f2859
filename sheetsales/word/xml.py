"""XML of parts, parsed without entities or network and written as Word writes it."""

from __future__ import annotations

from lxml import etree

from sheetsales.errors import TemplateError

DECLARATION = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
"""The first line of a part."""


def parsed(blob: bytes, file: str, part: str) -> etree._Element:
    """Return the parsed XML of a part; no entity is resolved and nothing is fetched.

    Raises:
        TemplateError: the part is not well formed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(blob, parser)
    except etree.XMLSyntaxError as error:
        raise TemplateError("part-broken", file=file, part=part, reason=str(error)) from error


def serialised(tree: etree._Element) -> bytes:
    """Return the bytes of a part as Word writes them."""
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True)
