"""Examine the journal: its chain, its head, and a head kept elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetsales.store.journal import Fault, Head, Journal

if TYPE_CHECKING:
    from sheetsales.workspace.selection import Selection


@dataclass(frozen=True, slots=True)
class Verified:
    """What an examination found.

    Attributes:
        head: number and hash of the last record.
        faults: what is not as it was written.
    """

    head: Head
    faults: tuple[Fault, ...] = ()

    @property
    def broken(self) -> tuple[Fault, ...]:
        """The faults that no crash explains."""
        return tuple(fault for fault in self.faults if fault.is_tampering)

    @property
    def explained(self) -> tuple[Fault, ...]:
        """The faults that a process left that died."""
        return tuple(fault for fault in self.faults if not fault.is_tampering)


def verify_journal(selected: Selection, known: Head | None = None) -> Verified:
    """Return what is wrong with the journal of some workbooks.

    Args:
        selected: the workbooks.
        known: number and hash of a record, as they were noted elsewhere.
    """
    journal = Journal(selected.folder)
    return Verified(journal.head, tuple(journal.verify(known)))
