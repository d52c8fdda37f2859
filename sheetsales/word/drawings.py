"""Ids of the drawings of a document, each of which must be there once."""

from __future__ import annotations

import re

_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*?\bid=")(\d+)')
_FIRST = 1000
"""New ids begin behind it, as in documents of docxtpl."""


def drawing_ids(blob: bytes) -> frozenset[int]:
    """Return the ids of the drawings of a part."""
    found = _DRAWING_ID.finditer(blob.decode(errors="replace"))
    return frozenset(int(match.group(2)) for match in found)


class DrawingIds:
    """The ids that a document has given."""

    def __init__(self, taken: frozenset[int]) -> None:
        self._taken = set(taken)
        self._last = _FIRST

    def numbered(self, text: str, *, anew: bool) -> str:
        """Return the text of a part whose drawings have ids of their own.

        Args:
            text: the text.
            anew: whether all get new ids; else only those whose id is taken.
        """

        def renumbered(match: re.Match[str]) -> str:
            number = int(match.group(2))
            if anew or number in self._taken:
                number = self._next()
            self._taken.add(number)
            return f"{match.group(1)}{number}"

        return _DRAWING_ID.sub(renumbered, text)

    def _next(self) -> int:
        self._last += 1
        while self._last in self._taken:
            self._last += 1
        return self._last
