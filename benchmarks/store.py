"""How fast, how small and how careful the store is, beside four other libraries.

    python -m benchmarks.store                          10,000 and 100,000 rows, all libraries
    python -m benchmarks.store --rows 1000000 --turns 1 --save

Two jobs on a sheet of fifteen columns with shared strings and one Excel Table: update a hundred
cells in a hundred rows, and append a thousand rows. Each run is a process of its own, libraries
take turns, the median of CPU seconds (all threads and children) counts: wall time says more about
the neighbours than about the library. The same run measures the floor, the least that any editor
of a zip file has to do: inflate the sheet's part, find one row in it, deflate it again.

Our own rows: *edit* is open, edit and write into nowhere; *save* adds the whole protocol (lock,
read-back, history, journal, fsync). Both with ISA-L and with stock zlib. The others are given the
addresses of the cells; we find rows by their key, which means reading the key column and the texts
it shares, and once by row number for comparison.

A second table says what each library lost of a decorated book, besides doing the job.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.store_books import book_of
from benchmarks.store_jobs import CONTENDERS, JOBS, PART, PEERS, Task
from benchmarks.store_losses import Losses, find_losses
from benchmarks.store_report import as_markdown, with_figures

RESULTS = Path(__file__).parent / "results"
DOCS = Path(__file__).parents[1] / "docs" / "store.md"
DECORATED_ROWS = 10_000
_VERSIONS = ("isal", "lxml", "openpyxl", "wolfxl", "excelize", "crabxl")


@dataclass
class Limits:
    """When a run is ended, and when none follows: some libraries take the machine with them.

    Attributes:
        memory_mb: memory at which a run is ended.
        seconds: wall seconds, likewise.
        budget: CPU seconds of all runs of one contender at one job, after which none follows.
    """

    memory_mb: float
    seconds: float
    budget: float = 600


@dataclass
class Runs:
    """All runs of one contender at one job and size.

    Attributes:
        cpu: CPU seconds of each run.
        wall: wall seconds of each run.
        peak_mb: peak memory of each run.
        out_mb: size of what it wrote; 0 if it wrote nothing that is kept.
        note: why there is no figure.
    """

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    out_mb: float = 0.0
    note: str = ""


def run_once(name: str, task: Task, limits: Limits, runs: Runs) -> None:
    """Run a contender once in a process of its own and note what it took."""
    words = [name, task.job, str(task.rows), str(task.source), str(task.target)]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.store_jobs", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    runs.note = _watch(process, limits)
    said, complained = process.communicate()
    if process.returncode and not runs.note:
        runs.note = f"failed: {complained.strip().splitlines()[-1][:120]}"
    if runs.note:
        return
    found = json.loads(said)
    runs.cpu.append(round(found["cpu"], 4))
    runs.wall.append(round(found["wall"], 4))
    runs.peak_mb.append(round(found["peak_mb"], 1))
    if task.target.exists():
        runs.out_mb = round(task.target.stat().st_size / 1e6, 3)


def _watch(process: subprocess.Popen[str], limits: Limits) -> str:
    """Wait for the end of a run; end it where it passes a limit, and say so."""
    end = time.monotonic() + limits.seconds
    while process.poll() is None:
        held = _memory_mb(process.pid)
        if held > limits.memory_mb:
            process.kill()
            return f"stopped at {held / 1024:.1f} GB"
        if time.monotonic() > end:
            process.kill()
            return f"stopped after {limits.seconds:.0f} s"
        time.sleep(0.05)
    return ""


def _memory_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has just ended, or this is no Linux
        return 0.0
    return next((int(each.split()[1]) / 1024 for each in lines if each.startswith("VmRSS")), 0.0)


def measure(rows: int, names: Sequence[str], turns: int, limits: Limits) -> dict[str, Any]:
    """Run all contenders at one size, turn by turn."""
    source = book_of(rows)
    found = {job: {name: Runs() for name in names if job in CONTENDERS[name].jobs} for job in JOBS}
    for turn in range(turns):
        for job in JOBS:
            for name in _turned(list(found[job]), turn):
                runs = found[job][name]
                if runs.note or sum(runs.cpu) > limits.budget:
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    task = Task(job, rows, source, Path(folder) / "book.xlsx")
                    run_once(name, task, limits, runs)
                print(f"{rows} {job} {name}: {_last(runs)}", file=sys.stderr)
    with zipfile.ZipFile(source) as archive:
        part_mb = archive.getinfo(PART).file_size / 1e6
    return {
        "rows": rows,
        "book_mb": round(source.stat().st_size / 1e6, 2),
        "sheet_xml_mb": round(part_mb, 1),
        "date": datetime.now(UTC).date().isoformat(),
        "jobs": {
            job: {name: asdict(runs) for name, runs in each.items()} for job, each in found.items()
        },
    }


def _turned(names: Sequence[str], turn: int) -> Iterable[str]:
    """Let another contender begin at each turn."""
    start = turn * 3 % max(len(names), 1)
    return [*names[start:], *names[:start]]


def _last(runs: Runs) -> str:
    return runs.note or f"{runs.cpu[-1]:.3f} CPU s, {runs.peak_mb[-1]:.0f} MB"


def measure_losses(rows: int, names: Sequence[str], limits: Limits) -> dict[str, Any]:
    """Let each contender that writes a book do each job on the decorated book, and compare."""
    source = book_of(rows, decorated=True)
    found: dict[str, Any] = {job: {} for job in JOBS}
    for job in JOBS:
        for name in names:
            if not CONTENDERS[name].writes_book:
                continue
            with tempfile.TemporaryDirectory() as folder:
                task = Task(job, rows, source, Path(folder) / "book.xlsx")
                runs = Runs()
                run_once(name, task, limits, runs)
                losses = Losses() if runs.note else find_losses(task)
            found[job][name] = {**asdict(losses), "note": runs.note}
    return {"rows": rows, "date": datetime.now(UTC).date().isoformat(), "jobs": found}


def machine() -> dict[str, object]:
    """Return what the figures depend on besides the libraries."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _VERSIONS if _is_installed(name)},
    }


def _is_installed(name: str) -> bool:
    return any(each.package == name and each.version for each in CONTENDERS.values()) or (
        name == "lxml"
    )


def medians(result: dict[str, Any]) -> dict[str, Any]:
    """Add the median of each contender's runs."""
    for size in result["sizes"]:
        for runs in (each for job in size["jobs"].values() for each in job.values()):
            for figure in ("cpu", "peak_mb"):
                if runs[figure]:
                    runs[f"{figure}_median"] = round(median(runs[figure]), 4)
    return result


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the new results with the old ones of what was not measured anew."""
    sizes = {size["rows"]: size for size in old.get("sizes", [])}
    for size in new["sizes"]:
        jobs = sizes.get(size["rows"], {}).get("jobs", {})
        both = {job: jobs.get(job, {}) | runs for job, runs in size["jobs"].items()}
        sizes[size["rows"]] = {**size, "jobs": both}
    return {**old, **new, "sizes": [sizes[rows] for rows in sorted(sizes)]}


def save(result: dict[str, Any]) -> dict[str, Any]:
    """Keep results beside those of other sizes, and bring the pages that show them up to date."""
    path = RESULTS / "store.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    result = merged(old, result)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(as_markdown(result), encoding="utf-8")
    DOCS.write_text(with_figures(DOCS.read_text(encoding="utf-8"), result), encoding="utf-8")
    return result


def run(options: argparse.Namespace) -> dict[str, Any]:
    limits = Limits(options.memory * 1024, options.timeout, options.budget)
    wanted = [name for name in CONTENDERS if name not in PEERS or name in options.peers]
    names = [name for name in wanted if CONTENDERS[name].version]
    result: dict[str, Any] = {**machine(), "missing": sorted({*wanted} - {*names})}
    result["sizes"] = [measure(rows, names, options.turns, limits) for rows in options.rows]
    if options.losses:
        result["losses"] = measure_losses(options.losses, names, limits)
    return medians(result)


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--turns", type=int, default=5, help="runs of each; the median counts")
    parser.add_argument(
        "--losses", type=int, default=DECORATED_ROWS, help="rows of the decorated book; 0: none"
    )
    parser.add_argument("--memory", type=float, default=12, help="GB at which a run is ended")
    parser.add_argument("--timeout", type=float, default=1_800, help="seconds, likewise")
    parser.add_argument(
        "--budget",
        type=float,
        default=600,
        help="CPU seconds after which a library is not run again",
    )
    parser.add_argument("--json", action="store_true", help="print figures instead of tables")
    parser.add_argument("--save", action="store_true", help="keep the results; update the pages")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    options = parse(words)
    result = run(options)
    if options.save:
        result = save(result)
    print(json.dumps(result, ensure_ascii=False) if options.json else as_markdown(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
