"""Builds the VBA project of a workbook from modules that are kept as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sheetsales.errors import WorkbookError
from sheetsales.resources import macros
from sheetsales.workbooks.compound_file import compound_file
from sheetsales.workbooks.ovba import (
    CODE_PAGE,
    NO_CACHE,
    Module,
    compress,
    dir_stream,
    names_stream,
    project_stream,
)

_BRIDGE = ("xlwings.bas", "addin/Dictionary.cls")
"""What xlwings ships for workbooks that do without its add-in, and the class that it needs."""
_NAMED = re.compile(r'^Attribute VB_Name = "([A-Za-z][A-Za-z0-9_]{0,30})"\s*$', re.MULTILINE)
_CLASS_HEAD = re.compile(r"\AVERSION [^\n]*\nBEGIN\n.*?^END\n", re.DOTALL | re.MULTILINE)
_LONGEST_LINE = 1023
_OPENS = re.compile(
    r"^\s*(?:(?:Public|Private|Friend|Static)\s+)*(Sub|Function|Property)\s+(?:Get |Let |Set )?\w",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"^\s*End\s+(Sub|Function|Property)\b", re.IGNORECASE)
_CONDITIONS = (
    re.compile(r"^\s*#If\b", re.IGNORECASE),
    re.compile(r"^\s*#End\s*If\b", re.IGNORECASE),
)


def vba_project(modules: Mapping[str, str], documents: Sequence[str]) -> bytes:
    """Return the file ``vbaProject.bin`` of a workbook; equal input gives equal bytes.

    Args:
        modules: source text by name; one that begins with ``VERSION`` is a class.
        documents: code names of the modules behind the workbook, which comes first, and behind
            each of its sheets.
    """
    every = [
        *(Module.document(name, is_workbook=number == 0) for number, name in enumerate(documents)),
        *(_module(name, source) for name, source in modules.items()),
    ]
    streams = {each.name: compress(each.source.encode(CODE_PAGE)) for each in every}
    project = {"dir": compress(dir_stream(every)), "_VBA_PROJECT": NO_CACHE, **streams}
    return compound_file(
        {"VBA": project, "PROJECT": project_stream(every), "PROJECTwm": names_stream(every)}
    )


@cache
def macro_modules() -> Mapping[str, str]:
    """Return the modules of our workbooks by name: our own, and the bridge of xlwings.

    Raises:
        WorkbookError: ``macro-damaged``, with file, line and what is wrong.
    """
    spec = find_spec("xlwings")
    assert spec is not None, "a dependency"
    assert spec.origin is not None, "a package of files"
    bridge = [Path(spec.origin).with_name(_BRIDGE[0]), Path(spec.origin).parent / _BRIDGE[1]]
    own = [read_module(path) for path in sorted(macros().glob("*.bas"))]
    # Theirs has conditional halves that only a compiler pairs.
    return dict([*own, *(_named(path) for path in bridge)])


def read_module(path: Path) -> tuple[str, str]:
    """Return name and text of one of our modules, which is kept as a file.

    Raises:
        WorkbookError: ``macro-damaged``, with file, line and what is wrong.
    """
    name, text = _named(path)
    for line, reason in _faults(text):
        raise _damaged(path, line, reason)
    return name, text


def _named(path: Path) -> tuple[str, str]:
    text = _decoded(path)
    names = _NAMED.findall(text)
    if names != [path.stem]:
        raise _damaged(path, 1, f"VB_Name {', '.join(names)}")
    return path.stem, text


def _decoded(path: Path) -> str:
    data = path.read_bytes().replace(b"\r\n", b"\n")
    for number, line in enumerate(data.split(b"\n"), start=1):
        if b"\0" in line or b"\r" in line:
            raise _damaged(path, number, "control character")
        # What is not ASCII would depend on the reader's code page.
        if not line.isascii():
            raise _damaged(path, number, "not ASCII")
        if len(line) > _LONGEST_LINE:
            raise _damaged(path, number, f"{len(line)} > {_LONGEST_LINE}")
    return data.decode("ascii")


def _faults(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and fault of what keeps a module from being compiled."""
    lines = [_without_comment(line) for line in text.split("\n")]
    for number, code in enumerate(lines, start=1):
        if code.count('"') % 2:
            yield number, "string without end"
    yield from _unpaired(lines, _OPENS, _CLOSES, nested=False)
    yield from _unpaired(lines, *_CONDITIONS, nested=True)


def _unpaired(
    lines: Sequence[str], opens: re.Pattern[str], closes: re.Pattern[str], *, nested: bool
) -> Iterator[tuple[int, str]]:
    """Yield the lines that begin or end a block without the other half."""
    waiting: list[tuple[int, str]] = []
    for number, code in enumerate(lines, start=1):
        begun, ended = opens.match(code), closes.match(code)
        if begun:
            if waiting and not nested:
                yield waiting[-1]
            waiting.append((number, code.strip()))
        elif ended and not (waiting and waiting.pop()):
            yield number, code.strip()
    yield from waiting


def _without_comment(line: str) -> str:
    inside = False
    for position, character in enumerate(line):
        if character == '"':
            inside = not inside
        elif character == "'" and not inside:
            return line[:position]
    return line


def _module(name: str, source: str) -> Module:
    body = _CLASS_HEAD.sub("", source)
    kind = "Class" if body != source else "Module"
    lines = body.rstrip("\n").split("\n")
    return Module(name, "".join(f"{line}\r\n" for line in lines), kind)


def _damaged(path: Path, line: int, reason: str) -> WorkbookError:
    return WorkbookError("macro-damaged", file=path.name, line=line, reason=reason)
