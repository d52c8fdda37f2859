"""What commands print: problems, tables of rows, one JSON object."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import click

if TYPE_CHECKING:
    from sheetsales.cli.options import Run
    from sheetsales.locale.messages import Messages
    from sheetsales.problems import Problem, Report
    from sheetsales.store import Plan

JSON_SCHEMA_VERSION = 1
Advance = Callable[[int, int | None, float | None], None]
"""Takes the number done, the number of all and the seconds left, None where not known."""
_LONGEST = 60
_PATIENCE = 0.2
_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def print_json(**parts: object) -> None:
    """Print one JSON object with the schema version and the given parts."""
    click.echo(
        json.dumps(
            {"schema_version": JSON_SCHEMA_VERSION, **parts},
            ensure_ascii=False,
            indent=2,
            default=_plain,
        )
    )


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def problem_object(problem: Problem, messages: Messages) -> dict[str, object]:
    """Return a problem as the JSON object that ``--json`` prints."""
    what, why, todo = messages.problem_texts(problem)
    return {
        "code": problem.code,
        "severity": problem.severity,
        "book": problem.place.book,
        "sheet": problem.place.sheet,
        "cell": problem.place.cell,
        "table": problem.table,
        "key": problem.key,
        "field": problem.field,
        "message": what,
        "why": why,
        "clause": problem.clause,
        "fix": todo,
    }


def report_parts(report: Report, messages: Messages) -> dict[str, Any]:
    """Return the parts of a report's JSON object."""
    return {
        "problems": [problem_object(problem, messages) for problem in report],
        "counts": report.counts,
    }


def print_report(report: Report, run: Run) -> None:
    """Print problems for people: where, what, why, what to do; then how many."""
    messages = run.messages
    for problem in report:
        what, why, todo = messages.problem_texts(problem)
        head = click.style(
            messages.text(f"severity-{problem.severity}"), fg=_COLOURS[problem.severity], bold=True
        )
        click.echo(f"{head}  {click.style(str(problem.place), bold=True)}  {problem.code}")
        click.echo(f"    {what}")
        if why:
            click.echo(f"    {messages.text('label-why')}{why}")
        if todo:
            click.echo(f"    {messages.text('label-do')}{todo}")
    click.echo(messages.text("report-counts", **report.counts))


def print_rows(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as aligned columns; Chinese characters count two."""
    texts = [[str(cell) for cell in row] for row in rows]
    columns = zip(headers, *texts, strict=True)
    widths = [max(display_width(cell) for cell in column) for column in columns]
    for index, row in enumerate([list(headers), *texts]):
        cells = [
            cell + " " * (w - display_width(cell)) for cell, w in zip(row, widths, strict=True)
        ]
        line = "  ".join(cells).rstrip()
        click.echo(click.style(line, bold=True) if index == 0 else line)


def change_objects(plans: Iterable[Plan]) -> list[dict[str, object]]:
    """Return the cells that plans change as plain data: book, sheet, cell, old, new."""
    return [
        {"book": plan.book, "sheet": row.sheet, "cell": c.cell, "old": c.old, "new": _cached(c.new)}
        for plan in plans
        for row in plan.rows
        for c in row.cells
    ]


def print_changes(plans: Iterable[Plan], run: Run) -> None:
    """Print one line for each cell that plans change."""
    for change in change_objects(plans):
        place = "!".join(str(change[part]) for part in ("book", "sheet", "cell"))
        old, new = (shown_value(change[part], run) for part in ("old", "new"))
        click.echo(run.messages.text("update-change", place=place, old=old, new=new))


def shown_value(value: object, run: Run) -> object:
    """Return a cell value as it is told: blanks named, long texts cut."""
    if value is None or value == "":
        return run.messages.text("explain-blank")
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]}…"
    return value


def _cached(value: object) -> object:
    return getattr(value, "cached", value)


def local_time(time: datetime) -> str:
    """Return a time as the clock on the wall showed it."""
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def display_width(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


@contextmanager
def progress(run: Run, label: str) -> Iterator[Advance]:
    """Yield a function that tells on stderr how far a batch is; silent where nobody looks."""
    stream = sys.stderr
    if not (run.talks and stream.isatty()):
        yield lambda _done, _total, _left: None
        return
    line = ProgressLine(run.messages, label)
    try:
        yield line.tell
    finally:
        line.end()


class ProgressLine:
    """One line on stderr that says how many are done, and about how long the rest takes.

    Args:
        messages: in the reader's language.
        label: what is being made.
        clock: seconds that only grow.
    """

    def __init__(
        self, messages: Messages, label: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._messages = messages
        self._label = label
        self._clock = clock
        self._told = -_PATIENCE
        self._width = 0

    def tell(self, done: int, total: int | None, left: float | None) -> None:
        """Say how far it is, a few times a second at most, and always at the end."""
        now = self._clock()
        if done != total and now - self._told < _PATIENCE:
            return
        self._told = now
        text = f"{self._label}  {self._far(done, total, left)}"
        click.echo("\r" + text + " " * (self._width - display_width(text)), nl=False, err=True)
        self._width = display_width(text)

    def end(self) -> None:
        """Go on to the next line if anything was said."""
        if self._width:
            click.echo(err=True)

    def _far(self, done: int, total: int | None, left: float | None) -> str:
        if total is None:
            return self._messages.text("progress-done", done=f"{done:,}")
        if left is None or done == total:
            return self._messages.text("progress-of", done=f"{done:,}", total=f"{total:,}")
        return self._messages.text(
            "progress-left",
            done=f"{done:,}",
            total=f"{total:,}",
            left=self._time(math.ceil(left)),
        )

    def _time(self, seconds: int) -> str:
        if seconds < 100:
            return self._messages.text("progress-seconds", count=seconds)
        if seconds < 6000:
            return self._messages.text("progress-minutes", count=round(seconds / 60))
        return self._messages.text("progress-hours", count=f"{seconds / 3600:.1f}")
