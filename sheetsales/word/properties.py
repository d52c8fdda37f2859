"""Document properties: the custom ones that say what a document is, and its fixed times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from sheetsales.word.package import Package
from sheetsales.word.xml import parsed, serialised

CUSTOM_PART = "docProps/custom.xml"
CORE_PART = "docProps/core.xml"

_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_TERMS = "http://purl.org/dc/terms/"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_ID = 2


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


def custom_with(blob: bytes | None, properties: Mapping[str, str], file: str) -> bytes:
    """Return the custom properties part with some properties set, others kept."""
    tree = (
        etree.fromstring(f'<Properties xmlns="{_CUSTOM}" xmlns:vt="{_VALUES}"/>')
        if blob is None
        else parsed(blob, file, CUSTOM_PART)
    )
    for item in [item for item in tree if item.get("name") in properties]:
        tree.remove(item)
    for name, value in properties.items():
        item = etree.SubElement(tree, f"{{{_CUSTOM}}}property")
        item.set("fmtid", _FORMAT_ID)
        item.set("name", name)
        etree.SubElement(item, f"{{{_VALUES}}}lpwstr").text = value
    for number, item in enumerate(tree, _FIRST_ID):
        item.set("pid", str(number))
    return serialised(tree)


def core_with(blob: bytes, moment: datetime, file: str) -> bytes:
    """Return the core properties part with both its times fixed."""
    tree = parsed(blob, file, CORE_PART)
    text = (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name in ("created", "modified"):
        element = tree.find(f"{{{_TERMS}}}{name}")
        if element is None:
            element = etree.SubElement(tree, f"{{{_TERMS}}}{name}")
        element.set(f"{{{_INSTANCE}}}type", "dcterms:W3CDTF")
        element.text = text
    return serialised(tree)
