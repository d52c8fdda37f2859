"""What ``x.name`` and ``x[0]`` mean in a tag: a key of a mapping, a place in a list, and ``loop``.

No attribute of a Python object is ever reached, so there is nothing to walk along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from jinja2 import StrictUndefined, Undefined
from jinja2.runtime import LoopContext
from jinja2.utils import Namespace

from sheetsales.word.limits import LimitError

LOOP_NAMES = frozenset(
    "index index0 first last length revindex revindex0 depth depth0 previtem nextitem".split()
)
"""What a template may ask of ``loop``."""

_DEEPEST_NOTE = 6


class Group(list[Any]):
    """One group of ``groupby``: its value and its items, by place or as ``grouper``, ``list``."""

    fields = ("grouper", "list")


class Notes(Namespace):
    """What ``namespace()`` makes: names that a loop may change, holding plain values."""

    def __setitem__(self, name: str, value: Any) -> None:
        if not _is_shallow(value, _DEEPEST_NOTE):
            raise LimitError("too-deep")
        super().__setitem__(name, value)


def field(obj: Any, name: str) -> Any:
    """Return ``obj.name``; an undefined value where there is none."""
    if type(obj) is dict:
        try:
            return obj[name]
        except KeyError:
            return StrictUndefined(obj=obj, name=name)
    return _other_field(obj, name)


def item(obj: Any, argument: Any) -> Any:
    """Return ``obj[argument]``; an undefined value where there is none."""
    if isinstance(obj, Undefined):
        refuse_undefined(obj)
    if isinstance(obj, Mapping):
        found = argument in obj
        return obj[argument] if found else StrictUndefined(obj=obj, name=argument)
    if isinstance(argument, str):
        return field(obj, argument)
    if isinstance(obj, Sequence) and isinstance(argument, int | slice):
        try:
            return obj[argument]
        except IndexError:
            pass
    return StrictUndefined(obj=obj, name=argument)


def getter(path: str | int | None) -> Callable[[Any], Any]:
    """Return what finds ``a.b.0`` in a value; the value itself without a path."""
    if path is None:
        return lambda value: value
    keys = [path] if isinstance(path, int) else [_key(part) for part in path.split(".")]

    def found(value: Any) -> Any:
        for key in keys:
            value = item(value, key)
        return value

    return found


def refuse_undefined(value: Any) -> NoReturn:
    """Raise the error that an undefined value stands for."""
    value._fail_with_undefined_error()
    raise AssertionError("an undefined value fails")


def _key(part: str) -> str | int:
    return int(part) if part.isascii() and part.isdigit() and len(part) < 10 else part


def _other_field(obj: Any, name: str) -> Any:
    kind = type(obj)
    if isinstance(obj, Undefined):
        refuse_undefined(obj)
    if kind is LoopContext and name in LOOP_NAMES:
        return getattr(obj, name)
    if kind is Notes:
        notes = object.__getattribute__(obj, "_Namespace__attrs")
        return notes[name] if name in notes else StrictUndefined(name=name)
    if kind is Group and name in Group.fields:
        return obj[Group.fields.index(name)]
    if isinstance(obj, Mapping) and name in obj:
        return obj[name]
    return StrictUndefined(obj=obj if kind is not Notes else None, name=name)


def _is_shallow(value: Any, room: int) -> bool:
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        return True
    return room > 0 and all(_is_shallow(part, room - 1) for part in value)
