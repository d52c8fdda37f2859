"""File names that every system accepts, made of values that people typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from sheetsales.errors import TemplateError

LONGEST = 180
"""Most bytes of a name with its extension, in UTF-8; leaves room for a path on every system."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FIELD = re.compile(r"\{([^{}]*)\}")


def fill_name(pattern: str, record: Mapping[str, Any], number: int, file: str) -> str:
    """Return a name with its ``{field.path}`` replaced by values of the record.

    ``{number}`` is the number of the record in its batch, unless the record has such a field.

    Raises:
        TemplateError: the record has no such field, or it is no plain value.
    """

    def value_of(match: re.Match[str]) -> str:
        value: object = record
        for key in match.group(1).strip().split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is None and match.group(1).strip() == "number":
            return str(number)
        if not isinstance(value, str | int | float):
            raise TemplateError("name-field", file=file, name=pattern, field=match.group(1))
        return str(value)

    return _FIELD.sub(value_of, pattern)


def safe_name(text: str, extension: str = ".docx") -> str:
    """Return a file name close to a text.

    >>> safe_name("合同/2026: 001")
    '合同_2026_ 001.docx'
    """
    return _fitted(_cleaned(text), "", extension)


def unique_names(texts: Iterable[str], extension: str = ".docx") -> list[str]:
    """Return a safe file name per text, all different on systems that ignore case."""
    taken: set[str] = set()
    names = []
    for text in texts:
        stem, number = _cleaned(text), 1
        name = _fitted(stem, "", extension)
        while _folded(name) in taken:
            number += 1
            name = _fitted(stem, f" ({number})", extension)
        taken.add(_folded(name))
        names.append(name)
    return names


def _cleaned(text: str) -> str:
    visible = (
        " " if character in "\t\n\r" else character
        for character in text
        if character in "\t\n\r" or unicodedata.category(character) not in _INVISIBLE
    )
    composed = unicodedata.normalize("NFC", "".join(visible))
    stem = _SPACES.sub(" ", _FORBIDDEN.sub("_", composed)).strip(" .")
    return f"_{stem}" if _RESERVED.match(stem) else stem or "document"


def _fitted(stem: str, suffix: str, extension: str) -> str:
    room = LONGEST - len((suffix + extension).encode())
    short = stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    return f"{short}{suffix}{extension}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
