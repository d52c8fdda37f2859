"""Which fields a template shows, as paths: ``buyer.name``, ``lines[].amount``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jinja2 import nodes

ELEMENT = "[]"
"""Stands in a path for every element of a list."""

_SAME_ELEMENTS = frozenset("list reject rejectattr reverse select selectattr sort unique".split())

Scope = Mapping[str, str | None]
"""Names that a template gave itself, each with the path it stands for, None for its own data."""


def used_fields(tree: nodes.Template) -> frozenset[str]:
    """Return the paths of all data that a parsed template touches, containers included."""
    found: set[str] = set()
    _walk_body(tree.body, {"loop": None}, found)
    return frozenset(found)


def fields_of(node: nodes.Node, scope: Scope) -> list[str]:
    """Return the paths that an expression asks for, each whole, in the order of the text."""
    if isinstance(node, nodes.Call):
        return [path for child in _called(node) for path in fields_of(child, scope)]
    path = path_of(node, scope)
    found = [] if path is None else [path]
    inner: nodes.Node = node
    while path is not None and isinstance(inner, nodes.Getattr | nodes.Getitem):
        if isinstance(inner, nodes.Getitem) and not isinstance(inner.arg, nodes.Const):
            found += fields_of(inner.arg, scope)
        inner = inner.node
    if path is None:
        for child in node.iter_child_nodes():
            found += fields_of(child, scope)
    return found


def bind(target: nodes.Node, path: str | None, names: dict[str, str | None]) -> None:
    """Note what the names of a loop or of an assignment stand for."""
    if isinstance(target, nodes.Name):
        names[target.name] = path
    for child in target.iter_child_nodes():
        bind(child, None, names)


def with_containers(fields: Iterable[str]) -> frozenset[str]:
    """Return paths together with everything that they lie in.

    >>> sorted(with_containers(["lines[].price"]))
    ['lines', 'lines[]', 'lines[].price']
    """
    known: set[str] = set()
    for field in fields:
        known.add(field)
        for position, character in enumerate(field):
            if character == "." or field.startswith(ELEMENT, position):
                known.add(field[:position])
            if field.startswith(ELEMENT, position):
                known.add(field[: position + len(ELEMENT)])
    return frozenset(known)


def _walk_body(body: Iterable[nodes.Node], scope: Scope, found: set[str]) -> None:
    names = dict(scope)
    for node in body:
        if isinstance(node, nodes.Assign):
            _walk(node.node, names, found)
            bind(node.target, path_of(node.node, names), names)
        elif isinstance(node, nodes.AssignBlock):
            _walk_body(node.body, names, found)
            bind(node.target, None, names)
        else:
            _walk(node, names, found)


def _walk(node: nodes.Node, scope: Scope, found: set[str]) -> None:
    if isinstance(node, nodes.For):
        _walk_loop(node, scope, found)
        return
    if isinstance(node, nodes.With):
        _walk_with(node, scope, found)
        return
    if isinstance(node, nodes.If):
        _walk(node.test, scope, found)
        for body in (node.body, node.elif_, node.else_):
            _walk_body(body, scope, found)
        return
    path = path_of(node, scope)
    if path is not None:
        found.add(path)
    for child in _called(node) if isinstance(node, nodes.Call) else node.iter_child_nodes():
        _walk(child, scope, found)


def _called(node: nodes.Call) -> Iterator[nodes.Node]:
    """Yield what a call is about: ``x`` of ``x.items()``, and its arguments."""
    if isinstance(node.node, nodes.Getattr):
        yield node.node.node
    yield from node.args
    yield from node.kwargs


def _walk_with(node: nodes.With, scope: Scope, found: set[str]) -> None:
    names = dict(scope)
    for target, value in zip(node.targets, node.values, strict=True):
        _walk(value, scope, found)
        bind(target, path_of(value, scope), names)
    _walk_body(node.body, names, found)


def _walk_loop(node: nodes.For, scope: Scope, found: set[str]) -> None:
    _walk(node.iter, scope, found)
    names = dict(scope)
    source = source_of(node.iter, scope)
    bind(node.target, None if source is None else source + ELEMENT, names)
    if node.test is not None:
        _walk(node.test, names, found)
    _walk_body(node.body, names, found)
    _walk_body(node.else_, scope, found)


def source_of(node: nodes.Node, scope: Scope) -> str | None:
    """Return the path of the list that a loop runs over, sorted or filtered though it be."""
    while isinstance(node, nodes.Filter) and node.name in _SAME_ELEMENTS and node.node is not None:
        node = node.node
    return path_of(node, scope)


def path_of(node: nodes.Node, scope: Scope) -> str | None:
    """Return the path of a name or of a field of it; None for what is no data of the record."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name, node.name) if node.ctx == "load" else None
    if isinstance(node, nodes.Getattr):
        key: object = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        key = node.arg.value
    elif isinstance(node, nodes.Getitem):
        key = 0 if not isinstance(node.arg, nodes.Slice) else None
    else:
        return None
    parent = path_of(node.node, scope)
    if parent is None:
        return None
    if key is None:
        return parent
    return parent + ELEMENT if isinstance(key, int) else f"{parent}.{key}"
