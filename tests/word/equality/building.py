"""Word files for comparisons, from raw XML: what stands in them is exactly what is written here."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = " ".join(
    f'xmlns:{prefix}="http://schemas.openxmlformats.org/{name}"'
    for prefix, name in {
        "w": "wordprocessingml/2006/main",
        "r": "officeDocument/2006/relationships",
        "wp": "drawingml/2006/wordprocessingDrawing",
        "a": "drawingml/2006/main",
        "pic": "drawingml/2006/picture",
        "m": "officeDocument/2006/math",
        "mc": "markup-compatibility/2006",
        "c": "drawingml/2006/chart",
    }.items()
) + (
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EPOCH = (2020, 1, 1, 0, 0, 0)
_STYLES = (
    f"<w:styles {NAMESPACES}><w:docDefaults/>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "</w:style>"
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    '<w:basedOn w:val="Normal"/></w:style>'
    '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
    '<w:name w:val="Normal Table"/></w:style></w:styles>'
)


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def run(text: str, properties: str = "") -> str:
    """Return a run; tabs and line breaks become what Word makes of them."""
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    for number, line in enumerate(text.split("\n")):
        inner += "<w:br/>" if number else ""
        for position, piece in enumerate(line.split("\t")):
            inner += "<w:tab/>" if position else ""
            inner += f"{text_element(piece)}" if piece or not position else ""
    return f"<w:r>{inner}</w:r>"


def text_element(text: str) -> str:
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<w:t{space}>{escape(text)}</w:t>"


def p(*runs: str, properties: str = "") -> str:
    """Return a paragraph of texts and of raw XML, told apart by a `<` at the beginning."""
    inner = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return (
        f"<w:p>{inner}{''.join(each if each.startswith('<') else run(each) for each in runs)}</w:p>"
    )


def split(text: str, *properties: str, every: int = 1) -> str:
    """Return runs that each hold a few characters of a text, as Word splits what was edited."""
    pieces = [text[start : start + every] for start in range(0, len(text), every)]
    chosen = properties or ("",)
    return "".join(run(piece, chosen[n % len(chosen)]) for n, piece in enumerate(pieces))


def cell(*content: str, properties: str = "", width: int = 2000) -> str:
    """Return a cell of paragraphs: texts, or raw XML."""
    inner = "".join(each if each.startswith("<w:") else p(each) for each in content)
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{inner}</w:tc>'


def row(*cells: str, properties: str = "") -> str:
    inner = "".join(each if each.startswith("<w:tc") else cell(each) for each in cells)
    return f"<w:tr>{properties}{inner}</w:tr>"


def table(*rows: str, columns: int, width: int = 2000) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for _ in range(columns))
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────


def png(red: int, green: int, blue: int, size: int = 8) -> bytes:
    """Return a small picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    pixels = (b"\0" + bytes((red, green, blue)) * size) * size
    data = zlib.compress(pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def picture(relation: str, *, number: int = 1, name: str, title: str = "", alt: str = "") -> str:
    """Return a run that shows a picture of the package."""
    described = (f" title={quoteattr(title)}" if title else "") + (
        f" descr={quoteattr(alt)}" if alt else ""
    )
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="360000" cy="360000"/>'
        f'<wp:docPr id="{number}" name={quoteattr(name)}{described}/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name={quoteattr(name)}{described}/>'
        f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>"
        '<a:off x="0" y="0"/><a:ext cx="360000" cy="360000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def text_box(*content: str, number: int = 1) -> str:
    """Return a run with a text box, in the new form and in the one for old programs."""
    inner = "".join(content)
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>'
        f'<wp:extent cx="1800000" cy="720000"/><wp:docPr id="{number}" name="Box {number}"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/'
        f'wordprocessingShape"><wps:wsp><wps:txbx><w:txbxContent>{inner}</w:txbxContent>'
        "</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
        "</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>"
        f"{inner}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def chart(relation: str, number: int = 1) -> str:
    """Return a run that shows a chart of the package."""
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="1800000" cy="720000"/>'
        f'<wp:docPr id="{number}" name="Chart {number}"/><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


# ── the package ──────────────────────────────────────────────────────────────────────────────────


@dataclass
class Part:
    """A part that the body refers to.

    Attributes:
        name: its name in the package.
        kind: the last word of the relation's type.
        type: its content type; "" for one known by its extension.
        data: its content.
        relations: those of its own, by id.
    """

    name: str
    kind: str
    type: str
    data: bytes
    relations: Mapping[str, Part] = field(default_factory=dict)


def _part(name: str, kind: str, root: str, inner: str, relations: Mapping[str, Part]) -> Part:
    xml = f"{_HEAD}<w:{root} {NAMESPACES}>{inner}</w:{root}>"
    return Part(f"word/{name}.xml", kind, f"{_WORD}.{kind}+xml", xml.encode(), relations)


def header(*content: str, name: str = "header1", **relations: Part) -> Part:
    return _part(name, "header", "hdr", "".join(content), relations)


def footer(*content: str, name: str = "footer1", **relations: Part) -> Part:
    return _part(name, "footer", "ftr", "".join(content), relations)


def notes(kind: str, *content: str) -> Part:
    """Return footnotes or endnotes, numbered from 1, after the two that every file has."""
    one = kind.removesuffix("s")
    inner = "".join(
        f'<w:{one} w:type="{special}" w:id="{number}">{p(f"<w:r><w:{special}/></w:r>")}</w:{one}>'
        for number, special in ((-1, "separator"), (0, "continuationSeparator"))
    )
    inner += "".join(
        f'<w:{one} w:id="{number}">{each}</w:{one}>' for number, each in enumerate(content, 1)
    )
    return _part(kind, kind, kind, inner, {})


def reference(kind: str, number: int) -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def comments(*content: str) -> Part:
    inner = "".join(
        f'<w:comment w:id="{number}" w:author="A" w:initials="A">{each}</w:comment>'
        for number, each in enumerate(content, 1)
    )
    return _part("comments", "comments", "comments", inner, {})


def image(data: bytes, name: str = "image1.png") -> Part:
    return Part(f"word/media/{name}", "image", "", data)


def embedded(data: bytes, name: str) -> Part:
    return Part(f"word/embeddings/{name}", "package", "", data)


def chart_part(xml: str, name: str = "chart1") -> Part:
    kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    return Part(f"word/charts/{name}.xml", "chart", kind, (_HEAD + xml).encode())


def sections(**references: str) -> str:
    """Return the last section's properties: `header_default="rId1"` and so on."""
    named = ((*kind.split("_"), relation) for kind, relation in references.items())
    inner = "".join(
        f'<w:{part}Reference w:type="{pages}" r:id="{relation}"/>'
        for part, pages, relation in named
    )
    title = "<w:titlePg/>" if any(kind.endswith("first") for kind in references) else ""
    return f'<w:sectPr>{inner}<w:pgSz w:w="11906" w:h="16838"/>{title}</w:sectPr>'


def write_docx(
    path: Path,
    *body: str,
    section: str = "",
    core: Mapping[str, str] | None = MappingProxyType({"title": "A title"}),
    **relations: Part,
) -> Path:
    """Write a Word file of the given body.

    Args:
        path: the file to write.
        body: paragraphs and tables.
        section: properties of the last section.
        core: properties of the document; None: the file has no such part.
        relations: the parts that the body refers to, by id.
    """
    xml = (
        f"{_HEAD}<w:document {NAMESPACES}><w:body>{''.join(body)}"
        f"{section or sections()}</w:body></w:document>"
    )
    styles = Part("word/styles.xml", "styles", f"{_WORD}.styles+xml", (_HEAD + _STYLES).encode())
    document = Part(
        "word/document.xml",
        "officeDocument",
        f"{_WORD}.document.main+xml",
        xml.encode(),
        {"rIdStyles": styles, **relations},
    )
    top = {"rId1": document}
    if core is not None:
        top["rId2"] = _core(core)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        parts = list(_all(top.values()))
        _add(package, "[Content_Types].xml", _types(parts))
        _add(package, "_rels/.rels", _relations("", top))
        for part in parts:
            _add(package, part.name, part.data)
            if part.relations:
                folder, _, name = part.name.rpartition("/")
                _add(package, f"{folder}/_rels/{name}.rels", _relations(part.name, part.relations))
    return path


def _core(values: Mapping[str, str]) -> Part:
    names = {"title": "dc:title", "subject": "dc:subject", "author": "dc:creator"}
    inner = "".join(
        f"<{names.get(name, 'cp:' + name)}>{escape(value)}</{names.get(name, 'cp:' + name)}>"
        for name, value in values.items()
    )
    xml = (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{inner}</cp:coreProperties>'
    )
    kind = "application/vnd.openxmlformats-package.core-properties+xml"
    return Part("docProps/core.xml", "core-properties", kind, xml.encode())


def _all(parts: Iterable[Part]) -> Iterable[Part]:
    for part in parts:
        yield part
        yield from _all(part.relations.values())


def _types(parts: list[Part]) -> bytes:
    extensions = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "docx": f"{_WORD}.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    inner = "".join(
        f'<Default Extension="{name}" ContentType="{kind}"/>' for name, kind in extensions.items()
    )
    inner += "".join(
        f'<Override PartName="/{part.name}" ContentType="{part.type}"/>'
        for part in parts
        if part.type
    )
    return f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{inner}</Types>'.encode()


def _relations(source: str, relations: Mapping[str, Part]) -> bytes:
    folder = source.rpartition("/")[0]
    inner = "".join(
        f'<Relationship Id="{name}" Type="{_type(part)}" '
        f'Target="{part.name.removeprefix(folder + "/" if folder else "")}"/>'
        for name, part in relations.items()
    )
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'.encode()
    )


def _type(part: Part) -> str:
    if part.kind == "core-properties":
        return f"{_PACKAGE}/relationships/metadata/core-properties"
    return f"{_OFFICE}/{part.kind}"


def _add(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    package.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
