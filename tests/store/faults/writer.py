"""One of many processes that save rows of one workbook; says which it knows to be saved.

Usage: ``python -m tests.store.faults.writer BOOK SAID FIRST COUNT``
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sheetsales.errors import WorkbookBusyError
from tests.store.faults.scenarios import save

VALUE = 1_000


def main(book: Path, said: Path, first: int, count: int) -> None:
    """Save each row by itself; one that is said to be saved is not saved again."""
    known = set(said.read_text().split()) if said.exists() else set()
    report = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in range(first, first + count):
        key = f"k{number:03d}"
        if key not in known:
            _save(book, key, VALUE + number)
            os.write(report, f"{key}\n".encode())


def _save(book: Path, key: str, value: int) -> None:
    while True:
        try:
            return save(book, key, value)
        except WorkbookBusyError as error:  # with many writers the wait may be too long
            if error.code not in ("workbook-lock-timeout", "workbook-changed"):
                raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
