"""The tags of a template and the mistakes in how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sheetsales.word.spots import Spot

TagKind = Literal["variable", "block", "comment"]
Scope = Literal["", "p", "tr", "tc", "r"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as its author typed it.

    Attributes:
        kind: ``variable`` for ``{{ }}``, ``block`` for ``{% %}``, ``comment`` for ``{# #}``.
        text: the whole tag as typed, also where Word split it, e.g. ``{%p if paid %}``.
        inner: its expression or statement, quotes made straight, e.g. ``if paid``.
        scope: what the tag takes the place of: a paragraph, a row, a cell, a run, or nothing.
        start: where it starts in the XML of the part.
        end: where it ends in the XML of the part.
        spot: where a reader finds it.
        in_attribute: whether it stands in the value of an attribute.
    """

    kind: TagKind
    text: str
    inner: str
    scope: Scope
    start: int
    end: int
    spot: Spot
    in_attribute: bool = False


@dataclass(frozen=True, slots=True)
class TagMistake:
    """A tag that is not written as one.

    Attributes:
        code: what is wrong:
            ``tag-unclosed``: ``{{``, ``{%`` or ``{#`` without its end.
            ``tag-unopened``: ``}}`` or ``%}`` without its start.
            ``tag-spaced``: ``{ { x }}`` or ``{% if x % }``: a blank between the two signs.
            ``tag-fullwidth``: ``｛｛`` or ``％`` typed with an input method.
            ``tag-mixed``: the end is not that of the start, e.g. ``{{ x %}``.
            ``tag-half``: one sign is missing, e.g. ``{{ x }``.
            ``scope-outside``: a tag of rows, cells or runs where there is none, e.g. ``{%tr %}``
            or ``{% vm %}`` outside of a table; it is shown as it stands.
            ``scope-mixed``: another tag in what a scoped tag replaces; it would vanish.
            ``scope-text``: text in what a scoped tag replaces; it would vanish.
            ``scope-picture``: a picture there; it would vanish.
            ``scope-hollow``: both ends of a block there; what they enclose would vanish.
        spot: where a reader finds it.
        text: the text as typed, at most 80 characters.
        tag: the tag, where one could be made out.
        lost: the text that would vanish with what a scoped tag replaces.
    """

    code: str
    spot: Spot
    text: str
    tag: Tag | None = None
    lost: str = ""
