"""Tries many workbooks, each in a process of its own, so that no death or hang ends the run."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import python_calamine
from openpyxl import load_workbook

from tests.store.corpus.appending import Appending
from tests.store.corpus.trial import Outcome, Reopen, Trial

SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")
_SECONDS = 120
_MEMORY = 4 << 30


def with_calamine(path: Path) -> None:
    """Read every sheet with calamine."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for sheet in book.sheets_metadata:
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
            book.get_sheet_by_name(sheet.name).to_python(nrows=1000)


def with_openpyxl(path: Path) -> None:
    """Load with openpyxl."""
    load_workbook(path).close()


def apart(reader: Reopen) -> Reopen:
    """Return a reader that runs in a process of its own: some files make readers abort."""

    def read(path: Path) -> None:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                signal.alarm(_SECONDS // 2)
                faulthandler.disable()
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                reader(path)
                status = 0
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        if ended:
            raise RuntimeError(f"{reader.__name__} ended with {ended}")

    return read


READERS: dict[str, Reopen] = {
    "calamine": apart(with_calamine),
    "openpyxl": apart(with_openpyxl),
}


def workbooks(folder: Path) -> list[Path]:
    """Return all workbooks below a folder."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return sorted(path for path in found if path.is_file() and not path.name.startswith("~$"))


def try_book(path: Path, readers: dict[str, Reopen], keep: Path | None = None) -> Outcome:
    """Try one workbook in a process of its own; `keep` is where its edited copy is to stay."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_tried, args=(path, readers, keep, theirs)
    )
    process.start()
    theirs.close()
    outcome = _awaited(ours, Outcome(str(path)))
    process.join(0.2 if outcome.stage == "hangs" else None)
    if process.is_alive():
        process.kill()
        process.join()
    return outcome


def _awaited(ours: Connection, outcome: Outcome) -> Outcome:
    """Return what the process sends last; a process that dies leaves its last stage."""
    while ours.poll(_SECONDS):
        try:
            said = ours.recv()
        except EOFError:
            if not outcome.stage.endswith(": original"):
                outcome.problems.append(f"process died at {outcome.stage}")
            return outcome
        if isinstance(said, Outcome):
            return said
        outcome.stage = said
    outcome.problems.append(f"hangs at {outcome.stage}")
    outcome.stage = "hangs"
    return outcome


def _tried(path: Path, readers: dict[str, Reopen], keep: Path | None, pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(path, Path(folder), readers, pipe.send)
        try:
            trial.run()
            if trial.facts is not None:
                Appending(trial, trial.facts).run()
        except BaseException:  # noqa: BLE001  # any crash is what this is looking for
            trial.problem(f"crash at {trial.outcome.stage}: {traceback.format_exc(limit=-3)}")
        edited = Path(folder) / "set" / path.name
        if keep is not None and edited.exists():
            shutil.copyfile(edited, keep)
        pipe.send(trial.outcome)


@dataclass
class Summary:
    """What came of all workbooks."""

    files: int = 0
    opened: int = 0
    edits: int = 0
    sheets: int = 0
    appended: int = 0
    untouched: int = 0
    refused_files: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    reopened: Counter[str] = field(default_factory=Counter)
    problems: dict[str, list[str]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count one workbook."""
        self.files += 1
        self.opened += not outcome.refused
        self.edits += outcome.edits
        self.sheets += outcome.sheets
        self.appended += outcome.appended
        self.untouched += outcome.untouched
        self.refusals += outcome.refusals
        self.reopened += outcome.reopened
        if outcome.refused:
            self.refused_files[outcome.refused] += 1
        if outcome.problems:
            self.problems[outcome.name] = outcome.problems

    def lines(self) -> Iterator[str]:
        """Yield the summary, line by line."""
        yield f"workbooks {self.files}, opened {self.opened}, with problems {len(self.problems)}"
        yield f"cells set {self.edits} on {self.sheets} sheets, tables appended to {self.appended}"
        yield f"untouched members compared {self.untouched}"
        for title, counts in (
            ("not opened", self.refused_files),
            ("refused", self.refusals),
            ("opened again", self.reopened),
        ):
            yield f"{title}: " + (", ".join(f"{k} {n}" for k, n in counts.most_common()) or "none")


def try_all(paths: Sequence[Path], readers: dict[str, Reopen] = READERS, jobs: int = 1) -> Summary:
    """Try workbooks, some at the same time."""
    summary = Summary()
    with ThreadPoolExecutor(jobs) as pool:
        for outcome in pool.map(lambda path: try_book(path, readers), paths):
            summary.add(outcome)
    return summary
