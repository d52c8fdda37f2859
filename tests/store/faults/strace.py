"""Strikes every system call of what is done to workbooks, by strace; writes what came of it.

Run ``python -m tests.store.faults.strace [STEP]``: every STEP-th point, 1 unless said otherwise.
Unlike the hook in process it also meets calls that C code makes.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.store.faults.hook import Ended, outcome_of
from tests.store.faults.scenarios import Scenario, scenarios

RESULT = Path(__file__).with_name("strace_result.json")
BEGIN, END = "/begin-of-the-act", "/end-of-the-act"

_CHANGES = "openat write fsync rename mkdir close ftruncate"
_NAMES = "openat rename unlink mkdir chmod fchmod newfstatat stat lstat flock getdents64"
_READS = "read pread64 lseek fstat statfs"
FAULTS = {
    "KILL": (),
    "EIO": tuple(f"{_CHANGES} {_NAMES} {_READS}".split()),
    "ENOSPC": tuple(_CHANGES.split()),
    "EACCES": tuple(_NAMES.split()),
    "EINTR": ("openat", "read", "write", "fsync", "flock"),
}
"""The faults, and the calls that may end so; KILL may come at any."""

_CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")
_PTRACER, _ANYBODY = 0x59616D61, ctypes.c_ulong(-1)
_NOT_STRUCK = ("exit_group", "exit", "rt_sigreturn", "restart_syscall")


class Point(NamedTuple):
    """The n-th call of a name, and what happens at it."""

    call: str
    number: int
    fault: str

    @property
    def option(self) -> str:
        """How strace is told."""
        what = "signal=KILL" if self.fault == "KILL" else f"error={self.fault}"
        return f"inject={self.call}:{what}:when={self.number}"


def traced(act: Callable[[], object], options: list[str], log: Path) -> Ended:
    """Run an action in a fork of this process that strace watches."""
    go, start = os.pipe()
    report, said = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(start)
            ctypes.CDLL(None).prctl(_PTRACER, _ANYBODY, 0, 0, 0)
            os.read(go, 1)
            os.write(said, json.dumps(_marked(act)).encode())
        finally:
            os._exit(0)
    os.close(go)
    os.close(said)
    command = ["strace", "-o", str(log), *options, "-p", str(process)]
    watcher = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert watcher.stderr is not None
    attached = watcher.stderr.readline()
    assert b"attached" in attached, attached
    os.write(start, b"g")
    os.close(start)
    with open(report, "rb") as text:  # noqa: PTH123 - a descriptor, not a path
        heard = text.read()
    os.waitpid(process, 0)
    watcher.communicate()
    return Ended(*json.loads(heard)) if heard else Ended("died")


def _marked(act: Callable[[], object]) -> tuple[str, str]:
    with suppress(OSError):
        Path(BEGIN).stat()
    ended = outcome_of(act)
    with suppress(OSError):
        Path(END).stat()
    return ended


def points(scenario: Scenario, log: Path) -> Iterator[Point]:
    """Yield every point of an undisturbed run."""
    folder = scenario.fresh()
    ended = traced(partial(scenario.act, folder), [], log)
    assert ended.state == "done", ended.detail
    counts: Counter[str] = Counter()
    inside = False
    for line in log.read_text(errors="replace").splitlines():
        found = _CALL.match(line)
        if found:
            counts[found[1]] += 1
            inside = (inside or BEGIN in line) and END not in line
            if inside and BEGIN not in line and found[1] not in _NOT_STRUCK:
                for fault, calls in FAULTS.items():
                    if not calls or found[1] in calls:
                        yield Point(found[1], counts[found[1]], fault)


def struck(scenario: Scenario, point: Point, log: Path) -> tuple[Ended, list[str]]:
    """Run a scenario with a fault; return how it ended and what is wrong after it."""
    folder = scenario.fresh()
    options = ["-e", f"trace={point.call}", "-e", point.option]
    ended = traced(partial(scenario.act, folder), options, log)
    wrong = [f"{point} {ended.state} {ended.detail}: {each}" for each in _faults(scenario, ended)]
    return ended, wrong


def _faults(scenario: Scenario, ended: Ended) -> Iterator[str]:
    found: list[str] = []
    state, detail = outcome_of(lambda: found.extend(scenario.faults(scenario.place / "run", ended)))
    yield from found
    if state != "done":
        yield f"the next save: {state} {detail}"


def main(step: int = 1) -> None:
    """Strike every point of every scenario, and write the result."""
    place = Path(tempfile.mkdtemp(prefix="strace", dir="/dev/shm"))
    began = time.monotonic()
    results: dict[str, dict[str, dict[str, int]]] = {}
    wrong: list[str] = []
    for scenario in scenarios():
        scenario.set_up(place)
        warm = [scenario.new_next, scenario.old_next]  # everything is imported before the forks
        assert warm[0] != warm[1]
        log = place / "log"
        counts: dict[str, Counter[str]] = {fault: Counter() for fault in FAULTS}
        for point in list(points(scenario, log))[::step]:
            ended, found = struck(scenario, point, log)
            counts[point.fault].update({"points": 1, ended.state: 1, "wrong": bool(found)})
            wrong += [f"{scenario.name} {each}" for each in found]
        results[scenario.name] = {fault: dict(count) for fault, count in counts.items()}
        print(scenario.name, results[scenario.name], len(wrong), flush=True)
        _write(results, wrong, time.monotonic() - began)
    shutil.rmtree(place)


def _write(results: dict[str, dict[str, dict[str, int]]], wrong: list[str], seconds: float) -> None:
    version = subprocess.run(["strace", "--version"], capture_output=True, text=True, check=True)
    counts = [count for faults in results.values() for count in faults.values()]
    content = {
        "date": datetime.now(UTC).date().isoformat(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "strace": version.stdout.splitlines()[0].split()[-1],
        "seconds": round(seconds),
        "points": sum(count.get("points", 0) for count in counts),
        "wrong": sum(count.get("wrong", 0) for count in counts),
        "scenarios": results,
        "what_was_wrong": wrong,
    }
    RESULT.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
