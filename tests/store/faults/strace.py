"""Strikes every system call of what is done to workbooks, by strace; writes what came of it.

Run ``python -m tests.store.faults.strace [STEP [SCENARIO ...]]``: every STEP-th point, 1 unless
said otherwise; of scenarios that are not named the earlier results stay.
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
from typing import Any, NamedTuple

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
    with suppress(BrokenPipeError):  # struck before it began
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


def main(step: int = 1, *names: str) -> None:
    """Strike the points of the scenarios, all or those named, and write the result."""
    place = Path(tempfile.mkdtemp(prefix="strace", dir="/dev/shm"))
    result = json.loads(RESULT.read_bytes()) if names else {}
    for scenario in scenarios():
        if not names or scenario.name in names:
            began = time.monotonic()
            scenario.set_up(place)
            warm = [scenario.new_next, scenario.old_next]  # all is imported before the forks
            assert warm[0] != warm[1]
            counts, wrong = _strike(scenario, step, place / "log")
            seconds = round(time.monotonic() - began)
            found = {"seconds": seconds, "faults": counts, "what_was_wrong": wrong}
            result.setdefault("scenarios", {})[scenario.name] = found
            _write(result["scenarios"])
            print(scenario.name, found, flush=True)
    shutil.rmtree(place)


def _strike(scenario: Scenario, step: int, log: Path) -> tuple[dict[str, Counter[str]], list[str]]:
    counts: dict[str, Counter[str]] = {fault: Counter() for fault in FAULTS}
    wrong: list[str] = []
    for point in list(points(scenario, log))[::step]:
        ended, found = struck(scenario, point, log)
        counts[point.fault].update({"points": 1, ended.state: 1, "wrong": int(bool(found))})
        wrong += found
    return counts, wrong


def _write(results: dict[str, Any]) -> None:
    version = subprocess.run(["strace", "--version"], capture_output=True, text=True, check=True)
    counts = [count for result in results.values() for count in result["faults"].values()]
    content = {
        "date": datetime.now(UTC).date().isoformat(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "strace": version.stdout.splitlines()[0].split()[-1],
        "seconds": sum(result["seconds"] for result in results.values()),
        "points": sum(count.get("points", 0) for count in counts),
        "wrong": sum(count.get("wrong", 0) for count in counts),
        "scenarios": results,
    }
    RESULT.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])
