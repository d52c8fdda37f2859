"""Where in a Word file something stands, said by a code that is the same for every reader."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"\d+$")
_NOTES = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}
_PROPERTIES = "docProps/"


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in a part of a Word file.

    ``str(spot)`` is its code, steps joined by ``/``, each a word with a number from 1:
    ``p`` paragraph, ``t`` table, ``r`` row, ``c`` cell, ``box`` text box, ``v`` value of a chart.
    The first step is the part: ``body``, ``header1``, ``footer2``, ``footnote3``, ``endnote1``,
    ``comment1``, ``chart1``, ``diagram1``, ``property/subject``; ``part`` for any other one.
    Paragraphs and tables are counted within the cell, box, note or part that holds them; notes
    and comments carry the number that the file gives them.

    Attributes:
        part: name of the part, e.g. ``word/document.xml``.
        steps: the steps of the code, e.g. ``("body", "t2", "r1", "c3", "p1")``.
    """

    part: str
    steps: tuple[str, ...]

    def __str__(self) -> str:
        """Return the code, e.g. ``body/t2/r1/c3/p1``."""
        return "/".join(self.steps)


def root_of(part: str) -> str:
    """Return the first step of all positions in a part, notes without their numbers."""
    stem = part.rpartition("/")[2].partition(".")[0]
    if part.startswith(_PROPERTIES):
        return "property"
    if part.startswith("word/charts/"):
        return _numbered("chart", stem)
    if part.startswith("word/diagrams/"):
        return _numbered("diagram", stem)
    if stem == "document":
        return "body"
    if stem.startswith(("header", "footer")):
        return stem
    return _NOTES.get(stem, "part")


def _numbered(word: str, stem: str) -> str:
    number = _NUMBER.search(stem)
    return f"{word}{number.group() if number else 1}"
