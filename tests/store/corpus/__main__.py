"""``python -m tests.store.corpus FOLDER``: try every workbook below a folder."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.store.corpus.run import READERS, Summary, try_book, workbooks

RESULT = Path(__file__).with_name("result.md")
_LIBRARIES = ("sheetsales", "isal", "lxml", "python-calamine", "openpyxl")


def main() -> int:
    """Run the trial and print what came of it; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.store.corpus", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, help="that many workbooks, the same every time")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument(
        "--readers", default="calamine,openpyxl", help="which of: " + ", ".join(READERS)
    )
    parser.add_argument("--keep", type=Path, help="folder for the edited copies")
    parser.add_argument("--save", action="store_true", help=f"keep the figures in {RESULT.name}")
    given = parser.parse_args()
    paths = [path for folder in given.folders for path in workbooks(folder)]
    if given.sample is not None and given.sample < len(paths):
        paths = sorted(random.Random(20261123).sample(paths, given.sample))
    readers = {name: READERS[name] for name in given.readers.split(",") if name}
    summary = Summary()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    kept = [given.keep and given.keep / f"{n}-{path.name}" for n, path in enumerate(paths)]
    with ThreadPoolExecutor(given.jobs) as pool:
        for outcome in pool.map(lambda path, keep: try_book(path, readers, keep), paths, kept):
            summary.add(outcome)
            for problem in outcome.problems:
                print(f"{outcome.name}: {problem}", flush=True)
    print("\n".join(summary.lines()))
    if given.save:
        _save(summary, given.folders)
    return 1 if summary.problems else 0


def _save(summary: Summary, folders: Sequence[Path]) -> None:
    """Keep the figures, with the day and what they were made with."""
    versions = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    where = " ".join(map(str, folders))
    head = [
        "# Workbooks that others made, edited",
        f"`python -m tests.store.corpus {where} --save`, {datetime.now(UTC).date()}; {versions}.",
    ]
    figures = [f"- {line}" for line in summary.lines()]
    RESULT.write_text("\n\n".join([*head, "\n".join(figures)]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
