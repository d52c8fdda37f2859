"""The folder ``.sheetsales``: what the store keeps about the books of a folder."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from sheetsales.store import system

NAME = ".sheetsales"


@dataclass(frozen=True, slots=True)
class StoreFolder:
    """Where journal, history, locks, pending plans and transactions of some books are.

    Attributes:
        home: the folder that holds ``.sheetsales``; names of books are relative to it.
    """

    home: Path

    @classmethod
    def of(cls, book: Path) -> Self:
        """Return the store folder of a book: that of the nearest folder above, else beside it.

        It need not exist; `made` makes it.
        """
        resolved = book.resolve()
        found = (folder for folder in resolved.parents if (folder / NAME).is_dir())
        return cls(next(found, resolved.parent))

    @property
    def path(self) -> Path:
        """The folder ``.sheetsales`` itself."""
        return self.home / NAME

    @property
    def journal(self) -> Path:
        """The journal: one record a line."""
        return self.path / "journal.jsonl"

    @property
    def head(self) -> Path:
        """Count and hash of the journal's last record."""
        return self.path / "journal.head.json"

    @property
    def history(self) -> Path:
        """Books as they were before each save."""
        return self.path / "history"

    @property
    def pending(self) -> Path:
        """Plans that wait until a book is closed."""
        return self.path / "pending"

    @property
    def locks(self) -> Path:
        """Lock files; they are never deleted."""
        return self.path / "locks"

    @property
    def transactions(self) -> Path:
        """Saves of several books that are under way."""
        return self.path / "txn"

    @property
    def salt(self) -> Path:
        """What is mixed into the hashes of personal values in the journal."""
        return self.path / "salt"

    def made(self) -> Self:
        """Make the folder if it is missing; return it."""
        system.make_folder(self.path)
        return self

    def name_of(self, book: Path) -> str:
        """Return the name of a book in journal and plans: its path below `home`, with slashes.

        A book elsewhere (reached through a setting, not through the folder) keeps its full path.
        """
        resolved, home = book.resolve(), self.home.resolve()
        if resolved.is_relative_to(home):
            resolved = resolved.relative_to(home)
        return unicodedata.normalize("NFC", resolved.as_posix())

    def book(self, name: str) -> Path:
        """Return the path of a book by its name; see `name_of`."""
        return self.home / PurePosixPath(name)
