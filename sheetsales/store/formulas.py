"""Formulas as text: moving one down by some rows, as Excel does when it fills a column."""

from __future__ import annotations

import re

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
