"""The journal: what was done to the books of a folder, one record a line, each tied to the last.

A record holds the hash of the one before and of itself, and the head file holds the count and
the hash of the last, so that every change behind the store's back is seen: in a record, of their
order and number, and of the journal as a whole. Somebody who rewrites journal and head alike is
seen only by a head that was kept elsewhere (printed, mailed, copied).

An append writes the record and then the head, each to stay. A process that dies between the two
leaves a head that lags by one record; one that dies within the record leaves a torn line, which
the next append cuts off and keeps aside. Both are told from tampering.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from sheetsales.store import system
from sheetsales.store.chain import End, Fault, Head, check_chain, end_of, lines_backwards
from sheetsales.store.folders import StoreFolder
from sheetsales.store.locks import file_lock
from sheetsales.store.records import Record, Sealed, Signature, from_line, sealed_plan, to_line

__all__ = ["Fault", "Head", "Journal", "Record", "Sealed", "Signature"]

_SCAN = 1 << 20


class Journal:
    """The journal of a store folder.

    Attributes:
        folder: the store folder.
    """

    def __init__(self, folder: StoreFolder) -> None:
        self.folder = folder

    @property
    def head(self) -> Head:
        """Count and hash of the last record as the head file has them; worth printing."""
        return Head.read(self.folder.head) or Head(0, "")

    def append(self, record: Record, sealed: Sealed | None = None) -> Record:
        """Add a record at the end, on the disk when this returns.

        Where the end of the journal is not what the head file says, a record of kind ``seal``
        comes before it: it ties the chain on and keeps for good what was expected and found.

        Args:
            record: what was done; number, time and hashes are filled in.
            sealed: tells by name of Table and header which columns hold personal data: of their
                values and keys only salted hashes are kept.

        Returns:
            The record as it stands in the journal.

        Raises:
            WorkbookBusyError: ``workbook-lock-timeout``.
            OSError: it could not be written.
        """
        folder = self.folder.made()
        with file_lock(folder.locks / "journal.lock", folder.journal.name):
            head, end = Head.read(folder.head), self._end()
            if head is None and not end.seq:
                head = Head(0, "")
                head.write(folder.head)
            if not end.follows(head):
                end = self._add(_seal(head, end), end)[1]
            plan = sealed_plan(record.plan, sealed, folder.salt) if record.plan else None
            return self._add(replace(record, plan=plan), end)[0]

    def records(self, book: str | None = None) -> Iterator[Record]:
        """Yield the records in order; those that cannot be read are left out.

        Args:
            book: name of a book (`StoreFolder.name_of`); None: of all.
        """
        mark = None if book is None else _member("book", book)
        with suppress(FileNotFoundError), self.folder.journal.open("rb") as lines:
            for line in lines:
                if mark is None or mark in line:
                    record = from_line(line)
                    if record is not None and book in (None, record.book):
                        yield record

    def last(self, book: str, kinds: Collection[str] = ()) -> Record | None:
        """Return the last record of a book.

        Args:
            book: its name (`StoreFolder.name_of`).
            kinds: the kinds that count; empty: all.
        """
        mark = _member("book", book)
        with closing(lines_backwards(self.folder.journal)) as lines:
            for record in (from_line(line) for line in lines if mark in line):
                if record and record.book == book and (not kinds or record.kind in kinds):
                    return record
        return None

    def seen(self, plan_id: str) -> bool:
        """Tell whether a plan was applied: a record has its id, and no later ``abort`` has it."""
        mark, applied = _member("plan_id", plan_id), False
        if plan_id and _contains(self.folder.journal, mark):
            for record in self.records():
                if record.plan_id == plan_id:
                    applied = record.kind != "abort"
        return applied

    def verify(self, known: Head | None = None) -> list[Fault]:
        """Check the whole journal.

        Args:
            known: a head kept elsewhere; the journal must hold that record at that place.

        Returns:
            What is wrong, in order; `Fault.is_tampering` is False for what a crash explains.
        """
        return check_chain(self.folder.journal, self.folder.head, known)

    def _end(self) -> End:
        """Return the end; cut off what a dying process left after it and keep that aside."""
        path = self.folder.journal
        end = end_of(path)
        if path.exists() and path.stat().st_size > end.size:
            with path.open("rb") as journal:
                journal.seek(end.size)
                torn = journal.read()
            system.append_durable(self.folder.path / "journal.torn", torn + b"\n")
            system.cut_durable(path, end.size)
        return end

    def _add(self, record: Record, end: End) -> tuple[Record, End]:
        time = system.now().isoformat(timespec="milliseconds")
        added = replace(record, seq=end.seq + 1, time=time, prev=end.hash)
        line, digest = to_line(added)
        system.append_durable(self.folder.journal, line)
        Head(added.seq, digest).write(self.folder.head)
        size = end.size + len(line)
        return replace(added, hash=digest), End(added.seq, digest, end.hash, size)


def _seal(head: Head | None, end: End) -> Record:
    expected = head.to_json() if head else ""
    return Record("seal", note={"expected": expected, "found": Head(end.seq, end.hash).to_json()})


def _member(name: str, value: str) -> bytes:
    return f'"{name}":{json.dumps(value, ensure_ascii=False)}'.encode()


def _contains(path: Path, mark: bytes) -> bool:
    rest = b""
    with suppress(FileNotFoundError), path.open("rb") as journal:
        while block := journal.read(_SCAN):
            if mark in rest + block:
                return True
            rest = block[-len(mark) :]
    return False
