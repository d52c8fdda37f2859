"""A model of a power cut: only what was synced is sure to be there, of the rest any part may be.

A run is recorded call by call; then, for a cut after each call, every file has what was synced of
it and any of the later writes, every folder the names that were synced and any of the later
changes. Nothing else orders anything: no real file system is as loose.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_SUBSETS = 256

State = dict[str, bytes | None]
"""Content by relative path; None for a folder."""


@dataclass(frozen=True)
class Change:
    """Something that is not on the disk before the file or folder is synced.

    Attributes:
        target: number of the file or folder.
        at: where bytes go, in a file; -1 cuts it.
        data: the bytes, or the size to cut to.
        names: numbers by name, None for a name that goes, in a folder.
    """

    target: int
    at: int = 0
    data: bytes | int = b""
    names: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class Sync:
    """Everything that was done to a file or folder before is on the disk."""

    target: int


@dataclass
class Disk:
    """Files and folders by number; the first is the folder that is looked at."""

    files: dict[int, bytes] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=dict)

    def copy(self) -> Disk:
        """Return a disk of the same content."""
        return Disk(dict(self.files), {key: dict(names) for key, names in self.folders.items()})

    def do(self, change: Change) -> None:
        """Make a change."""
        if change.names:
            names = self.folders.setdefault(change.target, {})
            for name, number in change.names:
                if number is None:
                    names.pop(name, None)
                else:
                    names[name] = number
        else:
            self.files[change.target] = _changed(self.files.get(change.target, b""), change)

    def state(self, number: int = 0, place: str = "") -> State:
        """Return what is found below a folder."""
        found: State = {}
        for name, each in self.folders.get(number, {}).items():
            path = f"{place}{name}"
            if each in self.folders:
                found[path] = None
                found |= self.state(each, f"{path}/")
            else:
                found[path] = self.files.get(each, b"")
        return found


def _changed(old: bytes, change: Change) -> bytes:
    if isinstance(change.data, int):
        return old[: change.data].ljust(change.data, b"\0")
    return (
        old[: change.at].ljust(change.at, b"\0") + change.data + old[change.at + len(change.data) :]
    )


class Recorder:
    """Notes every change below a folder while it is entered.

    Attributes:
        before: the disk as it was, all of it synced.
        events: what was done.
    """

    def __init__(self, folder: Path) -> None:
        self.before = Disk(folders={0: {}})
        self.events: list[Change | Sync] = []
        self._folder = folder
        self._numbers = {str(folder): 0}
        self._open: dict[int, int] = {}
        self._real: dict[str, Callable[..., Any]] = {}
        for path in sorted(folder.rglob("*")):
            number = self._add(str(path))
            self.before.folders[self._numbers[str(path.parent)]][path.name] = number
            if path.is_dir():
                self.before.folders[number] = {}
            else:
                self.before.files[number] = path.read_bytes()

    def __enter__(self) -> Recorder:
        for name in ("open", "close", "write", "fsync", "ftruncate", "replace", "unlink", "mkdir"):
            self._real[name] = getattr(os, name)
            setattr(os, name, getattr(self, f"_{name}_"))
        return self

    def __exit__(self, *_: object) -> None:
        for name, call in self._real.items():
            setattr(os, name, call)

    def _add(self, path: str) -> int:
        self._numbers[path] = len(self._numbers) + 1000 * len(self.events)
        return self._numbers[path]

    def _named(self, *names: tuple[str, int | None]) -> None:
        parent = self._numbers[str(Path(names[0][0]).parent)]
        short = tuple((Path(path).name, number) for path, number in names)
        self.events.append(Change(parent, names=short))

    def _is_inside(self, path: object) -> bool:
        return isinstance(path, str | Path) and str(Path(path).parent) in self._numbers

    def _open_(self, path: Any, flags: int, *rest: Any, **named: Any) -> int:
        was_there = str(path) in self._numbers
        descriptor: int = self._real["open"](path, flags, *rest, **named)
        if not was_there and flags & os.O_CREAT and self._is_inside(path):
            self._named((str(path), self._add(str(path))))
        if str(path) in self._numbers:
            self._open[descriptor] = self._numbers[str(path)]
        return descriptor

    def _close_(self, descriptor: int) -> None:
        self._open.pop(descriptor, None)
        self._real["close"](descriptor)

    def _write_(self, descriptor: int, data: Any) -> int:
        written: int = self._real["write"](descriptor, data)
        if descriptor in self._open:
            start = os.lseek(descriptor, 0, os.SEEK_CUR) - written
            content = bytes(data)[:written]
            self.events.append(Change(self._open[descriptor], start, content))
        return written

    def _fsync_(self, descriptor: int) -> None:
        self._real["fsync"](descriptor)
        self.events.append(Sync(self._open[descriptor]))

    def _ftruncate_(self, descriptor: int, size: int) -> None:
        self._real["ftruncate"](descriptor, size)
        self.events.append(Change(self._open[descriptor], -1, size))

    def _replace_(self, source: Any, target: Any) -> None:
        self._real["replace"](source, target)
        number = self._numbers.pop(str(source))
        self._numbers[str(target)] = number
        self._named((str(source), None), (str(target), number))

    def _unlink_(self, path: Any, **named: Any) -> None:
        self._real["unlink"](path, **named)
        if self._numbers.pop(str(path), None) is not None:
            self._named((str(path), None))

    def _mkdir_(self, path: Any, *rest: Any, **named: Any) -> None:
        self._real["mkdir"](path, *rest, **named)
        if self._is_inside(path):
            number = self._add(str(path))
            self.before.folders[number] = {}  # without a name nobody sees it
            self._named((str(path), number))


def cuts(recorder: Recorder, chances: random.Random) -> Iterator[tuple[bool, State]]:
    """Yield what a power cut may leave, and whether it came after the end."""
    disk, waiting = recorder.before.copy(), list[Change]()
    for event in [*recorder.events, None]:
        yield from ((event is None, state) for state in _states(disk, waiting, chances))
        if isinstance(event, Change):
            waiting.append(event)
        elif event is not None:
            for change in waiting:
                if change.target == event.target:
                    disk.do(change)
            waiting = [change for change in waiting if change.target != event.target]


def _states(disk: Disk, waiting: list[Change], chances: random.Random) -> Iterator[State]:
    if 2 ** len(waiting) <= MOST_SUBSETS:
        chosen = itertools.product((False, True), repeat=len(waiting))
    else:
        drawn = ([chances.random() < 0.5 for _ in waiting] for _ in range(MOST_SUBSETS))
        chosen = itertools.chain(map(tuple, drawn), [(True,) * len(waiting)])
    for subset in chosen:
        cut = disk.copy()
        for change in itertools.compress(waiting, subset):
            cut.do(_torn(change, chances))
        yield cut.state()


def _torn(change: Change, chances: random.Random) -> Change:
    """Return a change of which perhaps only a part came to the disk."""
    if isinstance(change.data, bytes) and change.data and chances.random() < 0.25:
        part = change.data[: chances.randrange(len(change.data))]
        return Change(change.target, change.at, part)
    return change


def put(state: State, folder: Path) -> None:
    """Write a state into an empty folder."""
    for name, content in sorted(state.items()):
        if content is None:
            (folder / name).mkdir(exist_ok=True)
        else:
            (folder / name).write_bytes(content)
