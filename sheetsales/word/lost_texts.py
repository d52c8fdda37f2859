"""Texts that would vanish: a tag of a paragraph or a row takes the place of all that is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sheetsales.word.mistakes import Mistake, mistake_at, shown
from sheetsales.word.scan import Element, Scan
from sheetsales.word.tags import Tag
from sheetsales.word.wording import plain

_TEXT = re.compile(r"<([aw]:t)(?:\s[^>]*)?>(.*?)</\1>", re.DOTALL)
_OPENING = re.compile(r"(?:for|if|with)\b")
_ENDING = re.compile(r"end(?:for|if|with)\b")
_PICTURE = re.compile(r"<(?:w:drawing|w:pict|w:object)[\s>]")


def lost_texts(scan: Scan, tags: Sequence[Tag]) -> Iterator[Mistake]:
    """Yield the tags beside which a text, or a tag of another scope, would vanish."""
    told: set[int] = set()
    for tag in tags:
        element = _holder(scan, tag)
        if element is None or element.start in told:
            continue
        told.add(element.start)
        same = [one for one in tags if one.scope == tag.scope]
        markup = _without(scan.xml, element, same)
        text = plain("".join(found.group(2) for found in _TEXT.finditer(markup))).strip()
        if text or (_PICTURE.search(markup) and tag.scope == "p"):
            variant = "lost" if text else "lost-picture"
            yield mistake_at(
                tag, "scope", variant, lost=shown(text), scope=tag.scope, unit=f"scope-{tag.scope}"
            )
        elif _is_hollow([one for one in same if element.start <= one.start < element.end]):
            yield mistake_at(tag, "scope", "hollow", scope=tag.scope, unit=f"scope-{tag.scope}")


def extra_braces(scan: Scan, tags: Sequence[Tag]) -> Iterator[Mistake]:
    """Yield the tags with a brace too many, which would stay in the text."""
    for tag in tags:
        before, after = scan.xml[tag.start - 1 : tag.start], scan.xml[tag.end : tag.end + 1]
        if not tag.in_attribute and ("{" in before or "}" in after):
            typed = before.replace(">", "") + tag.text + after.replace("<", "")
            fix = shown(tag.text)
            yield mistake_at(replace(tag, text=typed), "tag", "extra", severity="warning", fix=fix)


def _is_hollow(tags: Sequence[Tag]) -> bool:
    """Return whether one holder has both ends of a block, so that nothing is between them."""
    opened = [tag for tag in tags if _OPENING.match(tag.inner)]
    return bool(opened) and any(_ENDING.match(tag.inner) for tag in tags)


def _holder(scan: Scan, tag: Tag) -> Element | None:
    """Return what a scoped tag takes the place of."""
    if tag.scope not in {"p", "tr", "tc"} or tag.in_attribute:
        return None
    for stream in scan.streams:
        for piece in stream.pieces:
            if piece.start <= tag.start < piece.end:
                prefix = "a" if piece.element.name == "a:t" and tag.scope == "p" else "w"
                return piece.element.around(f"{prefix}:{tag.scope}")
    return None


def _without(xml: str, element: Element, tags: Sequence[Tag]) -> str:
    """Return the markup of an element without some tags; what Word put inside of one stays."""
    pieces, position = [], element.start
    for tag in tags:
        if element.start <= tag.start < element.end:
            pieces += [xml[position : tag.start], "".join(_markup_of(xml, tag))]
            position = tag.end
    return "".join([*pieces, xml[position : element.end]])


def _markup_of(xml: str, tag: Tag) -> Iterator[str]:
    """Yield the markup that a tag is split by, so that the texts around it stay in theirs."""
    for found in re.finditer(r"<[^>]*>", xml[tag.start : tag.end]):
        yield found.group()
