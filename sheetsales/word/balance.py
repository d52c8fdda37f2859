"""The proof that a template yields well-formed XML whatever the data are.

The state is the chain of open elements. It is followed through the template once: each body of a
loop must leave it as it was, the branches of a condition must agree. Printed values are text, or
whole runs and paragraphs, and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sheetsales.word.scan import Element
from sheetsales.word.tags import Tag

_OPENERS = frozenset("if for with filter autoescape call macro block".split())
_MIDDLES = frozenset("elif else".split())


@dataclass(frozen=True, slots=True)
class Step:
    """One tag of a template and the markup it stands in.

    Attributes:
        before: what holds the text before it.
        after: what holds the text after it.
        tag: the tag; None where only text is left out.
        statement: what it does, e.g. ``if paid``; empty for a printed value or a comment.
        raised: how many elements the tag closes around itself and opens again.
    """

    before: Element | None
    after: Element | None
    tag: Tag | None
    statement: str = ""
    raised: int = 0


@dataclass(frozen=True, slots=True)
class _Chain:
    name: str
    rest: _Chain | None


@dataclass(slots=True)
class _Body:
    tag: Tag
    word: str
    before: _Chain | None
    branches: list[_Chain | None] = field(default_factory=list)
    has_else: bool = False


def imbalances(steps: Iterable[Step]) -> tuple[Tag, ...]:
    """Return the tags whose bodies do not leave the open elements as they found them."""
    return _Proof().run(steps)


class _Proof:
    def __init__(self) -> None:
        self.state: _Chain | None = None
        self.bodies: list[_Body] = []
        self.faults: dict[int, Tag] = {}

    def run(self, steps: Iterable[Step]) -> tuple[Tag, ...]:
        here: Element | None = None
        for step in steps:
            self._move(here, step.before, step.tag)
            kept = self.state
            for _ in range(step.raised):
                self.state = self.state.rest if self.state else None
            risen = self.state
            self._statement(step)
            self.state = self._lowered(kept, risen, self.state)
            here = step.after
        self._move(here, None, None)
        for body in self.bodies:
            self._blame(body.tag)
        return tuple(self.faults.values())

    def _lowered(
        self, kept: _Chain | None, risen: _Chain | None, state: _Chain | None
    ) -> _Chain | None:
        """Open again what the tag closed around itself."""
        if state is risen:
            return kept
        names = []
        while kept is not risen and kept is not None:
            names.append(kept.name)
            kept = kept.rest
        for name in reversed(names):
            state = _Chain(name, state)
        return state

    def _move(self, here: Element | None, there: Element | None, tag: Tag | None) -> None:
        opened: list[str] = []
        while here is not there:
            if there is not None and (here is None or there.depth > here.depth):
                opened.append(there.name)
                there = there.parent
            else:
                assert here is not None
                self._pop(here.name, tag)
                here, there = self._level(here, there, opened)
        for name in reversed(opened):
            self.state = _Chain(name, self.state)

    def _level(
        self, here: Element, there: Element | None, opened: list[str]
    ) -> tuple[Element | None, Element | None]:
        if there is not None and there.depth == here.depth:
            opened.append(there.name)
            there = there.parent
        return here.parent, there

    def _pop(self, name: str, tag: Tag | None) -> None:
        if self.state is not None and self.state.name == name:
            self.state = self.state.rest
            return
        if self.bodies:
            self._blame(self.bodies[-1].tag)
        elif tag is not None:
            self._blame(tag)
        if self.state is not None:
            self.state = self.state.rest

    def _blame(self, tag: Tag) -> None:
        self.faults.setdefault(tag.start, tag)

    def _statement(self, step: Step) -> None:
        word, _, rest = step.statement.partition(" ")
        if step.tag is None:
            return
        if word in _OPENERS or (word == "set" and "=" not in rest):
            self.bodies.append(_Body(step.tag, word, self.state))
        elif not self.bodies:
            return
        elif word in _MIDDLES:
            self._branch(word)
        elif word.startswith("end"):
            self._end()

    def _branch(self, word: str) -> None:
        body = self.bodies[-1]
        body.branches.append(self.state)
        body.has_else = word == "else"
        if body.word == "for" and not _same(self.state, body.before):
            self._blame(body.tag)
        self.state = body.before

    def _end(self) -> None:
        body = self.bodies.pop()
        branches = [*body.branches, self.state]
        if not (body.word == "if" and body.has_else):
            branches.append(body.before)
        if any(not _same(branches[0], branch) for branch in branches[1:]):
            self._blame(body.tag)
            self.state = body.before
        else:
            self.state = branches[0]


def _same(one: _Chain | None, other: _Chain | None) -> bool:
    while one is not other:
        if one is None or other is None or one.name != other.name:
            return False
        one, other = one.rest, other.rest
    return True
