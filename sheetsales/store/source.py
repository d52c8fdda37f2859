"""The bytes of a file, by offset: a small file in memory, a large one over an open descriptor."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from sheetsales.store.system import open_shared

SMALL_FILE = 32 << 20
BLOCK = 1 << 18


class Source:
    """A file that is read piece by piece; it stays the one that was opened.

    Args:
        file: open for reading, and seekable.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, io.SEEK_END)

    def __del__(self) -> None:
        with suppress(OSError):  # it was only read, and nobody can be told here
            self._file.close()

    @classmethod
    def open(cls, path: Path) -> Source:
        """Open a file; a small one is read at once and let go."""
        source = cls(open_shared(path))
        if source.size > SMALL_FILE:
            return source
        return cls(io.BytesIO(source.read(0, source.size)))

    def read(self, start: int, size: int) -> bytes:
        """Return bytes from an offset on; fewer than asked for if the file ends there."""
        self._file.seek(start)
        return self._file.read(size)

    def blocks(self, start: int, size: int) -> Iterator[bytes]:
        """Yield a stretch of the file in pieces."""
        end = start + size
        while start < end:
            block = self.read(start, min(BLOCK, end - start))
            if not block:
                return
            yield block
            start += len(block)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        found = hashlib.sha256()
        for block in self.blocks(0, self.size):
            found.update(block)
        return found.hexdigest()

    def reader(self) -> BinaryIO:
        """Return the file for one who reads it at a place of his own."""
        return io.BufferedReader(_Reader(self))


class _Reader(io.RawIOBase):
    def __init__(self, source: Source) -> None:
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._position, self._source.size)[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
