"""How fast and how small our documents are made, beside three other engines.

    python -m benchmarks.word                        500 and 5,000 contracts, all engines
    python -m benchmarks.word --counts 500 --turns 3 --save
    python -m benchmarks.word --counts --long --pdf  only memory of long batches, only PDF

One contract: twenty fields, a table of ten lines by seven columns, two conditional clauses, header
and footer. *lean* has styles as large as Word's own (39 kB), *plain* those that python-docx brings
(790 kB). Each run is a process of its own that writes every document to the disk; engines take
turns, and the median of CPU seconds (all threads and children) counts. Inside the clock is all that
a document needs, reading the template included; outside are imports and the records.

The rivals get environments of their own, made once below `--cache`: docxtpl and rust-docxtpl share
an import name. docxtpl and rust-docxtpl are told to escape, which is not their default: without it
the `&` in the records would cut the documents short.

The same run measures the floor, what no engine can save: Jinja's rendering of the prepared parts,
and the deflating of the result. The text of every document is compared with docxtpl's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.word_files import BRACES, JINJA, STYLES_KB, records, texts_of, write_template
from benchmarks.word_peers import PEERS, environments
from benchmarks.word_report import TITLES, as_markdown, with_figures

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
DOCS = ROOT / "docs" / "word.md"
REFERENCE = "docxtpl"
OURS = {
    "ours": ["ours"],
    "ours-zlib": ["ours", "--zlib"],
    "floor": ["floor"],
    "floor-zlib": ["floor", "--zlib"],
    "floor-6": ["floor-6", "--zlib"],
}
"""Our contenders: the job and its options."""


@dataclass
class Runs:
    """All runs of one contender at one template and count.

    Attributes:
        cpu: CPU seconds per document of each run.
        wall: wall seconds per document of each run.
        peak_mb: peak memory of each run.
        kb: mean size of a document.
        equal: documents whose text is docxtpl's.
        note: why there is no figure.
    """

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    kb: float = 0.0
    equal: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Scene:
    """What all contenders of a size share.

    Attributes:
        folder: where templates and records are.
        styles: which template.
        count: how many documents.
        peers: how to run each rival.
    """

    folder: Path
    styles: str
    count: int
    peers: dict[str, list[str]]

    def template(self, name: str) -> Path:
        """Return the template in the syntax of a contender."""
        braces = name == "docxtemplater"
        path = self.folder / f"{self.styles}-{'braces' if braces else 'jinja'}.docx"
        if not path.exists():
            write_template(path, self.styles, BRACES if braces else JINJA)
        return path

    def records(self) -> Path:
        path = self.folder / f"{self.count}.jsonl"
        if not path.exists():
            lines = (json.dumps(each, ensure_ascii=False) for each in records(self.count))
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def out(self) -> Path:
        """Return a new folder for the documents of a run; it stays until all runs have ended.

        ext4 passes over the inodes of files that were deleted minutes ago, one by one: a run after
        a clean-up would pay up to six times as much for each file.
        """
        return Path(tempfile.mkdtemp(dir=self.folder))

    def command(self, name: str, out: Path) -> list[str]:
        """Return the words that run a contender."""
        template = str(self.template(name))
        if name in self.peers:
            return [*self.peers[name], template, str(self.records()), str(out)]
        return [*_module(OURS[name]), template, str(self.count), str(out)]


def _module(words: Sequence[str]) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "benchmarks.word_jobs", *words]


def said(words: Sequence[str], timeout: float) -> dict[str, float]:
    """Run a measured process and return what it says.

    Raises:
        RuntimeError: it fails or takes too long; the message says how.
    """
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, cwd=ROOT, timeout=timeout, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"stopped after {timeout:.0f} s") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["without a word"])[-1]
        raise RuntimeError(f"failed: {last[:120]}") from error
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def run_once(name: str, scene: Scene, runs: Runs, timeout: float) -> list[str]:
    """Run a contender once; return a hash of the text of each document, if it made any."""
    out = scene.out()
    try:
        found = said(scene.command(name, out), timeout)
    except RuntimeError as error:
        runs.note = str(error)
        return []
    runs.cpu.append(found["cpu"] / scene.count)
    runs.wall.append(found["wall"] / scene.count)
    runs.peak_mb.append(round(found["peak_mb"], 1))
    paths = [out / f"{number}.docx" for number in range(1, scene.count + 1)]
    if not paths[0].exists():
        return []
    runs.kb = round(sum(path.stat().st_size for path in paths) / len(paths) / 1000, 1)
    return [sha256("\f".join(texts_of(path.read_bytes())).encode()).hexdigest() for path in paths]


def measure(scene: Scene, options: argparse.Namespace) -> dict[str, Any]:
    """Run all contenders at one template and count, turn by turn."""
    names = [*OURS, *scene.peers]
    found = {name: Runs() for name in names}
    texts: dict[str, list[str]] = {}
    for turn in range(options.turns):
        for name in _turned(names, turn):
            runs = found[name]
            if runs.note or sum(runs.cpu) * scene.count > options.budget:
                continue
            hashes = run_once(name, scene, runs, options.timeout)
            texts.setdefault(name, hashes)
            print(f"{scene.styles} {scene.count} {name}: {_last(runs)}", file=sys.stderr)
    for name, hashes in texts.items():
        if hashes and texts.get(REFERENCE):
            pairs = zip(hashes, texts[REFERENCE], strict=True)
            found[name].equal = sum(one == other for one, other in pairs)
    return {
        "styles": scene.styles,
        "count": scene.count,
        "date": datetime.now(UTC).date().isoformat(),
        "template_kb": round(scene.template(REFERENCE).stat().st_size / 1000, 1),
        "runs": {name: asdict(runs) for name, runs in found.items()},
    }


def _turned(names: Sequence[str], turn: int) -> Iterable[str]:
    """Let another contender begin at each turn."""
    start = turn * 3 % len(names)
    return [*names[start:], *names[:start]]


def _last(runs: Runs) -> str:
    return runs.note or f"{runs.cpu[-1] * 1000:.2f} CPU ms a document, {runs.peak_mb[-1]:.0f} MB"


def alternated(jobs: Sequence[str], count: int, scene: Scene, turns: int) -> dict[str, Any]:
    """Run jobs of ours in turn and return the medians of each."""
    kept: dict[str, list[dict[str, float]]] = {job: [] for job in jobs}
    for _ in range(turns):
        for job in jobs:
            words = [job, str(scene.template("ours")), str(count), str(scene.out())]
            kept[job].append(said(_module(words), 7_200))
            print(f"{job} × {count}: {kept[job][-1]}", file=sys.stderr)
    return {
        job: {
            "count": count,
            **{
                key: round(median(run[key] for run in runs), 4)
                for key in ("cpu", "wall", "peak_mb")
            },
        }
        for job, runs in kept.items()
    }


def measure_workers(scene: Scene, options: argparse.Namespace) -> dict[str, Any]:
    return alternated(["batch-1", "batch-2"], options.batch, scene, 5)


def measure_rows(scene: Scene) -> dict[str, Any]:
    """Return CPU seconds per row in tables of ten rows and of a thousand, the rest taken off."""
    few = alternated(["rows-0", "rows-10"], 600, scene, 5)
    many = alternated(["rows-1000"], 10, scene, 5)["rows-1000"]["cpu"] / 10
    none, ten = (few[name]["cpu"] / 600 for name in ("rows-0", "rows-10"))
    return {"10": (ten - none) / 10, "1000": (many - none) / 1000}


def measure_memory(scene: Scene) -> dict[str, Any]:
    return {
        str(count): alternated(["stream"], count, scene, 1)["stream"] for count in (1_000, 100_000)
    }


def machine() -> dict[str, object]:
    """Return what the figures depend on besides the engines."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("jinja2", "lxml", "isal")},
        "peers": PEERS,
    }


def run(options: argparse.Namespace) -> dict[str, Any]:
    result: dict[str, Any] = machine()
    peers = environments(options.cache, options.peers)
    result["missing"] = sorted({*options.peers} - {*peers})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenes = [
            Scene(folder, styles, count, peers)
            for count in options.counts
            for styles in options.styles
        ]
        result["sizes"] = [medians(measure(scene, options)) for scene in scenes]
        one = Scene(folder, "lean", 1, peers)
        if options.batch:
            result["workers"] = measure_workers(one, options)
            result["rows"] = measure_rows(one)
        if options.long:
            result["memory"] = measure_memory(one)
        if options.pdf:
            result["pdf"] = alternated(["pdf"], options.pdf, one, 1)["pdf"]
    return result


def medians(size: dict[str, Any]) -> dict[str, Any]:
    """Add the median of each contender's runs."""
    for runs in size["runs"].values():
        for figure in ("cpu", "wall", "peak_mb"):
            if runs[figure]:
                runs[figure] = [round(each, 6) for each in runs[figure]]
                runs[f"{figure}_median"] = round(median(runs[figure]), 6)
    return size


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the new results with the old ones of what was not measured anew."""
    sizes = {(size["count"], size["styles"]): size for size in old.get("sizes", [])}
    for size in new["sizes"]:
        before = sizes.get((size["count"], size["styles"]), {}).get("runs", {})
        sizes[size["count"], size["styles"]] = {**size, "runs": before | size["runs"]}
    return {**old, **new, "sizes": [sizes[key] for key in sorted(sizes)]}


def save(result: dict[str, Any]) -> dict[str, Any]:
    """Keep results beside those of other sizes, and bring the pages that show them up to date."""
    path = RESULTS / "word.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    result = merged(old, result)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(as_markdown(result), encoding="utf-8")
    DOCS.write_text(with_figures(DOCS.read_text(encoding="utf-8"), result), encoding="utf-8")
    return result


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--counts", type=int, nargs="*", default=[500, 5_000])
    parser.add_argument("--styles", nargs="+", choices=STYLES_KB, default=["lean", "plain"])
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--turns", type=int, default=5, help="runs of each; the median counts")
    parser.add_argument(
        "--batch", type=int, default=10_000, help="documents for one and two workers; 0: not run"
    )
    parser.add_argument("--long", action="store_true", help="memory of 100,000 documents")
    parser.add_argument("--pdf", type=int, nargs="?", const=100, help="PDF files of so many")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "sheetsales-peers",
        help="folder for the rivals' environments",
    )
    parser.add_argument("--timeout", type=float, default=3_600, help="seconds; ends a run")
    parser.add_argument(
        "--budget", type=float, default=240, help="CPU seconds; then an engine is not run again"
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


__all__ = ["TITLES", "main", "parse", "run"]

if __name__ == "__main__":
    sys.exit(main())
