"""The inflated content of one part: in memory, or inflated again and again as it is used.

A streamed part is read with few megabytes of memory, however large it is. While it is read for
the first time, the state of the inflater is kept every few megabytes, so that any stretch of it
can be read again without inflating all that comes before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from sheetsales.errors import WorkbookError
from sheetsales.store.deflate import DAMAGED, copying_inflater, crc32, inflater
from sheetsales.store.directory import STORED, Member, broken
from sheetsales.store.preflight import LARGEST_PART, too_large
from sheetsales.store.source import Source

Edit = tuple[int, int, bytes]
"""A stretch of a content, from and to, and what is to stand there."""

_PIECE = 1 << 20
_CHUNK = 4 << 20
_SEGMENT = 4 << 20


class Content(Protocol):
    """What can be done with the inflated content of a part."""

    @property
    def size(self) -> int:
        """Number of bytes."""

    def slice(self, start: int, end: int) -> bytes:
        """Return the bytes from one offset to another."""

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield offset and bytes of all pieces, cut anywhere."""

    def chunks(self, cut: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield offset and bytes of all pieces; each but the first begins with `cut`."""


class Memory:
    """A content that is held in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self._data)

    def slice(self, start: int, end: int) -> bytes:
        """Return the bytes from one offset to another."""
        return self._data[start:end]

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield all of it."""
        yield 0, self._data

    def chunks(self, cut: bytes) -> Iterator[tuple[int, bytes]]:  # noqa: ARG002  # see Content
        """Yield all of it."""
        yield 0, self._data


class _Checkpoint(NamedTuple):
    """The inflater before an offset of the content, and where its next input stands."""

    offset: int
    source: int
    inflater: Any


class Streamed:
    """A content that is inflated as it is used.

    Args:
        source: the file.
        member: its entry.
        book: file name, for messages.
    """

    def __init__(self, source: Source, member: Member, book: str) -> None:
        self._source = source
        self._member = member
        self._book = book
        self._checkpoints: list[_Checkpoint] = []
        self._segment: tuple[int, bytes] = (-1, b"")

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._member.size

    def slice(self, start: int, end: int) -> bytes:
        """Return the bytes from one offset to another."""
        if self._member.method == STORED:
            return self._source.read(self._member.data + start, min(end, self.size) - start)
        if not self._checkpoints:
            if end <= _SEGMENT:
                return self._beginning(end)[start:]
            for _ in self.blocks():
                pass
        found = []
        number = bisect_right(self._checkpoints, start, key=_offset_of) - 1
        while number < len(self._checkpoints):
            first = self._checkpoints[number].offset
            if first >= end:
                break
            found.append(self._inflated(number)[max(0, start - first) : end - first])
            number += 1
        return b"".join(found)

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield offset and bytes of all pieces, cut anywhere.

        Raises:
            WorkbookError: ``workbook-broken`` as soon as size or checksum turn out wrong.
        """
        offset = 0
        for block in self._checked(self._pieces()):
            yield offset, block
            offset += len(block)

    def once(self) -> Iterator[bytes]:
        """Yield all bytes in pieces, fast, leaving nothing behind for a second reading.

        Raises:
            WorkbookError: ``workbook-broken`` as soon as size or checksum turn out wrong.
        """
        if self._member.method == STORED:
            return self._checked(self._pieces())
        return self._checked(self._inflating(inflater(), self._member.data))

    def _checked(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        size = crc = 0
        for piece in pieces:
            yield piece
            size += len(piece)
            crc = crc32(piece, crc)
            if size > self.size:
                break
        if size != self.size or crc != self._member.crc:
            raise self._broken("wrong size or checksum")

    def chunks(self, cut: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield offset and bytes of all pieces; each but the first begins with `cut`.

        Raises:
            WorkbookError: ``workbook-broken``, or ``workbook-too-large`` if there is no place to
                cut for long.
        """
        held: list[bytes] = []
        start = size = 0
        wanted = _CHUNK
        for _, block in self.blocks():
            held.append(block)
            size += len(block)
            if size > LARGEST_PART:
                raise too_large(f"{self._book}: {self._member.name}", size, LARGEST_PART)
            if size < wanted:
                continue
            data = b"".join(held)
            end = data.rfind(cut)
            wanted = _CHUNK if end > 0 else 2 * size  # looking again and again costs too much
            if end > 0:
                yield start, data[:end]
                start, data = start + end, data[end:]
            held, size = [data], len(data)
        if held:
            yield start, b"".join(held)

    def _pieces(self) -> Iterator[bytes]:
        member = self._member
        if member.method == STORED:
            return self._source.blocks(member.data, member.compressed)
        if self._checkpoints:
            return self._inflating(inflater(), member.data)
        return self._marking()

    def _inflating(self, engine: Any, start: int) -> Iterator[bytes]:
        """Yield the inflated bytes from one block of the file on."""
        rest = self._member.data + self._member.compressed - start
        try:
            for block in self._source.blocks(start, rest):
                yield from _emptied(engine, block)
            if not engine.eof:
                raise self._broken("cut off")
        except DAMAGED as error:
            raise self._broken("cannot be inflated") from error

    def _marking(self) -> Iterator[bytes]:
        """Yield the inflated bytes and keep the inflater every few megabytes."""
        engine = copying_inflater()
        found = [_Checkpoint(0, self._member.data, engine.copy())]
        position, offset = self._member.data, 0
        try:
            for block in self._source.blocks(position, self._member.compressed):
                for piece in _emptied(engine, block):
                    offset += len(piece)
                    yield piece
                position += len(block)
                if offset - found[-1].offset >= _SEGMENT:
                    found.append(_Checkpoint(offset, position, engine.copy()))
        except DAMAGED as error:
            raise self._broken("cannot be inflated") from error
        self._checkpoints = found

    def _inflated(self, number: int) -> bytes:
        """Return what stands between a checkpoint and the next; the last one asked for is kept."""
        if self._segment[0] != number:
            mark = self._checkpoints[number]
            following = self._checkpoints[number + 1 : number + 2]
            end = following[0].offset if following else self.size
            found: list[bytes] = []
            size = mark.offset
            for piece in self._inflating(mark.inflater.copy(), mark.source):
                found.append(piece)
                size += len(piece)
                if size >= end:
                    break
            self._segment = (number, b"".join(found))
        return self._segment[1]

    def _beginning(self, end: int) -> bytes:
        """Return what stands before an offset near the beginning."""
        found: list[bytes] = []
        size = 0
        for piece in self._inflating(inflater(), self._member.data):
            found.append(piece)
            size += len(piece)
            if size >= end:
                break
        return b"".join(found)[:end]

    def _broken(self, reason: str) -> WorkbookError:
        return broken(self._book, f"{self._member.name}: {reason}")


def _offset_of(mark: _Checkpoint) -> int:
    return mark.offset


def _emptied(engine: Any, block: bytes) -> Iterator[bytes]:
    """Yield what an inflater makes of a block, never much at once."""
    while True:
        piece = engine.decompress(block, _PIECE)
        if piece:
            yield piece
        block = engine.unconsumed_tail
        if not block and len(piece) < _PIECE:
            return


def whole(content: Content) -> bytes:
    """Return all of a content."""
    return b"".join(block for _, block in content.blocks())


def spliced(content: Content, edits: Iterable[Edit]) -> Iterator[bytes | memoryview]:
    """Yield a content with stretches replaced; they do not overlap."""
    waiting = sorted(edits, key=lambda edit: edit[:2])[::-1]
    position = 0
    for offset, block in content.blocks():
        view, end = memoryview(block), offset + len(block)
        while waiting and waiting[-1][0] < end:
            start, stop, new = waiting.pop()
            yield view[position - offset : start - offset]
            yield new
            position = stop
        if position < end:
            yield view[position - offset :]
            position = end
    while waiting:
        yield waiting.pop()[2]
