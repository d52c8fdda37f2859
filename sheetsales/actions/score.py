"""Compute scores, write them back, and keep what each rests on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from sheetsales.errors import WorkbookQueuedError, WorkspaceError
from sheetsales.locale.periods import parse_period, quarter_of
from sheetsales.schema import KEY_JOINER
from sheetsales.scores import SCORES, Derivation, Params, ScoreResult, score_tables
from sheetsales.scores.columns import one_line
from sheetsales.scores.hashing import FORMULA_VERSIONS
from sheetsales.workspace.computed import remember_written
from sheetsales.workspace.results import write_result
from sheetsales.workspace.runs import inputs_hash, next_run, write_run
from sheetsales.workspace.seen import note_seen
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from sheetsales.store import Plan
    from sheetsales.tables import Frames
    from sheetsales.workspace import Workspace

KEPT = ("appraisal", "audit", "strategy")
"""Scores of which every run keeps inputs and a row of table ``metric``."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What came of one score: rows with a value, rows without, cells that changed."""

    name: str
    rows: int
    without: int
    changed: int


@dataclass(frozen=True, slots=True)
class ScoreRun:
    """One run of the scores.

    Attributes:
        run: its name.
        scores: what came of each.
        example: name and key of a scored row, one that people ask about if there is one.
        plans: what a dry run would write.
    """

    run: str
    scores: tuple[Scored, ...]
    example: tuple[str, str] | None = None
    plans: tuple[Plan, ...] = ()

    def rows_for_json(self) -> list[dict[str, Any]]:
        """Return the scores as plain data."""
        return [
            {"score": s.name, "scored": s.rows, "without": s.without, "changed": s.changed}
            for s in self.scores
        ]


def score(
    workspace: Workspace,
    names: Collection[str] = (),
    *,
    as_of: date,
    period: str | None = None,
    dry_run: bool = False,
) -> ScoreRun:
    """Compute scores and write them into the workbooks.

    Args:
        workspace: where rows come from and scores go.
        names: names of scores; empty for all.
        as_of: date of reference.
        period: appraise only the cycles within this period, such as ``2026Q3``.
        dry_run: compute and count, write nothing.

    Raises:
        WorkspaceError: ``period-unknown``, no cycle lies in the period.
        WorkbookQueuedError: somebody has one of the workbooks open; the scores wait.
        ScoreError: a score or a parameter is missing.
    """
    fiscal_start = workspace.settings.fiscal_start_month
    frames = _within(workspace.frames, period, fiscal_start)
    params = Params.of(frames, as_of)
    results, after = score_tables(frames, params, as_of=as_of, names=names)
    writer = Writer(workspace, "score")
    scored = tuple(_write(writer, workspace, result) for result in results)
    run = next_run(workspace, as_of)
    if not dry_run:
        kept = [result for result in results if result.name in KEPT]
        derivations = list(_derivations(kept, after, params, as_of))
        quarter = partial(_quarter, frames=after, as_of=as_of, fiscal_start=fiscal_start)
        writer.append("metric", _metrics(run, derivations, quarter))
        _save(workspace, writer, run, derivations, results)
    plans = tuple(book.changes for book in writer.books)
    return ScoreRun(run, scored, _example(results), plans)


def _save(
    workspace: Workspace,
    writer: Writer,
    run: str,
    derivations: list[Derivation],
    results: list[ScoreResult],
) -> None:
    """Write the workbooks and keep what the scores rest on, also where the workbooks wait."""
    queued: WorkbookQueuedError | None = None
    try:
        writer.save()
    except WorkbookQueuedError as error:
        queued = error
    write_run(workspace, run, derivations)
    workspace.reload()
    remember_written(workspace, results)
    note_seen(workspace, "score")
    if queued is not None:
        raise queued


def _example(results: list[ScoreResult]) -> tuple[str, str] | None:
    found = {result.name: _keys(result)[0] for result in results if len(result.frame)}
    return next(((name, found[name]) for name in (*KEPT, *found) if name in found), None)


def _within(frames: Frames, period: str | None, fiscal_start: int) -> Frames:
    """Return the frames with only the cycles of a period."""
    if period is None:
        return frames
    try:
        span = parse_period(period, fiscal_start)
    except ValueError as error:
        raise WorkspaceError("period-unknown", period=period) from error
    cycles = frames["cycle"]
    inside = (cycles["start_on"].dt.date >= span.start) & (cycles["end_on"].dt.date <= span.end)
    if not inside.any():
        raise WorkspaceError("period-unknown", period=period)
    return {**frames, "cycle": cycles[inside].reset_index(drop=True)}


def _write(writer: Writer, workspace: Workspace, result: ScoreResult) -> Scored:
    changed = write_result(writer, workspace, result)
    main = SCORES[result.name].writes[:1]
    values = result.frame[main[0]] if main else result.frame["reason"].map(lambda text: not text)
    with_value = int(values.notna().sum())
    return Scored(result.name, with_value, len(result.frame) - with_value, changed)


def _derivations(
    results: list[ScoreResult], frames: Frames, params: Params, as_of: date
) -> Iterator[Derivation]:
    for result in results:
        explain = SCORES[result.name].explain
        for key in _keys(result):
            yield explain(frames, params, key, as_of=as_of)


def _keys(result: ScoreResult) -> list[str]:
    parts = zip(*(result.frame[name] for name in result.keys), strict=True)
    return [one_line(*row) for row in parts]


def _metrics(
    run: str, derivations: list[Derivation], quarter: Callable[[Derivation], str]
) -> list[dict[str, object]]:
    return [
        {
            "run_id": run,
            "formula_id": one.formula,
            "subject": f"{SCORES[one.score].table}:{one.key}",
            "period": quarter(one),
            "value": one.value,
            "inputs": inputs_hash(one),
            "formula_version": FORMULA_VERSIONS[one.formula],
        }
        for one in derivations
        if one.value is not None
    ]


def _quarter(one: Derivation, *, frames: Frames, as_of: date, fiscal_start: int) -> str:
    """Return the quarter that a score is about."""
    day = as_of
    if one.score == "appraisal":
        day = _day(frames, "cycle", "cycle_id", one.key.split(KEY_JOINER)[0], "start_on") or as_of
    elif one.score == "audit":
        day = _day(frames, "audit", "audit_id", one.key, "scope_from") or as_of
    return quarter_of(day, fiscal_start)


def _day(frames: Frames, table: str, key: str, value: str, field: str) -> date | None:
    found = frames[table].loc[frames[table][key] == value, field].dropna()
    return found.iloc[0].date() if len(found) else None
