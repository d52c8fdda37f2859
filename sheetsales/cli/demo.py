"""``sheetsales demo``: the whole job on a believable company, from nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetsales.cli.commands import Choice, Command, Count
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import LANGUAGES, help_text, system_language

if TYPE_CHECKING:
    from sheetsales.actions.documents import Outcome
    from sheetsales.problems import Report
    from sheetsales.workspace import Workspace

DEMO_AS_OF = date(2026, 10, 15)
"""Date of reference of the demo company, so that it is the same on any day."""
CURRENCY = "TWD"


@click.command("demo", cls=Command, help=help_text("demo"))
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo"))
@click.option("--locale", type=Choice(LANGUAGES), help=help_text("option.locale"))
@click.option("--seed", type=Count(0, 2**31), default=1, help=help_text("option.seed"))
@click.option("--workers", type=Count(1, 64), default=1, help=help_text("option.workers"))
@shared("as-of", "json")
def command(run: Run, folder: Path, locale: str | None, seed: int, workers: int) -> None:
    """Make, check, score, refresh, write documents; then say what was made and what is wrong."""
    from sheetsales.actions.check import check
    from sheetsales.actions.score import score
    from sheetsales.actions.update import update
    from sheetsales.cli.output import print_json

    spoken = locale or run.lang or _chinese_unless_english()
    run.lang = run.lang or spoken
    run.note("demo-step-init")
    workspace = make_company(run, folder, spoken, seed)
    as_of = workspace.as_of(run.as_of)
    run.note("demo-step-score")
    score(workspace, (), as_of=as_of)
    workspace.reload()
    run.note("demo-step-check")
    report = check(workspace, as_of=as_of)
    outcomes = list(_write_documents(run, workspace, report, as_of, workers))
    run.note("demo-step-update")
    # What was just made from these rows is up to date with them: no second check is needed.
    update(workspace, as_of=as_of, report=report)
    workspace.reload()
    if run.as_json:
        print_json(
            folder=workspace.folder,
            counts=report.counts,
            documents={one.kind: len(one.documents) for one in outcomes},
        )
        return
    for line in _summary(run, workspace, report, outcomes, seed):
        click.echo(line)


def make_company(
    run: Run, folder: Path, locale: str, seed: int, *, macros: bool = True
) -> Workspace:
    """Create a workspace and fill it with the sample company."""
    from sheetsales.actions.fill import fill
    from sheetsales.actions.init import init
    from sheetsales.locale.conversion import SIMPLIFIED
    from sheetsales.sample import build_sample
    from sheetsales.schema import load_regulation
    from sheetsales.starter import load_starter
    from sheetsales.workspace import Settings
    from sheetsales.workspace.simplified import simplified_rows

    as_of = run.as_of or DEMO_AS_OF
    sample = build_sample(
        load_regulation(), load_starter(locale), seed=seed, as_of=as_of, locale=locale
    )
    rows = simplified_rows(sample.rows) if locale == SIMPLIFIED else sample.rows
    company = str(rows["company"][0]["name"])
    settings = Settings(company=company, locale=locale, currency=CURRENCY, as_of=as_of)
    return init(folder, settings, macros=macros, furnish=lambda one: fill(one, rows))


def _write_documents(
    run: Run, workspace: Workspace, report: Report, as_of: date, workers: int
) -> Iterator[Outcome]:
    from sheetsales.actions.documents import Batch, make_documents
    from sheetsales.cli.output import progress
    from sheetsales.locale.labels import title

    for kind, described in workspace.regulation.documents.items():
        name = title(described.title, run.language)
        run.note("demo-step-docs", title=name)
        with progress(run, name) as advance:
            yield make_documents(
                workspace,
                Batch(kind, workers=workers),
                report,
                as_of=as_of,
                # The demo's clock stands still, so that two demos are the same to the byte.
                now=datetime.combine(as_of, time(9, 0)),
                advance=advance,
            )


def _summary(
    run: Run, workspace: Workspace, report: Report, outcomes: list[Outcome], seed: int
) -> Iterator[str]:
    text = run.messages.text
    settings, folder = workspace.settings, workspace.folder.name
    yield ""
    heading = text("demo-title", company=settings.company, as_of=settings.as_of, seed=seed)
    yield click.style(heading, bold=True)
    yield ""
    yield click.style(text("demo-made"), bold=True)
    yield from (f"  {line}" for line in _made_lines(run, workspace, outcomes))
    yield ""
    yield click.style(text("demo-wrong"), bold=True)
    yield from (f"  {line}" for line in _wrong_lines(run, report))
    yield ""
    yield click.style(text("demo-next"), bold=True)
    key = workspace.tables["appraisal"].key(0)
    for name in ("open", "check", "explain", "docs"):
        yield f"  {text(f'demo-next-{name}', folder=folder, key=key)}"


def _made_lines(run: Run, workspace: Workspace, outcomes: list[Outcome]) -> Iterator[str]:
    from sheetsales.locale.labels import title

    text = run.messages.text
    rows = sum(len(data) for data in workspace.tables.values())
    yield text(
        "demo-workbooks",
        count=len(workspace.books),
        rows=rows,
        folder=f"{workspace.folder.name}/workbooks",
    )
    grades = Counter(workspace.frames["appraisal"]["grade"].dropna())
    listed = ", ".join(f"{grade} {count}" for grade, count in sorted(grades.items()))
    yield text("demo-scores", count=sum(grades.values()), grades=listed)
    for one in outcomes:
        name = title(workspace.regulation.documents[one.kind].title, run.language)
        yield text("demo-documents", title=name, count=len(one.documents), refused=len(one.refused))


def _wrong_lines(run: Run, report: Report) -> Iterator[str]:
    for severity, count in report.counts.items():
        example = next((one for one in report if one.severity == severity), None)
        if example is not None:
            yield run.messages.text(
                "demo-wrong-line",
                severity=run.messages.text(f"severity-{severity}"),
                count=count,
                place=str(example.place),
                what=run.messages.problem_texts(example)[0],
            )


def _chinese_unless_english() -> str:
    """The staff read Chinese; an English system alone does not say that the company does not."""
    spoken = system_language()
    return spoken if spoken != "en" else "zh-Hant"
