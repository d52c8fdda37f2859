"""What a batch of documents is, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from sheetsales.errors import SheetsalesError
    from sheetsales.locale.messages import Messages
    from sheetsales.problems import Problem


@dataclass(frozen=True, slots=True)
class Batch:
    """What to make.

    Attributes:
        kind: name of the document kind.
        keys: only these records; empty for all of the kind.
        where: only records whose subject row has these field values.
        force: make records whose rows have errors.
        workers: processes to render with.
        pdf: convert to PDF too.
        dry_run: render nothing, register nothing.
        resume: go on with the last batch of the kind that did not come to its end.
        combined: write one file with all the documents too.
        scheduler: address of the Dask scheduler whose workers render; empty for none.
    """

    kind: str
    keys: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    force: bool = False
    workers: int = 1
    pdf: bool = False
    dry_run: bool = False
    resume: bool = False
    combined: bool = False
    scheduler: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that got no document: its rows have errors, or it could not be rendered."""

    key: str
    problems: tuple[Problem, ...] = ()
    error: SheetsalesError | None = None
    texts: tuple[str, ...] = ()

    def reasons(self, messages: Messages) -> Iterator[str]:
        """Yield why, in the reader's language; in the first run's where a batch was resumed."""
        yield from self.texts
        for problem in self.problems:
            yield f"{problem.place}  {messages.problem_texts(problem)[0]}"
        if self.error is not None:
            yield messages.error_texts(self.error)[0]


@dataclass(frozen=True, slots=True)
class Made:
    """One document that was made."""

    document_id: str
    key: str
    path: Path
    data_hash: str
    forced: bool = False
    file_hash: str = ""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A batch that did not come to its end: its kind, how many documents, when it began."""

    kind: str
    count: int
    began: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch came to."""

    kind: str
    documents: tuple[Made, ...]
    refused: tuple[Refused, ...]
    pdfs: tuple[Path, ...] = ()
    combined: Path | None = None
    unfinished: tuple[Unfinished, ...] = ()

    def as_object(self, messages: Messages) -> dict[str, Any]:
        """Return the parts of the JSON object."""
        return {
            "kind": self.kind,
            "documents": [
                {"document_id": one.document_id, "key": one.key, "path": str(one.path)}
                for one in self.documents
            ],
            "pdfs": [str(path) for path in self.pdfs],
            "refused": [
                {"key": one.key, "reasons": list(one.reasons(messages))} for one in self.refused
            ],
            "combined": str(self.combined) if self.combined else None,
            "unfinished": [
                {"kind": one.kind, "count": one.count, "began": one.began.isoformat()}
                for one in self.unfinished
            ],
            "counts": {"made": len(self.documents), "refused": len(self.refused)},
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """One document of the batch before it is rendered."""

    document_id: str
    key: str
    context: dict[str, Any]
    hash: str
    forced: bool

    def as_object(self) -> dict[str, Any]:
        """Return the fields as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}
