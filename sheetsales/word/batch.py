"""Many documents of one template: in this process, in several, or on other machines."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from hashlib import sha256
from operator import length_hint
from pathlib import Path
from typing import Any, TypedDict

from sheetsales.errors import TemplateError
from sheetsales.word.chunks import Item
from sheetsales.word.cluster import render_through
from sheetsales.word.files import sync_folder
from sheetsales.word.jobs import Job, Record, Renderer, RenderResult, render, write
from sheetsales.word.names import UniqueNames, fill_name
from sheetsales.word.pool import render_in_pool
from sheetsales.word.progress import Pace, Progress
from sheetsales.word.resuming import State

__all__ = [
    "More",
    "Progress",
    "Record",
    "RenderResult",
    "Renderer",
    "Way",
    "plan_items",
    "render_each",
]

_EVERY = 32
"""After so many documents a later run is let know of them."""
_STOPPING = frozenset({"disk-full", "folder-gone"})
"""What concerns all documents and not one."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a batch is made.

    Attributes:
        workers: processes to render with; 1 is this one.
        executor: whose workers render instead: anything with the interface of
            ``concurrent.futures``, a Dask client's for instance.
        resume: make only what an earlier run that was killed has not made.
        progress: called after each document.
    """

    workers: int = 1
    executor: Executor | None = None
    resume: bool = False
    progress: Progress | None = None


class More(TypedDict, total=False):
    """The options of a batch that few need; see :class:`Way`."""

    resume: bool
    executor: Executor | None


def render_each(
    renderer: Renderer,
    records: Iterable[Record | Mapping[str, Any]],
    folder: Path,
    name: str,
    way: Way,
) -> Iterator[RenderResult]:
    """Make the documents and yield what became of each, in order, as they are made.

    The records are drawn as they are needed and kept no longer.

    Raises:
        TemplateError: no document can be written any more, or there are no workers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pace = Pace(way.progress, length_hint(records, 0) or None)
    state = State(folder, _batch_of(renderer, name), resume=way.resume)
    complete = False
    try:
        items = _remaining(plan_items(renderer.path.name, records, folder, name), state)
        for number, result in enumerate(_results(renderer, items, way), start=1):
            if result.error is not None and result.error.code in _STOPPING:
                raise result.error
            state.note(number, result)
            if number % _EVERY == 0:
                state.flush()
            pace.advance(resumed=result.resumed)
            yield result
        complete = True
    finally:
        state.close(complete=complete)
    sync_folder(folder)


def plan_items(
    file: str, records: Iterable[Record | Mapping[str, Any]], folder: Path, pattern: str
) -> Iterator[Item]:
    """Yield one job per record, or the result that it cannot be named.

    A name depends on the records before it alone, not on how far an earlier run came.
    """
    names = UniqueNames()
    for number, given in enumerate(records, start=1):
        record = given if isinstance(given, Record) else Record(given)
        try:
            text = fill_name(pattern, record.context, number, file)
        except TemplateError as error:
            yield Job(record, number, folder).failed(error)
        else:
            yield Job(record, number, folder / names.name_of(text))


def _remaining(items: Iterator[Item], state: State) -> Iterator[Item]:
    for item in items:
        yield (state.made_before(item) or item) if isinstance(item, Job) else item


def _results(renderer: Renderer, items: Iterator[Item], way: Way) -> Iterator[RenderResult]:
    if way.executor is not None:
        return render_through(renderer, items, way.executor)
    if way.workers > 1:
        return render_in_pool(renderer, items, way.workers)
    return (
        item if isinstance(item, RenderResult) else write(item, render(renderer, item))
        for item in items
    )


def _batch_of(renderer: Renderer, name: str) -> str:
    return sha256(pickle.dumps(renderer) + name.encode()).hexdigest()
