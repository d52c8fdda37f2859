"""What a zip that calls itself a Word file may not be: locked, ambiguous, or far larger inside."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable

from sheetsales.errors import TemplateError

MAX_MEMBERS = 10_000
"""Most parts of a Word file."""
MAX_TOTAL_BYTES = 512 * 1024 * 1024
"""Most bytes of all parts together, unpacked."""
MAX_RATIO = 400
"""Most bytes that one byte of a large part may unpack to."""

_LARGE = 8 * 1024 * 1024
_LOCKED = 1
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STRANGE_NAME = re.compile(r"^/|^[a-z]:|\\|[\x00-\x1f]|(?:^|/)\.\.?(?:/|$)|//", re.IGNORECASE)


def refuse_locked(blob: bytes, file: str) -> None:
    """Refuse a Word file with a password, which is no zip at all.

    Raises:
        TemplateError: the file has one.
    """
    if blob.startswith(_COMPOUND):
        raise TemplateError("template-locked", file=file)


def refuse_archive(infos: Iterable[zipfile.ZipInfo], file: str) -> None:
    """Refuse a zip by its directory, before anything is unpacked.

    Raises:
        TemplateError: it is locked, names a part twice or outside of itself, or is a zip bomb.
    """
    taken: set[str] = set()
    total = 0
    for info in infos:
        name = info.filename
        if info.flag_bits & _LOCKED:
            raise TemplateError("template-locked", file=file)
        if _STRANGE_NAME.search(info.orig_filename) or name.casefold() in taken:
            raise TemplateError("template-ambiguous", file=file, part=name[:200])
        taken.add(name.casefold())
        total += info.file_size
        ratio = info.file_size / max(1, info.compress_size)
        bomb = info.file_size > _LARGE and ratio > MAX_RATIO
        if bomb or total > MAX_TOTAL_BYTES or len(taken) > MAX_MEMBERS:
            raise TemplateError("template-too-large", file=file, part=name[:200])
