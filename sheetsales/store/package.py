"""A workbook file as a zip package: its members, raw and inflated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sheetsales.errors import WorkbookError
from sheetsales.store.content import Content, Memory, Streamed
from sheetsales.store.deflate import DAMAGED, crc32, inflate
from sheetsales.store.directory import DEFLATED, STORED, Member, broken, read_directory
from sheetsales.store.preflight import LARGEST_PART, check_members
from sheetsales.store.source import Source

_LOCAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x05\x06"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_NAME = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_FLAG = 0x1


class Package:
    """The members of one workbook file, as it was when it was read.

    A small file is held in memory; of a large one only the directory, the rest is read when it
    is asked for.

    Attributes:
        book: file name, for messages.
        members: its entries, in order.
        comment: the comment of the archive.
    """

    def __init__(self, source: Source, book: str) -> None:
        self.book = book
        self._source = source
        _refuse_foreign(source, book)
        self.members, self.comment = read_directory(source, book)
        check_members(self.members, book)
        self._exact = {member.name: member for member in self.members}
        self._sound: set[str] = set()
        self._folded = {name.casefold(): member for name, member in self._exact.items()}

    @classmethod
    def read(cls, path: Path, book: str = "") -> Package:
        """Read a workbook file.

        Args:
            path: the file.
            book: its name in messages, where that is not the name of the file.

        Raises:
            WorkbookError: it is missing, unreadable, no workbook, damaged or encrypted.
        """
        try:
            return cls(Source.open(path), book or path.name)
        except FileNotFoundError as error:
            raise WorkbookError("workbook-missing", book=str(path)) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkbookError("workbook-unreadable", book=path.name, reason=reason) from error

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return self._source.digest

    def reader(self) -> BinaryIO:
        """Return the whole file at its beginning, for one who takes nothing else."""
        return self._source.reader()

    def broken(self, reason: str, part: str = "") -> WorkbookError:
        """Return the error for a damaged file."""
        return broken(self.book, f"{part}: {reason}" if part else reason)

    def find(self, name: str) -> Member | None:
        """Return a member by its name; case counts only where two names differ by nothing else."""
        return self._exact.get(name) or self._folded.get(name.casefold())

    def header(self, member: Member) -> bytes:
        """Return the header that stands before a member's data."""
        return self._source.read(member.offset, member.data - member.offset)

    def raw(self, member: Member) -> Iterator[bytes]:
        """Yield the member's bytes as they stand in the file, piece by piece."""
        return self._source.blocks(member.data, member.compressed)

    def content(self, member: Member) -> bytes:
        """Return the member's inflated bytes, checked against size and CRC.

        Raises:
            WorkbookError: ``workbook-broken``.
        """
        self._refuse_method(member)
        raw = self._source.read(member.data, member.compressed)
        try:
            data = raw if member.method == STORED else inflate(raw, member.size)
        except DAMAGED as error:
            raise self.broken("cannot be inflated", member.name) from error
        if len(data) != member.size or crc32(data) != member.crc:
            raise self.broken("wrong size or checksum", member.name)
        self._sound.add(member.name)
        return data

    def is_sound(self, name: str) -> bool:
        """Say whether a member was inflated whole and its size and checksum were right."""
        return name in self._sound

    def open(self, member: Member) -> Content:
        """Return the member's content: in memory if it is small, else read as it is used.

        Size and checksum of one that is not in memory are compared whenever it has been read
        to its end.

        Raises:
            WorkbookError: ``workbook-broken``.
        """
        if member.size <= LARGEST_PART:
            return Memory(self.content(member))
        self._refuse_method(member)
        return Streamed(self._source, member, self.book)

    def stream(self, member: Member) -> Iterator[bytes]:
        """Yield the member's inflated bytes once; size and checksum are compared at the end.

        Raises:
            WorkbookError: ``workbook-broken``.
        """
        self._refuse_method(member)
        return Streamed(self._source, member, self.book).once()

    def part(self, name: str) -> bytes:
        """Return the inflated bytes of the part of that name."""
        return self.content(self.member(name))

    def open_part(self, name: str) -> Content:
        """Return the content of the part of that name."""
        return self.open(self.member(name))

    def member(self, name: str) -> Member:
        """Return the member of that name.

        Raises:
            WorkbookError: ``workbook-broken``: it is not there.
        """
        member = self.find(name)
        if member is None:
            raise self.broken("missing", name)
        return member

    def _refuse_method(self, member: Member) -> None:
        if member.method not in (STORED, DEFLATED) or member.flags & _ENCRYPTED_FLAG:
            raise self.broken(f"unknown compression: {member.method}", member.name)


def _refuse_foreign(source: Source, book: str) -> None:
    start = source.read(0, len(_OLE_MAGIC))
    if start == _OLE_MAGIC:
        encrypted = _holds(source, _ENCRYPTED_NAME)
        raise WorkbookError("workbook-encrypted" if encrypted else "workbook-xls", book=book)
    if not start.startswith((_LOCAL_MAGIC, _END_MAGIC)):
        raise WorkbookError("workbook-not-zip", book=book)


def _holds(source: Source, wanted: bytes) -> bool:
    held = b""
    for block in source.blocks(0, source.size):
        held = held[-len(wanted) :] + block
        if wanted in held:
            return True
    return False
