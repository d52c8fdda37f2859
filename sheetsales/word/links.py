"""Which targets a hyperlink of a document may have."""

from __future__ import annotations

import re

_SAFE = re.compile(r"(?:https?|mailto|tel|sms|ftp|ftps):", re.IGNORECASE)
_SCHEME = re.compile(r"[\s\x00-\x20]*[a-z][a-z0-9+.\-]*:", re.IGNORECASE)


def is_safe_link(target: str) -> bool:
    """Return whether a hyperlink may point to a target: a page, an address, a place nearby.

    >>> is_safe_link("https://example.com/"), is_safe_link("file:///C:/x.exe")
    (True, False)
    """
    if "\\" in target or target.lstrip().startswith("//"):
        return False
    return bool(_SAFE.match(target)) or not _SCHEME.match(target)
