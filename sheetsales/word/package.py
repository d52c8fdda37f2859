"""A docx as a zip of parts, written with the same bytes every time.

Members are kept deflated as they were read, so a document costs the deflating of its changed parts
only. Every time stamp is the earliest that zip knows: a file's bytes depend on its content alone.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sheetsales.errors import TemplateError
from sheetsales.word.archives import refuse_archive, refuse_locked
from sheetsales.word.deflate import THOROUGH, Deflater

MAX_PART_BYTES = 64 * 1024 * 1024
"""Largest part that is unpacked; a bigger one is a zip bomb or no text document."""
MAX_FILE_BYTES = 512 * 1024 * 1024
"""Largest file that is read."""

_STORED = 0
_DEFLATED = 8
_UTF8_NAME = 0x800
_VERSION = 20
_FIRST_DOS_DATE = (1 << 5) | 1
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_OFFSET = struct.Struct("<I")
_END = struct.Struct("<4s4H2IH")
_LENGTHS = struct.Struct("<2H")
_LENGTHS_AT = 26
_CHUNK = 1 << 18
_SQUEEZED = (".png", ".jpg", ".jpeg", ".gif", ".docx", ".xlsx", ".pptx", ".zip")
"""Kinds of files that deflating makes no smaller."""


class Member:
    """One file of the zip, ready to be written.

    Attributes:
        name: its name.
        local: its header with the data, as they stand in the zip.
        head: its entry in the directory, up to the offset.
        tail: its name as the directory ends with it.
    """

    __slots__ = ("_data_at", "_method", "head", "local", "name", "tail")

    def __init__(self, name: str, method: int, crc: int, size: int, data: bytes) -> None:
        encoded = name.encode()
        flags = 0 if name.isascii() else _UTF8_NAME
        shared = (_VERSION, flags, method, 0, _FIRST_DOS_DATE, crc, len(data), size, len(encoded))
        self.name = name
        self.local = b"".join((_LOCAL.pack(b"PK\3\4", *shared, 0), encoded, data))
        self.head = _CENTRAL.pack(b"PK\1\2", _VERSION, *shared, 0, 0, 0, 0, 0, 0)[: -_OFFSET.size]
        self.tail = encoded
        self._method = method
        self._data_at = _LOCAL.size + len(encoded)

    @classmethod
    def of(cls, name: str, content: bytes, deflater: Deflater = THOROUGH) -> Member:
        """Return the member that holds a content."""
        crc, size = deflater.crc32(content), len(content)
        if name.endswith(_SQUEEZED):
            return cls(name, _STORED, crc, size, content)
        return cls(name, _DEFLATED, crc, size, deflater.squeeze(content))

    @property
    def content(self) -> bytes:
        """The content, unpacked."""
        data = self.local[self._data_at :]
        return zlib.decompress(data, -zlib.MAX_WBITS) if self._method == _DEFLATED else data


@dataclass(frozen=True, slots=True)
class Package:
    """The members of a docx by name, in their order."""

    members: Mapping[str, Member]

    @classmethod
    def read(cls, path: Path) -> Package:
        """Return the package in a file.

        Raises:
            TemplateError: the file is missing or no docx, or a part is implausibly large.
        """
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise TemplateError("template-too-large", file=path.name, part=path.name)
            blob = path.read_bytes()
        except OSError as error:
            raise TemplateError(
                "template-missing", file=path.name, reason=error.strerror or ""
            ) from error
        return cls.of(blob, path.name)

    @classmethod
    def of(cls, blob: bytes, file: str) -> Package:
        """Return the package in the bytes of a file.

        Raises:
            TemplateError: they are no docx, or a part is implausibly large.
        """
        refuse_locked(blob, file)
        try:
            with zipfile.ZipFile(BytesIO(blob)) as source:
                refuse_archive(source.infolist(), file)
                members = [_member(file, blob, source, info) for info in _files(source)]
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise TemplateError("template-not-docx", file=file) from error
        except (EOFError, struct.error, UnicodeError) as error:
            raise TemplateError("template-not-docx", file=file) from error
        return cls({member.name: member for member in members})

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def content(self, name: str) -> bytes:
        """Return the unpacked content of a member."""
        return self.members[name].content

    def replaced(self, parts: Mapping[str, bytes]) -> Package:
        """Return the package with some parts replaced or added, for many documents."""
        changed = {name: Member.of(name, content) for name, content in parts.items()}
        return Package({**self.members, **changed}) if changed else self

    def with_parts(self, parts: Mapping[str, bytes], deflater: Deflater = THOROUGH) -> bytes:
        """Return the bytes of the docx with some parts replaced or added."""
        return self.with_members(
            {name: Member.of(name, content, deflater) for name, content in parts.items()}
        )

    def with_members(self, changed: Mapping[str, Member]) -> bytes:
        """Return the bytes of the docx with some members replaced or added."""
        return zipped({**self.members, **changed}.values())


def zipped(members: Iterable[Member]) -> bytes:
    """Return the bytes of a zip."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for member in members:
        pieces.append(member.local)
        directory += (member.head, _OFFSET.pack(offset), member.tail)
        offset += len(member.local)
    central = b"".join(directory)
    count = len(pieces)
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(central), offset, 0)
    return b"".join((*pieces, central, end))


def _files(source: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in source.infolist() if not info.is_dir()]


def _member(file: str, blob: bytes, source: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    if info.file_size > MAX_PART_BYTES:
        raise TemplateError("template-too-large", file=file, part=info.filename)
    name = info.filename.replace("\\", "/")
    if info.compress_type != zipfile.ZIP_DEFLATED:
        return Member.of(name, source.read(info))
    with source.open(info) as unpacked:  # reading to the end compares size and checksum
        while unpacked.read(_CHUNK):
            pass
    lengths = _LENGTHS.unpack_from(blob, info.header_offset + _LENGTHS_AT)
    start = info.header_offset + _LOCAL.size + sum(lengths)
    data = blob[start : start + info.compress_size]
    return Member(name, _DEFLATED, info.CRC, info.file_size, data)
