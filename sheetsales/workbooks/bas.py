"""Reads VBA modules that are kept as text, and refuses damaged ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sheetsales.errors import WorkbookBuildError

LONGEST_LINE = 1023
"""Characters that VBA's editor takes in one line."""
LONGEST_NAME = 31
_NAME = re.compile(r'Attribute VB_Name = "([^"]*)"')
_VALID_NAME = re.compile(rf"[A-Za-z]\w{{0,{LONGEST_NAME - 1}}}", re.ASCII)
_SCOPE = r"(?:(?:Public|Private|Friend|Static) )*"
_BLOCKS = {
    "Sub": re.compile(rf"{_SCOPE}Sub \w.*", re.IGNORECASE),
    "Function": re.compile(rf"{_SCOPE}Function \w.*", re.IGNORECASE),
    "Property": re.compile(rf"{_SCOPE}Property (?:Get|Let|Set) \w.*", re.IGNORECASE),
    "Type": re.compile(rf"{_SCOPE}Type \w+", re.IGNORECASE),
    "Enum": re.compile(rf"{_SCOPE}Enum \w+", re.IGNORECASE),
    "If": re.compile(r"(?:.*: )?If .* Then", re.IGNORECASE),
    "With": re.compile(r"With .+", re.IGNORECASE),
    "Select": re.compile(r"Select Case .+", re.IGNORECASE),
    "#If": re.compile(r"#If .* Then", re.IGNORECASE),
    "For": re.compile(r"For .+", re.IGNORECASE),
    "Do": re.compile(r"Do(?: (?:While|Until) .+)?", re.IGNORECASE),
    "While": re.compile(r"While .+", re.IGNORECASE),
}
"""What begins a block: the whole of a statement."""
_OUTERMOST = ("Sub", "Function", "Property", "Type", "Enum")
_ENDS = re.compile(
    r"(?:#?End ?(If)|End (Sub|Function|Property|Type|Enum|With|Select)|(Next)|(Loop)|(Wend))\b.*",
    re.IGNORECASE,
)
_CLOSES = {"next": "For", "loop": "Do", "wend": "While"}
_STRING = re.compile(r'"(?:[^"]|"")*"')


class Source(NamedTuple):
    """A module as text.

    Attributes:
        name: its name.
        text: its text, with the attributes in front and its lines ended by line feeds.
    """

    name: str
    text: str


def read_source(path: Path) -> Source:
    """Return a module that is kept as a file.

    Raises:
        WorkbookBuildError: it is not plain text, or is not named as its file is.
    """
    lines = list(_lines(path))
    names = [(number, found[1]) for number, line in lines if (found := _NAME.fullmatch(line))]
    if not names:
        raise _damaged(path, 1, "no-name")
    if len(names) > 1:
        raise _damaged(path, names[1][0], "two-names")
    ((number, name),) = names
    if name != path.stem:
        raise _damaged(path, number, "other-name")
    if not _VALID_NAME.fullmatch(name):
        raise _damaged(path, number, "bad-name")
    return Source(name, "".join(f"{line}\n" for _, line in lines))


def read_module(path: Path) -> Source:
    """Return a module of ours that is kept as a file.

    Raises:
        WorkbookBuildError: as for :func:`read_source`; or a string or a block has no end.
    """
    source = read_source(path)
    for number, reason in _faults(source.text.splitlines()):
        raise _damaged(path, number, reason)
    return source


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(path, 0, "unreadable") from error
    for number, line in enumerate(data.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n"), start=1):
        # Bytes beyond ASCII would mean something else in every code page.
        if not line.isascii():
            raise _damaged(path, number, "not-ascii")
        if any(byte < 32 and byte != 9 for byte in line):
            raise _damaged(path, number, "control-character")
        if len(line) > LONGEST_LINE:
            raise _damaged(path, number, "line-too-long")
        yield number, line.decode("ascii")


def _faults(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield line and fault of what keeps a module from being compiled."""
    waiting: list[tuple[int, str]] = []
    for number, statement in _statements(lines):
        if '"' in statement:
            yield number, "string-without-end"
        ended = _ENDS.fullmatch(statement)
        begun = next((kind for kind, form in _BLOCKS.items() if form.fullmatch(statement)), "")
        if ended and not _close(waiting, ended):
            yield number, "end-without-begin"
        elif begun in _OUTERMOST and waiting:
            yield waiting[-1][0], "no-end"
        elif begun:
            waiting.append((number, begun))
    if waiting:
        yield waiting[-1][0], "no-end"


def _close(waiting: list[tuple[int, str]], ended: re.Match[str]) -> bool:
    word = next(filter(None, ended.groups())).casefold()
    kind = _CLOSES.get(word, word.capitalize())
    kind = f"#{kind}" if ended[0].startswith("#") else kind
    return bool(waiting) and waiting.pop()[1] == kind


def _statements(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield statements with the number of their first line, without strings and comments."""
    pending, first = "", 0
    for number, line in enumerate(lines, start=1):
        first = first if pending else number
        code = _STRING.sub("$", line).partition("'")[0].rstrip()
        if code.endswith(" _"):
            pending += f"{code[:-1].strip()} "
            continue
        yield first, re.sub(r"\s+", " ", pending + code.strip())
        pending = ""
    if pending:
        yield first, pending


def _damaged(path: Path, line: int, reason: str) -> WorkbookBuildError:
    return WorkbookBuildError(file=path.name, line=line, reason=f"macro.{reason}")
