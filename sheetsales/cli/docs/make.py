"""``sheetsales docs make``: produce Word documents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheetsales.cli.commands import Command, Count
from sheetsales.cli.docs.kinds import KindName
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.documents import Batch, Outcome
    from sheetsales.workspace import Workspace


class Condition(click.ParamType[tuple[str, str]]):
    """A condition such as ``owner_id=E-000005``."""

    name = "field=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return field and value."""
        if isinstance(value, tuple):
            return value
        field, sign, wanted = str(value).partition("=")
        if not (field and sign):
            self.fail(help_text("usage.where").replace("{value}", str(value)), param, ctx)
        return field, wanted


@click.command("make", cls=Command, help=help_text("docs-make"))
@click.argument("kind", type=KindName())
@click.option("--key", "keys", multiple=True, help=help_text("option.key"))
@click.option("--where", multiple=True, type=Condition(), help=help_text("option.where"))
@click.option("--resume", is_flag=True, help=help_text("option.resume"))
@click.option("--combined", is_flag=True, help=help_text("option.combined"))
@click.option("--pdf", is_flag=True, help=help_text("option.pdf"))
@click.option("--workers", type=Count(1, 64), default=1, help=help_text("option.workers"))
@click.option("--scheduler", default="", metavar="URL", help=help_text("option.scheduler"))
@shared("workspace", "as-of", "json", "dry-run", "force")
def make(run: Run, kind: str, **options: Any) -> int:
    """Produce the documents; exit 1 if a record was refused or failed."""
    from sheetsales.actions.documents import Batch
    from sheetsales.cli.output import print_json

    if options["resume"] and (options["keys"] or options["where"] or run.dry_run):
        raise click.UsageError(help_text("usage.resume"))
    workspace = run.open_workspace()
    if not run.dry_run:
        run.settle(workspace)
    batch = Batch(kind, force=run.force, dry_run=run.dry_run, **options)
    made = _made(run, workspace, batch)
    for one in made.unfinished:
        run.note("docs-unfinished", kind=one.kind, count=f"{one.count:,}", began=one.began)
    if run.as_json:
        print_json(**made.as_object(run.messages))
    else:
        _print_made(run, made, workspace.folder)
    return int(bool(made.refused))


def _made(run: Run, workspace: Workspace, batch: Batch) -> Outcome:
    from sheetsales.actions.check import check
    from sheetsales.actions.documents import make_documents, resume_documents
    from sheetsales.cli.output import progress

    as_of = workspace.as_of(run.as_of)
    with progress(run, run.messages.text("docs-progress")) as advance:
        if batch.resume:
            return resume_documents(workspace, batch, advance=advance)
        report = check(workspace, as_of=as_of, documents=False)
        return make_documents(workspace, batch, report, as_of=as_of, now=_now(), advance=advance)


def _print_made(run: Run, made: Outcome, folder: Path) -> None:
    text = run.messages.text
    combined = [made.combined] if made.combined else []
    for path in (*(document.path for document in made.documents), *combined, *made.pdfs):
        click.echo(str(path.relative_to(folder)))
    for refused in made.refused:
        click.echo(click.style(text("docs-refused", key=refused.key), fg="red"), err=True)
        for reason in refused.reasons(run.messages):
            click.echo(f"    {reason}", err=True)
    click.echo(text("docs-done", made=len(made.documents), refused=len(made.refused)))


def _now() -> datetime:
    """Return the time on the wall: a workbook's moments have no zone."""
    return datetime.now().replace(microsecond=0)  # noqa: DTZ005 - as a person reads the clock
