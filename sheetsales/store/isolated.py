"""Reads workbooks from elsewhere in a process of its own, with a limit on memory and time.

calamine and the XML parsers are native code: what the preflight overlooks would take this process
along. In a child it is one typed error. Request and answer go through pipes as JSON with the
values packed as in a plan; nothing of the file is executed or unpickled here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sheetsales.errors import WorkbookError
from sheetsales.store.inspection import Inspection, SheetFacts, TableFacts, inspect_book
from sheetsales.store.plan import pack, unpack
from sheetsales.store.reading import RawTable, read_tables

_T = TypeVar("_T")

_FAILED = 3
_OUT_OF_MEMORY = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

    Attributes:
        seconds: time by the clock, and processor time on top of the start.
        memory: bytes of address space; not limited on Windows and macOS.
        answer: bytes of what comes back.
    """

    seconds: int = 60
    memory: int = 2 << 30
    answer: int = 512 << 20


def read_foreign_tables(
    path: Path | str, names: Collection[str] | None = None, *, limits: Limits | None = None
) -> dict[str, RawTable]:
    """Read the Excel Tables of a workbook from elsewhere, in a process of its own.

    Args:
        path: any .xlsx, .xlsm, .xltx or .xltm file.
        names: the tables wanted; None: all.
        limits: what reading may take.

    Returns:
        What `read_tables` gives.

    Raises:
        WorkbookError: what `read_tables` raises; ``workbook-too-large`` if the limits did not do
            or the process broke down.
    """
    wanted = None if names is None else list(names)
    return _asked(("tables", Path(path), wanted), _raw_tables, limits or Limits())


def inspect(path: Path | str, *, limits: Limits | None = None) -> Inspection:
    """Return what a workbook file holds, looked at in a process of its own.

    Args:
        path: any file.
        limits: what looking may take.

    Raises:
        WorkbookError: the file is missing, no workbook of any kind, or damaged;
            ``workbook-too-large`` if the limits did not do or the process broke down.
    """
    return _asked(("inspect", Path(path), None), _inspection, limits or Limits())


def _asked(
    request: tuple[str, Path, list[str] | None], understood: Callable[[Any], _T], limits: Limits
) -> _T:
    """Start the child, ask, and return its answer as it is understood."""
    call, path, names = request
    command = [sys.executable, "-P", "-m", __spec__.name, str(limits.seconds), str(limits.memory)]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    timer = threading.Timer(limits.seconds, child.kill)
    with child:
        timer.start()
        try:
            answer = _talk(child, json.dumps([call, str(path.absolute()), names]), limits.answer)
        finally:
            timer.cancel()
            child.kill()
    exceeded = f"{limits.seconds} s, {limits.memory >> 20:,} MB ({child.returncode})"
    broke_down = WorkbookError("workbook-too-large", part=path.name, limit=exceeded)
    if child.returncode not in (0, _FAILED) or len(answer) > limits.answer:
        raise broke_down
    try:
        if child.returncode == 0:
            return understood(json.loads(answer, object_hook=unpack))
        code, arguments = json.loads(answer)
    except (ValueError, TypeError, KeyError) as error:  # what it says makes no sense
        raise broke_down from error
    raise WorkbookError(code, **arguments)


def _talk(child: subprocess.Popen[bytes], request: str, most: int) -> bytes:
    assert child.stdin is not None, "it is a pipe"
    assert child.stdout is not None, "it is a pipe"
    try:
        child.stdin.write(request.encode())
        child.stdin.close()
        answer = child.stdout.read(most + 1)
        if len(answer) <= most:
            child.wait()
    except BrokenPipeError:
        return b""
    return answer


def _raw_tables(answer: Any) -> dict[str, RawTable]:
    return {table.name: table for table in map(_table, answer)}


def _inspection(answer: Any) -> Inspection:
    book, form, digest, sheets, tables, holds = answer
    return Inspection(
        book,
        form,
        digest,
        tuple(SheetFacts(*sheet) for sheet in sheets),
        tuple(TableFacts(name, sheet, area, tuple(heads)) for name, sheet, area, heads in tables),
        {kind: tuple(found) for kind, found in holds},
    )


def _table(fields: list[Any]) -> RawTable:
    book, sheet, name, headers, field_row, row, column, columns, errors, digest = fields
    return RawTable(
        book=book,
        sheet=sheet,
        name=name,
        headers=tuple(headers),
        field_row=tuple(field_row),
        first_row=row,
        first_column=column,
        columns=tuple(map(tuple, columns)),
        errors={(row, column): code for row, column, code in errors},
        digest=digest,
    )


def _tables(path: Path, names: list[str] | None) -> object:
    return [
        [
            raw.book,
            raw.sheet,
            raw.name,
            raw.headers,
            raw.field_row,
            raw.first_row,
            raw.first_column,
            raw.columns,
            [[row, column, code] for (row, column), code in raw.errors.items()],
            raw.digest,
        ]
        for raw in read_tables(path, names).values()
    ]


def _inspected(path: Path, _: list[str] | None) -> object:
    found = inspect_book(path)
    return [
        found.book,
        found.format,
        found.digest,
        [[each.name, each.kind, each.hidden] for each in found.sheets],
        [[each.name, each.sheet, each.range, each.headers] for each in found.tables],
        list(found.holds.items()),
    ]


_CALLS: Mapping[str, Callable[[Path, list[str] | None], object]] = {
    "tables": _tables,
    "inspect": _inspected,
}


def _confine(seconds: int, memory: int) -> None:
    """Limit this process; on Windows the parent's clock is the only limit."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes the limit and does not keep it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _answer(seconds: int, memory: int) -> int:
    """Be the child: read the request, write the answer, return the exit code."""
    _confine(seconds, memory)
    call, path, names = json.loads(sys.stdin.buffer.read())
    try:
        answer, code = json.dumps(_CALLS[call](Path(path), names), default=pack), 0
    except WorkbookError as error:
        answer, code = json.dumps([error.code, error.arguments], default=str), _FAILED
    except MemoryError:
        answer, code = "", _OUT_OF_MEMORY
    sys.stdout.buffer.write(answer.encode())
    return code


if __name__ == "__main__":
    sys.exit(_answer(int(sys.argv[1]), int(sys.argv[2])))
