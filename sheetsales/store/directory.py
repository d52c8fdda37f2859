"""The directory of a zip file, read by hand.

`zipfile` keeps neither the bytes of an entry nor a way to copy a member without inflating it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from sheetsales.errors import WorkbookError
from sheetsales.store.preflight import check_count
from sheetsales.store.source import Source

STORED, DEFLATED = 0, 8
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64 = struct.Struct("<4sLQL")
EXTRA = struct.Struct("<2H")
ZIP64_EXTRA = 1
LIMIT_16, LIMIT_32 = 0xFFFF, 0xFFFFFFFF

_LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END_64_MAGIC, _LOCATOR_64_MAGIC = b"PK\x06\x06", b"PK\x06\x07"
_UTF8_FLAG = 0x800
_LONGEST_COMMENT = 0xFFFF
_LONGEST_DIRECTORY = 64 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory, its own bytes included.

    Its name is the one that relations use. Some programs write it with backslashes, or with a
    slash in front; so it stays in the bytes.
    """

    name: str
    entry: bytes
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int
    data: int

    @property
    def is_renamed(self) -> bool:
        """Whether the file itself spells the name with backslashes or with a slash in front."""
        spelt = self.entry[CENTRAL.size : CENTRAL.size + CENTRAL.unpack_from(self.entry)[10]]
        return b"\\" in spelt or spelt.startswith(b"/")


@dataclass(frozen=True, slots=True)
class _End:
    """Where the directory stands: number of members, size, start, and the offset behind it."""

    count: int
    size: int
    start: int
    behind: int


def broken(book: str, reason: str) -> WorkbookError:
    """Return the error for a damaged file."""
    return WorkbookError("workbook-broken", book=book, reason=reason)


def read_directory(source: Source, book: str) -> tuple[list[Member], bytes]:
    """Return the members of a zip file and its comment.

    Raises:
        WorkbookError: ``workbook-broken`` or ``workbook-too-large``.
    """
    end, comment = _end(source, book)
    if end.start + end.size != end.behind or end.size > _LONGEST_DIRECTORY:
        raise broken(book, "the directory does not stand where it should")
    check_count(end.count, book)
    data = source.read(end.start, end.size)
    members, position = [], 0
    for _ in range(end.count):
        member, position = _member(source, data, position, (end.start, book))
        members.append(member)
    if position != end.size:
        raise broken(book, "the directory is damaged")
    return members, comment


def _end(source: Source, book: str) -> tuple[_End, bytes]:
    start = max(0, source.size - END.size - _LONGEST_COMMENT)
    tail = source.read(start, source.size - start)
    found = tail.rfind(_END_MAGIC)
    if found < 0 or found + END.size > len(tail):
        raise broken(book, "the end of the file is missing")
    fields = END.unpack_from(tail, found)
    disk, first_disk, _, count, size, offset, _ = fields[1:]
    comment = tail[found + END.size :]
    if end := _end_64(source, start + found, book):
        return end, comment
    if disk or first_disk:
        raise broken(book, "one of several files")
    return _End(count, size, offset, start + found), comment


def _end_64(source: Source, end: int, book: str) -> _End | None:
    """Return what the wide record says, None if the file has none."""
    locator = source.read(max(0, end - LOCATOR_64.size), LOCATOR_64.size)
    if end < LOCATOR_64.size or not locator.startswith(_LOCATOR_64_MAGIC):
        return None
    offset = LOCATOR_64.unpack(locator)[2]
    record = source.read(offset, END_64.size) if offset < end else b""
    if len(record) < END_64.size or not record.startswith(_END_64_MAGIC):
        raise broken(book, "the directory does not stand where it should")
    disk, first_disk, _, count, size, start = END_64.unpack(record)[4:]
    if disk or first_disk:
        raise broken(book, "one of several files")
    return _End(count, size, start, offset)


def _member(
    source: Source, data: bytes, position: int, place: tuple[int, str]
) -> tuple[Member, int]:
    limit, book = place
    if data[position : position + 4] != _CENTRAL_MAGIC or position + CENTRAL.size > len(data):
        raise broken(book, "the directory is damaged")
    fields = CENTRAL.unpack_from(data, position)
    flags, method, crc = fields[3], fields[4], fields[7]
    name_size, extra_size, comment_size = fields[10:13]
    name_end = position + CENTRAL.size + name_size
    end = name_end + extra_size + comment_size
    raw_name = data[position + CENTRAL.size : name_end]
    name = _decoded(raw_name, flags)
    sizes = _wide((fields[9], fields[8], fields[16]), data[name_end : name_end + extra_size])
    if sizes is None or end > len(data):
        raise broken(book, f"{name}: cut off")
    size, compressed, offset = sizes
    start = _data_start(source, offset, raw_name, limit)
    if start < 0 or start + compressed > limit:
        raise broken(book, f"{name}: cut off")
    entry = data[position:end]
    return Member(name, entry, flags, method, crc, compressed, size, offset, start), end


def _wide(sizes: tuple[int, int, int], extra: bytes) -> tuple[int, int, int] | None:
    """Return size, compressed size and offset; those too wide stand in the zip64 field."""
    if LIMIT_32 not in sizes:
        return sizes
    field = next((data for kind, data in extra_fields(extra) if kind == ZIP64_EXTRA), b"")
    count = sizes.count(LIMIT_32)
    if 8 * count > len(field):
        return None
    wide = iter(struct.unpack_from(f"<{count}Q", field))
    size, compressed, offset = (next(wide) if value == LIMIT_32 else value for value in sizes)
    return size, compressed, offset


def extra_fields(extra: bytes) -> list[tuple[int, bytes]]:
    """Return kind and data of the extra fields of an entry or a header."""
    found, position = [], 0
    while position + EXTRA.size <= len(extra):
        kind, size = EXTRA.unpack_from(extra, position)
        position += EXTRA.size
        found.append((kind, extra[position : position + size]))
        position += size
    return found


def _data_start(source: Source, offset: int, name: bytes, limit: int) -> int:
    """Return where a member's data begins; its own header counts, not the directory."""
    header = source.read(offset, LOCAL.size + len(name)) if offset + LOCAL.size <= limit else b""
    if len(header) < LOCAL.size or not header.startswith(_LOCAL_MAGIC):
        return -1
    name_size, extra_size = LOCAL.unpack_from(header)[9:11]
    if name_size != len(name) or header[LOCAL.size :] != name:
        return -1
    return offset + LOCAL.size + int(name_size) + int(extra_size)


def _decoded(name: bytes, flags: int) -> str:
    try:
        text = name.decode("utf-8" if flags & _UTF8_FLAG else "cp437")
    except UnicodeDecodeError:
        text = name.decode("cp437")
    return text.replace("\\", "/").removeprefix("/")
