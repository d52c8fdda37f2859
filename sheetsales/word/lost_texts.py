"""Texts that would vanish beside a tag, and braces that would stay beside one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sheetsales.word.mistakes import Mistake, mistake_at, shown
from sheetsales.word.scan import Scan
from sheetsales.word.tags import Tag, TagMistake

_VARIANTS = {
    "scope-text": "lost",
    "scope-mixed": "lost",
    "scope-picture": "lost-picture",
    "scope-hollow": "hollow",
}


def lost_texts(mistakes: Iterable[TagMistake]) -> Iterator[Mistake]:
    """Yield the tags beside which something would vanish."""
    for each in mistakes:
        tag = each.tag
        if tag is not None and each.code in _VARIANTS:
            lost, unit = shown(each.lost), f"scope-{tag.scope}"
            yield mistake_at(
                tag, "scope", _VARIANTS[each.code], lost=lost, scope=tag.scope, unit=unit
            )


def extra_braces(scan: Scan, tags: Sequence[Tag]) -> Iterator[Mistake]:
    """Yield the tags with a brace too many, which would stay in the text."""
    for tag in tags:
        before, after = scan.xml[tag.start - 1 : tag.start], scan.xml[tag.end : tag.end + 1]
        if not tag.in_attribute and ("{" in before or "}" in after):
            typed = before.replace(">", "") + tag.text + after.replace("<", "")
            fix = shown(tag.text)
            yield mistake_at(replace(tag, text=typed), "tag", "extra", severity="warning", fix=fix)
