"""A picture in a record, with docxtpl's names and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import IO, Any

from sheetsales.errors import TemplateError

ImageSource = str | PathLike[str] | bytes | IO[bytes]
"""A file's path, its bytes, or the open file."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the file of a picture says of itself; sizes in EMU.

    Attributes:
        extension: of its file name, e.g. ``png``.
        content_type: e.g. ``image/png``.
        width: how wide it is by its own resolution.
        height: how high it is by its own resolution.
    """

    extension: str
    content_type: str
    width: int
    height: int


class InlineImage:
    """A picture in the text, shown by ``{{ name }}``, in the body as in headers and footers.

    Lengths are EMU, which python-docx's ``Mm(20)``, ``Cm``, ``Inches`` and ``Pt`` are too.
    Without any the picture has its own size; with one of them it keeps its shape.
    """

    __slots__ = ("anchor", "height", "source", "width")

    def __init__(
        self,
        tpl: object = None,
        image_descriptor: ImageSource | None = None,
        width: int | None = None,
        height: int | None = None,
        anchor: str | None = None,
    ) -> None:
        """Hold a picture.

        Args:
            tpl: the template, as docxtpl wants it; it may be left out: ``InlineImage("a.png")``.
            image_descriptor: path, bytes or open file of the picture.
            width: its width.
            height: its height.
            anchor: where a click on it leads.
        """
        source: Any = tpl if image_descriptor is None else image_descriptor
        self.source: Path | bytes = source_of(source)
        self.width = None if width is None else int(width)
        self.height = None if height is None else int(height)
        self.anchor = anchor

    def image(self, record: str, file: str) -> bytes:
        """Return the bytes of the picture.

        Raises:
            TemplateError: its file cannot be read.
        """
        if isinstance(self.source, bytes):
            return self.source
        try:
            return self.source.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise TemplateError(
                "record-picture", file=file, record=record, name=self.source.name, reason=reason
            ) from error


def source_of(source: Any) -> Path | bytes:
    """Return where a file is, or what it holds if it is open.

    Raises:
        TypeError: it is no file.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | PathLike):
        return Path(source)
    if hasattr(source, "read"):
        return bytes(source.read())
    raise TypeError(f"{type(source).__name__} is no file")


@lru_cache(maxsize=16)
def image_facts(image: bytes) -> ImageFacts:
    """Return what the file of a picture says of itself.

    Raises:
        TemplateError: it is no PNG, JPEG, GIF, BMP or TIFF, or it is damaged.
    """
    from docx.image.exceptions import (  # noqa: PLC0415 (most documents show no picture)
        InvalidImageStreamError,
        UnexpectedEndOfFileError,
        UnrecognizedImageError,
    )
    from docx.image.image import Image  # noqa: PLC0415

    try:
        found = Image.from_file(BytesIO(image))
        return ImageFacts(found.ext, found.content_type, int(found.width), int(found.height))
    except (
        InvalidImageStreamError,
        UnexpectedEndOfFileError,
        UnrecognizedImageError,
        ValueError,
        ArithmeticError,
        LookupError,
    ) as error:
        reason = str(error) or type(error).__name__
        raise TemplateError("record-picture", file="", record="", name="", reason=reason) from error
