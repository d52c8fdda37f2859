"""Worker processes on this machine; one that dies takes no document with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait

from sheetsales.errors import TemplateError
from sheetsales.word.chunks import Chunk, Item, Stopwatch, Window
from sheetsales.word.files import remove_leftovers
from sheetsales.word.jobs import Job, Renderer, RenderResult, pack, render, unpack, write

_IN_FLIGHT = 3
"""Chunks per worker: one in work, one waiting, one for the other workers' sake."""
_UNPACKABLE = (TypeError, AttributeError, pickle.PicklingError, RecursionError)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a worker says of a chunk; what its jobs say of themselves does not travel back.

    Attributes:
        told: error, hash of the document and hash of the record, for each job.
        seconds: how long they took.
    """

    told: list[tuple[TemplateError | None, str, str]]
    seconds: float

    @classmethod
    def of(cls, results: list[RenderResult], seconds: float) -> _Answer:
        """Return what there is to tell of some results."""
        return cls([(one.error, one.sha256, one.record_hash) for one in results], seconds)

    def results(self, jobs: list[Job]) -> list[RenderResult]:
        """Return the results of the jobs."""
        return [
            RenderResult(None if error else job.path, error, job.name, digest, record_hash)
            for job, (error, digest, record_hash) in zip(jobs, self.told, strict=True)
        ]


def render_in_pool(
    renderer: Renderer, items: Iterator[Item], workers: int
) -> Iterator[RenderResult]:
    """Yield what became of each document, in order, made by processes of our own.

    A worker that dies is replaced and its documents are made again, one alone at the end. A
    record whose worker then dies twice is reported by name.

    Raises:
        TemplateError: ``worker-died``, no worker can be started.
    """
    pool = _Pool(renderer, workers)
    window: Window[_Answer] = Window(items, _IN_FLIGHT * workers, pool.submit)
    try:
        while window.fill():
            chunk = window.waiting[0]
            if not chunk.jobs:
                yield from chunk.filled(iter(()))
                window.waiting.popleft()
                continue
            try:
                answer = chunk.future.result()
            except BrokenProcessPool:
                _redo(pool, window)
                continue
            window.waiting.popleft()
            window.sizes.learn(len(answer.told), answer.seconds)
            yield from chunk.filled(iter(answer.results(chunk.jobs)))
    finally:
        pool.close()


def _redo(pool: _Pool, window: Window[_Answer]) -> None:
    """Make the chunks again that a dead worker took along, so that each has an answer."""
    pool.restart()
    for chunk in window.waiting:
        if chunk.jobs and (not chunk.future.done() or chunk.future.exception() is not None):
            chunk.future = Future()
            chunk.future.set_result(_made_alone(pool, chunk))
    # Nothing is in flight now, so what our workers were writing nobody writes any more.
    remove_leftovers(window.waiting[0].jobs[0].path.parent, pool.processes)


def _made_alone(pool: _Pool, chunk: Chunk[_Answer]) -> _Answer:
    """Return the answer of a chunk with nothing else in flight: whose worker dies is to blame."""
    try:
        return pool.submit(chunk.jobs).result()
    except BrokenProcessPool:
        pool.restart()
    watch = Stopwatch()
    results = [_judged(pool, job) for job in chunk.jobs]
    return _Answer.of(results, watch.seconds)


def _judged(pool: _Pool, job: Job) -> RenderResult:
    for _ in range(2):
        try:
            return pool.submit([job]).result().results([job])[0]
        except BrokenProcessPool:
            pool.restart()
    return job.failed(TemplateError("record-kills-worker", file=pool.file))


class _Pool:
    """Worker processes that hold the compiled template.

    Spawned, because a forked copy of a process with threads may hang, and Windows only spawns.
    """

    def __init__(self, renderer: Renderer, workers: int) -> None:
        self.file = renderer.path.name
        self._renderer = renderer
        self._workers = workers
        self._pool = self._started()
        self.processes: set[int] = set()
        """The numbers of all worker processes so far."""

    def submit(self, jobs: list[Job]) -> Future[_Answer]:
        """Hand jobs to a worker; a record that cannot travel is made here."""
        try:
            blob = pack(jobs)
        except _UNPACKABLE:
            return self._made_here(jobs)
        try:
            future = self._pool.submit(_work, blob)
            # Which of them dies is told by none of them.
            self.processes |= (self._pool._processes or {}).keys()
        except BrokenProcessPool as error:
            lost: Future[_Answer] = Future()
            lost.set_exception(error)
            return lost
        return future

    def restart(self) -> None:
        """Start new workers in the place of those that are gone.

        Raises:
            TemplateError: they end before they do anything.
        """
        self.close()
        self._pool = self._started()
        try:
            self._pool.submit(os.getpid).result()
        except BrokenProcessPool as error:
            raise TemplateError("worker-died", file=self.file) from error

    def close(self) -> None:
        """End the workers."""
        self._pool.shutdown(cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=self._workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(pickle.dumps(self._renderer),),
        )

    def _made_here(self, jobs: list[Job]) -> Future[_Answer]:
        made: Future[_Answer] = Future()
        watch = Stopwatch()
        results = [write(job, render(self._renderer, job)) for job in jobs]
        made.set_result(_Answer.of(results, watch.seconds))
        return made


_WORKER: list[Renderer] = []
"""In a worker process: the one renderer that it was started with."""


def _start_worker(renderer: bytes) -> None:
    _WORKER.append(pickle.loads(renderer))  # noqa: S301 - from our own process
    # Control-C reaches all processes of a terminal; the parent decides what comes of it.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent is killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(blob: bytes) -> _Answer:
    watch = Stopwatch()
    results = [write(job, render(_WORKER[-1], job)) for job in unpack(blob)]
    return _Answer.of(results, watch.seconds)
