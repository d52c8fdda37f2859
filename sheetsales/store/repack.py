"""Writes a package again with some parts changed; all others are copied raw, in place and order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from sheetsales.errors import WorkbookError
from sheetsales.store.deflate import crc32, deflated
from sheetsales.store.package import CENTRAL, DEFLATED, END, LOCAL, Member, Package

_DESCRIPTOR_FLAG, _UTF8_FLAG = 0x8, 0x800
_VERSION = 20
_FIRST_DAY = 0x21  # 1980-01-01, the zero of zip: a new part carries no clock
_LARGEST = 0xFFFFFFFF


def write_package(package: Package, changes: Mapping[str, bytes | None], out: BinaryIO) -> None:
    """Write the package with parts replaced, added (unknown names) or removed (None).

    Args:
        package: what is copied.
        changes: new content by the exact name of the member.
        out: where the bytes go; nothing but writing is asked of it.

    Raises:
        WorkbookError: ``workbook-too-large`` if it would need the zip64 format.
    """
    writer = _Writer(out, package.book)
    for member in package.members:
        if member.name not in changes:
            writer.copy(package, member)
            continue
        content = changes[member.name]
        if content is not None:
            writer.replace(member, content)
    known = {member.name for member in package.members}
    for name, content in changes.items():
        if name not in known and content is not None:
            writer.add(name, content)
    writer.finish(package.comment)


class _Writer:
    def __init__(self, out: BinaryIO, book: str) -> None:
        self._out = out
        self._book = book
        self._position = 0
        self._entries: list[bytes] = []

    def copy(self, package: Package, member: Member) -> None:
        """Copy a member as it is; sizes go into its header, so that no descriptor need follow."""
        flags = member.flags & ~_DESCRIPTOR_FLAG
        header = bytearray(package.data[member.offset : member.data])
        if flags != member.flags:
            _set_sizes(header, flags, (member.crc, member.compressed, member.size), member.method)
        entry = bytearray(member.entry)
        entry[8:10] = flags.to_bytes(2, "little")
        self._put(entry, bytes(header), package.raw(member))

    def replace(self, member: Member, content: bytes) -> None:
        """Write new content under an old entry: name, time, place and attributes stay."""
        packed = deflated(content)
        sizes = (crc32(content), len(packed), len(content))
        flags = member.flags & _UTF8_FLAG
        entry = bytearray(member.entry)
        name_size = int.from_bytes(entry[28:30], "little")
        name = bytes(entry[CENTRAL.size : CENTRAL.size + name_size])
        entry[8:10] = flags.to_bytes(2, "little")
        entry[10:12] = DEFLATED.to_bytes(2, "little")
        for index, value in enumerate(sizes):
            entry[16 + 4 * index : 20 + 4 * index] = self._limited(value).to_bytes(4, "little")
        time, day = (int.from_bytes(entry[at : at + 2], "little") for at in (12, 14))
        header = _local_header(flags, (time, day), sizes, name)
        self._put(entry, header, packed)

    def add(self, name: str, content: bytes) -> None:
        """Write a new part at the end."""
        packed = deflated(content)
        sizes = (crc32(content), len(packed), self._limited(len(content)))
        encoded = name.encode("utf-8")
        entry = CENTRAL.pack(
            b"PK\x01\x02", _VERSION, _VERSION, _UTF8_FLAG, DEFLATED, 0, _FIRST_DAY, *sizes,
            len(encoded), 0, 0, 0, 0, 0, 0,
        )  # fmt: skip
        header = _local_header(_UTF8_FLAG, (0, _FIRST_DAY), sizes, encoded)
        self._put(bytearray(entry + encoded), header, packed)

    def finish(self, comment: bytes) -> None:
        """Write the central directory."""
        start, count = self._position, len(self._entries)
        directory = b"".join(self._entries)
        end = (b"PK\x05\x06", 0, 0, count, count, len(directory), start, len(comment))
        self._out.write(directory + END.pack(*end) + comment)

    def _put(self, entry: bytearray, header: bytes, data: bytes | memoryview) -> None:
        entry[42:46] = self._limited(self._position).to_bytes(4, "little")
        self._entries.append(bytes(entry))
        self._out.write(header)
        self._out.write(data)
        self._position += len(header) + len(data)

    def _limited(self, value: int) -> int:
        if value >= _LARGEST:
            raise WorkbookError("workbook-too-large", book=self._book, part="4 GiB")
        return value


def _set_sizes(header: bytearray, flags: int, sizes: tuple[int, int, int], method: int) -> None:
    header[6:8] = flags.to_bytes(2, "little")
    header[8:10] = method.to_bytes(2, "little")
    for index, value in enumerate(sizes):
        header[14 + 4 * index : 18 + 4 * index] = value.to_bytes(4, "little")


def _local_header(
    flags: int, time: tuple[int, int], sizes: tuple[int, int, int], name: bytes
) -> bytes:
    fields = (b"PK\x03\x04", _VERSION, flags, DEFLATED, *time, *sizes, len(name), 0)
    return LOCAL.pack(*fields) + name
