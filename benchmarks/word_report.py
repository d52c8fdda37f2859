"""The results of the benchmark of Word files as tables that people can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TITLES = {
    "ours": "sheetsales, ISA-L",
    "ours-zlib": "sheetsales, stock zlib",
    "floor": "floor, ISA-L",
    "floor-zlib": "floor, stock zlib",
    "floor-6": "floor, stock zlib at level 6",
    "docxtpl": "docxtpl",
    "rust-docxtpl": "rust-docxtpl",
    "docxtemplater": "docxtemplater",
}
_SHOWN = ("ours", "ours-zlib", "docxtemplater", "rust-docxtpl", "docxtpl")
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"
_SPEED = (("ours-zlib", 25, "stock zlib"), ("ours", 40, "ISA-L"))
_FLOOR_GOAL, _WORKERS_GOAL, _MEMORY_GOAL = 2.5, 1.6, 60
_PDF_GOAL = 3
_ROWS_SLACK = 1.05


def as_markdown(result: Mapping[str, Any]) -> str:
    """Return all tables as a page."""
    return "\n".join([*_head(result), *_speed(result), *_goals(result)]) + "\n"


def with_figures(page: str, result: Mapping[str, Any]) -> str:
    """Return a page of the docs with the figures between its two marks brought up to date."""
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    return f"{before}{_BEGIN}\n\n{summary(result)}\n{_END}{after}"


def summary(result: Mapping[str, Any]) -> str:
    """Return the figures that matter to somebody who chooses an engine."""
    lines = [
        f"| | {' | '.join(TITLES[name] for name in _SHOWN)} |",
        f"| --- |{' ---: |' * len(_SHOWN)}",
    ]
    for figure, unit, form in (("cpu_median", "CPU ms a document", ".2f"), ("kb", "kB", ".1f")):
        for size in result["sizes"]:
            shown = [_shown(size["runs"].get(name), figure, form) for name in _SHOWN]
            lines.append(f"| {_named(size)}: {unit} | {' | '.join(shown)} |")
    for size in result["sizes"]:
        shown = [_shown(size["runs"].get(name), "peak_mb_median", ".0f") for name in _SHOWN]
        lines.append(f"| {_named(size)}: peak MB | {' | '.join(shown)} |")
    return "\n".join([*lines, ""])


def _named(size: Mapping[str, Any]) -> str:
    return f"{size['count']:,} contracts, {size['styles']}"


def _shown(runs: Mapping[str, Any] | None, figure: str, form: str) -> str:
    if runs is None or figure not in runs:
        return (runs or {}).get("note") or "not measured"
    value = runs[figure] * 1000 if figure == "cpu_median" else runs[figure]
    return f"{value:{form}}"


def _head(result: Mapping[str, Any]) -> Iterator[str]:
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    peers = ", ".join(" ".join(each) for each in result["peers"].values())
    yield "# Word files beside other engines"
    yield ""
    yield "Made by `python -m benchmarks.word`, which says what is measured and how."
    yield (
        f"{result['system']} {result['machine']}, {result['cores']} cores shared with other work, "
        f"Python {result['python']}; {versions}; {peers}."
    )
    if result["missing"]:
        yield f"Not installed: {', '.join(result['missing'])}."


def _speed(result: Mapping[str, Any]) -> Iterator[str]:
    for size in result["sizes"]:
        yield from ("", f"## {_named(size)}", "")
        yield f"Template of {size['template_kb']} kB; {size['date']}. Medians."
        yield ""
        yield "| | CPU ms | runs | docxtpl takes | × floor | peak MB | kB | same text as docxtpl |"
        yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        yield from (_row(name, size) for name in TITLES if name in size["runs"])


def _row(name: str, size: Mapping[str, Any]) -> str:
    runs = size["runs"][name]
    if "cpu_median" not in runs:
        return f"| {TITLES[name]} | {runs['note']} | | | | | | |"
    floor = "floor" if name == "ours" else "floor-zlib"
    above = _times(ratio(size, name, floor)) if name.startswith("ours") else ""
    equal = "" if runs["equal"] is None else f"{runs['equal']:,} of {size['count']:,}"
    kb = f"{runs['kb']:.1f}" if runs["kb"] else ""
    return (
        f"| {TITLES[name]} | {runs['cpu_median'] * 1000:.3f} | {len(runs['cpu'])} | "
        f"{_times(ratio(size, 'docxtpl', name))} | {above} | {runs['peak_mb_median']:.0f} | "
        f"{kb} | {equal} |"
    )


def ratio(size: Mapping[str, Any], above: str, below: str) -> float | None:
    """Return how many times the CPU seconds of one contender those of another are."""
    found = [size["runs"].get(name, {}).get("cpu_median") for name in (above, below)]
    return found[0] / found[1] if all(found) else None


def _times(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f} ×" if value >= 20 else f"{value:.2f} ×"


def _goals(result: Mapping[str, Any]) -> Iterator[str]:
    lines = [*_speed_goals(result), *_other_goals(result)]
    if lines:
        yield from ("", "## Goals", "")
        yield "| goal | limit | measured | |"
        yield "| --- | --- | --- | --- |"
        yield from lines


def _speed_goals(result: Mapping[str, Any]) -> Iterator[str]:
    for size in result["sizes"]:
        if size["styles"] != "lean":
            continue
        for name, goal, title in _SPEED:
            found = ratio(size, "docxtpl", name)
            if found is not None:
                text = f"{_named(size)}: docxtpl beside ours, {title}"
                yield _goal(text, f"≥ {goal} ×", _times(found), found >= goal)
        for floor in ("floor-zlib", "floor-6"):
            found = ratio(size, "ours-zlib", floor)
            if found is not None:
                text = f"{_named(size)}: stock zlib beside the {TITLES[floor]}"
                yield _goal(text, f"≤ {_FLOOR_GOAL} ×", _times(found), found <= _FLOOR_GOAL)


def _other_goals(result: Mapping[str, Any]) -> Iterator[str]:
    if "workers" in result:
        one, two = (result["workers"][name]["wall"] for name in ("batch-1", "batch-2"))
        text = f"two workers beside one, {result['workers']['batch-1']['count']:,} documents"
        yield _goal(text, f"≥ {_WORKERS_GOAL} ×", _times(one / two), one / two >= _WORKERS_GOAL)
    if "rows" in result:
        short, long = result["rows"]["10"], result["rows"]["1000"]
        text = "CPU time of a row, in a table of 1,000 rows beside one of 10"
        yield _goal(text, "≤ 1 ×", _times(long / short), long <= short * _ROWS_SLACK)
    for count, found in result.get("memory", {}).items():
        text = f"peak memory at {int(count):,} documents"
        passed = found["peak_mb"] <= _MEMORY_GOAL
        yield _goal(text, f"≤ {_MEMORY_GOAL} MB", f"{found['peak_mb']:.0f} MB", passed)
    if "pdf" in result:
        speed = result["pdf"]["count"] / result["pdf"]["wall"]
        yield _goal("PDF files a second", f"≥ {_PDF_GOAL}", f"{speed:.1f}", speed >= _PDF_GOAL)


def _goal(text: str, limit: str, found: str, passed: object) -> str:
    return f"| {text} | {limit} | {found} | {'reached' if passed else 'missed'} |"
