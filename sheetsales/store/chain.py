"""The chain of the journal's hashes, checked by bytes: whatever changed in the file is seen."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from sheetsales.store import system

FaultKind = Literal[
    "record", "order", "head", "head-missing", "tail", "sealed", "known", "head-lags", "torn-line"
]
_EXPLAINED_BY_A_CRASH = ("head-lags", "torn-line")
_BLOCK = 1 << 18
_TAIL = 200
_OWN = len(',"h":""}\n') + 64
_END = re.compile(rb',"prev":"([0-9a-f]{64}|)","h":"([0-9a-f]{64})"}\n\Z')
_STATED = re.compile(rb'\{"seq":([1-9][0-9]{0,17}),')
_SEAL = re.compile(rb'\{"seq":[0-9]+,"time":"[^"]*","kind":"seal",')


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of the last record: what to keep elsewhere."""

    count: int
    hash: str

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return what a head file says; None if it is missing or says nothing of the kind.

        Raises:
            OSError: it is there but cannot be read.
        """
        try:
            text = path.read_bytes()
            data = json.loads(text)
            head = cls(data["count"], data["hash"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return head if head.to_json().encode() == text else None

    def write(self, path: Path) -> None:
        """Write a head file, to stay."""
        system.write_durable(path, self.to_json().encode())

    def to_json(self) -> str:
        """Return the head as the head file has it."""
        return json.dumps({"count": self.count, "hash": self.hash})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the journal that is not as it was written.

    Attributes:
        kind: ``record`` (changed), ``order`` (deleted, inserted or swapped), ``head`` (its last
            record is not the head's), ``head-missing``, ``tail`` (records at the end are gone),
            ``sealed`` (an append found the end changed and went on), ``known`` (the record of a
            head kept elsewhere is not there), ``head-lags`` and ``torn-line`` (a process died).
        seq: number of the record, by its place.
        detail: what was expected and found.
    """

    kind: FaultKind
    seq: int
    detail: str = ""

    @property
    def is_tampering(self) -> bool:
        """Whether a process that died does not explain it."""
        return self.kind not in _EXPLAINED_BY_A_CRASH


@dataclass(frozen=True, slots=True)
class End:
    """Where a journal ends.

    Attributes:
        seq: number of the last record, 0 without one.
        hash: its hash.
        prev: the hash that it gives for the one before.
        size: bytes up to its line end; what follows was left by a process that died.
    """

    seq: int = 0
    hash: str = ""
    prev: str = ""
    size: int = 0

    def follows(self, head: Head | None) -> bool:
        """Tell whether the last record is that of the head, or the one after it."""
        if head is None:
            return False
        if self.seq == head.count:
            return self.hash == head.hash
        return self.seq == head.count + 1 and self.prev == head.hash


def end_of(journal: Path) -> End:
    """Return where a journal ends: by its last line if that is intact, else by all of it."""
    size = journal.stat().st_size if journal.exists() else 0
    with closing(lines_backwards(journal)) as lines:
        for line in lines:
            if line.endswith(b"\n"):
                end, stated = _END.search(line), _STATED.match(line)
                if end and stated and _digest(line) == end[2]:
                    return End(int(stated[1]), end[2].decode(), end[1].decode(), size)
                return _walked(journal).end(size)
            size -= len(line)
    return End()


def lines_backwards(path: Path) -> Generator[bytes, None, None]:
    """Yield the lines of a file from the last to the first, each with its line end if any."""
    if not path.exists():
        return
    with path.open("rb") as journal:
        start, rest = journal.seek(0, io.SEEK_END), b""
        while start:
            size = min(_BLOCK, start)
            start -= size
            journal.seek(start)
            lines = io.BytesIO(journal.read(size) + rest).readlines()
            rest = lines.pop(0) if start else b""
            yield from reversed(lines)


def check_chain(journal: Path, head_file: Path, known: Head | None = None) -> list[Fault]:
    """Check a journal against itself, its head file and perhaps a head kept elsewhere."""
    walk = _walked(journal, known)
    return [*walk.faults, *walk.compared(Head.read(head_file))]


def _walked(journal: Path, known: Head | None = None) -> _Walk:
    walk = _Walk(known)
    if journal.exists():
        with journal.open("rb") as lines:
            for line in lines:
                walk.step(line)
    return walk


class _Walk:
    """A walk along the chain, remembering what does not fit."""

    def __init__(self, known: Head | None) -> None:
        self.faults: list[Fault] = []
        self._known = known
        self._seq = 0
        self._last = self._before = b""
        self._is_torn = False

    def step(self, line: bytes) -> None:
        """Look at the next line."""
        if not line.endswith(b"\n"):
            self._is_torn = True
            return
        expected = self._seq + 1
        end, stated = _END.search(line, max(0, len(line) - _TAIL)), _STATED.match(line)
        self._seq = int(stated[1]) if stated else expected
        if end is None or stated is None or _digest(line) != end[2]:
            self._found("record", "")
            self._seq = expected
        elif end[1] != self._last or self._seq != expected:
            self._found("order", f"expected {expected} after {self._last.decode()}")
        elif _SEAL.match(line):
            self._found("sealed", line.decode(errors="replace").strip())
        self._before, self._last = self._last, end[2] if end else b""
        if self._known == Head(self._seq, self._last.decode()):
            self._known = None

    def end(self, size: int) -> End:
        """Return where the walk ended."""
        return End(self._seq, self._last.decode(), self._before.decode(), size)

    def compared(self, head: Head | None) -> list[Fault]:
        """Compare the end of the walk with the heads."""
        if self._known and self._known.count:
            return [Fault("known", self._seq, self._known.to_json())]
        if head is None:
            is_new = not self._seq and not self._is_torn
            return [] if is_new else [Fault("head-missing", self._seq)]
        if self._seq < head.count:
            return [Fault("tail", self._seq, head.to_json())]
        if not self.end(0).follows(head):
            return [Fault("head", self._seq, head.to_json())]
        found = [Fault("head-lags", self._seq, head.to_json())] if self._seq > head.count else []
        return [*found, Fault("torn-line", self._seq + 1)] if self._is_torn else found

    def _found(self, kind: FaultKind, detail: str) -> None:
        self.faults.append(Fault(kind, self._seq, detail))


def _digest(line: bytes) -> bytes:
    """Return the hash of a record's line without its own."""
    return hashlib.sha256(memoryview(line)[: len(line) - _OWN]).hexdigest().encode()
