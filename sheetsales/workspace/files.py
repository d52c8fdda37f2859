"""The engine's own files: each written whole or not at all, and to stay after a power cut."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sheetsales.errors import WorkspaceError
from sheetsales.store.system import sync_folder


def read_json(path: Path) -> Any:
    """Return what a file of ours holds.

    Raises:
        WorkspaceError: ``file-not-read``, it is damaged or may not be read.
    """
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise WorkspaceError("file-not-read", file=str(path), reason=str(error)) from error


def write_file(path: Path, content: str | bytes) -> Path:
    """Write one file; see :func:`write_files`."""
    write_files({path: content})
    return path


def write_files(contents: Mapping[Path, str | bytes]) -> None:
    """Write files beside their places, make them durable, then move each into its place.

    A failure leaves the old file as it was; folders that are missing are made.

    Raises:
        WorkspaceError: ``file-not-written``.
    """
    for path, content in contents.items():
        try:
            _write(path, content.encode() if isinstance(content, str) else content)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceError("file-not-written", file=str(path), reason=reason) from error
    for folder in {path.parent for path in contents}:
        sync_folder(folder)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
