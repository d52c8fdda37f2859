"""Workers elsewhere: a Dask cluster, or whatever has the interface of ``concurrent.futures``.

Workers return the bytes of documents and the caller writes them, so they need share no folder.
The template travels to each worker once and is known by its hash from then on.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from sheetsales.errors import TemplateError
from sheetsales.word.chunks import Item, Stopwatch, Window
from sheetsales.word.jobs import (
    Job,
    Rendered,
    Renderer,
    RenderResult,
    pack,
    render,
    unpack,
    write,
)

_PACKAGE = "sheetsales"
_IN_FLIGHT = 32
_KEPT = 4
_WAIT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a worker says of a chunk; no documents: it does not know the template yet."""

    documents: list[Rendered] | None
    seconds: float


class _Sender:
    """Hands chunks to an executor, with the template only where a worker lacks it."""

    def __init__(self, renderer: Renderer, executor: Executor) -> None:
        self.file = renderer.path.name
        self._renderer = renderer
        self._executor = executor
        self._template = pickle.dumps(renderer)
        self._hash = sha256(self._template).hexdigest()

    def submit(self, jobs: list[Job], template: bytes | None = None) -> Future[_Answer]:
        try:
            blob = pack(jobs)
        except (TypeError, AttributeError, pickle.PicklingError, RecursionError):
            return self._made_here(jobs)
        try:
            return self._executor.submit(_work, _version(), self._hash, template, blob)
        except (BrokenExecutor, RuntimeError) as error:
            raise TemplateError("scheduler-lost", file=self.file, reason=str(error)) from error

    def answer(self, jobs: list[Job], future: Future[_Answer]) -> _Answer:
        """Return the answer to a chunk; the template is sent after if need be.

        A chunk that the workers do not survive is tried once more, record by record.
        """
        error = future.exception()
        if error is None:
            answer = future.result()
            if answer.documents is not None:
                return answer
            again = self.submit(jobs, self._template)
            error = again.exception()
            if error is None:
                return again.result()
        self._refuse_lost(error)
        return _Answer([self._alone(job) for job in jobs], 0.0)

    def _alone(self, job: Job) -> Rendered:
        future = self.submit([job], self._template)
        error = future.exception()
        if error is None:
            documents = future.result().documents
            assert documents is not None
            return documents[0]
        self._refuse_lost(error)
        failed = TemplateError("record-kills-worker", file=self.file, record=job.name)
        return Rendered(b"", failed, "")

    def _refuse_lost(self, error: BaseException) -> None:
        """Give up where it is not a record's fault: the executor is gone, or other than ours."""
        if isinstance(error, TemplateError):
            raise error
        if isinstance(error, BrokenExecutor | CancelledError | OSError):
            reason = str(error) or type(error).__name__
            raise TemplateError("scheduler-lost", file=self.file, reason=reason) from error

    def _made_here(self, jobs: list[Job]) -> Future[_Answer]:
        made: Future[_Answer] = Future()
        made.set_result(_Answer([render(self._renderer, job) for job in jobs], 1.0))
        return made


def render_through(
    renderer: Renderer, items: Iterator[Item], executor: Executor
) -> Iterator[RenderResult]:
    """Yield what became of each document, in order, made by an executor's workers.

    Raises:
        TemplateError: ``scheduler-lost``, the executor takes no work any more;
            ``worker-version``, its workers run another version of this program.
    """
    sender = _Sender(renderer, executor)
    window: Window[_Answer] = Window(items, _IN_FLIGHT, sender.submit)
    try:
        while window.fill():
            chunk = window.waiting[0]
            jobs = chunk.jobs
            answer = sender.answer(jobs, chunk.future) if jobs else _Answer([], 0.0)
            documents = answer.documents or []
            window.waiting.popleft()
            window.sizes.learn(len(documents), answer.seconds)
            written = (write(job, one) for job, one in zip(jobs, documents, strict=True))
            yield from chunk.filled(written)
    finally:
        for chunk in window.waiting:
            chunk.future.cancel()


@contextmanager
def cluster_executor(address: str) -> Iterator[Executor]:
    """Yield the executor of the Dask scheduler at an address such as ``tcp://host:8786``.

    Raises:
        TemplateError: ``cluster-missing``, Dask is not installed; ``scheduler-unreachable``,
            nobody answers there, or the scheduler has no workers.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - heavy, and an extra
    except ImportError as error:
        raise TemplateError("cluster-missing") from error
    try:
        client: Any = cast("Any", Client)(address, timeout=_WAIT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise TemplateError(
            "scheduler-unreachable", address=address, reason=str(error) or type(error).__name__
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_WAIT_SECONDS)
        except TimeoutError as error:
            raise TemplateError(
                "scheduler-unreachable", address=address, reason=str(error)
            ) from error
        yield client.get_executor(pure=False)


_WORKERS: dict[str, Renderer] = {}
"""In a worker: the renderers that it was sent, by hash, the latest few."""


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - a batch on one machine never asks

    return version(_PACKAGE)


def _work(version: str, template_hash: str, template: bytes | None, blob: bytes) -> _Answer:
    ours = _version()
    if version != ours:
        raise TemplateError("worker-version", ours=version, theirs=ours)
    renderer = _renderer(template_hash, template)
    if renderer is None:
        return _Answer(None, 0.0)
    watch = Stopwatch()
    documents = [render(renderer, job) for job in unpack(blob)]
    return _Answer(documents, watch.seconds)


def _renderer(template_hash: str, template: bytes | None) -> Renderer | None:
    found = _WORKERS.get(template_hash)
    if found is None and template is not None:
        found = pickle.loads(template)  # noqa: S301 - from the caller, who runs code here anyway
        while len(_WORKERS) >= _KEPT:
            _WORKERS.pop(next(iter(_WORKERS)), None)
        _WORKERS[template_hash] = found
    return found
