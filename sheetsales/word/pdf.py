"""Word files to PDF through LibreOffice; one bad file does not spoil the others.

The bytes of a PDF are LibreOffice's: the same document gives the same pages, not the same file.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from sheetsales.errors import TemplateError
from sheetsales.word.names import unique_names
from sheetsales.word.office import Office, find_converter
from sheetsales.word.package import Package
from sheetsales.word.xml import parsed

__all__ = ["PdfResult", "convert_to_pdf", "find_converter"]

Progress = Callable[[int, int], None]
"""Called with the number of documents done and the number of all."""

_CHUNK = 50
_LOOK_SECONDS = 0.2
_MAIN_PART = "word/document.xml"


@dataclass(frozen=True, slots=True)
class PdfResult:
    """What became of one Word file: a PDF, or the reason why there is none.

    Attributes:
        source: the Word file.
        path: the PDF; None if there is none.
        error: ``pdf-not-word``, ``pdf-failed``, ``pdf-crashed``, ``pdf-slow`` or
            ``document-not-written``.
    """

    source: Path
    path: Path | None
    error: TemplateError | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    number: int
    source: Path
    place: Path

    @property
    def name(self) -> str:
        return f"{self.number:06d}.docx"


def convert_to_pdf(
    paths: Sequence[Path],
    folder: Path,
    *,
    workers: int = 1,
    timeout: float = 120.0,
    progress: Progress | None = None,
) -> list[PdfResult]:
    """Convert Word files to PDF files of the same names and return what became of each, in order.

    A second file of the same name gets a number behind it. LibreOffice works on copies, without
    macros and without fetching anything that a file points to.

    Args:
        paths: the Word files.
        folder: where the PDF files go; older ones of the same names are replaced.
        workers: how many LibreOffice processes to use.
        timeout: seconds that one file may take.
        progress: called in the caller's thread as files are done.

    Raises:
        TemplateError: ``pdf-converter-missing``, LibreOffice is not there or does not start;
            ``document-not-written``, the folder cannot be written.
    """
    program = find_converter()
    if program is None:
        raise TemplateError("pdf-converter-missing")
    with _scratch(folder) as scratch:
        batch = _Batch(program, Path(scratch), timeout)
        names = unique_names((path.stem for path in paths), ".pdf")
        jobs = [
            _Job(number, path, folder / name)
            for number, (path, name) in enumerate(zip(paths, names, strict=True))
        ]
        batch.run(jobs, workers, progress)
        return [batch.results[job.number] for job in jobs]


def _scratch(folder: Path) -> tempfile.TemporaryDirectory[str]:
    # Beside the results, as LibreOffice from a store sees no other place, and moving is at once.
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(
            prefix="sheetsales-pdf-", dir=folder.resolve(), ignore_cleanup_errors=True
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise TemplateError("document-not-written", file=str(folder), reason=reason) from error


class _Batch:
    """The files of one call and what became of them; threads work on it together."""

    def __init__(self, program: Path, scratch: Path, seconds: float) -> None:
        self.results: dict[int, PdfResult] = {}
        self._program = program
        self._scratch = scratch
        self._seconds = seconds
        self._ended = threading.Event()
        self._underway: dict[int, int] = {}

    def run(self, jobs: Sequence[_Job], workers: int, progress: Progress | None) -> None:
        """Convert all files, or none any more once something is raised in this thread."""
        size = max(1, min(_CHUNK, -(-len(jobs) // max(1, workers))))
        chunks = [list(jobs[start : start + size]) for start in range(0, len(jobs), size)]
        waiting = iter(chunks)
        lock = threading.Lock()
        count = min(workers, len(chunks))
        with ThreadPoolExecutor(max(1, count)) as pool:
            found = [pool.submit(self._work, number, waiting, lock) for number in range(count)]
            try:
                self._wait(found, len(jobs), progress)
            finally:
                self._ended.set()
        for future in found:
            future.result()

    def _wait(self, found: list[Future[None]], total: int, progress: Progress | None) -> None:
        told, left = 0, set(found)
        while left:
            ready, left = wait(left, _LOOK_SECONDS)
            for future in ready:
                future.result()
            done = len(self.results) + sum(list(self._underway.values()))
            if progress is not None and done > told:
                told = done
                progress(told, total)

    def _work(self, number: int, waiting: Iterator[list[_Job]], lock: threading.Lock) -> None:
        office = Office(self._program, self._scratch / str(number))
        while not self._ended.is_set():
            with lock:
                chunk = next(waiting, None)
            if chunk is None:
                return
            self._convert(number, office, [job for job in chunk if self._is_copied(office, job)])

    def _is_copied(self, office: Office, job: _Job) -> bool:
        """Copy a file to convert, or note why it cannot be converted."""
        refused = _refusal(job.source)
        if refused is None:
            try:
                shutil.copyfile(job.source, office.files / job.name)
            except OSError as error:
                reason = error.strerror or str(error)
                refused = TemplateError("pdf-not-word", file=job.source.name, reason=reason)
        if refused is not None:
            self.results[job.number] = PdfResult(job.source, None, refused)
        return refused is None

    def _convert(self, number: int, office: Office, jobs: list[_Job]) -> None:
        """Convert files; those that a run leaves out are tried alone."""
        while jobs and not self._ended.is_set():
            end = self._run(number, office, jobs)
            missing = [job for job in jobs if job.number not in self.results]
            # A run that broke off was at the first file that is missing; the rest had no turn.
            suspects = missing if end == "whole" else missing[:1]
            for job in suspects if not self._ended.is_set() else ():
                self._try_alone(number, office, job, end if len(jobs) == 1 else "")
            jobs = missing[len(suspects) :]

    def _try_alone(self, number: int, office: Office, job: _Job, end: str) -> None:
        end = end or self._run(number, office, [job])
        if job.number in self.results or self._ended.is_set():
            return
        code = {"whole": "pdf-failed", "crash": "pdf-crashed", "stall": "pdf-slow"}[end]
        error = TemplateError(code, file=job.source.name, seconds=round(self._seconds, 1))
        self.results[job.number] = PdfResult(job.source, None, error)

    def _run(self, number: int, office: Office, jobs: list[_Job]) -> str:
        def stopped(made: int) -> bool:
            self._underway[number] = made
            return self._ended.is_set()

        try:
            return office.convert([job.name for job in jobs], self._seconds, stopped)
        finally:
            self._underway[number] = 0
            for job in jobs:
                if office.is_made(job.name):
                    self.results[job.number] = _taken(office, job)


def _taken(office: Office, job: _Job) -> PdfResult:
    try:
        office.take(job.name, job.place)
    except OSError as error:
        reason = error.strerror or str(error)
        failed = TemplateError("document-not-written", file=job.place.name, reason=reason)
        return PdfResult(job.source, None, failed)
    return PdfResult(job.source, job.place)


def _refusal(path: Path) -> TemplateError | None:
    """Return why a file is no sound Word file: LibreOffice makes a PDF of any text it meets."""
    try:
        package = Package.read(path)
        if _MAIN_PART not in package:
            return TemplateError("pdf-not-word", file=path.name, reason=_MAIN_PART)
        for name in package.members:
            if name.startswith("word/") and name.endswith((".xml", ".rels")):
                parsed(package.content(name), path.name, name)
    except TemplateError as error:
        reason = error.arguments.get("reason") or error.arguments.get("part") or ""
        return TemplateError("pdf-not-word", file=path.name, reason=str(reason))
    return None
