"""Jinja source put together from stretches of XML and tags, each tag on a line of its own."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from sheetsales.word.tags import Tag

_OPENING = re.compile(r"\{+(?=[{%#])")


@dataclass(frozen=True, slots=True)
class Code:
    """Something for Jinja to do.

    Attributes:
        tag: the tag that asks for it.
        kind: ``variable`` or ``block``.
        inner: the expression or statement.
        left, right: ``-`` or ``+`` beside the signs.
    """

    tag: Tag
    kind: str
    inner: str
    left: str = ""
    right: str = ""

    def __str__(self) -> str:
        """Return the code with its expression on a new line."""
        if self.kind == "comment":
            return f"{{#{self.left} {self.right}#}}" if self.left or self.right else ""
        start, end = ("{{", "}}") if self.kind == "variable" else ("{%", "%}")
        return f"{start}{self.left}\n{self.inner} {self.right}{end}"


@dataclass(slots=True)
class Source:
    """The Jinja source of a part while it is put together."""

    chunks: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    _line: int = 1

    def data(self, text: str, *, last: bool = False) -> None:
        """Add a text that Jinja copies as it is."""
        if not text:
            return
        self._line += text.count("\n")
        text = _OPENING.sub(_literal, text)
        if not last and text.endswith("{"):
            # The sign that follows would make it the start of another tag.
            kept = text.rstrip("{")
            text = f"{kept}{{% raw %}}{text[len(kept) :]}{{% endraw %}}"
        self.chunks.append(text)

    def code(self, code: Code) -> None:
        """Add something for Jinja to do."""
        text = str(code)
        self.chunks.append(text)
        if "\n" in text:
            self._line += 1
            self.lines.append(self._line)
            self.tags.append(code.tag)

    def text(self) -> str:
        """Return all that was added."""
        return "".join(self.chunks)


def _literal(braces: re.Match[str]) -> str:
    return f"{{% raw %}}{braces.group()}{{% endraw %}}"


def tag_of(line: int, lines: tuple[int, ...], tags: tuple[Tag, ...]) -> Tag | None:
    """Return the last tag that begins in a line or before it."""
    index = bisect_right(lines, line)
    return tags[index - 1] if index else None
