"""CPU seconds, wall seconds and peak memory of some work; only the standard library is needed."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def measured(work: Callable[[], object]) -> dict[str, float]:
    cpu, wall = cpu_seconds(), time.perf_counter()
    work()
    return {
        "cpu": cpu_seconds() - cpu,
        "wall": time.perf_counter() - wall,
        "peak_mb": peak_mb(),
    }


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in found)


def peak_mb() -> float:
    """Return the peak memory of this process, or of the largest of its children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    status = Path("/proc/self/status")
    if status.exists():  # `ru_maxrss` would count what the parent held when it started us
        lines = status.read_text().splitlines()
        own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        return max(own, children) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, children) / unit
