"""Tries workbooks one by one, each in a process of its own, and says what that took.

Run as ``python -m tests.store.confined WAY FILE …``; it prints one line of JSON for each file.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

from sheetsales.errors import SheetsalesError
from sheetsales.store import Workbook, read_tables
from sheetsales.store.isolated import inspect as _loads_all  # noqa: F401

_MEMORY = 3 << 30
_SECONDS = 20


def read(path: Path) -> None:
    """Read the Tables."""
    read_tables(path)


def edit(path: Path) -> None:
    """Read a cell, write two, look at the plan."""
    with Workbook.open(path) as book:
        sheet = book.sheet(book.sheets[-1])
        sheet.get("B2")
        sheet.set("B2", 7)
        sheet.set("H2", "新")
        assert book.changes


WAYS = {"read": read, "edit": edit}


def attempt(way: str, path: Path) -> dict[str, object]:
    """Return the code of the refusal ("" if there is none), seconds and megabytes."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.alarm(_SECONDS)
        start, code = time.process_time(), ""
        try:
            WAYS[way](path)
        except SheetsalesError as error:
            code = error.code
        except BaseException as error:  # noqa: BLE001 - to be reported, whatever it is
            code = f"{type(error).__name__}: {error}"
        seconds = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        os.write(writer, json.dumps({"code": code, "seconds": seconds, "peak": peak}).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        found = answer.read()
    status = os.waitpid(child, 0)[1]
    return json.loads(found) if found else {"code": f"died: {status}", "seconds": 99, "peak": 0}


def main() -> None:
    """Try all files."""
    way, *files = sys.argv[1:]
    for file in files:
        print(json.dumps(attempt(way, Path(file))), flush=True)


if __name__ == "__main__":
    main()
