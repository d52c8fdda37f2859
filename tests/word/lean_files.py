"""Word files of a few hundred bytes, for tests that make many; read back without our own code."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_TERMS = "http://purl.org/dc/elements/1.1/"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DRAWING = "application/vnd.openxmlformats-officedocument.drawingml"
_BREAKS = str.maketrans("", "", "\n\r\t\a\f")

_TYPES = {
    "word/document.xml": f"{_WORD}.document.main+xml",
    "word/header1.xml": f"{_WORD}.header+xml",
    "word/footnotes.xml": f"{_WORD}.footnotes+xml",
    "word/charts/chart1.xml": f"{_DRAWING}.chart+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}
_RELATIONS = {
    "word/header1.xml": "header",
    "word/footnotes.xml": "footnotes",
    "word/charts/chart1.xml": "chart",
}


def paragraph(text: str) -> str:
    """Return the XML of a paragraph that shows a text, tags included."""
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def document(*content: str) -> str:
    """Return the XML of a body."""
    inner = "".join(content)
    return f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{inner}</w:body></w:document>'


def header(*content: str) -> str:
    """Return the XML of a header."""
    return f'<w:hdr xmlns:w="{_W}">{"".join(content)}</w:hdr>'


def footnotes(*content: str) -> str:
    """Return the XML of one footnote."""
    return (
        f'<w:footnotes xmlns:w="{_W}"><w:footnote w:id="2">{"".join(content)}</w:footnote>'
        "</w:footnotes>"
    )


def chart(text: str) -> str:
    """Return the XML of a chart with a title."""
    return (
        f'<c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}"><c:chart><c:title><c:tx><c:rich><a:p><a:r>'
        f"<a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx></c:title></c:chart></c:chartSpace>"
    )


def core(text: str) -> str:
    """Return the XML of the core properties with a subject."""
    return (
        f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="{_TERMS}">'
        f"<dc:subject>{escape(text)}</dc:subject></cp:coreProperties>"
    )


def lean_file(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write a Word file of some parts; types and relations are added."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPES[name]}"/>'
        for name in parts
        if name in _TYPES
    )
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    core_type = f"{_PACKAGE}/relationships/metadata/core-properties"
    root = [("r1", f"{_R}/officeDocument", "word/document.xml")]
    if "docProps/core.xml" in parts:
        root.append(("r2", core_type, "docProps/core.xml"))
    inner = [
        (f"r{number}", f"{_R}/{kind}", name.removeprefix("word/"))
        for number, (name, kind) in enumerate(_RELATIONS.items(), 1)
        if name in parts
    ]
    written: dict[str, str | bytes] = {
        "[Content_Types].xml": types,
        "_rels/.rels": relations(*root),
        "word/_rels/document.xml.rels": relations(*inner),
        **parts,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in written.items():
            package.writestr(name, content)
    return path


def relations(*entries: tuple[str, str, str], external: bool = False) -> str:
    """Return the XML of relations: id, type, target."""
    mode = ' TargetMode="External"' if external else ""
    items = "".join(
        f'<Relationship Id="{one}" Type="{kind}" Target="{escape(target)}"{mode}/>'
        for one, kind, target in entries
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def relation_type(kind: str) -> str:
    """Return the type of a relation."""
    return f"{_R}/{kind}"


def texts(content: bytes) -> dict[str, str]:
    """Return the text of every XML part, read by expat, which refuses what is not well formed."""
    found = {}
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert package.testzip() is None
        for name in package.namelist():
            found[name] = _text(package.read(name))
    return found


def attributes(content: bytes, part: str, name: str) -> list[str]:
    """Return the values of an attribute in a part."""
    values: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, given: values.extend(
        value for key, value in given.items() if key == name
    )
    with zipfile.ZipFile(BytesIO(content)) as package:
        parser.Parse(package.read(part), True)
    return values


def without_breaks(text: str) -> str:
    """Return a text without what becomes a break of Word's own."""
    return text.translate(_BREAKS)


def _text(content: bytes) -> str:
    pieces: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.CharacterDataHandler = pieces.append
    parser.Parse(content, True)
    return "".join(pieces)
