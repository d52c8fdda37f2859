"""What the engine saw when it last wrote: keys, and approved rows; kept in the journal.

Staff edit in Excel, so a rule such as "approved plans do not change" needs to know what stood there
before. Every command that writes the workbooks notes in the journal what is new: keys that were
not known, and the guarded values of rows that were approved or signed since. ``check`` compares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheetsales.checks.known_keys import new_keys
from sheetsales.checks.sealed import GUARDS, rows_to_seal, unguarded_keys
from sheetsales.store import Signature, StoreFolder
from sheetsales.store.journal import Journal, Record

if TYPE_CHECKING:
    from sheetsales.workspace.folder import Workspace

BOOK = "workbooks"
"""What these records are about: no single book, but the tables of all."""

Rows = dict[str, dict[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen before.

    Attributes:
        keys: keys by table.
        rows: guarded values by table, key and field.
    """

    keys: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    rows: Rows = field(default_factory=lambda: defaultdict(dict))

    def add(self, note: Mapping[str, Any]) -> None:
        """Take in what one record says; what it releases is forgotten first."""
        for name, key in note.get("released_keys", ()):
            self.keys[name].pop(key, None)
        for name, key in note.get("released_rows", ()):
            self.rows[name].pop(key, None)
        for name, keys in note.get("keys", {}).items():
            self.keys[name].update(dict.fromkeys(keys))
        for name, rows in note.get("rows", {}).items():
            self.rows[name].update(rows)


def read_seen(workspace: Workspace) -> Seen:
    """Return what was seen, as far as the regulation still has its tables."""
    seen = Seen()
    for record in _journal(workspace).records(BOOK):
        seen.add(record.note)
    known = workspace.regulation.tables
    return Seen(
        {name: keys for name, keys in seen.keys.items() if keys and name in known},
        {name: rows for name, rows in seen.rows.items() if rows and name in known},
    )


def note_seen(workspace: Workspace, command: str) -> None:
    """Note in the journal what is new in the tables; nothing is new: no record.

    What stands in an open workbook may never be saved, so nothing is noted while one is worked in.

    Args:
        workspace: its tables are read anew if they were forgotten.
        command: the command that wrote.
    """
    if workspace.live:
        return
    seen = read_seen(workspace)
    note = {
        "keys": new_keys(workspace.tables, seen.keys),
        "rows": rows_to_seal(workspace.tables, seen.rows),
    }
    _append(workspace, command, note)


def release_seen(workspace: Workspace, command: str, tables: Collection[str]) -> None:
    """Forget what an older version of some tables, put back on purpose, does not have.

    That is: keys that are not there yet, and the seals of rows that are not approved yet.

    Args:
        workspace: its tables are those after the restore.
        command: the command that put the version back.
        tables: the tables of the restored workbook.
    """
    seen = read_seen(workspace)
    note: dict[str, list[tuple[str, str]]] = {"released_keys": [], "released_rows": []}
    for name in tables:
        present = set(workspace.tables[name].keys())
        gone = (key for key in seen.keys.get(name, ()) if key not in present)
        note["released_keys"] += [(name, key) for key in gone]
        sealed = seen.rows.get(name, {})
        note["released_rows"] += [(name, key) for key in sealed if key not in present]
    for guard in GUARDS:
        if guard.table in tables:
            sealed = seen.rows.get(guard.table, {})
            unapproved = unguarded_keys(workspace.tables, guard)
            note["released_rows"] += [(guard.table, key) for key in sealed if key in unapproved]
    _append(workspace, command, note)


def _append(workspace: Workspace, command: str, note: Mapping[str, Any]) -> None:
    kept = {name: content for name, content in note.items() if content}
    if kept:
        record = Record.signed("seen", Signature.default(command), book=BOOK, note=kept)
        _journal(workspace).append(record)


def _journal(workspace: Workspace) -> Journal:
    return Journal(StoreFolder(workspace.folder))
