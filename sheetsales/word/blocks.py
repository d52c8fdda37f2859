"""Which tag ends which, ``for`` and ``endfor``, and where the two may stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from sheetsales.word.faults import refilled
from sheetsales.word.mistakes import Mistake, mistake_at
from sheetsales.word.statements import CLOSERS, MIDDLES, OPENERS, SPECIAL, Statement
from sheetsales.word.tags import Tag

_ENDS = OPENERS | {"set": "endset", "raw": "endraw"}


@dataclass(slots=True)
class Block:
    """A tag that opens, those that belong to it, and the one that ends it.

    Attributes:
        first: position of the opening tag among the statements.
        opener: the opening tag.
        middles: its ``elif`` and ``else``.
        closer: its end; None where there is none.
        last: position of the end; the number of statements where there is none.
    """

    first: int
    opener: Statement
    middles: list[Statement] = field(default_factory=list)
    closer: Statement | None = None
    last: int = 0

    @property
    def end(self) -> str:
        """The word that ends it."""
        return _ENDS[self.opener.word]


class Pairing:
    """Finds the blocks of a part.

    Attributes:
        blocks: all of them, in the order of their opening tags.
        mistakes: tags without a partner, or with a wrong one.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        """Pair the statements of one part, in the order of the text."""
        self.blocks: list[Block] = []
        self.mistakes: list[Mistake] = []
        self._statements = statements
        self._open: list[Block] = []
        self._settled: set[int] = set()
        for position, statement in enumerate(statements):
            self._meet(position, statement)
        for block in self._open:
            self._unclosed(block)

    def _meet(self, position: int, statement: Statement) -> None:
        word = statement.word
        if statement.tag.kind != "block" or position in self._settled:
            return
        if self._open and self._open[-1].opener.word == "raw" and word != "endraw":
            return
        if word in OPENERS or word == "raw" or is_block_set(statement):
            block = Block(position, statement, last=len(self._statements))
            self.blocks.append(block)
            self._open.append(block)
        elif word in MIDDLES:
            self._middle(statement)
        elif word in CLOSERS:
            self._close(position, statement)

    def _middle(self, statement: Statement) -> None:
        allowed = {"if", "for"} if statement.word == "else" else {"if"}
        block = self._open[-1] if self._open else None
        if block is None or block.opener.word not in allowed:
            self.mistakes.append(_alone(statement, block))
            return
        if any(one.word == "else" for one in block.middles):
            variant = "else-twice" if statement.word == "else" else "elif-late"
            self.mistakes.append(_about(statement, "block", variant, block.opener))
        block.middles.append(statement)

    def _close(self, position: int, statement: Statement) -> None:
        wanted = CLOSERS[statement.word]
        if self._open and self._open[-1].opener.word == wanted:
            self._end(self._open.pop(), position, statement)
        elif any(block.opener.word == wanted for block in self._open):
            self._cross(position, statement, wanted)
        elif self._open and self._next_end(position, self._open[-1]) is None:
            block = self._open.pop()
            fix = refilled(statement.tag, block.end)
            self.mistakes.append(_about(statement, "block", "mismatch", block.opener, fix=fix))
            self._end(block, position, statement)
        else:
            self.mistakes.append(
                mistake_at(statement.tag, "block", "unopened", word=statement.word, start=wanted)
            )

    def _cross(self, position: int, statement: Statement, wanted: str) -> None:
        """End a block although others within it are still open."""
        while self._open[-1].opener.word != wanted:
            inner = self._open.pop()
            later = self._next_end(position, inner)
            if later is None:
                self._unclosed(inner)
                continue
            self._settled.add(later)
            end = self._statements[later]
            self.mistakes.append(_about(end, "block", "crossing", inner.opener, word=inner.end))
            self._end(inner, position, None)
        self._end(self._open.pop(), position, statement)

    def _end(self, block: Block, position: int, statement: Statement | None) -> None:
        block.closer, block.last = statement, position

    def _unclosed(self, block: Block) -> None:
        tag = block.opener.tag
        fix = refilled(dataclasses.replace(tag, text=_marker(tag)), block.end)
        self.mistakes.append(mistake_at(tag, "block", "unclosed", word=block.end, fix=fix))

    def _next_end(self, position: int, block: Block) -> int | None:
        """Return where the end of a block comes after a position, others of its kind aside."""
        depth = 0
        for later in range(position + 1, len(self._statements)):
            word = self._statements[later].word
            if word == block.opener.word and word in OPENERS:
                depth += 1
            elif word == block.end:
                if not depth:
                    return later
                depth -= 1
        return None


def is_block_set(statement: Statement) -> bool:
    """Return whether a ``set`` reaches to an ``endset``."""
    if statement.word != "set" or statement.tree is None:
        return False
    return statement.tree.find(nodes.AssignBlock) is not None


def placement_mistakes(
    statements: Sequence[Statement], blocks: Sequence[Block]
) -> Iterator[Mistake]:
    """Yield tags that belong together but stand in places that do not."""
    for block in blocks:
        first = block.opener.tag
        for other in (*block.middles, *([block.closer] if block.closer else [])):
            if first.scope != other.tag.scope:
                fix = refilled(dataclasses.replace(other.tag, text=_marker(first)), other.tag.inner)
                yield _about(other, "scope", "differs", block.opener, fix=fix)
                break
            variant = _apart(first, other.tag)
            if variant:
                yield _about(other, "scope", variant, block.opener)
                break
    for statement in statements:
        tag = statement.tag
        if statement.word in SPECIAL and tag.kind == "block" and not _cell(tag):
            yield mistake_at(tag, "scope", "cell-only", word=statement.word)


def _apart(first: Tag, other: Tag) -> str:
    """Return what is wrong with where two tags of one block stand; empty where nothing is."""
    if first.in_attribute or other.in_attribute:
        return ""
    if first.scope == "tr":
        return "" if _table(first) == _table(other) else "tables"
    if first.scope == "tc":
        return "" if _row(first) == _row(other) else "rows"
    if first.scope == "p":
        return "" if _holder(first) == _holder(other) else "holders"
    if _holder(first) != _holder(other):
        return "cells" if _cell(first) or _cell(other) else "holders"
    return ""


def _holder(tag: Tag) -> tuple[str, ...]:
    return tag.spot.steps[:-1]


def _upto(tag: Tag, letter: str) -> tuple[str, ...]:
    """Return the steps down to the innermost table, row or cell."""
    steps = tag.spot.steps
    for position in range(len(steps) - 1, 0, -1):
        step = steps[position]
        if step[:1] == letter and step[1:].isdigit():
            return steps[: position + 1]
        if step.startswith("box"):
            break
    return ()


def _table(tag: Tag) -> tuple[str, ...]:
    return _upto(tag, "t")


def _row(tag: Tag) -> tuple[str, ...]:
    return _upto(tag, "r")


def _cell(tag: Tag) -> tuple[str, ...]:
    return _upto(tag, "c")


def _alone(statement: Statement, block: Block | None) -> Mistake:
    if block is None:
        return mistake_at(statement.tag, "block", "alone", word=statement.word)
    return _about(statement, "block", "not-of", block.opener, word=statement.word)


def _about(
    statement: Statement, code: str, variant: str, opener: Statement, **arguments: Any
) -> Mistake:
    """Return a mistake of a tag that has to do with an opening one."""
    return mistake_at(
        statement.tag,
        code,
        variant,
        opener=opener.tag.text,
        opened=str(opener.tag.spot),
        **arguments,
    )


def _marker(tag: Tag) -> str:
    """Return an empty tag of the same scope."""
    return f"{{%{tag.scope} x %}}"
