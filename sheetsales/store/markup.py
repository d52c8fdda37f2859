"""XML as bytes: where its tags stand, how attributes change, what may not be in it.

A workbook part is edited by replacing byte spans, so that everything else stays as it was. An
XML parser (expat) says where the spans are; it never writes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.parsers import expat

from sheetsales.errors import WorkbookError

Edit = tuple[int, int, bytes]

_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARED = re.compile(
    rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']"""
)
_DECLARATION = re.compile(r"^\ufeff?<\?xml[^>]*\?>")
_ENCODINGS = re.compile(
    r"utf-?(8|16|16[bl]e|16-[bl]e)|us-ascii|iso-8859-\d+|windows-\d+|cp\d+|gb2312|gbk|gb18030|"
    r"big5|big5-hkscs|shift_jis|euc-(jp|kr)"
)
_OPEN_TAG = re.compile(rb"""<([^\s/>]+)((?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(/?)>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(r"&(#x[0-9A-Fa-f]+|#[0-9]+|amp|lt|gt|quot|apos);")
_ODD = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(slots=True)
class Element:
    """One element with its byte offsets: ``start <open> open_end … close_start </close> end``."""

    prefix: str
    name: str
    depth: int
    parent: Element | None
    start: int
    open_end: int
    close_start: int = 0
    end: int = 0


def utf8(data: bytes, part: str) -> bytes:
    """Return an XML part as UTF-8, unchanged if it is that already; refuse a DOCTYPE.

    Raises:
        WorkbookError: ``workbook-doctype``, or ``workbook-part`` for an unknown encoding.
    """
    if not is_utf8(data):
        data = _transcoded(data, part)
    if b"<!DOCTYPE" in data:  # anywhere: a comment can hide where the root begins
        raise WorkbookError("workbook-doctype", part=part)
    return data


def is_utf8(data: bytes) -> bool:
    """Say whether an XML part is UTF-8, by how it begins."""
    return (
        not data.startswith(_BOMS)
        and b"\0" not in data[:4]
        and _declared(data) in ("utf-8", "utf8", "us-ascii")
    )


def _declared(data: bytes) -> str:
    declared = _DECLARED.match(data)
    return declared[1].decode("ascii").lower() if declared else "utf-8"


def _transcoded(data: bytes, part: str) -> bytes:
    encoding = _declared(data)
    if data.startswith(_BOMS):
        encoding = "utf-16"
    elif b"\0" in data[:4]:
        encoding = "utf-16-be" if data[0] == 0 else "utf-16-le"
    try:
        if not _ENCODINGS.fullmatch(encoding):  # Python has slow ones, and some that are no text
            raise LookupError(f"unknown encoding: {encoding}")
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise WorkbookError("workbook-part", part=part, reason=str(error)) from error
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return _DECLARATION.sub(declaration, text, count=1).encode("utf-8")


@contextmanager
def sense(part: str) -> Iterator[None]:
    """Say which part it is where numbers and addresses in it make no sense."""
    try:
        yield
    except ValueError as error:
        raise WorkbookError("workbook-part", part=part, reason=str(error)) from error


def scan(data: bytes, part: str) -> list[Element]:
    """Return every element of an XML document in order, with its byte offsets.

    Raises:
        WorkbookError: ``workbook-part`` if it is not well-formed.
    """
    return _Scan(data, part).elements


class _Scan:
    def __init__(self, data: bytes, part: str) -> None:
        self.data = data
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        parse(self._parser, data, part)

    def _start(self, name: str, _: object) -> None:
        start = self._parser.CurrentByteIndex
        tag = _OPEN_TAG.match(self.data, start)
        assert tag is not None, "expat accepted a tag that this pattern does not"
        prefix, _, local = name.rpartition(":")
        parent = self._open[-1] if self._open else None
        element = Element(prefix, local, len(self._open), parent, start, tag.end())
        self.elements.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        if self.data[element.open_end - 2 : element.open_end] == b"/>":
            element.close_start = element.end = element.open_end
        else:
            element.close_start = self._parser.CurrentByteIndex
            element.end = self.data.index(b">", element.close_start) + 1


def parse(parser: expat.XMLParserType, data: bytes, part: str) -> None:
    """Run an expat parser over a whole document.

    Raises:
        WorkbookError: ``workbook-part`` if it is not well-formed.
    """
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise WorkbookError("workbook-part", part=part, reason=str(error)) from error


def attributes(tag: bytes) -> dict[str, str]:
    """Return the attributes of an opening tag."""
    return {
        match[1].decode(): unescape((match[2] if match[2] is not None else match[3]).decode())
        for match in _ATTRIBUTE.finditer(tag)
    }


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """Return an opening tag with an attribute set, or without it if the value is None."""
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] == name.encode():
            if value is None:
                return tag[: match.start()] + tag[match.end() :]
            return tag[: match.start()] + _written(name, value) + tag[match.end() :]
    if value is None:
        return tag
    end = -2 if tag.endswith(b"/>") else -1
    return tag[:end].rstrip() + _written(name, value) + tag[end:]


def _written(name: str, value: str) -> bytes:
    return f' {name}="{escape(value)}"'.encode()


def escape(text: str) -> str:
    """Return text as it stands in XML, in an element or a double-quoted attribute."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text.replace('"', "&quot;") if '"' in text else text


def unescape(text: str) -> str:
    """Return the text that an XML text or attribute value stands for."""
    return _REFERENCE.sub(_referenced, text) if "&" in text else text


def _referenced(match: re.Match[str]) -> str:
    name = match[1]
    if name.startswith("#"):
        return chr(int("0" + name[1:], 0) if name[1] == "x" else int(name[1:]))
    return _NAMED[name]


def has_oddities(data: bytes, *, is_first: bool = True) -> bool:
    """Say whether there are comments, CDATA, instructions or a DOCTYPE in a part of a document.

    Args:
        data: the bytes; the XML declaration in front does not count.
        is_first: they are the first of the document.
    """
    declared = is_first and data[:8].removeprefix(codecs.BOM_UTF8).startswith(b"<?xml")
    start = data.find(b"?>") + 2 if declared else 0
    # one byte is found much faster than two
    return (data.find(b"!") >= 0 and b"<!" in data) or (
        data.find(b"?", start) >= 0 and data.find(b"<?", start) >= 0
    )


def plain(data: bytes) -> bytes:
    """Return XML without comments and instructions, CDATA as plain text."""
    return _ODD.sub(_plain_text, data)


def _plain_text(match: re.Match[bytes]) -> bytes:
    text = match[1] or b""
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def splice(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return the data with spans replaced; the spans do not overlap."""
    chunks, position = [], 0
    for start, end, replacement in sorted(edits):
        chunks += [data[position:start], replacement]
        position = end
    chunks.append(data[position:])
    return b"".join(chunks)
