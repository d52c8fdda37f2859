"""The hash of what a document shows, by which a later look sees whether the data moved on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_NOT_DATA = {"letterhead": frozenset({"document_no", "date"})}
"""What differs from one making to the next although the data is the same."""


def data_hash(context: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a context as canonical JSON, without number and date of the making."""
    kept = {
        name: {key: part for key, part in value.items() if key not in _NOT_DATA[name]}
        if name in _NOT_DATA
        else value
        for name, value in context.items()
    }
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
