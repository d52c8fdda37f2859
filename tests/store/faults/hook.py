"""Fails or ends a process at the n-th of the calls by which it changes files."""

from __future__ import annotations

import errno
import json
import os
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from sheetsales.errors import SheetsalesError

CALLS = (
    "open",
    "write",
    "fsync",
    "replace",
    "rename",
    "unlink",
    "mkdir",
    "ftruncate",
    "chmod",
    "fchmod",
    "chown",
    "close",
)
FAULTS: dict[str, tuple[str, ...]] = {
    "kill": (),
    "torn": ("write",),
    "EIO": (),
    "ENOSPC": ("open", "write", "fsync", "replace", "mkdir"),
    "EACCES": ("open", "replace", "unlink", "mkdir", "chmod"),
    "full": ("open", "write", "mkdir"),
}
"""The faults and the calls that can meet them, all if none are named.

``torn`` writes half of what it should and dies; ``full`` fails from there on.
"""

_GROWS = ("open", "write", "mkdir")
_DIED = 9


class Ended(NamedTuple):
    """How a process ended.

    Attributes:
        state: ``done``, ``refused`` with a code, ``died``, or ``raised`` with a traceback.
        detail: the code or traceback.
        calls: names of the calls that it made.
    """

    state: str
    detail: str = ""
    calls: tuple[str, ...] = ()


def run(act: Callable[[], object], fault: str = "", number: int = 0) -> Ended:
    """Run an action in a fork of this process, with a fault at one of its calls."""
    reading, writing = os.pipe()
    write = os.write
    process = os.fork()
    if process == 0:
        try:
            hook = _Hook(fault, number)
            write(writing, _outcome(act, hook))
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as report:  # noqa: PTH123 - a descriptor, not a path
        said = report.read().decode()
    os.waitpid(process, 0)
    if not said:
        return Ended("died")
    state, detail, calls = json.loads(said)
    return Ended(state, detail, tuple(calls))


def outcome_of(act: Callable[[], object]) -> tuple[str, str]:
    """Do something; return how it ended."""
    try:
        act()
    except SheetsalesError as error:
        return "refused", error.code
    except BaseException:  # noqa: BLE001 - what else may come is the question here
        return "raised", traceback.format_exc()
    return "done", ""


def _outcome(act: Callable[[], object], hook: _Hook) -> bytes:
    hook.install()
    return json.dumps([*outcome_of(act), hook.calls]).encode()


class _Hook:
    def __init__(self, fault: str, number: int) -> None:
        self.calls: list[str] = []
        self._fault = fault
        self._number = number

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **named: Any) -> Any:
            self.calls.append(name)
            count = len(self.calls)
            if count == self._number:
                self._strike(name, call, arguments)
            is_full = self._fault == "full" and 0 < self._number < count
            if is_full and name in _GROWS and (name != "open" or arguments[1] & os.O_CREAT):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*arguments, **named)

        return wrapper

    def _strike(self, name: str, call: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        if self._fault == "torn" and name == "write":
            call(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
        if self._fault in ("kill", "torn"):
            os._exit(_DIED)
        if name == "close":  # Linux closes whatever it says
            call(*arguments)
        number = errno.ENOSPC if self._fault == "full" else getattr(errno, self._fault)
        raise OSError(number, os.strerror(number))
