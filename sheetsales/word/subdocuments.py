"""Whole Word files inside of a document: their text where a tag stands, their parts beside."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zipfile import BadZipFile

from lxml import etree

from sheetsales.errors import TemplateError
from sheetsales.word.images import source_of
from sheetsales.word.package import Package
from sheetsales.word.relations import main_part
from sheetsales.word.shown import WordValue

if TYPE_CHECKING:
    from docx.document import Document

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_KEPT = 16
"""Most sets of subdocuments whose merged package is kept."""


class Subdocument(WordValue):
    """A Word file, or one made in code, shown by ``{{p name }}``.

    It brings its paragraphs and tables with their styles, numberings and pictures, but not its
    headers and footers. Without a source it is an empty python-docx document to be filled:
    ``part.add_paragraph("…")``.
    """

    __slots__ = ("_document", "_source")
    places: frozenset[str] = frozenset({"p"})

    def __init__(
        self, docpath: str | PathLike[str] | bytes | IO[bytes] | None = None, *, base: bytes = b""
    ) -> None:
        """Hold a file, or start a document.

        Args:
            docpath: path, bytes or open file.
            base: the Word file whose styles a document made in code has.
        """
        self._source: Path | bytes = b"" if docpath is None else source_of(docpath)
        self._document: Document | None = None
        if docpath is None:
            self._document = _emptied(base)

    def __getattr__(self, name: str) -> Any:
        """Return what python-docx's document offers under a name."""
        if name.startswith("_"):
            raise AttributeError(name)
        if self._document is None:
            raise AttributeError(f"a subdocument read from a file has no {name!r}")
        return getattr(self._document, name)

    def __getstate__(self) -> bytes | Path:
        return self.blob() if self._document is not None else self._source

    def __setstate__(self, state: bytes | Path) -> None:
        self._source, self._document = state, None

    def blob(self) -> bytes:
        """Return the bytes of the file.

        Raises:
            OSError: it cannot be read.
        """
        if self._document is not None:
            stream = BytesIO()
            self._document.save(stream)
            return stream.getvalue()
        return self._source if isinstance(self._source, bytes) else self._source.read_bytes()

    @property
    def name(self) -> str:
        """Name of the file, "" if it has none."""
        return self._source.name if isinstance(self._source, Path) else ""


class Inserted(WordValue):
    """A subdocument whose parts are in the package already."""

    __slots__ = ("_xml",)
    called = "Subdocument"
    places: frozenset[str] = frozenset({"p"})

    def __init__(self, xml: str) -> None:
        self._xml = xml

    def xml_at(self, _place: str) -> str:
        """Return its paragraphs and tables."""
        return self._xml


@dataclass(frozen=True, slots=True)
class Merged:
    """A template's package with the parts of some subdocuments, and their texts by hash."""

    package: Package
    texts: Mapping[str, str]


_CACHE: OrderedDict[tuple[int, tuple[str, ...]], tuple[Package, Merged]] = OrderedDict()


def merged(package: Package, blobs: Sequence[bytes], file: str, record: str) -> Merged:
    """Return a package with the parts of some Word files; the last few sets are remembered.

    Raises:
        TemplateError: one of them is no Word file.
    """
    hashes = tuple(dict.fromkeys(digest(blob) for blob in blobs))
    key = (id(package), hashes)
    if key not in _CACHE:
        found = _merged(package, dict(zip(map(digest, blobs), blobs, strict=True)), file, record)
        # The package is kept beside, so that its identity is not given to another one.
        _CACHE[key] = (package, found)
        while len(_CACHE) > _KEPT:
            _CACHE.popitem(last=False)
    _CACHE.move_to_end(key)
    return _CACHE[key][1]


def digest(blob: bytes) -> str:
    """Return what a file is remembered by."""
    return hashlib.sha256(blob).hexdigest()


def _merged(package: Package, blobs: Mapping[str, bytes], file: str, record: str) -> Merged:
    import docx  # noqa: PLC0415 (few templates hold others)
    from docxcompose.composer import Composer  # noqa: PLC0415

    master = docx.Document(BytesIO(package.with_parts({})))
    composer = Composer(master)
    texts = {}
    for key, blob in blobs.items():
        try:
            part = docx.Document(BytesIO(blob))
        except (BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
            reason = str(error) or type(error).__name__
            raise TemplateError(
                "record-subdocument", file=file, record=record, reason=reason
            ) from error
        texts[key] = _inserted(composer, part)
    stream = BytesIO()
    master.save(stream)
    made = Package.of(stream.getvalue(), file)
    body = main_part(package, file)
    # The body keeps its own bytes; only what it points to was added.
    kept = {name: member for name, member in package.members.items() if name == body}
    return Merged(Package({**made.members, **kept}), texts)


def _inserted(composer: Any, part: Any) -> str:
    """Add a document to the end of the master, and return its text, taken out again."""
    body = composer.doc.element.body
    before = set(body)
    composer.append(part)
    added = [element for element in body if element not in before]
    for element in added:
        body.remove(element)
        for section in list(element.iter(f"{_WORD}sectPr")):
            _drop_headers(section)
    return "".join(_texts(added))


def _drop_headers(section: etree._Element) -> None:
    for reference in list(section):
        if reference.tag in {f"{_WORD}headerReference", f"{_WORD}footerReference"}:
            section.remove(reference)


def _texts(elements: Sequence[etree._Element]) -> Iterator[str]:
    for element in elements:
        alone = deepcopy(element)
        alone.tail = None
        yield etree.tostring(alone, encoding="unicode")


def _emptied(base: bytes) -> Document:
    import docx  # noqa: PLC0415

    document = docx.Document(BytesIO(base)) if base else docx.Document()
    body = document.element.body
    for element in list(body):
        if element.tag != f"{_WORD}sectPr":
            body.remove(element)
    return document
