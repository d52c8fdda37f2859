"""What would vanish: a scoped tag takes the place of all that is in its paragraph, row or cell."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from sheetsales.word.edits import Placed, Plan, Stretches
from sheetsales.word.scan import Element
from sheetsales.word.tags import Tag, TagMistake
from sheetsales.word.wording import plain

_TEXT = re.compile(r"<([aw]:t)(?:\s[^>]*)?>(.*?)</\1>", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r"<(?:w:drawing|w:pict|w:object)[\s>]")
_OPENERS = frozenset({"for", "if", "with"})
_CLOSERS = frozenset({"endfor", "endif", "endwith"})
_SHOWN = 80


def vanishing(
    xml: str, placed: Sequence[Placed], plan: Plan, dropped: Stretches
) -> Iterator[TagMistake]:
    """Yield the tags that replace an element in which more stands than they, once per element.

    Args:
        xml: the text of the part.
        placed: its tags in order.
        plan: what is replaced in it.
        dropped: the stretches that are replaced as a whole.
    """
    scoped = {id(one) for _, own in plan.drops.values() for one in own}
    others = _by_element((one for one in placed if id(one) not in scoped), dropped)
    own = [one for one in placed if id(one) in scoped]
    starts = [one.tag.start for one in own]
    for start, (element, _) in sorted(plan.drops.items()):
        if dropped.start_of(start) != start:
            continue
        # The first one may have begun in the paragraph before.
        first = max(bisect_right(starts, start) - 1, 0)
        last = bisect_right(starts, element.end)
        here = [one for one in own[first:last] if one.tag.end > start]
        beside = others.get(start, [])
        comments = [one for one in beside if one.wording.kind == "comment" and not one.literal]
        if here:
            mixed = len(comments) < len(beside)
            yield from _judged(xml, element, here, comments, mixed=mixed)


def _by_element(placed: Iterable[Placed], dropped: Stretches) -> dict[int, list[Placed]]:
    found: dict[int, list[Placed]] = {}
    for each in placed:
        start = dropped.start_of(each.tag.start)
        if start is not None:
            found.setdefault(start, []).append(each)
    return found


def _judged(
    xml: str, element: Element, own: Sequence[Placed], comments: Sequence[Placed], *, mixed: bool
) -> Iterator[TagMistake]:
    tag = own[0].tag
    cut = sorted([*own, *comments], key=lambda one: one.tag.start)
    markup = _without(xml, element, [one.tag for one in cut])
    lost = plain("".join(found.group(2) for found in _TEXT.finditer(markup))).strip()
    if _is_hollow(own):
        yield _mistake("scope-hollow", tag, lost)
    elif lost:
        yield _mistake("scope-mixed" if mixed else "scope-text", tag, lost)
    elif tag.scope == "p" and _PICTURE.search(markup):
        yield _mistake("scope-picture", tag, "")


def _mistake(code: str, tag: Tag, lost: str) -> TagMistake:
    return TagMistake(code, tag.spot, tag.text[:_SHOWN], tag, lost)


def _is_hollow(own: Sequence[Placed]) -> bool:
    """Return whether both ends of a block are here, and nothing that has an effect between them.

    The end of one block and the beginning of the next may share a paragraph.
    """
    effects: list[bool] = []
    for each in own:
        word = each.wording.word
        if word in _OPENERS:
            effects.append(False)
        elif word in _CLOSERS and effects:
            if not effects.pop():
                return True
            effects[-1:] = [True] * len(effects[-1:])
        elif effects and (each.wording.kind == "variable" or word == "set"):
            effects[-1] = True
    return False


def _without(xml: str, element: Element, tags: Sequence[Tag]) -> str:
    """Return the markup of an element without some tags; what Word put inside of one stays."""
    pieces, position = [], element.start
    for tag in tags:
        start, end = max(tag.start, position), min(tag.end, element.end)
        pieces += [xml[position:start], *_MARKUP.findall(xml, start, end)]
        position = end
    return "".join([*pieces, xml[position : element.end]])
