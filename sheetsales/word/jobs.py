"""One document of a batch: the record it is made of, and what became of it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sheetsales.errors import TemplateError
from sheetsales.word.files import place_bytes, write_error

if TYPE_CHECKING:
    from datetime import datetime


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
    """What became of one record: a file, or the reason why there is none.

    Attributes:
        path: the document; None if there is none.
        error: why there is none.
        record: what the record is called: its subject, else its number in the batch, from 1.
        sha256: of the document.
        record_hash: of the record, by which a later run knows it again.
        resumed: whether an earlier run made the document.
    """

    path: Path | None
    error: TemplateError | None = None
    record: str = ""
    sha256: str = ""
    record_hash: str = ""
    resumed: bool = False


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

    @property
    def name(self) -> str:
        """What the record is called in messages."""
        return self.record.name or str(self.number)

    def failed(self, error: TemplateError) -> RenderResult:
        """Return the result of a record without a document."""
        error.arguments["record"] = self.name
        return RenderResult(None, error, self.name)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document that is not written yet, or the reason why there is none."""

    content: bytes
    error: TemplateError | None
    record_hash: str


def pack(jobs: list[Job]) -> bytes:
    """Return jobs as bytes for another process.

    Raises:
        TypeError, AttributeError, pickle.PicklingError: a record is no plain data.
    """
    rows = [
        (
            job.record.context,
            job.record.properties,
            job.record.generated_at,
            job.number,
            str(job.path),  # a Path takes longer to travel than all the rest
        )
        for job in jobs
    ]
    return pickle.dumps(rows, pickle.HIGHEST_PROTOCOL)


def unpack(blob: bytes) -> list[Job]:
    """Return the jobs that :func:`pack` packed."""
    rows = pickle.loads(blob)  # noqa: S301 - from our own process
    return [Job(Record(*record), number, Path(path)) for *record, number, path in rows]


def render(renderer: Renderer, job: Job) -> Rendered:
    """Make one document, in memory."""
    digest = record_hash(job.record)
    try:
        return Rendered(renderer.render_bytes(job.record), None, digest)
    except TemplateError as error:
        failed = error
    except (MemoryError, RecursionError) as error:
        failed = TemplateError("record-too-much", file=renderer.path.name)
        failed.__cause__ = error
    failed.arguments["record"] = job.name
    return Rendered(b"", failed, digest)


def write(job: Job, rendered: Rendered) -> RenderResult:
    """Write a document to its place and return what became of it."""
    if rendered.error is not None:
        return RenderResult(None, rendered.error, job.name, record_hash=rendered.record_hash)
    try:
        place_bytes(job.path, rendered.content)
    except OSError as error:
        return replace(job.failed(write_error(job.path, error)), record_hash=rendered.record_hash)
    found = sha256(rendered.content).hexdigest()
    return RenderResult(job.path, None, job.name, found, rendered.record_hash)


def record_hash(record: Record) -> str:
    """Return a hash of all that a document is made of besides its template.

    The same record has the same one in another run; one that holds more than plain data may not.
    """
    whole = (record.context, record.properties, record.generated_at)
    try:
        blob = json.dumps(whole, default=_plain).encode()
    except (TypeError, ValueError, RecursionError):
        return ""
    return sha256(blob).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal | date):
        return [type(value).__name__, str(value)]
    return [type(value).__qualname__, sha256(pickle.dumps(value)).hexdigest()]
