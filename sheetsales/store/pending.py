"""Plans that wait because somebody has the workbook open: one file each, applied in order."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sheetsales.errors import WorkbookError
from sheetsales.store import system
from sheetsales.store.folders import StoreFolder
from sheetsales.store.locks import file_lock
from sheetsales.store.plan import Plan
from sheetsales.store.records import Signature

ENDING = ".plan.json"
LOCK = "pending.lock"

_TIME = "%Y%m%dT%H%M%S%fZ"
_ID_SIZE = 8


class BookPlan(NamedTuple):
    """The plan for one book: its name in the store folder, and what changes."""

    name: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class PendingPlan:
    """Changes that wait; those to several books are applied together or not at all.

    Attributes:
        id: names the entry.
        time: when it was queued, in UTC, ISO 8601.
        signature: who wanted it, by which command, in which role.
        waits_for: who had the book open, "" if that is not known.
        plans: what is to be changed, by book.
        file: name of its file.
    """

    id: str
    time: str
    signature: Signature
    waits_for: str
    plans: tuple[BookPlan, ...]
    file: str = ""

    @property
    def books(self) -> tuple[str, ...]:
        """Names of the books."""
        return tuple(each.name for each in self.plans)

    @property
    def who(self) -> str:
        """Who wanted it."""
        return self.signature.who

    @property
    def command(self) -> str:
        """By which command."""
        return self.signature.command

    def to_json(self) -> dict[str, Any]:
        """Return the entry as plain data for JSON."""
        return {
            "id": self.id,
            "time": self.time,
            "who": self.signature.who,
            "command": self.signature.command,
            "role": self.signature.role,
            "waits_for": self.waits_for,
            "plans": [{"name": each.name, "plan": each.plan.to_json()} for each in self.plans],
        }


class Pending:
    """The plans that wait in a store folder.

    Attributes:
        folder: the store folder.
    """

    def __init__(self, folder: StoreFolder) -> None:
        self.folder = folder

    def add(self, plans: Sequence[BookPlan], waits_for: str, signature: Signature) -> PendingPlan:
        """Queue plans as one entry, on the disk when this returns.

        Raises:
            OSError: it could not be written.
        """
        now = system.now()
        number = secrets.token_hex(_ID_SIZE)
        entry = PendingPlan(
            id=number,
            time=now.isoformat(timespec="milliseconds"),
            signature=signature,
            waits_for=waits_for,
            plans=tuple(plans),
            file=f"{now.strftime(_TIME)}-{number}{ENDING}",
        )
        data = json.dumps(entry.to_json(), ensure_ascii=False, indent=1).encode()
        folder = system.make_folder(self.folder.made().pending)
        with file_lock(self.folder.locks / LOCK, entry.file):
            system.write_durable(folder / entry.file, data)
        return entry

    def list(self) -> list[PendingPlan]:
        """Return what waits, oldest first; files that are no plans are left out.

        Raises:
            WorkbookError: ``workbook-unreadable``, the folder cannot be read.
        """
        return [entry for entry in map(_read, self._files()) if entry is not None]

    def unreadable(self) -> Sequence[str]:
        """Return the names of the files that are no plans."""
        return [path.name for path in self._files() if _read(path) is None]

    def remove(self, number: str) -> bool:
        """Remove an entry by its id; return whether it was there.

        Raises:
            OSError: it could not be removed.
        """
        found = [path for path in self._paths() if path.name.endswith(f"-{number}{ENDING}")]
        for path in found:
            system.remove(path)
            system.sync_folder(path.parent)
        return bool(found)

    def _files(self) -> Iterator[Path]:
        try:
            return self._paths()
        except OSError as error:
            place, reason = self.folder.pending, error.strerror or str(error)
            raise WorkbookError("workbook-unreadable", book=place.name, reason=reason) from error

    def _paths(self) -> Iterator[Path]:
        folder = self.folder.pending
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        return (folder / name for name in names if name.endswith(ENDING) and name[0] != ".")


def _read(path: Path) -> PendingPlan | None:
    try:
        data = json.loads(path.read_bytes())
        return _entry(data, path.name)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, WorkbookError):
        return None


def _entry(data: Mapping[str, Any], file: str) -> PendingPlan:
    return PendingPlan(
        id=data["id"],
        time=data["time"],
        signature=Signature(data["who"], data["command"], data["role"]),
        waits_for=data["waits_for"],
        plans=tuple(BookPlan(each["name"], Plan.from_json(each["plan"])) for each in data["plans"]),
        file=file,
    )
