"""What a stored score keeps: the version of its formula and a hash of what it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from sheetsales.scores.derivation import Input

FORMULA_VERSIONS: Mapping[str, str] = {
    "F08": "1",
    "F09": "1",
    "F10": "1",
    "F11": "1",
    "F12": "1",
    "F13": "1",
    "F16": "1",
    "F17": "1",
    "F20": "1",
    "F21": "1",
    "F22": "1",
    "F25": "1",
    "F26": "1",
    "F33": "1",
}
"""Version of each formula; raised when its arithmetic changes."""


def canonical_json(inputs: Iterable[Input]) -> str:
    """Return inputs as JSON that is the same wherever and in whatever order they were read.

    Each input is ``[table, key, field, value]``; numbers are text without trailing zeros.
    """
    found = sorted(
        {(one.table, one.key, one.field, _text(one.value)) for one in inputs}, key=_order
    )
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def score_hash(inputs: Iterable[Input]) -> str:
    """Return the sha256 (hex) of the canonical JSON of inputs."""
    return hashlib.sha256(canonical_json(inputs).encode()).hexdigest()


def read_inputs(text: str) -> tuple[tuple[str, str, str, str | bool | None], ...]:
    """Return table, key, field and value of each input of canonical JSON."""
    return tuple((table, key, field, value) for table, key, field, value in json.loads(text))


def _text(value: object) -> str | bool | None:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, Decimal)
    return f"{value.normalize():f}" if value else "0"


def _order(one: tuple[str, str, str, str | bool | None]) -> tuple[str, str, str, str]:
    return (*one[:3], repr(one[3]))
