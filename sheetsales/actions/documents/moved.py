"""Which data behind a document moved on: the contents then beside the contents now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheetsales.locale.labels import title

if TYPE_CHECKING:
    from sheetsales.schema import Regulation

_NOT_DATA = frozenset({"letterhead.document_no", "letterhead.date"})
"""What differs from one making to the next although the data is the same."""
_NAMES = ("no", "key", "code", "id", "name", "product", "kind", "title", "period")
"""Fields by which the elements of a list are told apart, the best first."""
_INDEX = re.compile(r"\[.*?\]")


@dataclass(frozen=True, slots=True)
class Moved:
    """One field whose value changed; an element of a list that came or went has one side only.

    Attributes:
        path: where it is, e.g. ``lines[no=2].price``.
        title: what staff call the field; empty if it has no column of its own.
        old: what the document was made with.
        new: what it would be made with now.
    """

    path: str
    title: str
    old: str
    new: str


def moved_fields(
    old: Mapping[str, Any], new: Mapping[str, Any], regulation: Regulation, kind: str, locale: str
) -> list[Moved]:
    """Return the fields that differ between two contexts, in their order."""
    titles = _Titles(regulation, kind, locale, _names_of(old, "", {}))
    return [
        Moved(path, titles.of(path), _shown(before), _shown(after))
        for path, before, after in _differences(old, new, "")
        if path not in _NOT_DATA
    ]


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys((*old, *new)):
            inner = f"{path}.{name}" if path else name
            yield from _differences(old.get(name), new.get(name), inner)
    elif _is_list(old) and _is_list(new):
        yield from _list_differences(old, new, path)
    elif old != new:
        yield path, old, new


def _list_differences(
    old: Sequence[Any], new: Sequence[Any], path: str
) -> Iterator[tuple[str, Any, Any]]:
    named = _name(old, new)
    before, after = _labelled(old, named), _labelled(new, named)
    for label in dict.fromkeys((*before, *after)):
        yield from _differences(before.get(label), after.get(label), f"{path}[{label}]")


def _name(old: Sequence[Any], new: Sequence[Any]) -> str:
    """Return the field that tells the elements of both lists apart; empty if there is none."""
    for name in _NAMES:
        if all(_tells_apart(elements, name) for elements in (old, new)):
            return name
    return ""


def _tells_apart(elements: Sequence[Any], name: str) -> bool:
    values = [one.get(name) if isinstance(one, Mapping) else None for one in elements]
    return all(isinstance(value, str) for value in values) and len(set(values)) == len(values)


def _labelled(elements: Sequence[Any], name: str) -> dict[str, Any]:
    if name:
        return {f"{name}={one[name]}": one for one in elements}
    return {str(number): one for number, one in enumerate(elements, start=1)}


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _shown(value: Any) -> str:
    """Return a value on one line; a whole element of a list shows what it holds."""
    if isinstance(value, Mapping):
        return " ".join(filter(None, map(_shown, value.values())))
    if _is_list(value):
        return ", ".join(map(_shown, value))
    if value is None:
        return ""
    return str(value)


class _Titles:
    """What staff call the fields of a kind, by the columns of the tables that they come from."""

    def __init__(self, regulation: Regulation, kind: str, locale: str, names: _Names) -> None:
        self._tables = regulation.tables
        self._subject = regulation.documents[kind].table
        self._details = [
            name
            for name, table in self._tables.items()
            if any(
                one.reference and one.reference.table == self._subject for one in table.references
            )
        ]
        self._locale = locale
        self._names = names

    def of(self, path: str) -> str:
        """Return the title of a path; empty if no column is called so."""
        container, _, name = path.rpartition(".")
        for table in self._owners(container):
            if name in self._tables[table].by_name:
                return title(self._tables[table].by_name[name].title, self._locale)
        return ""

    def _owners(self, container: str) -> list[str]:
        """Return the tables that a group of fields may come from, the likeliest first."""
        group = _INDEX.sub("", container)
        if not container.endswith("]"):
            named = [name for name in (group.rpartition(".")[2],) if name in self._tables]
            return [*named, self._subject, *self._details]
        names = self._names.get(group, set())
        return sorted(
            self._details, key=lambda one: -len(names.intersection(self._tables[one].by_name))
        )


_Names = dict[str, set[str]]


def _names_of(context: Any, path: str, found: _Names) -> _Names:
    """Return the names of fields that stand side by side, by the path of their group."""
    if isinstance(context, Mapping):
        found.setdefault(path, set()).update(map(str, context))
        for name, value in context.items():
            _names_of(value, f"{path}.{name}" if path else name, found)
    elif _is_list(context):
        for value in context:
            _names_of(value, path, found)
    return found
