"""File names that every system accepts, made of values that people typed."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from sheetsales.errors import TemplateError

LONGEST = 180
"""Most bytes of a name with its extension, in UTF-8; leaves room for a path on every system."""

_LONGEST_DECOMPOSED = 255
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
        if not isinstance(value, str | int | float | Decimal | date):
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
    names = UniqueNames(extension)
    return [names.name_of(text) for text in texts]


class UniqueNames:
    """Gives safe file names, all different on systems that ignore case.

    A name costs 16 bytes at most to remember, so that a hundred thousand of them cost little.

    Args:
        extension: what the names end with.
    """

    def __init__(self, extension: str = ".docx") -> None:
        self._extension = extension
        self._taken = _Marks()
        self._last: dict[int, int] = {}

    def name_of(self, text: str) -> str:
        """Return the name of the next file."""
        stem = _cleaned(text)
        name = _fitted(stem, "", self._extension)
        mark = _mark(name)
        if self._taken.add(mark):
            return name
        number = self._last.get(mark, 1)
        while True:
            number += 1
            name = _fitted(stem, f" ({number})", self._extension)
            if self._taken.add(_mark(name)):
                self._last[mark] = number
                return name


class _Marks:
    """A set of numbers other than 0 below 2⁶⁴, 16 bytes each at most."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._count = 0

    def add(self, mark: int) -> bool:
        """Add a number; return whether it is new."""
        if 2 * self._count >= len(self._slots):
            self._grow()
        place = self._place(mark)
        if self._slots[place]:
            return False
        self._slots[place] = mark
        self._count += 1
        return True

    def _place(self, mark: int) -> int:
        slots, last = self._slots, len(self._slots) - 1
        place = mark & last
        while slots[place] not in (0, mark):
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        old = self._slots
        self._slots = array("Q", bytes(16 * len(old)))
        for mark in filter(None, old):
            self._slots[self._place(mark)] = mark


def _mark(name: str) -> int:
    # Two names of one mark, one in a billion billions, would cost one of them a number only.
    digest = blake2b(_folded(name).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") or 1


def _cleaned(text: str) -> str:
    visible = (
        " " if character in "\t\n\r" else character
        for character in text
        if character in "\t\n\r" or unicodedata.category(character) not in _INVISIBLE
    )
    composed = unicodedata.normalize("NFC", "".join(visible))
    stem = _SPACES.sub(" ", _FORBIDDEN.sub("_", composed)).strip(" .")
    # A hyphen in front is an option to many commands; ``~$`` marks a file that Word has open.
    return (
        f"_{stem}" if _RESERVED.match(stem) or stem.startswith(("-", "~")) else stem or "document"
    )


def _fitted(stem: str, suffix: str, extension: str) -> str:
    room = LONGEST - len((suffix + extension).encode())
    short = stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    while _decomposed_length(short + suffix + extension) > _LONGEST_DECOMPOSED:
        short = short[:-1].rstrip(" .")
    return f"{short}{suffix}{extension}"


def _decomposed_length(name: str) -> int:
    """Return the length as macOS counts it: letters and accents apart, in UTF-16."""
    return len(unicodedata.normalize("NFD", name).encode("utf-16-le")) // 2


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
