"""How far a batch is, and how long it still takes."""

from __future__ import annotations

import time
from collections.abc import Callable

Progress = Callable[[int, int | None, float | None], None]
"""Called with the documents done, those of all, and the seconds left; None where not known."""


class Pace:
    """Tells a caller after each document how far a batch is.

    Args:
        progress: whom to tell; None for nobody.
        total: how many documents there are; None if nobody knows.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        progress: Progress | None,
        total: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = progress
        self._total = total
        self._clock = clock
        self._started = clock()
        self._done = 0
        self._made = 0

    def advance(self, *, resumed: bool = False) -> None:
        """Count one more document; one that an earlier run made says nothing about the pace."""
        self._done += 1
        self._made += not resumed
        if self._progress is not None:
            self._progress(self._done, self._total, self._seconds_left())

    def _seconds_left(self) -> float | None:
        if self._total is None or not self._made:
            return None
        left = max(self._total - self._done, 0)
        return (self._clock() - self._started) / self._made * left
