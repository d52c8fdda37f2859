"""What differs between two readings of a Word file, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from sheetsales.word.reading import Paragraph, Reading

Kind = Literal[
    "changed", "added", "removed", "format", "picture-changed", "picture-added", "picture-removed"
]

_STORIES = ("body", "header", "footer", "footnote", "endnote")
_REPEATED = frozenset({"header", "footer"})
_ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class Edit:
    """One paragraph or picture that differs.

    Attributes:
        spot: code of its place in the new document; in the old one where it was removed.
        old: what it said; empty where it was added, or for a picture.
        new: what it says.
    """

    kind: Kind
    spot: str
    old: str = ""
    new: str = ""


def compare_readings(old: Reading, new: Reading, *, formats: bool = True) -> list[Edit]:
    """Return what differs, in reading order.

    Args:
        old: what stood there.
        new: what stands there now.
        formats: whether changes of bold, italics and the like count.
    """
    edits: list[Edit] = []
    for story in _STORIES:
        pair = _of_story(old, story), _of_story(new, story)
        for before, after in _pairs(*pair):
            edits += _edit(before, after, formats=formats)
    return [*edits, *_pictures(old, new)]


def _of_story(reading: Reading, story: str) -> list[Paragraph]:
    found = [one for one in reading.paragraphs if one.story == story]
    if story not in _REPEATED:
        return found
    # Programs write a header for first or even pages that says what the other one says.
    return list({one.text: one for one in reversed(found)}.values())[::-1]


def _pairs(
    old: Sequence[Paragraph], new: Sequence[Paragraph]
) -> Iterator[tuple[Paragraph | None, Paragraph | None]]:
    """Yield which paragraph became which; None for one that is new or gone."""
    texts = [one.text for one in old], [one.text for one in new]
    matcher = SequenceMatcher(None, *texts, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal" or end - start == last - first:
            yield from zip(old[start:end], new[first:last], strict=True)
        else:
            yield from _alike(old[start:end], new[first:last])


def _alike(
    old: Sequence[Paragraph], new: Sequence[Paragraph]
) -> Iterator[tuple[Paragraph | None, Paragraph | None]]:
    """Pair paragraphs of two stretches of different length by likeness, in order."""
    at = 0
    for before in old:
        found = next((n for n in range(at, len(new)) if _is_alike(before, new[n])), None)
        if found is None:
            yield before, None
            continue
        yield from ((None, one) for one in new[at:found])
        yield before, new[found]
        at = found + 1
    yield from ((None, one) for one in new[at:])


def _is_alike(old: Paragraph, new: Paragraph) -> bool:
    matcher = SequenceMatcher(None, old.text, new.text, autojunk=False)
    return matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE


def _edit(before: Paragraph | None, after: Paragraph | None, *, formats: bool) -> Iterator[Edit]:
    if before is None:
        assert after is not None
        yield Edit("added", after.spot, "", after.text)
    elif after is None:
        yield Edit("removed", before.spot, before.text)
    elif before.text != after.text:
        yield Edit("changed", after.spot, before.text, after.text)
    elif formats and before.looks != after.looks:
        yield Edit("format", after.spot, before.text, after.text)


def _pictures(old: Reading, new: Reading) -> Iterator[Edit]:
    before, after = old.pictures, new.pictures
    digests = [one.digest for one in before], [one.digest for one in after]
    matcher = SequenceMatcher(None, *digests, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            continue
        shared = min(end - start, last - first)
        for one in after[first : first + shared]:
            yield Edit("picture-changed", one.spot)
        for one in before[start + shared : end]:
            yield Edit("picture-removed", one.spot)
        for one in after[first + shared : last]:
            yield Edit("picture-added", one.spot)
