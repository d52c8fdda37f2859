"""Jinja over plain data: what a tag in a template may do, and what it may not.

A template reads mappings by key, lists by position, and ``loop``. It calls nothing, sees no global,
reaches no attribute of a Python object and has only the filters of ``filters``, so a template from
anywhere can be rendered. An unknown name is an error, never a blank. What a tag costs is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sheetsales.word import lookups
from sheetsales.word.arithmetic import SIGNS, calculated
from sheetsales.word.filters import filters as own_filters
from sheetsales.word.filters import tests as own_tests
from sheetsales.word.limits import MeteredContext, require_text
from sheetsales.word.printing import Breaks, line_breaks, printer
from sheetsales.word.rewriting import (
    ForbiddenTagError,
    Offence,
    offences,
    parse_source,
    rewritten,
)


class PlainCode(CodeGenerator):
    """Python code of a template that reads fields and prints values by the shortest way."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 (named after the node)
        """Write ``x.name`` as a call of ``lookups.field``."""
        self.write("field(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 (named after the node)
        """Write ``x[…]`` as a call of ``lookups.item``, slices included."""
        sliced = isinstance(node.arg, nodes.Slice)
        self.write("context.charged(item(" if sliced else "item(")
        self.visit(node.node, frame)
        self.write(", ")
        if isinstance(node.arg, nodes.Slice):
            self.write("slice(")
            for number, part in enumerate((node.arg.start, node.arg.stop, node.arg.step)):
                self.write(", " if number else "")
                self.visit(part or nodes.Const(None), frame)
            self.write("))")
        else:
            self.visit(node.arg, frame)
        self.write(")")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:  # noqa: ARG002
        # Only what the author typed outside of tags is settled now; every value is printed.
        if isinstance(node, nodes.TemplateData):
            return node.data
        raise nodes.Impossible

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write("printed(" if frame.buffer is None else "kept(context, printed(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write(")" if frame.buffer is None else "))")


class PlainEnvironment(ImmutableSandboxedEnvironment):
    """The strictest Jinja: plain data in, escaped text out.

    Attributes:
        printed: what prints every value; see ``printing``.
    """

    intercepted_binops = SIGNS
    code_generator_class = PlainCode
    context_class = MeteredContext

    def __init__(
        self,
        filters: Mapping[str, Callable[..., Any]] | None = None,
        breaks: Breaks = line_breaks,
    ) -> None:
        """Make an environment.

        Args:
            filters: filters of the caller's own, by name.
            breaks: what turns line breaks and tabs of an escaped text into XML.
        """
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            optimized=False,
            cache_size=0,
        )
        self.globals.clear()
        self.filters.clear()
        self.filters.update({**own_filters(), **(filters or {})})
        self.tests.clear()
        self.tests.update(own_tests())
        self.printed = printer(breaks)

    def from_string(
        self,
        source: str | nodes.Template,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002, ARG002 (as the base class)
        template_class: type[Template] | None = None,  # noqa: ARG002
    ) -> Template:
        """Return the compiled template; what it may not do is an error now."""
        assert isinstance(source, str)
        return compile_source(source, self)[0]

    def compiled(self, tree: nodes.Template) -> Template:
        """Return a template of a tree that ``rewriting`` has made safe."""
        code = self.compile(tree)
        namespace = {
            "__file__": "<template>",
            "field": lookups.field,
            "item": lookups.item,
            "kept": _kept,
            "printed": self.printed,
            "environment": self,
        }
        exec(code, namespace)  # noqa: S102 (that is what compiling a template means)
        return Template._from_namespace(self, namespace, {})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return ``obj.attribute``: a key of a mapping, never a method of it."""
        return lookups.field(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return ``obj[argument]``: a value of a mapping or of a list."""
        return lookups.item(obj, argument)

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 (as the base class)
        """Return False: a template calls nothing."""
        return False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Return the result of an operator between two numbers, texts or lists.

        Raises:
            SecurityError: it formats a text, or becomes too large.
            TypeError: the operator makes nothing of these values.
        """
        return context.charged(calculated(operator, left, right))

    @staticmethod
    def concat(chunks: Iterable[str]) -> str:
        """Return the captured text of a ``set`` block."""
        pieces = list(chunks)
        require_text(sum(map(len, pieces)))
        return "".join(pieces)


def _kept(context: MeteredContext, text: str) -> str:
    context.charge(len(text))
    return text


def compile_source(source: str, environment: PlainEnvironment) -> tuple[Template, nodes.Template]:
    """Return a text compiled for rendering, and the tree that the author wrote.

    Raises:
        TemplateSyntaxError: a tag cannot be read.
        ForbiddenTagError: a tag does what it may not; ``rewriting.offences`` lists all of them.
    """
    tree = parse_source(source, environment)
    found = offences(tree, environment)
    if found:
        raise ForbiddenTagError(found[0])
    try:
        return environment.compiled(rewritten(source, environment)), tree
    except (RecursionError, MemoryError, SyntaxError, OverflowError) as error:
        raise ForbiddenTagError(Offence(1, "too-deep")) from error
