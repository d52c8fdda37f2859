"""Writes an OLE compound file, the container of a VBA project, as [MS-CFB] describes it.

Version 3: sectors of 512 bytes; streams below 4,096 bytes lie in a mini stream of 64-byte sectors.
All times and class identifiers are zero, so that the same content gives the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, Union

Storage: TypeAlias = Mapping[str, Union[bytes, "Storage"]]
"""Streams and further storages by name."""

_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
_HEADER = struct.Struct("<8s16s5H6x9I")
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_SECTOR = 512
_MINI_SECTOR = 64
_MINI_LIMIT = 4096
_PER_SECTOR = _SECTOR // 4
_ENTRIES_PER_SECTOR = _SECTOR // _ENTRY.size
_HEADER_LIST = 109
_FAT, _END, _NONE = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_FORBIDDEN = frozenset("/\\:!\0")


def compound_file(root: Storage) -> bytes:
    """Return a compound file that holds streams and storages.

    Raises:
        ValueError: a name is empty, too long, forbidden or given twice, or there is more than the
            header's own list of sectors can hold (some 7 MB).
    """
    entries = _numbered(root)
    sectors, mini = _Sectors(_SECTOR), _Sectors(_MINI_SECTOR)
    for entry in entries:
        entry.start = (mini if len(entry.content) < _MINI_LIMIT else sectors).add(entry.content)
    entries[0].content, entries[0].start = bytes(mini.data), sectors.add(bytes(mini.data))
    mini_fat = sectors.add(_numbers(mini.chain), b"\xff")
    mini_fats = -(-len(mini.chain) // _PER_SECTOR)
    unused = _Entry("", 0).packed() * (-len(entries) % _ENTRIES_PER_SECTOR)
    directory = sectors.add(b"".join(entry.packed() for entry in entries) + unused)
    own = sectors.add_chains()
    if len(own) > _HEADER_LIST:
        raise ValueError(f"{len(sectors.data)} bytes are too many")
    start = (_SIGNATURE, b"", 0x3E, 3, 0xFFFE, 9, 6, 0, len(own), directory, 0)
    header = _HEADER.pack(*start, _MINI_LIMIT, mini_fat, mini_fats, _END, 0)
    return (header + _numbers(own)).ljust(_SECTOR, b"\xff") + sectors.data


class _Sectors:
    """Sectors in the order of the file, and for each the next one of its chain."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data = bytearray()
        self.chain: list[int] = []

    def add(self, content: bytes, filler: bytes = b"\0") -> int:
        """Append content, filled up to whole sectors; return its first sector."""
        if not content:
            return _END
        start, count = len(self.chain), -(-len(content) // self.size)
        self.chain += [*range(start + 1, start + count), _END]
        self.data += content.ljust(count * self.size, filler)
        return start

    def add_chains(self) -> range:
        """Append the sectors that hold the chains, their own among them; return their numbers."""
        start, count = len(self.chain), 0
        while count * _PER_SECTOR < start + count:
            count += 1
        self.chain += [_FAT] * count
        self.data += _numbers(self.chain).ljust(count * _SECTOR, b"\xff")
        return range(start, start + count)


def _numbers(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


@dataclass
class _Entry:
    """One line of the directory: a node of the red-black tree of its storage."""

    name: str
    kind: int
    content: bytes = b""
    members: Storage = field(default_factory=dict)
    start: int = 0
    colour: int = _RED
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE

    def packed(self) -> bytes:
        name = f"{self.name}\0".encode("utf-16-le") if self.name else b""
        start = 0 if self.kind == _STORAGE else self.start
        head = (name, len(name), self.kind, self.colour, self.left, self.right, self.child)
        return _ENTRY.pack(*head, b"", 0, 0, 0, start, len(self.content))


def _numbered(root: Storage) -> list[_Entry]:
    """Return all entries, each storage before its members; an entry's number is its place."""
    entries = [_Entry("Root Entry", _ROOT, members=root, colour=_BLACK)]
    for entry in entries:
        first = len(entries)
        members = sorted(entry.members.items(), key=lambda member: _order(member[0]))
        if len({_order(name) for name, _ in members}) < len(members):
            raise ValueError(f"{entry.name} holds a name twice")
        entries += [_entry(name, content) for name, content in members]
        lowest = max(1, len(members).bit_length() - 1)
        entry.child = _link(entries, first, len(entries), lowest)
    return entries


def _entry(name: str, content: bytes | Storage) -> _Entry:
    if not 0 < len(name.encode("utf-16-le")) <= 62 or _FORBIDDEN & set(name):
        raise ValueError(f"{name!r} is no name in a compound file")
    if isinstance(content, bytes):
        return _Entry(name, _STREAM, content)
    return _Entry(name, _STORAGE, members=content)


def _order(name: str) -> tuple[int, bytes]:
    """Return what names are compared by: shorter ones come first, then by upper-case code units."""
    upper = "".join(c.upper() if len(c.upper()) == 1 else c for c in name)
    return len(name.encode("utf-16-le")), upper.encode("utf-16-be")


def _link(entries: list[_Entry], first: int, end: int, levels: int) -> int:
    """Make a balanced tree of sorted entries; return the number of its root.

    Only the lowest level has gaps; as its nodes are red and all others black, every way down meets
    as many black ones.
    """
    if first == end:
        return _NONE
    middle = (first + end) // 2
    node = entries[middle]
    node.left = _link(entries, first, middle, levels - 1)
    node.right = _link(entries, middle + 1, end, levels - 1)
    node.colour = _BLACK if levels else _RED
    return middle
