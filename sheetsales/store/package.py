"""A workbook file as a zip package: its members, raw and inflated.

The central directory is read by hand, because `zipfile` keeps neither the bytes of an entry nor
a way to copy a member without inflating it.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sheetsales.errors import WorkbookError
from sheetsales.store.deflate import DAMAGED, crc32, inflate
from sheetsales.store.preflight import check_count, check_members

STORED, DEFLATED = 0, 8
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")

_LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800
_LONGEST_COMMENT = 0xFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory, its own bytes included."""

    name: str
    entry: bytes
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int
    data: int


class Package:
    """The members of one workbook file, as it was when it was read.

    Attributes:
        book: file name, for messages.
        data: the bytes of the file.
        members: its entries, in order.
        comment: the comment of the archive.
    """

    def __init__(self, data: bytes, book: str) -> None:
        self.book = book
        self.data = data
        _refuse_foreign(data, book)
        self.members, self.comment = _directory(data, book)
        check_members(self.members, book)
        self._exact = {member.name: member for member in self.members}
        self._folded = {name.casefold(): member for name, member in self._exact.items()}

    @classmethod
    def read(cls, path: Path) -> Package:
        """Read a workbook file.

        Raises:
            WorkbookError: it is missing, unreadable, no workbook, damaged or encrypted.
        """
        try:
            return cls(path.read_bytes(), path.name)
        except FileNotFoundError as error:
            raise WorkbookError("workbook-missing", book=str(path)) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkbookError("workbook-unreadable", book=path.name, reason=reason) from error

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()

    def broken(self, reason: str, part: str = "") -> WorkbookError:
        """Return the error for a damaged file."""
        return broken(self.book, f"{part}: {reason}" if part else reason)

    def find(self, name: str) -> Member | None:
        """Return a member by its name; case counts only where two names differ by nothing else."""
        return self._exact.get(name) or self._folded.get(name.casefold())

    def raw(self, member: Member) -> memoryview:
        """Return the member's bytes as they stand in the file."""
        return memoryview(self.data)[member.data : member.data + member.compressed]

    def content(self, member: Member) -> bytes:
        """Return the member's inflated bytes, checked against size and CRC.

        Raises:
            WorkbookError: ``workbook-broken``.
        """
        raw = self.raw(member)
        if member.method not in (STORED, DEFLATED) or member.flags & _ENCRYPTED_FLAG:
            raise self.broken(f"method {member.method}", member.name)
        try:
            data = bytes(raw) if member.method == STORED else inflate(raw, member.size)
        except DAMAGED as error:
            raise self.broken(str(error), member.name) from error
        if len(data) != member.size or crc32(data) != member.crc:
            raise self.broken("wrong size or checksum", member.name)
        return data

    def part(self, name: str) -> bytes:
        """Return the inflated bytes of the part of that name."""
        member = self.find(name)
        if member is None:
            raise self.broken("missing", name)
        return self.content(member)


def broken(book: str, reason: str) -> WorkbookError:
    """Return the error for a damaged file."""
    return WorkbookError("workbook-broken", book=book, reason=reason)


def _refuse_foreign(data: bytes, book: str) -> None:
    if data.startswith(_OLE_MAGIC):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise WorkbookError("workbook-encrypted" if encrypted else "workbook-xls", book=book)
    if not data.startswith((_LOCAL_MAGIC, _END_MAGIC)):
        raise WorkbookError("workbook-not-zip", book=book)


def _directory(data: bytes, book: str) -> tuple[list[Member], bytes]:
    end = data.rfind(_END_MAGIC, max(0, len(data) - END.size - _LONGEST_COMMENT))
    if end < 0 or end + END.size > len(data):
        raise broken(book, "the end of the file is missing")
    fields = END.unpack_from(data, end)
    disk, first_disk, _, count, size, start, _ = fields[1:]
    if 0xFFFF in (count, disk) or 0xFFFFFFFF in (size, start):
        raise WorkbookError("workbook-zip64", book=book)
    if disk or first_disk or start + size != end:
        raise broken(book, "the directory does not stand where it should")
    check_count(count, book)
    members, position = [], start
    for _ in range(count):
        member, position = _member(data, position, start, book)
        members.append(member)
    if position != end:
        raise broken(book, "the directory is damaged")
    return members, data[end + END.size :]


def _member(data: bytes, position: int, limit: int, book: str) -> tuple[Member, int]:
    if data[position : position + 4] != _CENTRAL_MAGIC or position + CENTRAL.size > len(data):
        raise broken(book, "the directory is damaged")
    fields = CENTRAL.unpack_from(data, position)
    flags, method = fields[3:5]
    crc, compressed, size, name_size, extra_size, comment_size = fields[7:13]
    offset = fields[16]
    end = position + CENTRAL.size + name_size + extra_size + comment_size
    if 0xFFFFFFFF in (compressed, size, offset):
        raise WorkbookError("workbook-zip64", book=book)
    name_end = position + CENTRAL.size + name_size
    raw_name = data[position + CENTRAL.size : name_end]
    name = _decoded(raw_name, flags)
    start = _data_start(data, offset, raw_name, limit)
    if end > len(data) or start < 0 or start + compressed > limit:
        raise broken(book, f"{name}: cut off")
    entry = data[position:end]
    return Member(name, entry, flags, method, crc, compressed, size, offset, start), end


def _data_start(data: bytes, offset: int, name: bytes, limit: int) -> int:
    """Return where a member's data begins; its own header counts, not the directory."""
    if offset + LOCAL.size > limit or data[offset : offset + 4] != _LOCAL_MAGIC:
        return -1
    fields = LOCAL.unpack_from(data, offset)
    if data[offset + LOCAL.size : offset + LOCAL.size + int(fields[9])] != name:
        return -1
    return offset + LOCAL.size + int(fields[9]) + int(fields[10])


def _decoded(name: bytes, flags: int) -> str:
    try:
        return name.decode("utf-8" if flags & _UTF8_FLAG else "cp437")
    except UnicodeDecodeError:
        return name.decode("cp437")
