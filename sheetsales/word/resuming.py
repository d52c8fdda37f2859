"""What a killed batch had made: a small file beside the documents, gone when all are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from sheetsales.word.files import remove_leftovers
from sheetsales.word.jobs import Job, RenderResult, record_hash

STATE = ".sheetsales-batch"
"""Name of the file; its first line says of what, then number, record and document of each."""


class State:
    """What is made so far, by number; only ever read and written in that order.

    A line counts only if the record, its name and the file on the disk are what it says, so a
    state that is torn, stale or another batch's costs time and nothing else.

    Args:
        folder: where the documents go.
        batch: what the batch is made with; a state of another one is not used.
        resume: whether to go on where an earlier run stopped.
    """

    def __init__(self, folder: Path, batch: str, *, resume: bool) -> None:
        self._path = folder / STATE
        if resume:
            remove_leftovers(folder)
        self._known = self._lines(batch) if resume else iter(())
        self._next = next(self._known, None)
        self._out = self._opened(batch)

    def made_before(self, job: Job) -> RenderResult | None:
        """Return the result of a document that an earlier run made whole."""
        while self._next is not None and self._next[0] < job.number:
            self._next = next(self._known, None)
        if self._next is None or self._next[0] != job.number:
            return None
        _, record, document = self._next
        if not record or record != record_hash(job.record) or document != _hash_of(job.path):
            return None
        return RenderResult(job.path, None, job.name, document, record, resumed=True)

    def note(self, number: int, result: RenderResult) -> None:
        """Remember a document; a record without one is tried again."""
        if result.path is not None and not result.resumed and result.record_hash:
            self._out.write(f"{number} {result.record_hash} {result.sha256}\n".encode())

    def flush(self) -> None:
        """Let a later run see what was noted."""
        self._out.flush()

    def close(self, *, complete: bool) -> None:
        """Close the file; it goes when the batch is complete."""
        self._out.close()
        if complete:
            with suppress(FileNotFoundError):
                self._path.unlink()

    def _opened(self, batch: str) -> BinaryIO:
        if self._next is not None:
            # A line torn by the kill must not swallow the next one.
            out = self._path.open("ab")
            out.write(b"\n")
            return out
        out = self._path.open("wb")
        out.write(f"{batch}\n".encode())
        return out

    def _lines(self, batch: str) -> Iterator[tuple[int, str, str]]:
        with suppress(FileNotFoundError), self._path.open("rb") as lines:
            if next(lines, b"").strip() != batch.encode():
                return
            for line in lines:
                parts = line.decode("ascii", "replace").split()
                if len(parts) == 3 and parts[0].isdecimal():
                    yield int(parts[0]), parts[1], parts[2]


def _hash_of(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
