"""Judges what the tags of a part say: their expressions, and the fields they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jinja2 import Environment, nodes

from sheetsales.problems import Severity
from sheetsales.word import rewriting
from sheetsales.word.blocks import Block
from sheetsales.word.faults import fault_of, fullwidth_of, refilled
from sheetsales.word.fields import ELEMENT, Scope, bind, fields_of, path_of, source_of
from sheetsales.word.mistakes import Mistake, mistake_at
from sheetsales.word.naming import Fields
from sheetsales.word.statements import FORBIDDEN, OPENERS, Statement, nearest_words
from sheetsales.word.tags import Tag

_LOOP_NAMES = re.compile(r"[^\W\d]\w*")
_HELD_BACK = frozenset({"blank", "default", "d", "e", "escape", "trim"})
"""Filters that leave it to the value what is printed."""
_FUNCTIONS = {
    "len": "length",
    "str": "string",
    "sorted": "sort",
    "sum": "sum",
    "min": "min",
    "max": "max",
    "round": "round",
    "int": "int",
    "float": "float",
    "abs": "abs",
    "list": "list",
    "date": "date",
    "money": "money",
    "capital": "capital",
    "format": "money",
}
"""Functions that people try, and the filters that do it."""
_TEST_HINTS = {"empty": "not …", "blank": "not …", "null": "none", "true": "", "list": "sequence"}


def reading_mistakes(statement: Statement) -> Iterator[Mistake]:
    """Yield why a tag cannot be read or may not stand in a template."""
    tag = statement.tag
    if tag.kind == "comment":
        return
    if statement.unknown:
        yield _unknown_word(statement)
    elif statement.word in FORBIDDEN:
        if not statement.word.startswith(("end", "pluralize")):
            yield mistake_at(tag, "keyword", "forbidden", word=statement.word)
    elif statement.meant:
        yield mistake_at(tag, "keyword", "misspelt", fix=_respelt(statement))
    elif statement.fault:
        yield fault_of(statement)
    else:
        wide = fullwidth_of(tag)
        if wide is not None:
            yield wide


def offence_mistakes(statement: Statement, environment: Environment) -> Iterator[Mistake]:
    """Yield what an expression may not do."""
    if statement.tree is None:
        return
    for offence in rewriting.offences(statement.tree, environment):
        tag, name = statement.tag, offence.name
        if offence.rule in {"unknown-filter", "unknown-test"}:
            yield _unknown_use(tag, offence.rule, name, environment)
        elif offence.rule == "call":
            better = _FUNCTIONS.get(name, "")
            fix = _filtered(statement, name, better)
            yield mistake_at(tag, "call", "function" if fix else "", name=name, fix=fix)
        elif offence.rule == "method":
            fix = _method_fix(statement, name, offence.instead)
            yield mistake_at(tag, "call", "method" if fix else "", name=name, fix=fix)
        else:
            yield mistake_at(tag, "forbidden", offence.rule, name=name)


class FieldJudge:
    """Judges the fields that the tags of one part ask for.

    Attributes:
        used: paths of the data that the tags ask for.
        shown: paths that are printed, each with those that an ``if`` around it asks for.
    """

    def __init__(
        self, statements: Sequence[Statement], blocks: Sequence[Block], fields: Fields | None
    ) -> None:
        """Prepare to judge; without fields only what is certain without them is said."""
        self.used: set[str] = set()
        self.shown: set[tuple[str, frozenset[str]]] = set()
        self._asked: dict[int, set[str]] = {}
        self._statements = statements
        self._blocks = {block.first: block for block in blocks}
        self._fields = fields
        self._loops: dict[str, Tag] = {}
        self._given = {
            name
            for statement in statements
            if statement.word in {"set", "with"}
            for name in _targets(statement)
        }

    def mistakes(self) -> Iterator[Mistake]:
        """Yield the mistakes of all tags in order."""
        for statement in self._statements:
            if statement.word == "for":
                for name in _targets(statement):
                    self._loops.setdefault(name, statement.tag)
        frames: list[tuple[int, dict[str, str | None]]] = [
            (len(self._statements) + 1, {"loop": None, "self": None})
        ]
        for position, statement in enumerate(self._statements):
            while frames[-1][0] <= position:
                frames.pop()
            names = frames[-1][1]
            self._note_shown(position, statement, names)
            yield from self._judged(statement, names)
            block = self._blocks.get(position)
            if block is not None and statement.word in {"for", "with"}:
                names = dict(names)
                frames.append((block.last, names))
            _note_names(statement, names)

    def _note_shown(self, position: int, statement: Statement, scope: Scope) -> None:
        """Note what a tag prints, or asks for before others print."""
        for role, node, names in _expressions(statement, scope):
            paths = fields_of(node, names)
            if statement.word == "if" and position in self._blocks:
                self._asked.setdefault(position, set()).update(paths)
            elif role == "print":
                around = self._around(position, statement)
                self.shown.update((path, around) for path in paths)

    def _around(self, position: int, statement: Statement) -> frozenset[str]:
        """Return what the conditions ask for whose first branch a tag is in."""
        return frozenset(
            path
            for first, paths in self._asked.items()
            if first < position < self._blocks[first].last
            and all(one.tag.start > statement.tag.start for one in self._blocks[first].middles)
            for path in paths
        )

    def _judged(self, statement: Statement, scope: Scope) -> Iterator[Mistake]:
        seen: set[str] = set()
        for role, node, names in _expressions(statement, scope):
            for path in fields_of(node, names):
                self.used.add(path)
                if path not in seen:
                    seen.add(path)
                    yield from self._unknown(statement.tag, path, names)
            if self._fields is not None:
                yield from self._shapes(statement, role, node, names)

    def _unknown(self, tag: Tag, path: str, scope: Scope) -> Iterator[Mistake]:
        fields, head = self._fields, path.partition(".")[0].removesuffix(ELEMENT)
        if "__" in path or (fields is not None and _needs_no_word(path, scope, fields)):
            return
        loop = self._loops.get(head)
        if loop is not None and head not in self._given:
            severity: Severity = "warning" if fields is None else "error"
            arguments: dict[str, Any] = {
                "field": path,
                "opener": loop.text,
                "opened": str(loop.spot),
                "name": head,
            }
            yield mistake_at(tag, "outside-loop", severity=severity, **arguments)
        elif fields is not None:
            yield self._misspelt(tag, path, scope, fields)

    def _misspelt(self, tag: Tag, path: str, scope: Scope, fields: Fields) -> Mistake:
        typed = _typed(path, scope, tag)
        listed = fields.list_of(typed)
        offers = fields.meant(typed, scope)
        if listed and (not offers or typed.replace(ELEMENT, "").startswith(f"{listed[0]}.")):
            loop = f"{{%tr for item in {listed[0]} %}} {{{{ item.{listed[1]} }}}} {{%tr endfor %}}"
            arguments: dict[str, Any] = {
                "field": path,
                "typed": typed,
                "list": listed[0],
                "fix": loop,
            }
            return mistake_at(tag, "unknown-field", "in-list", **arguments)
        if not offers:
            return mistake_at(tag, "unknown-field", field=path, typed=typed)
        title = fields.title_of(offers[0], scope)
        fix = (
            refilled(tag, tag.inner.replace(typed, offers[0])) if typed in tag.inner else offers[0]
        )
        variant = "titled" if title else "suggested"
        if len(offers) > 1:
            variant = "several"
        return mistake_at(
            tag,
            "unknown-field",
            variant,
            field=path,
            typed=typed,
            offers=offers,
            title=title,
            fix=fix,
        )

    def _shapes(
        self, statement: Statement, role: str, node: nodes.Node, scope: Scope
    ) -> Iterator[Mistake]:
        assert self._fields is not None
        if role == "loop":
            path = source_of(node, scope)
            if path is not None and self._fields.shape(path) == "value":
                yield mistake_at(statement.tag, "shape", "loop-value", field=path)
        if role != "print":
            return
        while isinstance(node, nodes.Filter) and node.name in _HELD_BACK and node.node is not None:
            node = node.node
        path = path_of(node, scope)
        shape = "unknown" if path is None else self._fields.shape(path)
        if path is not None and shape in {"list", "mapping"}:
            inner = sorted(one for one in self._fields.known if one.startswith(path + "."))
            offers = [
                _typed(one, scope, statement.tag)
                for one in inner
                if ELEMENT not in one[len(path) :]
            ]
            yield mistake_at(
                statement.tag, "shape", f"print-{shape}", field=path, offers=offers[:3]
            )


def _needs_no_word(path: str, scope: Scope, fields: Fields) -> bool:
    """Return whether a field is known, or lies in what another tag has been blamed for."""
    if path in fields.known:
        return True
    sources = (source for source in scope.values() if source is not None)
    return any(
        source not in fields.known and path.startswith(source) and ELEMENT in source
        for source in sources
    )


def _expressions(statement: Statement, scope: Scope) -> Iterator[tuple[str, nodes.Node, Scope]]:
    """Yield the expressions of a tag, each with what it is for and the names it may use."""
    if statement.tree is None or not statement.tree.body:
        return
    node = statement.tree.body[0]
    if isinstance(node, nodes.Output):
        role = "" if statement.word else "print"
        for child in node.nodes:
            yield role, child, scope
    elif isinstance(node, nodes.For):
        yield "loop", node.iter, scope
        if node.test is not None:
            names = dict(scope)
            _bind_loop(node, names)
            yield "", node.test, names
    elif isinstance(node, nodes.If):
        yield "", (node.elif_[0].test if node.elif_ else node.test), scope
    elif isinstance(node, nodes.Assign):
        yield "", node.node, scope
    elif isinstance(node, nodes.With):
        for value in node.values:
            yield "", value, scope


def _note_names(statement: Statement, names: dict[str, str | None]) -> None:
    """Note the names that a tag gives."""
    node = statement.tree.body[0] if statement.tree is not None and statement.tree.body else None
    if node is None and statement.word == "for":
        # Of a loop that cannot be read, the names can mostly still be told.
        names.update(dict.fromkeys(_LOOP_NAMES.findall(statement.tag.inner)[1:], None))
    elif isinstance(node, nodes.For) and statement.word == "for":
        _bind_loop(node, names)
    elif isinstance(node, nodes.Assign):
        bind(node.target, path_of(node.node, names), names)
    elif isinstance(node, nodes.AssignBlock):
        bind(node.target, None, names)
    elif isinstance(node, nodes.With):
        for target, value in zip(node.targets, node.values, strict=True):
            bind(target, path_of(value, names), names)


def _bind_loop(node: nodes.For, names: dict[str, str | None]) -> None:
    source = source_of(node.iter, names)
    bind(node.target, None if source is None else source + ELEMENT, names)


def _targets(statement: Statement) -> list[str]:
    names: dict[str, str | None] = {}
    _note_names(statement, names)
    return list(names)


def _typed(path: str, scope: Mapping[str, str | None], tag: Tag) -> str:
    """Return a path as the author of a tag wrote it."""
    named = [
        (len(source), name + path[len(source) :])
        for name, source in scope.items()
        if source is not None and (path == source or path.startswith((source + ".", source + "[")))
    ]
    named.sort(reverse=True)
    written = [text for _, text in named]
    return next((text for text in written if text in tag.inner), (written or [path])[0])


def _unknown_word(statement: Statement) -> Mistake:
    tag, word = statement.tag, statement.word
    near = nearest_words(word.lower(), OPENERS)
    if not near and len(tag.inner.split()) == 1:
        # A lone name in {% %} was mostly meant to be printed.
        return mistake_at(
            tag, "keyword", "printed", word=word, fix=f"{{{{ {tag.inner.strip()} }}}}"
        )
    return mistake_at(tag, "keyword", "unknown", word=word)


def _respelt(statement: Statement) -> str:
    """Return a tag with its statement spelt right."""
    tag, word = statement.tag, statement.word
    inner = tag.inner.strip()
    if " " in statement.meant:
        return f"{{%{inner} %}}"
    if word.startswith("end") or word == "else":
        return refilled(tag, word)
    taken = 2 if inner.lower().split()[0] == "else" else 1
    return refilled(tag, " ".join([word, *inner.split()[taken:]]))


def _unknown_use(tag: Tag, rule: str, name: str, environment: Environment) -> Mistake:
    kind = rule.removeprefix("unknown-")
    known = environment.filters if kind == "filter" else environment.tests
    public = [one for one in known if one.isidentifier() and not one.startswith("_")]
    offers = nearest_words(name.lower(), public)
    if kind == "test" and name in _TEST_HINTS and not offers:
        offers = [hint for hint in [_TEST_HINTS[name]] if hint]
    if not offers:
        return mistake_at(tag, rule, name=name, known=sorted(public))
    fix = refilled(tag, tag.inner.replace(name, offers[0]))
    return mistake_at(tag, rule, "suggested", name=name, offers=offers, fix=fix)


def _filtered(statement: Statement, name: str, better: str) -> str:
    """Return a tag in which a call of a function is a filter; empty if there is none."""
    start = statement.tag.inner.find(f"{name}(")
    if not better or start < 0:
        return ""
    inner = statement.tag.inner
    end = _closing(inner, start + len(name))
    if end < 0:
        return ""
    argument = inner[start + len(name) + 1 : end].strip()
    if not argument.replace(".", "").replace("_", "").isalnum():
        return ""
    return refilled(statement.tag, f"{inner[:start]}{argument}|{better}{inner[end + 1 :]}")


def _method_fix(statement: Statement, name: str, better: str) -> str:
    inner = statement.tag.inner
    start = inner.find(f".{name}(")
    end = _closing(inner, start + len(name) + 1)
    if not better or start < 0 or end < 0 or better in {"money", "join"}:
        return ""
    arguments = inner[start + len(name) + 2 : end].strip() if better == "replace" else ""
    use = f"|{better}({arguments})" if arguments else f"|{better}"
    return refilled(statement.tag, f"{inner[:start]}{use}{inner[end + 1 :]}")


def _closing(text: str, opened: int) -> int:
    """Return where the bracket that opens at a position is closed; -1 if it is not."""
    depth = 0
    for position in range(opened, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if not depth:
            return position
    return -1
