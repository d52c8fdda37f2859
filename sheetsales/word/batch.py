"""Many documents of one template, in this process or in several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

from sheetsales.errors import TemplateError
from sheetsales.word.files import write_bytes
from sheetsales.word.names import fill_name, unique_names

Progress = Callable[[int, int], None]
"""Called with the number of documents done and the number of all."""

_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Record:
    """What one document is made of.

    Attributes:
        context: the fields that the template shows, plain data.
        properties: custom properties of the document; ``subject`` names the record in messages.
        generated_at: the time that the document says it was made; None keeps the template's.
    """

    context: Mapping[str, Any]
    properties: Mapping[str, str] = field(default_factory=dict)
    generated_at: datetime | None = None

    @property
    def name(self) -> str:
        """What the record is called in messages."""
        return self.properties.get("subject", "")


@dataclass(frozen=True, slots=True)
class RenderResult:
    """What became of one record: a file, or the reason why there is none."""

    path: Path | None
    error: TemplateError | None = None


class Renderer(Protocol):
    """What makes the documents; it travels to other processes."""

    path: Path

    def render_bytes(self, record: Record) -> bytes:
        """Return the bytes of the document of one record."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """One document to make: the record, its number in the batch, and where it goes."""

    record: Record
    number: int
    path: Path


def plan_jobs(
    file: str, records: Iterable[Record | Mapping[str, Any]], folder: Path, pattern: str
) -> list[Job | RenderResult]:
    """Return one job per record, or the result that it cannot be named.

    All names are settled before the first document is made, so that they do not depend on how far
    an earlier run came.
    """
    found = [record if isinstance(record, Record) else Record(record) for record in records]
    texts = [_filled(pattern, record, number, file) for number, record in enumerate(found, start=1)]
    names = iter(unique_names(text for text in texts if isinstance(text, str)))
    return [
        RenderResult(None, text)
        if isinstance(text, TemplateError)
        else Job(record, number, folder / next(names))
        for number, (record, text) in enumerate(zip(found, texts, strict=True), start=1)
    ]


def render_jobs(
    renderer: Renderer,
    jobs: Sequence[Job | RenderResult],
    workers: int = 1,
    progress: Progress | None = None,
) -> list[RenderResult]:
    """Make the documents and return what became of each, in order.

    Raises:
        TemplateError: a worker process died.
    """
    results = []
    done = _together(renderer, jobs, workers) if workers > 1 else _alone(renderer, jobs)
    for number, result in enumerate(done, start=1):
        results.append(result)
        if progress is not None:
            progress(number, len(jobs))
    return results


def _filled(pattern: str, record: Record, number: int, file: str) -> str | TemplateError:
    try:
        return fill_name(pattern, record.context, number, file)
    except TemplateError as error:
        error.arguments["record"] = record.name or str(number)
        return error


def _alone(renderer: Renderer, jobs: Sequence[Job | RenderResult]) -> Iterator[RenderResult]:
    return (_result(renderer, job) for job in jobs)


def _together(
    renderer: Renderer, jobs: Sequence[Job | RenderResult], workers: int
) -> Iterator[RenderResult]:
    # Spawned, because a forked copy of a process with threads may hang, and Windows only spawns.
    pool = ProcessPoolExecutor(
        max_workers=workers,
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(renderer,),
    )
    try:
        with pool:
            yield from pool.map(_work, jobs, chunksize=_CHUNK)
    except BrokenProcessPool as error:
        raise TemplateError("worker-died", file=renderer.path.name) from error


_WORKER: list[Renderer] = []
"""In a worker process: the one renderer that it was started with."""


def _start_worker(renderer: Renderer) -> None:
    _WORKER.append(renderer)


def _work(job: Job | RenderResult) -> RenderResult:
    return _result(_WORKER[-1], job)


def _result(renderer: Renderer, job: Job | RenderResult) -> RenderResult:
    if isinstance(job, RenderResult):
        return job
    try:
        write_bytes(job.path, renderer.render_bytes(job.record))
    except TemplateError as error:
        error.arguments["record"] = job.record.name or str(job.number)
        return RenderResult(None, error)
    except OSError as error:
        reason = error.strerror or str(error)
        failed = TemplateError("document-not-written", file=job.path.name, reason=reason)
        return RenderResult(None, failed)
    return RenderResult(job.path)
