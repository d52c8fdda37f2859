"""Writes compound files, the folders within one file that VBA projects are kept in ([MS-CFB]).

Version 3, sectors of 512 bytes; no times and no identifiers, so that equal content gives equal
bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512
_MINI_SECTOR = 64
_CUTOFF = 4096
"""Streams smaller than this share the mini stream."""
_ENTRY = 128
_FREE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NOBODY = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_HEADER_FATS = 109
_PER_SECTOR = _SECTOR // 4
_LONGEST_NAME = 31

Folder = Mapping[str, "bytes | Folder"]
"""Streams and folders by name."""


class _Links(NamedTuple):
    """Where a chain of sectors begins, and how many bytes of it count."""

    start: int
    size: int


@dataclass
class _Entry:
    """One entry of the directory."""

    name: str
    kind: int
    content: bytes = b""
    colour: int = _BLACK
    left: int = _NOBODY
    right: int = _NOBODY
    child: int = _NOBODY
    links: _Links = field(default_factory=lambda: _Links(0, 0))

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            name,
            len(name) + 2,
            self.kind,
            self.colour,
            self.left,
            self.right,
            self.child,
            b"",
            0,
            0,
            0,
            self.links.start,
            self.links.size,
        )


def compound_file(root: Folder) -> bytes:
    """Return the bytes of a compound file.

    Args:
        root: what the file holds; names have at most 31 characters, and no slash,
            backslash, colon or exclamation mark.

    Raises:
        ValueError: a name cannot be used.
    """
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add_folder(entries, root)
    sectors = _Sectors()
    mini = _Sectors(_MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM and entry.content:
            place = sectors if len(entry.content) >= _CUTOFF else mini
            entry.links = _Links(place.add(entry.content), len(entry.content))
        elif entry.kind == _STREAM:
            entry.links = _Links(_END, 0)
    stream = mini.content
    entries[0].links = _Links(sectors.add(stream) if stream else _END, len(stream))
    mini_fat = sectors.add(_numbers(mini.links, _PER_SECTOR)) if mini.links else _END
    directory = sectors.add(_directory(entries))
    fat, table = sectors.with_fat()
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        _SIGNATURE,
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        len(fat),
        directory,
        0,
        _CUTOFF,
        mini_fat,
        -(-len(mini.links) // _PER_SECTOR),
        _END,
        0,
    )
    places = _numbers(fat, _HEADER_FATS)
    return header + places + sectors.content + table


class _Sectors:
    """Sectors and the chains that link them."""

    def __init__(self, size: int = _SECTOR) -> None:
        self._size = size
        self._parts: list[bytes] = []
        self.links: list[int] = []

    @property
    def content(self) -> bytes:
        return b"".join(self._parts)

    def add(self, content: bytes) -> int:
        """Add a chain of sectors; return its first."""
        start = len(self.links)
        count = -(-len(content) // self._size)
        self._parts.append(content.ljust(count * self._size, b"\0"))
        self.links += [*range(start + 1, start + count), _END]
        return start

    def with_fat(self) -> tuple[list[int], bytes]:
        """Return the sectors of the table that links all, itself included, and the table."""
        count = 0
        while count * _PER_SECTOR < len(self.links) + count:
            count += 1
        if count > _HEADER_FATS:
            raise ValueError("larger than 7 MB")
        first = len(self.links)
        links = [*self.links, *[_FAT_SECTOR] * count]
        return list(range(first, first + count)), _numbers(links, _PER_SECTOR)


def _numbers(values: Sequence[int], unit: int) -> bytes:
    """Return numbers of 32 bits, filled up to a multiple of a count."""
    missing = -len(values) % unit
    return struct.pack(f"<{len(values) + missing}I", *values, *[_FREE] * missing)


def _directory(entries: Sequence[_Entry]) -> bytes:
    unused = _Entry("", 0, colour=_RED)
    missing = -len(entries) % (_SECTOR // _ENTRY)
    blank = unused.packed()[:64] + b"\0\0" + unused.packed()[66:]
    return b"".join(entry.packed() for entry in entries) + blank * missing


def _add_folder(entries: list[_Entry], folder: Folder) -> int:
    """Add what a folder holds; return the root of its tree."""
    numbers = []
    for name in sorted(folder, key=_order):
        _refuse_name(name)
        content = folder[name]
        numbers.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entry = _Entry(name, _STORAGE)
            entries.append(entry)
            entry.child = _add_folder(entries, content)
    depth = len(numbers).bit_length() - 1
    return _tree(entries, numbers, depth)


def _tree(entries: list[_Entry], numbers: Sequence[int], depth: int) -> int:
    """Link sorted entries as a balanced tree whose lowest, incomplete level is red."""
    if not numbers:
        return _NOBODY
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.left = _tree(entries, numbers[:middle], depth - 1)
    entry.right = _tree(entries, numbers[middle + 1 :], depth - 1)
    entry.colour = _RED if depth == 0 else _BLACK
    return numbers[middle]


def _order(name: str) -> tuple[int, str]:
    return len(name.encode("utf-16-le")), name.upper()


def _refuse_name(name: str) -> None:
    if not 0 < len(name) <= _LONGEST_NAME or set(name) & set("/\\:!"):
        raise ValueError(f"not a name: {name!r}")
