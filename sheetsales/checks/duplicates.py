"""Companies that are probably the same, by their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

_VARIANTS = str.maketrans(
    "臺檯颱裏羣峯啓温衞爲綉鷄牀敎麪妳犇", "台台台裡群峰啟溫衛為繡雞床教麵你奔"
)
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Likeness:
    """A name that is like an earlier one.

    Attributes:
        position: position of the name.
        other: position of the earlier name that it is most like.
        percent: how alike they are, 100 for equal after folding.
    """

    position: int
    other: int
    percent: float


def folded_name(name: str, tails: Iterable[str]) -> str:
    """Return a company name as it is compared.

    Widths, cases and character variants are folded, punctuation goes, and so does one tail that
    only says the form of the company.

    >>> folded_name("臺灣 大同（股）有限公司", ["有限公司"])
    '台灣大同股'

    Args:
        name: as written.
        tails: company forms, folded here themselves; the longest that fits is removed.
    """
    text = _folded(name)
    for tail in sorted(map(_folded, tails), key=len, reverse=True):
        if tail and text.endswith(tail) and text != tail:
            return text.removesuffix(tail)
    return text


def find_alike(names: Sequence[str], threshold: float) -> Iterator[Likeness]:
    """Yield for each name the earlier name that it is most like, if it is like one.

    Two names are like each other by the share of characters that they have in common in order
    (rapidfuzz ``ratio``). Names whose lengths alone keep them below the threshold are never
    compared.

    Args:
        names: folded names; empty ones are like nothing.
        threshold: least percentage that counts.
    """
    best: dict[int, tuple[float, int]] = {}
    first: dict[str, int] = {}
    for position, name in enumerate(names):
        if name and first.setdefault(name, position) != position:
            best[position] = (100.0, first[name])
    # Two different names have at most 2a of 2a + 1 characters in common.
    shortest = threshold / (200 - 2 * threshold) if threshold < 100 else float("inf")
    distinct = [name for name in first if len(name) >= shortest]
    for one, other, percent in _near(sorted(distinct, key=len), threshold):
        earlier, later = sorted((first[one], first[other]))
        if percent > best.get(later, (0.0, 0))[0]:
            best[later] = (percent, earlier)
    for position, (percent, other_position) in sorted(best.items()):
        yield Likeness(position, other_position, round(percent, 1))


def _near(names: Sequence[str], threshold: float) -> Iterator[tuple[str, str, float]]:
    """Yield the pairs of distinct names, sorted by length, that are at least so much alike."""
    lengths = np.array([len(name) for name in names])
    for start in range(0, len(names), _BLOCK):
        block = names[start : start + _BLOCK]
        # Of two lengths a ≤ b, at most 2a of a + b characters are in common.
        longest = len(block[-1]) * (200 - threshold) / threshold
        end = int(np.searchsorted(lengths, longest, side="right"))
        others = names[start:end]
        scores = cdist(block, others, scorer=ratio, score_cutoff=threshold, dtype=np.float32)
        rows, columns = np.nonzero(scores)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if column > row:
                yield block[row], others[column], float(scores[row, column])


def _folded(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold().translate(_VARIANTS)
    return "".join(character for character in text if character.isalnum())
