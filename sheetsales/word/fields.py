"""Which fields a template shows, as paths: ``buyer.name``, ``lines[].amount``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jinja2 import nodes

ELEMENT = "[]"
"""Stands in a path for every element of a list."""

_Scope = Mapping[str, str | None]


def used_fields(tree: nodes.Template) -> frozenset[str]:
    """Return the paths of all data that a parsed template touches, containers included."""
    found: set[str] = set()
    _walk_body(tree.body, {"loop": None}, found)
    return frozenset(found)


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


def _walk_body(body: Iterable[nodes.Node], scope: _Scope, found: set[str]) -> None:
    names = dict(scope)
    for node in body:
        if isinstance(node, nodes.Assign):
            _walk(node.node, names, found)
            _bind(node.target, _path(node.node, names), names)
        else:
            _walk(node, names, found)


def _walk(node: nodes.Node, scope: _Scope, found: set[str]) -> None:
    if isinstance(node, nodes.For):
        _walk_loop(node, scope, found)
        return
    if isinstance(node, nodes.If):
        _walk(node.test, scope, found)
        for body in (node.body, node.elif_, node.else_):
            _walk_body(body, scope, found)
        return
    path = _path(node, scope)
    if path is not None:
        found.add(path)
    for child in node.iter_child_nodes():
        _walk(child, scope, found)


def _walk_loop(node: nodes.For, scope: _Scope, found: set[str]) -> None:
    _walk(node.iter, scope, found)
    names = dict(scope)
    source = _path(node.iter, scope)
    _bind(node.target, None if source is None else source + ELEMENT, names)
    if node.test is not None:
        _walk(node.test, names, found)
    _walk_body(node.body, names, found)
    _walk_body(node.else_, scope, found)


def _bind(target: nodes.Node, path: str | None, names: dict[str, str | None]) -> None:
    if isinstance(target, nodes.Name):
        names[target.name] = path
    for child in target.iter_child_nodes():
        _bind(child, None, names)


def _path(node: nodes.Node, scope: _Scope) -> str | None:
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
    parent = _path(node.node, scope)
    if parent is None:
        return None
    if key is None:
        return parent
    return parent + ELEMENT if isinstance(key, int) else f"{parent}.{key}"
