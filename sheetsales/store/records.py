"""One record of the journal, as a line and back, with personal values sealed."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sheetsales.store import system

Kind = Literal["save", "foreign", "abort", "refresh", "restore", "txn", "seal", "seen"]
Sealed = Callable[[str, str], bool]
"""Tells by name of the Table and header of the column whether its values are personal."""

LARGEST_PLAN = 4 << 20
"""Bytes of JSON above which only the hash of a plan is kept; the history has the values."""

_SALT_SIZE = 32
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did it, by which command, in which role."""

    who: str
    command: str
    role: str = ""

    @classmethod
    def default(cls, command: str = "") -> Signature:
        """Return the signature of the user who runs this process."""
        return cls(system.user_name(), command)


@dataclass(frozen=True, slots=True)
class Record:
    """What was done to a book, or to the journal itself.

    Attributes:
        kind: ``save`` (the intent, before the file is replaced), ``abort`` (a save that did not
            come about), ``foreign`` (somebody saved without the store), ``refresh``, ``restore``,
            ``txn``, ``seal`` (the journal was not what its head said), ``seen`` (what a caller
            keeps of the state that it met, in ``note``).
        book: name of the book in its store folder.
        who: who did it.
        role: in which role.
        command: by which command.
        via: ``file``, or the way into an open workbook.
        before: SHA-256 of the file before, "" if there was none.
        after: SHA-256 of the file after.
        plan: the plan as JSON data, personal values sealed; None if there is none or it is too
            large.
        plan_hash: SHA-256 of that JSON.
        plan_id: id of the plan; an ``abort`` names that of the plan that was not applied.
        note: what else is to be kept.
        seq: number, from 1; filled in by the journal.
        time: when, in UTC, ISO 8601; filled in by the journal.
        prev: hash of the record before; filled in by the journal.
        hash: hash of this record; filled in by the journal.
    """

    kind: Kind
    book: str = ""
    who: str = ""
    role: str = ""
    command: str = ""
    via: str = "file"
    before: str = ""
    after: str = ""
    plan: Mapping[str, Any] | None = None
    plan_hash: str = ""
    plan_id: str = ""
    note: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
    time: str = ""
    prev: str = ""
    hash: str = ""

    @classmethod
    def signed(cls, kind: Kind, signature: Signature, **content: Any) -> Record:
        """Return a record with the person and command of a signature."""
        return cls(
            kind, who=signature.who, role=signature.role, command=signature.command, **content
        )


def to_line(record: Record) -> tuple[bytes, str]:
    """Return a record as its line, and its hash.

    The number comes first, the hash of the record before and its own come last, so that the
    chain can be checked without parsing JSON.
    """
    plan = _packed(record.plan) if record.plan else ""
    fields: dict[str, Any] = {
        "seq": record.seq,
        "time": record.time,
        "kind": record.kind,
        "book": record.book,
        "who": record.who,
        "role": record.role,
        "command": record.command,
        "via": record.via,
        "from": record.before,
        "to": record.after,
        "plan_id": record.plan_id,
        "plan_hash": hashlib.sha256(plan.encode()).hexdigest() if plan else record.plan_hash,
        "plan": record.plan if plan and len(plan) <= LARGEST_PLAN else None,
        "note": record.note,
        "prev": record.prev,
    }
    body = _packed(fields)[:-1].encode()
    digest = hashlib.sha256(body).hexdigest()
    return body + f',"h":"{digest}"}}\n'.encode(), digest


def from_line(line: bytes) -> Record | None:
    """Return the record of a line; None if it holds none."""
    try:
        data = json.loads(line)
        data["before"], data["after"], data["hash"] = (
            data.pop("from"),
            data.pop("to"),
            data.pop("h"),
        )
        return Record(**data)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def sealed_plan(
    plan: Mapping[str, Any], sealed: Sealed | None, salt_file: Path
) -> Mapping[str, Any]:
    """Return a plan whose personal values are salted hashes.

    The same value gives the same hash within a store folder, so that a change is still seen as
    one; a blank stays a blank.
    """
    if sealed is None:
        return plan
    salt = _salt(salt_file)
    return {**plan, "rows": [_sealed_row(row, sealed, salt) for row in plan.get("rows", ())]}


def _packed(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sealed_row(row: Mapping[str, Any], sealed: Sealed, salt: bytes) -> Mapping[str, Any]:
    table = row.get("table", "")
    cells = [
        [cell, column, _seal(old, salt), _seal(new, salt)]
        if sealed(table, column)
        else [cell, column, old, new]
        for cell, column, old, new in row["cells"]
    ]
    headers = list(row.get("key_headers", ()))
    key = [
        _seal(part, salt) if number < len(headers) and sealed(table, headers[number]) else part
        for number, part in enumerate(row.get("key", ()))
    ]
    return {**row, "cells": cells, "key": key}


def _seal(value: object, salt: bytes) -> object:
    if value is None or value == "":
        return value
    packed = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    return {"sealed": hmac.new(salt, packed, hashlib.sha256).hexdigest()}


def _salt(path: Path) -> bytes:
    """Return the salt of the store folder; made once, for its owner's eyes."""
    salt = path.read_bytes() if path.exists() else b""
    if len(salt) < _SALT_SIZE:
        salt = secrets.token_bytes(_SALT_SIZE)
        system.write_durable(path, salt, _OWNER_ONLY)
    return salt
