"""Many documents in flight, their results in order: what all kinds of workers share."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

from sheetsales.word.jobs import Job, RenderResult

Item = Job | RenderResult
"""A document to make, or what is known of it already."""
Answer = TypeVar("Answer")

_FIRST = 4
_LARGEST = 128
_SECONDS = 0.1


class Sizes:
    """How many documents a worker gets at once: as many as it makes in a tenth of a second.

    So the hand-over costs little, a batch ends evenly, and large records do not pile up.
    """

    def __init__(self) -> None:
        self.now = _FIRST

    def learn(self, count: int, seconds: float) -> None:
        """Take in how long some documents took; the size at most doubles."""
        if count and count >= self.now // 2:
            fitting = int(count * _SECONDS / max(seconds, 1e-9))
            self.now = max(1, min(fitting, 2 * self.now, _LARGEST))


@dataclass(slots=True)
class Chunk(Generic[Answer]):
    """Documents that a worker makes together.

    Attributes:
        items: they and those in between that are settled already.
        future: the worker's answer.
    """

    items: list[Item]
    future: Future[Answer] = field(default_factory=Future)

    @property
    def jobs(self) -> list[Job]:
        """The documents to make."""
        return [item for item in self.items if isinstance(item, Job)]

    def filled(self, results: Iterator[RenderResult]) -> Iterator[RenderResult]:
        """Yield a result per item, those of the jobs from the given ones, in order."""
        return (item if isinstance(item, RenderResult) else next(results) for item in self.items)


class Window(Generic[Answer]):
    """The chunks that are in flight, at most so many, whatever the number of records.

    Args:
        items: all documents of the batch.
        limit: most chunks in flight.
        submit: hands some documents to a worker.
    """

    def __init__(
        self,
        items: Iterator[Item],
        limit: int,
        submit: Callable[[list[Job]], Future[Answer]],
    ) -> None:
        self.sizes = Sizes()
        self.waiting: deque[Chunk[Answer]] = deque()
        self._items = items
        self._limit = limit
        self._submit = submit

    def fill(self) -> bool:
        """Hand over as much as may be in flight; return whether anything is."""
        while len(self.waiting) < self._limit:
            chunk: Chunk[Answer] = Chunk(list(islice(self._items, self.sizes.now)))
            if not chunk.items:
                break
            if chunk.jobs:
                chunk.future = self._submit(chunk.jobs)
            self.waiting.append(chunk)
        return bool(self.waiting)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self._started
