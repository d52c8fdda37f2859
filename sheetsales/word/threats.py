"""What a Word file may carry that runs or fetches something when a document is opened.

A template is copied into every document, so what lies in it goes to every reader. What can run or
fetch is refused with its place: macros, controls, executable attachments, fields that read files or
talk to programs, content outside of the file, links that open programs, entities in XML. Only the
template that Word notes as a path on somebody's disk is taken out: it is common, and nothing hangs
on it. Ordinary links, tables of contents, workbooks of charts and bound data stay as they are.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from sheetsales.errors import TemplateError
from sheetsales.word.fieldcodes import field_threats
from sheetsales.word.links import is_safe_link
from sheetsales.word.package import MAX_PART_BYTES, Package
from sheetsales.word.relations import TYPES_PART, Relation, all_relations
from sheetsales.word.xml import serialised

_MACRO_NAME = re.compile(r"vba(project|data)|attachedtoolbars|customui", re.IGNORECASE)
_ACTIVE_FOLDER = re.compile(
    r"(?:^|/)(activex|webextensions?|afchunk)[^/]*(?:/|\.|$)", re.IGNORECASE
)
_PROGRAM_NAME = re.compile(
    r"\.(?:exe|dll|scr|com|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar|msi|cpl|reg|py|sh|url)$",
    re.IGNORECASE,
)
_MACRO_TYPE = re.compile(rb"macroenabled|vbaproject|ms-word\.vbadata", re.IGNORECASE)
_ACTIVE_TYPE = re.compile(rb"activex|webextension", re.IGNORECASE)
_ACTIVE_RELATION = re.compile(
    r"/(afchunk|control|activexcontrolbinary|vbaproject|subdocument|frame|extensibility|"
    r"webextension(?:taskpanes)?)$",
    re.IGNORECASE,
)
_DISK_PATH = re.compile(r"(?:file:/{1,3})?[a-z]:|file:///(?!/)|/(?!/)|[^:/\\]+$", re.IGNORECASE)
_XML_NAME = re.compile(r"\.(?:xml|rels|vml|svg)$", re.IGNORECASE)
_DECLARED = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)")
_DOCTYPE = re.compile(r"<!\s*(?:doctype|entity)", re.IGNORECASE)
_REMOTE = re.compile(r"\s*(?:[a-z][a-z0-9+.\-]+:|//|\\\\)", re.IGNORECASE)
_SETTINGS = "settings.xml.rels"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COMPOUND_MACROS = tuple(word.encode("utf-16-le") for word in ("_VBA_PROJECT", "Macros", "VBA"))
_COMPOUND_PROGRAMS = tuple(
    word.encode("utf-16-le") for word in ("\x01Ole10Native", "Equation Native")
)
_VML = "urn:schemas-microsoft-com:"
_LINKED_ATTRIBUTES = ("src", "href", "{urn:schemas-microsoft-com:office:office}href")
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError)


def threats(package: Package, file: str) -> list[TemplateError]:
    """Return everything in a file that can run or fetch something, and where it lies.

    Args:
        package: the parts of the file.
        file: its name, for the messages.
    """
    found: list[TemplateError] = []
    for name in package.members:
        found += _part_threats(package, name, file)
    try:
        for part, relation in all_relations(package, file):
            found += _relation_threats(part, relation, file)
    except TemplateError:
        # Relations that cannot be read are a mistake of their own, reported where they are used.
        pass
    return list({str(error): error for error in found}.values())


def stripped(package: Package, file: str) -> tuple[Package, list[TemplateError]]:
    """Return the package without pointers to a template on somebody's disk, and notices of them."""
    changed: dict[str, bytes] = {}
    notices: list[TemplateError] = []
    for name in package.members:
        tree = _tree(package.content(name)) if name.lower().endswith(_SETTINGS) else None
        if tree is None:
            continue
        settings = name.replace("_rels/", "").removesuffix(".rels")
        for item in [item for item in tree if _is_local_template(_relation(item))]:
            target = item.get("Target", "")
            notices.append(TemplateError("template-attached", file=file, part=name, target=target))
            if settings in package:
                source = changed.get(settings) or package.content(settings)
                changed[settings] = _without_reference(source, item.get("Id", ""))
            tree.remove(item)
            changed[name] = serialised(tree)
    return package.replaced(changed), notices


def _part_threats(package: Package, name: str, file: str) -> Iterator[TemplateError]:
    if _MACRO_NAME.search(name):
        yield TemplateError("template-macros", file=file, part=name)
        return
    active = _ACTIVE_FOLDER.search(name)
    if active or _PROGRAM_NAME.search(name):
        kind = active.group(1).lower() if active else "program"
        yield TemplateError("template-active", file=file, part=name, kind=kind)
        return
    content = package.content(name)
    if len(content) > MAX_PART_BYTES:
        yield TemplateError("template-too-large", file=file, part=name)
    elif _XML_NAME.search(name) or content.lstrip()[:1] == b"<":
        yield from _xml_threats(content, name, file)
    else:
        yield from _binary_threats(content, name, file)


def _binary_threats(content: bytes, name: str, file: str) -> Iterator[TemplateError]:
    if content[:2] == b"MZ" or content[:4] == b"\x7fELF":
        yield TemplateError("template-active", file=file, part=name, kind="program")
    elif content.startswith(_COMPOUND):
        if any(word in content for word in _COMPOUND_MACROS):
            yield TemplateError("template-macros", file=file, part=name)
        elif any(word in content for word in _COMPOUND_PROGRAMS):
            yield TemplateError("template-active", file=file, part=name, kind="attachment")
    elif content[:2] == b"PK":
        yield from _nested_threats(content, name, file)


def _nested_threats(content: bytes, name: str, file: str) -> Iterator[TemplateError]:
    """Yield what an embedded document or archive holds, by its directory; nothing is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as nested:
            infos = nested.infolist()
    except _UNREADABLE:
        return
    if any(_MACRO_NAME.search(info.filename) for info in infos):
        yield TemplateError("template-macros", file=file, part=name)
    elif any(_PROGRAM_NAME.search(info.filename) for info in infos):
        yield TemplateError("template-active", file=file, part=name, kind="program")
    elif sum(info.file_size for info in infos) > MAX_PART_BYTES * 4:
        yield TemplateError("template-too-large", file=file, part=name)


def _xml_threats(content: bytes, name: str, file: str) -> Iterator[TemplateError]:
    text = _decoded(content)
    if text is None:
        yield TemplateError("template-encoding", file=file, part=name)
    elif _DOCTYPE.search(text):
        yield TemplateError("template-entities", file=file, part=name)
    elif name == TYPES_PART:
        if _MACRO_TYPE.search(content):
            yield TemplateError("template-macros", file=file, part=name)
        elif _ACTIVE_TYPE.search(content):
            yield TemplateError("template-active", file=file, part=name, kind="activex")
    elif _is_suspicious(text, name):
        tree = _tree(content)
        if tree is not None:
            yield from field_threats(tree, name, file)
            yield from _linked_content(tree, name, file)


def _is_suspicious(text: str, name: str) -> bool:
    words = ("instrText", "fldSimple", "fldChar", "mailMerge", "altChunk", "InstrText", _VML)
    return name.lower().endswith((".svg", ".vml")) or any(word in text for word in words)


def _linked_content(tree: etree._Element, name: str, file: str) -> Iterator[TemplateError]:
    for element in tree.iter(etree.Element):
        kind = etree.QName(element)
        if kind.localname == "altChunk":
            yield TemplateError("template-active", file=file, part=name, kind="afchunk")
        elif kind.localname == "connectString":
            target = next(iter(element.attrib.values()), "")
            yield TemplateError("template-external", file=file, part=name, target=str(target)[:200])
        elif kind.localname == "script":
            yield TemplateError("template-active", file=file, part=name, kind="script")
        elif (kind.namespace or "").startswith(_VML) or "svg" in (kind.namespace or ""):
            yield from _linked_attributes(element, name, file)


def _linked_attributes(element: etree._Element, name: str, file: str) -> Iterator[TemplateError]:
    links = [*_LINKED_ATTRIBUTES, "{http://www.w3.org/1999/xlink}href"]
    for target in [str(element.get(key, "")) for key in links]:
        opened = etree.QName(element).localname == "a" or "href" in element.attrib
        fine = target.startswith("data:image/") or (opened and is_safe_link(target))
        if _REMOTE.match(target) and not fine:
            yield TemplateError("template-external", file=file, part=name, target=target[:200])


def _relation_threats(part: str, relation: Relation, file: str) -> Iterator[TemplateError]:
    kind, target = relation.type.rpartition("/")[2].lower(), relation.target
    active = _ACTIVE_RELATION.search(relation.type)
    if active:
        yield TemplateError("template-active", file=file, part=part, kind=kind)
    elif kind == "hyperlink":
        if relation.external and not is_safe_link(target):
            yield TemplateError("template-link", file=file, part=part, target=target[:200])
    elif relation.external:
        if not _is_local_template(relation):
            yield TemplateError("template-external", file=file, part=part, target=target[:200])
    elif _REMOTE.match(target) or ".." in target.split("/")[2:]:
        yield TemplateError("template-external", file=file, part=part, target=target[:200])


def _is_local_template(relation: Relation) -> bool:
    kind = relation.type.rpartition("/")[2]
    return kind == "attachedTemplate" and _DISK_PATH.match(relation.target) is not None


def _relation(item: etree._Element) -> Relation:
    return Relation(
        item.get("Id", ""),
        item.get("Type", ""),
        item.get("Target", ""),
        item.get("TargetMode") == "External",
    )


def _without_reference(settings: bytes, identifier: str) -> bytes:
    tree = _tree(settings)
    if tree is None:
        return settings
    for element in list(tree.iter("{*}attachedTemplate")):
        parent = element.getparent()
        if parent is not None and identifier in element.attrib.values():
            parent.remove(element)
    return serialised(tree)


def _decoded(content: bytes) -> str | None:
    """Return the text of an XML part; None in an encoding that no Office file uses."""
    wide = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    declared = _DECLARED.match(text.lstrip())
    name = declared.group(1).lower() if declared else ""
    return text if name in ({"", "utf-16"} if wide else {"", "utf-8", "us-ascii"}) else None


def _tree(content: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        # A broken part is a mistake of its own, reported by whoever reads it.
        return None
