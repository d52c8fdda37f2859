"""Writes a package again with some parts changed; all others are copied raw, in place and order."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from io import SEEK_CUR
from typing import BinaryIO, NamedTuple

from sheetsales.store.content import Content, Edit, spliced
from sheetsales.store.deflate import crc32, deflater
from sheetsales.store.directory import (
    CENTRAL,
    DEFLATED,
    END,
    END_64,
    EXTRA,
    LIMIT_16,
    LIMIT_32,
    LOCAL,
    LOCATOR_64,
    ZIP64_EXTRA,
    Member,
    extra_fields,
)
from sheetsales.store.package import Package
from sheetsales.store.preflight import LARGEST_PART

_DESCRIPTOR_FLAG, _UTF8_FLAG = 0x8, 0x800
_VERSION, _VERSION_64 = 20, 45
_FIRST_DAY = 0x21  # 1980-01-01, the zero of zip: a new part carries no clock
_NARROW, _FEW = LIMIT_32, LIMIT_16  # sizes and counts from here on need the zip64 format
_DESCRIPTOR, _DESCRIPTOR_64 = struct.Struct("<4s3L"), struct.Struct("<4sL2Q")


class Patch(NamedTuple):
    """A large part with some stretches of it replaced."""

    content: Content
    edits: tuple[Edit, ...]

    @property
    def size(self) -> int:
        """Number of bytes with the edits in them."""
        return self.content.size + sum(len(new) - (end - start) for start, end, new in self.edits)

    def pieces(self) -> Iterator[bytes | memoryview]:
        """Yield the content with the edits in it."""
        return spliced(self.content, self.edits)


Change = bytes | Patch | None
"""What becomes of a part: other bytes, other stretches; None: it is removed."""


class _Sizes(NamedTuple):
    """What header, entry and descriptor say of a member's data."""

    crc: int
    compressed: int
    size: int


def write_package(package: Package, changes: Mapping[str, Change], out: BinaryIO) -> None:
    """Write the package with parts replaced, added (unknown names) or removed (None).

    Args:
        package: what is copied.
        changes: new content by the exact name of the member.
        out: where the bytes go; nothing but writing is asked of it.
    """
    writer = _Writer(out)
    for member in package.members:
        if member.name not in changes:
            writer.copy(package, member)
            continue
        change = changes[member.name]
        if change is not None:
            writer.write(_Entry.of(member), change)
    known = {member.name for member in package.members}
    for name, change in changes.items():
        if name not in known and change is not None:
            writer.write(_Entry.new(name), change)
    writer.finish(package.comment)


def is_framed(written: Package, package: Package, changes: Mapping[str, Change]) -> bool:
    """Say whether a finished package is, outside the data of new parts, what the writer writes.

    Args:
        written: the finished package, with the right members in the right order.
        package: what it was made from.
        changes: what `write_package` was given.
    """
    known = {member.name: member for member in package.members}
    with written.reader() as file:
        comparer = _Comparer(file)
        try:
            for member in written.members:
                old = known.get(member.name)
                if old is not None and changes.get(member.name) is None:
                    comparer.copy(package, old)
                else:
                    entry = _Entry.of(old) if old is not None else _Entry.new(member.name)
                    comparer.pass_over(entry, member)
            comparer.finish(package.comment)
        except _OtherBytesError:
            return False
        return not file.read(1)


class _Entry:
    """An entry of the central directory, taken apart."""

    def __init__(self, entry: bytes) -> None:
        self._fields = list(CENTRAL.unpack_from(entry))
        name_end = CENTRAL.size + self._fields[10]
        extra_end = name_end + self._fields[11]
        self.name = entry[CENTRAL.size : name_end]
        self._extra = entry[name_end:extra_end]
        self._comment = entry[extra_end:]

    @classmethod
    def of(cls, member: Member) -> _Entry:
        """Return the entry under which a part is written anew: name, time and attributes stay."""
        entry = cls(member.entry)
        entry._fields[3] &= _UTF8_FLAG
        entry._fields[4] = DEFLATED
        return entry

    @classmethod
    def new(cls, name: str) -> _Entry:
        """Return the entry of a part that was not there."""
        encoded = name.encode("utf-8")
        fields = (_UTF8_FLAG, DEFLATED, 0, _FIRST_DAY, 0, 0, 0, len(encoded), 0, 0, 0, 0, 0, 0)
        return cls(CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *fields) + encoded)

    def header(self, sizes: _Sizes | None, extra: bytes = b"", *, wide: bool = False) -> bytes:
        """Return the header before the data; without sizes a descriptor behind it has them.

        Args:
            sizes: what is known of the data.
            extra: extra fields of an earlier header that stay.
            wide: the descriptor, or the sizes, take 8 bytes each.
        """
        flags, method, time, day = self._fields[3:7]
        flags = flags & ~_DESCRIPTOR_FLAG if sizes else flags | _DESCRIPTOR_FLAG
        crc, compressed, size = sizes or (0, 0, 0)
        extra = _narrow_extra(extra)
        if wide:
            extra += EXTRA.pack(ZIP64_EXTRA, 16) + struct.pack("<2Q", size, compressed)
            compressed = size = LIMIT_32
        version = _VERSION_64 if wide else _VERSION
        names = (len(self.name), len(extra))
        fixed = (b"PK\x03\x04", version, flags, method, time, day, crc, compressed, size, *names)
        return LOCAL.pack(*fixed) + self.name + extra

    def packed(self, sizes: _Sizes, offset: int, *, descriptor: bool) -> bytes:
        """Return the bytes of the entry."""
        fields = list(self._fields)
        narrow, wide = [], b""
        for value in (sizes.size, sizes.compressed, offset):
            narrow.append(value if value < _NARROW else LIMIT_32)
            wide += struct.pack("<Q", value) if value >= _NARROW else b""
        extra = _narrow_extra(self._extra)
        if wide:
            extra += EXTRA.pack(ZIP64_EXTRA, len(wide)) + wide
            fields[2] = max(fields[2], _VERSION_64)
        fields[3] = fields[3] | _DESCRIPTOR_FLAG if descriptor else fields[3] & ~_DESCRIPTOR_FLAG
        fields[7:10] = sizes.crc, narrow[1], narrow[0]
        fields[11], fields[16] = len(extra), narrow[2]
        return CENTRAL.pack(*fields) + self.name + extra + self._comment


class _Writer:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._position = 0
        self._entries: list[bytes] = []

    def copy(self, package: Package, member: Member) -> None:
        """Copy a member as it is; sizes go into its header, so that no descriptor need follow."""
        entry = _Entry(member.entry)
        sizes = _Sizes(member.crc, member.compressed, member.size)
        header = package.header(member)
        wide = max(sizes.compressed, sizes.size) >= _NARROW
        if member.flags & _DESCRIPTOR_FLAG or (_says_wide(header) and not wide):
            extra = header[LOCAL.size + len(entry.name) :]
            header = entry.header(sizes, extra, wide=wide)
        start = self._position
        self._write(header)
        for block in package.raw(member):
            self._write(block)
        self._entries.append(entry.packed(sizes, start, descriptor=False))

    def write(self, entry: _Entry, change: bytes | Patch) -> None:
        """Write new content under an entry; a large one is never held, so its sizes follow it."""
        start = self._position
        size = len(change) if isinstance(change, bytes) else change.size
        packing = _Packing([change] if isinstance(change, bytes) else change.pieces())
        streamed = size > LARGEST_PART
        if streamed:
            wide = size >= _NARROW
            self._write(entry.header(None, wide=wide))
            for block in packing:
                self._write(block)
            form = _DESCRIPTOR_64 if wide else _DESCRIPTOR
            self._write(form.pack(b"PK\x07\x08", *packing.sizes))
        else:
            data = b"".join(packing)
            self._write(entry.header(packing.sizes))
            self._write(data)
        self._entries.append(entry.packed(packing.sizes, start, descriptor=streamed))

    def finish(self, comment: bytes) -> None:
        """Write the central directory."""
        start, count = self._position, len(self._entries)
        for entry in self._entries:
            self._write(entry)
        size = self._position - start
        if count >= _FEW or size >= _NARROW or start >= _NARROW:
            end = self._position
            numbers = (0, 0, count, count, size, start)
            versions = (END_64.size - 12, _VERSION_64, _VERSION_64)
            self._write(END_64.pack(b"PK\x06\x06", *versions, *numbers))
            self._write(LOCATOR_64.pack(b"PK\x06\x07", 0, end, 1))
            count, size, start = LIMIT_16, LIMIT_32, LIMIT_32
        self._write(END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, len(comment)))
        self._write(comment)

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._position += len(data)


class _OtherBytesError(Exception):
    """A file does not hold what the writer would have written."""


class _Comparer(_Writer):
    """Goes through a file as the writer would, and compares instead of writing."""

    def pass_over(self, entry: _Entry, member: Member) -> None:
        """Compare what stands around the data of a part that was written anew."""
        start = self._position
        sizes = _Sizes(member.crc, member.compressed, member.size)
        streamed, wide = member.size > LARGEST_PART, member.size >= _NARROW
        self._write(entry.header(None, wide=wide) if streamed else entry.header(sizes))
        self._out.seek(member.compressed, SEEK_CUR)
        self._position += member.compressed
        if streamed:
            form = _DESCRIPTOR_64 if wide else _DESCRIPTOR
            self._write(form.pack(b"PK\x07\x08", *sizes))
        self._entries.append(entry.packed(sizes, start, descriptor=streamed))

    def _write(self, data: bytes) -> None:
        if self._out.read(len(data)) != data:
            raise _OtherBytesError
        self._position += len(data)


class _Packing:
    """Deflates pieces one after the other; what they came to is known at the end."""

    def __init__(self, pieces: Iterable[bytes | memoryview]) -> None:
        self._pieces = pieces
        self.sizes = _Sizes(0, 0, 0)

    def __iter__(self) -> Iterator[bytes]:
        engine = deflater()
        crc = compressed = size = 0
        for piece in self._pieces:
            crc = crc32(piece, crc)
            size += len(piece)
            data = engine.compress(piece)
            compressed += len(data)
            yield data
        data = engine.flush()
        self.sizes = _Sizes(crc, compressed + len(data), size)
        yield data


def _says_wide(header: bytes) -> bool:
    """Say whether a header leaves the sizes to its zip64 field."""
    return LIMIT_32 in LOCAL.unpack_from(header)[7:9]


def _narrow_extra(extra: bytes) -> bytes:
    """Return extra fields without the one for sizes that need 8 bytes."""
    fields = extra_fields(extra)
    if all(kind != ZIP64_EXTRA for kind, _ in fields):
        return extra
    return b"".join(
        EXTRA.pack(kind, len(data)) + data for kind, data in fields if kind != ZIP64_EXTRA
    )
