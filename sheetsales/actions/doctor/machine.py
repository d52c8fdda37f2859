"""What the machine brings along."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from sheetsales.actions.doctor.finding import Finding, State

_NEEDED_BYTES = 200 * 1024 * 1024
"""Free space below which saving with a history copy may fail."""


def examine_machine() -> Iterator[Finding]:
    """Yield what is there of Python and of the programs that help."""
    yield Finding("python", "ok", {"version": ".".join(map(str, sys.version_info[:3]))})
    yield Finding("filelock", "ok", {"version": importlib.metadata.version("filelock")})
    has_isal = importlib.util.find_spec("isal") is not None
    yield Finding("speed", "ok" if has_isal else "advice")
    office = shutil.which("soffice") or shutil.which("libreoffice")
    yield Finding("office", "ok" if office else "advice", {"path": office or ""})


def examine_space(folder: Path) -> Finding:
    """Return how much room the disk of a folder has."""
    free = shutil.disk_usage(folder).free
    state: State = "ok" if free > _NEEDED_BYTES else "advice"
    return Finding("space", state, {"free": f"{free // 1_000_000:,} MB"})
