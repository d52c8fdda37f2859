"""What the author of a template may say, and how it is said to Jinja.

The parsed tags are compared with a list of what a template may do; the few calls that templates are
used to (``range(3)``, ``x.items()``, ``loop.cycle(…)`` …) become filters of our own, and loops are
made to pay for their turns. Nothing is called through a Python attribute, not even safely.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser
from jinja2.visitor import NodeTransformer

from sheetsales.word import filters
from sheetsales.word.limits import MAX_DEPTH, MAX_LOOPS, MAX_TAGS

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.NSRef, nodes.Const,
    nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Filter, nodes.Test,
    nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Concat, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.BinExpr, nodes.UnaryExpr, nodes.For, nodes.If, nodes.Assign,
    nodes.AssignBlock, nodes.With, nodes.Scope, nodes.Call,
)  # fmt: skip
_TAG_NAMES = {
    "ScopedEvalContextModifier": "autoescape",
    "EvalContextModifier": "autoescape",
    "FilterBlock": "filter",
    "CallBlock": "call",
    "FromImport": "from",
    "ExprStmt": "do",
    "Continue": "continue",
    "Break": "break",
}
_MAPPING_CALLS = {"items": "items", "keys": filters.KEYS, "values": filters.VALUES}
_METHOD_FILTERS = {
    "upper": "upper",
    "lower": "lower",
    "title": "title",
    "capitalize": "capitalize",
    "strip": "trim",
    "lstrip": "trim",
    "rstrip": "trim",
    "replace": "replace",
    "join": "join",
    "center": "center",
    "strftime": "date",
    "isoformat": "iso_date",
    "format": "money",
    "split": "",
    "count": "count",
}
_MOST_ELIFS = 200
_MOST_DIGITS = 300
_NODE_COST = 8


@dataclass(frozen=True, slots=True)
class Offence:
    """One thing that a tag may not do.

    Attributes:
        line: line of the text that was compiled.
        rule: ``call``, ``method``, ``tag``, ``filter``, ``unknown-filter``, ``unknown-test``,
            ``attribute``, ``name``, ``same-name``, ``number``, ``recursive``, ``too-deep``,
            ``too-many-loops``, ``too-many-choices`` or ``too-many-tags``.
        name: what is meant, as the author wrote it.
        instead: what to write in its place, "" if there is nothing.
    """

    line: int
    rule: str
    name: str = ""
    instead: str = ""


class ForbiddenTagError(TemplateSyntaxError):
    """A tag does what a template may not do.

    Attributes:
        offence: what it does.
    """

    def __init__(self, offence: Offence) -> None:
        details = f": {offence.name}" if offence.name else ""
        super().__init__(f"{offence.rule}{details}", offence.line)
        self.offence = offence


def parse_source(source: str, environment: Environment) -> nodes.Template:
    """Return the tree of a text with tags, as the author meant it.

    Raises:
        TemplateSyntaxError: a tag cannot be read.
    """
    if source.count("{{") + source.count("{%") > MAX_TAGS:
        raise ForbiddenTagError(Offence(1, "too-many-tags"))
    parser = Parser(environment, "")
    try:
        parser = Parser(environment, source)
        return parser.parse()
    except RecursionError as error:
        raise ForbiddenTagError(Offence(parser.stream.current.lineno, "too-deep")) from error
    except ValueError as error:
        # The lexer turns digits into a number, which Python does for so many only.
        tokens = environment.lexer.tokeniter(source, None)
        lines = (line for line, _, text in tokens if len(text) > _MOST_DIGITS and text[0].isdigit())
        raise ForbiddenTagError(Offence(next(lines, 1), "number")) from error


def offences(tree: nodes.Template, environment: Environment) -> list[Offence]:
    """Return everything that the tags may not do, in the order of the text."""
    names: dict[str, str] = {}
    found = []
    for node, depth, loops in _walked(tree):
        if depth > MAX_DEPTH or loops > MAX_LOOPS:
            found.append(
                Offence(node.lineno, "too-deep" if loops <= MAX_LOOPS else "too-many-loops")
            )
        found += _node_offences(node, environment)
        if isinstance(node, nodes.Name):
            known = names.setdefault(unicodedata.normalize("NFKC", node.name), node.name)
            if known != node.name:
                found.append(Offence(node.lineno, "same-name", node.name, known))
    return sorted(set(found), key=lambda one: (one.line, one.rule, one.name))


def rewritten(source: str, environment: Environment) -> nodes.Template:
    """Return the tree of a text in which calls are filters and loops pay for their turns."""
    tree = _Rewriter().visit(parse_source(source, environment))
    assert isinstance(tree, nodes.Template)
    tree.set_environment(environment)
    return tree


def line_of(error: BaseException) -> int | None:
    """Return the line of the compiled text at which an error arose; None if none is known."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    line = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        names = trace.tb_frame.f_globals
        template = names.get("__jinja_template__")
        if template is not None:
            line = int(template.get_corresponding_lineno(trace.tb_lineno))
        elif "__jinja_exception__" in names:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line or getattr(error, "line", None)


def _walked(tree: nodes.Template) -> Iterator[tuple[nodes.Node, int, int]]:
    """Yield every node with its depth and the number of loops around it; never recursing."""
    waiting: list[tuple[nodes.Node, int, int]] = [(tree, 0, 0)]
    while waiting:
        node, depth, loops = waiting.pop()
        yield node, depth, loops
        if depth <= MAX_DEPTH:
            inner = loops + isinstance(node, nodes.For)
            waiting += [(child, depth + 1, inner) for child in node.iter_child_nodes()]


def _node_offences(node: nodes.Node, environment: Environment) -> Iterator[Offence]:
    line = node.lineno
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        yield Offence(line, "tag", _TAG_NAMES.get(kind, kind.lower()))
    elif isinstance(node, nodes.Call):
        yield from _call_offences(node)
    elif isinstance(node, nodes.Filter | nodes.Test):
        yield from _use_offences(node, environment)
    elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem | nodes.NSRef):
        yield from _name_offences(node)
    elif isinstance(node, nodes.For) and node.recursive:
        yield Offence(line, "recursive")
    elif isinstance(node, nodes.If) and len(node.elif_) > _MOST_ELIFS:
        yield Offence(line, "too-many-choices")
    elif isinstance(node, nodes.Const) and _is_odd_number(node.value):
        yield Offence(line, "number")


def _call_offences(node: nodes.Call) -> Iterator[Offence]:
    if _rewritten_call(node) is not None:
        return
    called = node.node
    if isinstance(called, nodes.Getattr):
        yield Offence(node.lineno, "method", called.attr, _METHOD_FILTERS.get(called.attr, ""))
    else:
        yield Offence(node.lineno, "call", called.name if isinstance(called, nodes.Name) else "")


def _use_offences(node: nodes.Filter | nodes.Test, environment: Environment) -> Iterator[Offence]:
    kind = "filter" if isinstance(node, nodes.Filter) else "test"
    known = environment.filters if kind == "filter" else environment.tests
    if node.name not in known:
        refused = kind == "filter" and node.name in filters.REFUSED
        yield Offence(node.lineno, "filter" if refused else f"unknown-{kind}", node.name)


def _name_offences(
    node: nodes.Name | nodes.Getattr | nodes.Getitem | nodes.NSRef,
) -> Iterator[Offence]:
    if isinstance(node, nodes.Name) and node.name == "self":
        yield Offence(node.lineno, "name", "self")
    name: Any = None
    if isinstance(node, nodes.Getattr | nodes.NSRef):
        name = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        name = node.arg.value
    elif isinstance(node, nodes.Name):
        name = node.name
    if isinstance(name, str) and name.startswith("__"):
        yield Offence(node.lineno, "attribute", name)


def _is_odd_number(value: Any) -> bool:
    return (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, int) and value.bit_length() > 1024
    )


def _rewritten_call(node: nodes.Call) -> nodes.Expr | None:
    """Return the filter that a call stands for; None if it is no call of the few allowed ones."""
    called, line = node.node, node.lineno
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        return None
    if isinstance(called, nodes.Name):
        return _rewritten_function(node, called.name)
    if node.kwargs or not isinstance(called, nodes.Getattr):
        return None
    owner, name = called.node, called.attr
    if isinstance(owner, nodes.Name) and owner.name == "loop":
        return _rewritten_loop_call(owner, name, node.args, line)
    return _rewritten_mapping_call(owner, name, node.args, line)


def _rewritten_mapping_call(
    owner: nodes.Expr, name: str, arguments: Sequence[nodes.Expr], line: int
) -> nodes.Expr | None:
    if name in _MAPPING_CALLS and not arguments:
        return _filter(owner, _MAPPING_CALLS[name], [], line)
    if name == "get" and len(arguments) in {1, 2}:
        return _filter(owner, filters.GET, arguments, line)
    return None


def _rewritten_function(node: nodes.Call, name: str) -> nodes.Expr | None:
    line = node.lineno
    if name == "range" and not node.kwargs and len(node.args) in {1, 2, 3}:
        return _filter(nodes.List(node.args, lineno=line), filters.RANGE, [], line)
    if name == "namespace" and not node.args:
        pairs = [
            nodes.Pair(nodes.Const(one.key, lineno=line), one.value, lineno=line)
            for one in node.kwargs
            if isinstance(one, nodes.Keyword)
        ]
        return _filter(nodes.Dict(pairs, lineno=line), filters.NAMESPACE, [], line)
    return None


def _rewritten_loop_call(
    loop: nodes.Name, name: str, arguments: Sequence[nodes.Expr], line: int
) -> nodes.Expr | None:
    given = nodes.List(list(arguments), lineno=line)
    if name == "cycle" and arguments:
        return _filter(
            nodes.Getattr(loop, "index0", "load", lineno=line), filters.CYCLE, [given], line
        )
    if name == "changed":
        return _filter(loop, filters.CHANGED, [given], line)
    return None


def _filter(
    node: nodes.Expr, name: str, arguments: Sequence[nodes.Expr], line: int
) -> nodes.Filter:
    return nodes.Filter(node, name, list(arguments), [], None, None, lineno=line)


class _Rewriter(NodeTransformer):
    """Puts our own filters in the place of calls, ``~``, tuples and the lists of loops."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (named after the node)
        found = _rewritten_call(node)
        assert found is not None
        return self.generic_visit(found)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 (named after the node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return self.generic_visit(_filter(parts, filters.CONCAT, [], node.lineno))

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802 (named after the node)
        # A list cannot be a key, so nesting it without end cannot exhaust Python's own stack.
        found = self.generic_visit(node)
        assert isinstance(found, nodes.Tuple)
        return found if node.ctx == "store" else nodes.List(found.items, lineno=node.lineno)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 (named after the node)
        found = self.generic_visit(node)
        assert isinstance(found, nodes.Compare)
        sides = [found.expr, *(operand.expr for operand in found.ops)]
        if not any(isinstance(side, nodes.Const) for side in sides):
            found.expr = _filter(found.expr, filters.WEIGHED, [], node.lineno)
        for operand in found.ops:
            if operand.op in {"in", "notin"}:
                operand.expr = _filter(operand.expr, filters.WEIGHED, [], node.lineno)
        return found

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (named after the node)
        cost = nodes.Const(_NODE_COST * _size(node), lineno=node.lineno)
        found = self.generic_visit(node)
        assert isinstance(found, nodes.For)
        source = found.iter
        assert isinstance(source, nodes.Expr)
        found.iter = _filter(source, filters.REPEATED, [cost], node.lineno)
        return found


def _size(node: nodes.Node) -> int:
    """Return how many nodes one turn of a loop runs through, inner loops aside."""
    waiting, count = list(node.iter_child_nodes()), 1
    while waiting:
        child = waiting.pop()
        count += 1
        if not isinstance(child, nodes.For):
            waiting += child.iter_child_nodes()
    return count
