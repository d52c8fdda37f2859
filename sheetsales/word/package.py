"""A docx as a zip of parts, written with the same bytes every time.

Members are kept deflated as they were read, so a document costs the deflating of its changed parts
only. Every time stamp is the earliest that zip knows: a file's bytes depend on its content alone.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sheetsales.errors import TemplateError

MAX_PART_BYTES = 64 * 1024 * 1024
"""Largest part that is unpacked; a bigger one is a zip bomb or no text document."""

_DEFLATED = 8
_UTF8_NAME = 0x800
_VERSION = 20
_FIRST_DOS_DATE = (1 << 5) | 1
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


@dataclass(frozen=True, slots=True)
class Member:
    """One deflated file of the zip."""

    name: str
    crc: int
    size: int
    deflated: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> Member:
        """Return the member that holds a content."""
        squeeze = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        deflated = squeeze.compress(content) + squeeze.flush()
        return cls(name, zlib.crc32(content), len(content), deflated)

    @property
    def content(self) -> bytes:
        """The content, unpacked."""
        return zlib.decompress(self.deflated, -zlib.MAX_WBITS)


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
            blob = path.read_bytes()
        except OSError as error:
            raise TemplateError(
                "template-missing", file=path.name, reason=error.strerror or ""
            ) from error
        try:
            with zipfile.ZipFile(BytesIO(blob)) as source:
                return cls({info.filename: _member(path, source, info) for info in _files(source)})
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise TemplateError("template-not-docx", file=path.name) from error

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def content(self, name: str) -> bytes:
        """Return the unpacked content of a member."""
        return self.members[name].content

    def with_parts(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the bytes of the docx with some parts replaced or added."""
        changed = {name: Member.of(name, content) for name, content in parts.items()}
        return _zipped({**self.members, **changed})


def _files(source: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in source.infolist() if not info.is_dir()]


def _member(path: Path, source: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    if info.file_size > MAX_PART_BYTES:
        raise TemplateError("template-too-large", file=path.name, part=info.filename)
    return Member.of(info.filename, source.read(info))


def _zipped(members: Mapping[str, Member]) -> bytes:
    files, directory, offset = [], [], 0
    for member in members.values():
        name = member.name.encode()
        flags = 0 if name.isascii() else _UTF8_NAME
        shared = (_VERSION, flags, _DEFLATED, 0, _FIRST_DOS_DATE, member.crc)
        sizes = (len(member.deflated), member.size, len(name))
        local = _LOCAL.pack(b"PK\3\4", *shared, *sizes, 0) + name + member.deflated
        directory.append(
            _CENTRAL.pack(b"PK\1\2", _VERSION, *shared, *sizes, 0, 0, 0, 0, 0, offset) + name
        )
        files.append(local)
        offset += len(local)
    central = b"".join(directory)
    count = len(files)
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(central), offset, 0)
    return b"".join((*files, central, end))
