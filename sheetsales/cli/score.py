"""``sheetsales score``: compute scores and write them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sheetsales.cli.commands import Command, unknown_name
from sheetsales.cli.options import QUEUED, Run, shared
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.score import ScoreRun
    from sheetsales.errors import WorkbookBusyError


class ScoreName(click.ParamType[str]):
    """Name of a score."""

    name = "score"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; an unknown one is a usage error that offers the nearest."""
        from sheetsales.scores import SCORES

        if value in SCORES:
            return str(value)
        return self.fail(unknown_name("usage.score", str(value), SCORES), param, ctx)


@click.command("score", cls=Command, help=help_text("score"))
@click.argument("names", nargs=-1, type=ScoreName())
@click.option("--period", help=help_text("option.period"))
@shared("workspace", "as-of", "json", "dry-run")
def command(run: Run, names: tuple[str, ...], period: str | None) -> int:
    """Compute the named scores, or all; write them back; then refresh what depends on them."""
    from sheetsales.actions.check import check
    from sheetsales.actions.score import score
    from sheetsales.actions.update import update
    from sheetsales.cli.output import change_objects, print_changes, print_json

    workspace = run.open_workspace()
    as_of = workspace.as_of(run.as_of)
    if not run.dry_run:
        run.settle(workspace)
    scored = score(workspace, names, as_of=as_of, period=period, dry_run=run.dry_run)
    busy: tuple[WorkbookBusyError, ...] = ()
    if not run.dry_run:
        busy = update(workspace, as_of=as_of, report=check(workspace, as_of=as_of)).busy
    run.say_busy(busy)
    if run.as_json:
        print_json(
            written=not run.dry_run,
            run=scored.run,
            scores=scored.rows_for_json(),
            changes=change_objects(scored.plans),
        )
    else:
        print_changes(scored.plans, run)
        _print_scored(run, scored)
    return QUEUED if busy else 0


def _print_scored(run: Run, scored: ScoreRun) -> None:
    from sheetsales.cli.output import print_rows

    text = run.messages.text
    print_rows(
        [text(f"score-{name}") for name in ("name", "scored", "without", "changed")],
        [
            (text(f"score-of-{one.name}"), one.rows, one.without, one.changed)
            for one in scored.scores
        ],
    )
    if scored.example:
        run.note("score-next", score=scored.example[0], key=scored.example[1])
