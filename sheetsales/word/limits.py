"""How much one template may do: every render pays for its loops and texts from an allowance.

The allowance is counted in units of about one character made or one small step, so the same record
always ends the same way; the clock is only asked where counting cannot know the effort. A template
that does what templates do pays for each loop once, which costs nothing that can be measured.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from jinja2 import Template as JinjaTemplate
from jinja2 import Undefined
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.runtime import Context

MAX_CHARACTERS = 32 * 1024 * 1024
"""Longest text that one part of a document may become."""
MAX_SECONDS = 20.0
"""Longest time that one part of a document may take."""
MAX_WORK = 32 * 1024 * 1024
"""Steps and characters that one part may cost besides what it prints."""
MAX_TEXT = 1024 * 1024
"""Longest text that a tag may make for itself."""
MAX_ITEMS = 100_000
"""Longest list that a tag may make for itself."""
MAX_BITS = 4096
"""Largest whole number that a tag may work out, in bits."""
MAX_TAGS = 50_000
"""Most tags of one part."""
MAX_DEPTH = 60
"""Deepest nesting of expressions, and of tags."""
MAX_LOOPS = 12
"""Deepest nesting of loops; Python itself ends at twenty."""

_BATCH = 64
_PIECE_COST = 8
_CALL_COST = 16
_ITEM_COST = 8
_WATCHED = 8192


class LimitError(SecurityError):
    """A template asks for more than one document may cost.

    Attributes:
        line: line of the compiled text that asked last, where the error itself does not show it.
    """

    line: int | None = None


FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TemplateRuntimeError,
    TypeError,
    ValueError,
)
"""What a tag can end with while a document is rendered, the errors named above included."""


class MeteredContext(Context):
    """The names of one render, and what it may still spend."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.work = MAX_WORK
        self.deadline = time.monotonic() + MAX_SECONDS

    def charge(self, units: int) -> None:
        """Spend some units.

        Raises:
            LimitError: the allowance or the time is used up.
        """
        self.work -= units
        if self.work < 0:
            raise LimitError("too-much-work")
        if time.monotonic() > self.deadline:
            raise LimitError("too-much-time")

    def charged(self, value: Any, *sources: Any) -> Any:
        """Return what a filter made, paid for by its length and that of what it was made of."""
        self.charge(_CALL_COST + _weight(value) + sum(map(_weight, sources)))
        return value

    def repeated(self, value: Any, cost: int) -> Any:
        """Return what a loop runs over, the whole loop paid for.

        Args:
            value: what the template wants to repeat for.
            cost: units of one turn.

        Raises:
            TypeError: it has no items.
        """
        if isinstance(value, Undefined):
            return value
        if not isinstance(value, str | Mapping | Sequence):
            raise TypeError(f"no-list: {type(value).__name__}")
        units = (len(value) + 1) * cost
        self.charge(units)
        return value if units < _WATCHED else Watched(self, value)


def _weight(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    return _ITEM_COST * len(value) if isinstance(value, list | tuple | Mapping) else 0


class Watched:
    """The items of a long loop; the clock is asked before each."""

    def __init__(self, context: MeteredContext, items: Any) -> None:
        self._context = context
        self._items = items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            self._context.charge(0)
            yield item


def run(template: JinjaTemplate, record: dict[str, Any], deadline: float | None = None) -> str:
    """Return the text of a compiled template for one record; see `run_pieces`."""
    return "".join(run_pieces(template, record, deadline))


def run_pieces(
    template: JinjaTemplate, record: dict[str, Any], deadline: float | None = None
) -> list[str]:
    """Return the text of a compiled template for one record, in pieces.

    Args:
        template: what ``compile_source`` returned.
        record: the fields; they are read, never copied or changed.
        deadline: ``time.monotonic()`` at which to stop, if the document has less time left.

    Raises:
        LimitError: the text becomes too long, or costs too much.
    """
    context = template.new_context(record, shared=True)
    assert isinstance(context, MeteredContext)
    if deadline is not None:
        context.deadline = min(deadline, context.deadline)
    chunks = template.root_render_func(context)
    try:
        return _joined(chunks, context)
    except LimitError as error:
        frame = getattr(chunks, "gi_frame", None)
        if frame is not None:
            error.line = template.get_corresponding_lineno(frame.f_lineno)
        raise


def _joined(chunks: Iterator[str], context: MeteredContext) -> list[str]:
    pieces: list[str] = []
    length = 0
    while batch := list(islice(chunks, _BATCH)):
        # Memory goes with characters, not with tags: pieces are joined as they come.
        length += sum(map(len, batch)) + _PIECE_COST * len(batch)
        if length > MAX_CHARACTERS:
            raise LimitError("too-long")
        if time.monotonic() > context.deadline:
            raise LimitError("too-much-time")
        pieces.append("".join(batch))
    return pieces


def require_text(length: int) -> None:
    """Raise a LimitError if a tag may not make a text of a length."""
    if length > MAX_TEXT:
        raise LimitError("text-too-long")


def require_items(count: int) -> None:
    """Raise a LimitError if a tag may not make a list of a length."""
    if count > MAX_ITEMS:
        raise LimitError("list-too-long")


def total_length(texts: Iterable[str], between: int = 0) -> int:
    """Return how long some texts are together, with a separator of a length between them."""
    lengths = [len(text) for text in texts]
    return sum(lengths) + between * max(0, len(lengths) - 1)
