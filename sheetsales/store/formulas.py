"""Formulas as text: moving one down as Excel does when it fills a column, and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sheetsales.store.ranges import Range, find_range

_TOKENS = re.compile(
    r"""
    "(?:[^"]|"")*"                                  # text
    | '(?:[^']|'')*'!                               # quoted sheet name
    | (?P<bracket>\[)                               # structured reference, skipped by depth
    | (?P<rows>(?<![\w.$])\$?\d+:\$?\d+(?![\w.]))   # whole rows
    | (?P<cell>(?<![\w.$])\$?[A-Za-z]{1,3}\$?\d+(?![\w.(\[!]))
    """,
    re.VERBOSE,
)
_REFERENCES = re.compile(
    r"""
    "(?:[^"]|"")*"
    | (?P<bracket>\[)
    | (?<![\w.$\]!])
      (?:(?:'(?P<quoted>(?:[^']|'')*)'|(?P<sheet>[^\W\d][\w.]*(?::[^\W\d][\w.]*)?))!)?
      (?P<area>\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?|\$?\d+:\$?\d+)
      (?![\w.(\[!])
    """,
    re.VERBOSE,
)
_RELATIVE_ROW = re.compile(r"(?<![$\d])\d+")


def has_relative_rows(formula: str) -> bool:
    """Say whether a formula means other cells on another row."""
    return moved(formula, 1) != formula


def moved(formula: str, rows: int) -> str:
    """Return a formula moved down: relative rows of A1 references shift, all else stays."""
    pieces: list[str] = []
    position = 0
    while match := _TOKENS.search(formula, position):
        pieces.append(formula[position : match.start()])
        position = match.end()
        if match["bracket"]:
            position = _bracket_end(formula, match.start())
            pieces.append(formula[match.start() : position])
        elif match["rows"] or match["cell"]:
            pieces.append(_shifted(match[0], rows))
        else:
            pieces.append(match[0])
    return "".join(pieces) + formula[position:]


class Reference(NamedTuple):
    """Cells that a formula names.

    Attributes:
        sheet: name of the sheet as the formula spells it, "" for its own; several sheets are
            joined by a colon.
        area: the cells.
        is_relative: they move when the formula is filled into other cells.
    """

    sheet: str
    area: Range
    is_relative: bool


def references(formula: str) -> Iterator[Reference]:
    """Yield the cells and ranges that a formula names by address, other books left out.

    Names, whole columns and structured references are not among them.
    """
    position = 0
    while match := _REFERENCES.search(formula, position):
        position = match.end()
        if match["bracket"]:
            position = _bracket_end(formula, match.start())
        elif match["area"] and not (match["quoted"] or "").startswith("["):
            sheet = (match["quoted"] or match["sheet"] or "").replace("''", "'")
            area = find_range(match["area"])
            if area is not None:
                parts = match["area"].split(":")
                relative = any(part.count("$") < _dollars(part) for part in parts)
                yield Reference(sheet, area, relative)


def _dollars(part: str) -> int:
    """Return how many dollar signs one half of an absolute reference has."""
    return 2 if part.strip("$")[:1].isalpha() else 1


def _shifted(reference: str, rows: int) -> str:
    return _RELATIVE_ROW.sub(lambda match: str(int(match[0]) + rows), reference)


def _bracket_end(formula: str, start: int) -> int:
    """Return the offset behind a bracket and all it holds; an apostrophe escapes one character."""
    depth = 0
    position = start
    while position < len(formula):
        character = formula[position]
        if character == "'":
            position += 1
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    return len(formula)
