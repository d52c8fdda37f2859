"""The results of the benchmark of the store as tables that people can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.store_jobs import APPENDED, CONTENDERS, UPDATED

_TITLES = {
    "update": f"Update {UPDATED} cells",
    "append": f"Append {APPENDED:,} rows",
}
_GOALS = (
    ("edit-rows", "openpyxl", 100, "the edit by row number beside openpyxl's load and save"),
    ("edit", "openpyxl", 100, "the edit by key beside openpyxl's load and save"),
    ("save", "openpyxl", 60, "`save()`, ISA-L, beside openpyxl's load and save"),
    ("save-zlib", "openpyxl", 20, "`save()`, stock zlib, beside openpyxl's load and save"),
)
_SHOWN = ("save", "save-zlib", "wolfxl", "crabxl", "excelize", "openpyxl")
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"
_FLOOR_GOAL = 2
_GOAL_ROWS = 100_000
_MEMORY_GOAL_MB, _MEMORY_GOAL_ROWS = 120, 1_000_000


def as_markdown(result: Mapping[str, Any]) -> str:
    """Return all tables as a page."""
    return "\n".join([*_head(result), *_speed(result), *_goals(result), *_losses(result)]) + "\n"


def with_figures(page: str, result: Mapping[str, Any]) -> str:
    """Return a page of the docs with the figures between its two marks brought up to date."""
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    return f"{before}{_BEGIN}\n\n{summary(result)}\n{_END}{after}"


def summary(result: Mapping[str, Any]) -> str:
    """Return the figures that matter to somebody who chooses a library."""
    titles = [CONTENDERS[name].title for name in _SHOWN]
    lines = [f"| | {' | '.join(titles)} |", f"| --- |{' ---: |' * len(_SHOWN)}"]
    for figure, unit in (("cpu_median", "CPU s"), ("peak_mb_median", "peak MB")):
        for job, title in _TITLES.items():
            for size in result["sizes"]:
                shown = [_shown(size["jobs"][job].get(name), figure) for name in _SHOWN]
                lines.append(f"| {title}, {size['rows']:,} rows: {unit} | {' | '.join(shown)} |")
    return "\n".join([*lines, ""])


def _shown(runs: Mapping[str, Any] | None, figure: str) -> str:
    if runs is None or figure not in runs:
        return (runs or {}).get("note") or "not measured"
    return f"{runs[figure]:.2f}" if figure == "cpu_median" else f"{runs[figure]:.0f}"


def _head(result: Mapping[str, Any]) -> Iterator[str]:
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    yield "# The store beside other libraries"
    yield ""
    yield "Made by `python -m benchmarks.store`, which says what is measured and how."
    yield (
        f"{result['system']} {result['machine']}, {result['cores']} cores shared with other work, "
        f"Python {result['python']}; {versions}."
    )
    missing = [CONTENDERS[name].title for name in result["missing"]]
    if missing:
        yield f"Not installed: {', '.join(missing)}."


def _speed(result: Mapping[str, Any]) -> Iterator[str]:
    for job, title in _TITLES.items():
        for size in result["sizes"]:
            yield ""
            yield f"## {title}, {size['rows']:,} rows × 15"
            yield ""
            yield (
                f"Book {size['book_mb']} MB, sheet {size['sheet_xml_mb']} MB of XML; "
                f"{size['date']}. CPU seconds of the median run."
            )
            yield ""
            yield "| | CPU s | runs | openpyxl takes | × floor | peak MB | out MB |"
            yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
            yield from (_row(name, runs, size["jobs"][job]) for name, runs in _sorted(size, job))


def _sorted(size: Mapping[str, Any], job: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the contenders of a job in the order of their listing, those without figures last."""
    found = size["jobs"][job].items()
    return sorted(found, key=lambda each: (bool(each[1]["note"]), list(CONTENDERS).index(each[0])))


def _row(name: str, runs: Mapping[str, Any], job: Mapping[str, Any]) -> str:
    title = CONTENDERS[name].title
    if not runs["cpu"]:
        return f"| {title} | {runs['note']} | | | | | |"
    floor = "floor-zlib" if CONTENDERS[name].is_stock_zlib else "floor"
    slower, above = ratio(job, "openpyxl", name), ratio(job, name, floor)
    out = f"{runs['out_mb']:.2f}" if runs["out_mb"] and CONTENDERS[name].writes_book else ""
    return (
        f"| {title} | {runs['cpu_median']:.3f} | {len(runs['cpu'])} | {_times(slower)} | "
        f"{_times(above)} | {runs['peak_mb_median']:.0f} | {out} |"
    )


def ratio(job: Mapping[str, Any], above: str, below: str) -> float | None:
    """Return how many times the CPU seconds of one contender those of another are."""
    found = [job.get(name, {}).get("cpu_median") for name in (above, below)]
    return found[0] / found[1] if all(found) else None


def _times(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f} ×" if value >= 20 else f"{value:.1f} ×"


def _goals(result: Mapping[str, Any]) -> Iterator[str]:
    lines = [*_speed_goals(result), *_memory_goal(result)]
    if lines:
        yield from (
            "",
            "## Goals",
            "",
            "| goal | limit | measured | |",
            "| --- | --- | --- | --- |",
        )
        yield from lines


def _speed_goals(result: Mapping[str, Any]) -> Iterator[str]:
    for size in result["sizes"]:
        if size["rows"] != _GOAL_ROWS:
            continue
        for name, beside, goal, text in _GOALS:
            for job, title in _TITLES.items():
                found = ratio(size["jobs"][job], beside, name)
                if found is not None:
                    yield _goal(f"{title}: {text}", f"≥ {goal} ×", _times(found), found >= goal)
        for name, how in (("edit-rows", "by row number"), ("edit", "by key")):
            for job, title in _TITLES.items():
                found = ratio(size["jobs"][job], name, "floor")
                if found is not None:
                    text = f"{title}: the edit {how} beside the floor"
                    yield _goal(text, "≤ 2 ×", _times(found), found <= _FLOOR_GOAL)


def _memory_goal(result: Mapping[str, Any]) -> Iterator[str]:
    for size in result["sizes"]:
        if size["rows"] != _MEMORY_GOAL_ROWS:
            continue
        for job, title in _TITLES.items():
            found = size["jobs"][job].get("save", {}).get("peak_mb_median")
            if found:
                text = f"{title}: peak memory at 1,000,000 rows"
                yield _goal(text, "≤ 120 MB", f"{found:.0f} MB", found <= _MEMORY_GOAL_MB)


def _goal(text: str, limit: str, found: str, passed: object) -> str:
    return f"| {text} | {limit} | {found} | {'reached' if passed else 'missed'} |"


def _losses(result: Mapping[str, Any]) -> Iterator[str]:
    losses = result.get("losses")
    if not losses:
        return
    yield ""
    yield f"## What was lost of a decorated book of {losses['rows']:,} rows"
    yield ""
    yield (
        "Charts, a picture, a form button, a text box, comments, sparklines, data bars, icon sets, "
        "drop-downs, rich text, a header picture, a second sheet of formulas with their results. "
        "*Other parts* are those that the job does not concern; *restyled* cells have another "
        "style number, which may look the same."
    )
    for job, title in _TITLES.items():
        yield from ("", f"### {title}", "")
        yield (
            "| | parts lost | other parts identical | sheet elements lost | … changed | "
            "other cells changed | restyled | results lost | formats that follow | Table grown |"
        )
        yield "| --- | --- | ---: | --- | --- | ---: | ---: | ---: | ---: | --- |"
        yield from (_loss(name, found) for name, found in losses["jobs"][job].items())


def _loss(name: str, found: Mapping[str, Any]) -> str:
    title = CONTENDERS[name].title
    if found["note"]:
        return f"| {title} | {found['note']} | | | | | | | | |"
    parts = ", ".join(part.rpartition("/")[2] for part in found["parts"]) or "none"
    cells = found["cells"] + found["missed"]
    return (
        f"| {title} | {parts} | {found['identical']} of {found['other_parts']} | "
        f"{', '.join(found['elements_lost']) or 'none'} | "
        f"{', '.join(found['elements_changed']) or 'none'} | {cells} | {found['restyled']:,} | "
        f"{found['results']} | {found['follow']} | {'yes' if found['table'] else 'no'} |"
    )
