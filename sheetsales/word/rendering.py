"""Compiles the text of a part so that every tag prints what fits the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from jinja2 import Template as JinjaTemplate
from jinja2 import Undefined, nodes
from jinja2.compiler import Frame

from sheetsales.word import breaks
from sheetsales.word.environment import PlainCode, PlainEnvironment, compile_source
from sheetsales.word.printing import PrintError, printer
from sheetsales.word.shown import WordValue

Place = Literal["", "bare", "r", "p", "tr", "tc"]
"""Where a tag prints: the text of a run, text without runs, or instead of a run, paragraph, …"""

_RUN = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
_AROUND: dict[str, str] = {
    "r": _RUN,
    "p": f"<w:p>{_RUN}</w:p>",
    "tc": f"<w:tc><w:p>{_RUN}</w:p></w:tc>",
}
_PRINTERS = {place: f"environment.printed_{place}(" for place in ("bare", "r", "p", "tr", "tc")}


class PartCode(PlainCode):
    """Python code that prints a value by the place of its tag."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002 (as the base class)
        call = _PRINTERS.get(getattr(node, "place", ""), "printed(")
        self.write(call if frame.buffer is None else f"kept(context, {call}")


class PartEnvironment(PlainEnvironment):
    """What the parts of one template are compiled with.

    Attributes:
        place_of: the place of the tag in a line of the text that is compiled.
    """

    code_generator_class = PartCode

    def __init__(self, filters: Mapping[str, Callable[..., Any]] | None = None) -> None:
        super().__init__(filters, breaks.marked)
        self.place_of: Callable[[int], Place] = lambda _: ""
        self.printed_bare = _without_markup(printer(breaks.plain))
        self.printed_r = self._printed_as("r")
        self.printed_p = self._printed_as("p")
        self.printed_tr = self._printed_as("tr")
        self.printed_tc = self._printed_as("tc")

    def compiled(self, tree: nodes.Template) -> JinjaTemplate:
        """Return a template of a tree that ``rewriting`` has made safe."""
        for output in tree.find_all(nodes.Output):
            for child in output.nodes:
                if not isinstance(child, nodes.TemplateData):
                    child.place = self.place_of(child.lineno)  # type: ignore[attr-defined]
        return super().compiled(tree)

    def _printed_as(self, place: Place) -> Callable[[Any], str]:
        """Return what prints instead of a run, paragraph, row or cell."""

        def printed(value: Any) -> str:
            if isinstance(value, WordValue):
                return value.markup(place)
            text = self.printed(value)
            if not text or isinstance(value, Undefined):
                return text
            if place not in _AROUND:
                raise PrintError("print-row")
            return _AROUND[place].format(text)

        return printed


def compile_text(
    source: str, environment: PartEnvironment, place_of: Callable[[int], Place]
) -> tuple[JinjaTemplate, nodes.Template]:
    """Return a text with tags compiled for rendering, and the tree that its author wrote.

    Args:
        source: the text of a part, as ``prepare`` makes it.
        environment: what to compile with.
        place_of: the place of the tag in a line of the source.

    Raises:
        TemplateSyntaxError: a tag cannot be read or does what it may not.
    """
    environment.place_of = place_of
    return compile_source(source, environment)


def _without_markup(printed: Callable[[Any], str]) -> Callable[[Any], str]:
    def bare(value: Any) -> str:
        if isinstance(value, WordValue):
            return value.markup("bare")
        return printed(value)

    return bare
