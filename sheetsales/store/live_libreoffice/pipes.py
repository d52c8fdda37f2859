"""Name of the pipe on which a user's LibreOffice listens."""

from __future__ import annotations

import hashlib
from pathlib import Path

_DIGITS = 16


def pipe_name(home: Path | None = None) -> str:
    """Return the name of a user's pipe: the same for whoever starts LibreOffice or speaks with it.

    Args:
        home: the user's home folder; None means this user's.
    """
    text = str(home or Path.home())
    return f"sheetsales-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"
