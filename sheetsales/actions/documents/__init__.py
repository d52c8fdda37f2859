"""Make documents: choose the records, refuse bad ones, render, register, keep snapshots.

Ids, numbers, contents and time are fixed for the whole batch before the first document is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.actions.documents import planning
from sheetsales.actions.documents.archive import (
    hash_of,
    keep_snapshot,
    kept_template,
    register,
    register_path,
    snapshot_path,
    subject,
    write_manifest,
)
from sheetsales.actions.documents.batch import Batch, Made, Outcome, Planned, Refused, Unfinished
from sheetsales.actions.documents.checking import sound_template
from sheetsales.actions.documents.plan import Plan, only_batch, unfinished, unfinished_plans
from sheetsales.errors import WorkbookQueuedError, WorkspaceError
from sheetsales.word import Record, RenderResult, Template, convert_to_pdf
from sheetsales.word.batch import plan_items
from sheetsales.word.cluster import cluster_executor
from sheetsales.word.combining import combine
from sheetsales.word.files import sync_files
from sheetsales.workspace.seen import note_seen

if TYPE_CHECKING:
    from sheetsales.problems import Report
    from sheetsales.workspace import Workspace

__all__ = [
    "Advance",
    "Batch",
    "Made",
    "Outcome",
    "Refused",
    "Unfinished",
    "make_documents",
    "resume_documents",
]

Advance = Callable[[int, int | None, float | None], None]


def make_documents(
    workspace: Workspace,
    batch: Batch,
    report: Report,
    *,
    as_of: date,
    now: datetime,
    advance: Advance | None = None,
) -> Outcome:
    """Make the documents of a batch and register them in table ``document``.

    Args:
        workspace: where data and templates come from and documents go.
        batch: what to make.
        report: problems of the data; a record with errors in its own rows is refused.
        as_of: date of reference of the contents.
        now: time of the making, written into the documents.
        advance: called with documents done, documents planned and seconds left.

    Raises:
        WorkspaceError: the template is missing, a key belongs to no record, or documents are being
            made here already.
        TemplateError: ``template-mistakes``, or no document can be written.
        WorkbookBusyError: somebody has the workbook open that documents are registered in; if it
            was opened while they were made, they are there, and their rows wait.
    """
    template = sound_template(workspace, batch.kind)
    chosen = planning.Chosen(workspace, batch, report, as_of, template.path.name)
    if batch.dry_run:
        return _would_be(workspace, chosen, template)
    planned = chosen.planned()
    workspace.refuse_open(register_path(workspace))
    with only_batch(workspace):
        earlier = _unfinished(workspace, batch.kind)
        plan = chosen.write(planned, template.path, now)
        return _carried_out(workspace, batch, plan, advance, earlier)


def resume_documents(
    workspace: Workspace, batch: Batch, *, advance: Advance | None = None
) -> Outcome:
    """Go on with the last batch of a kind that did not come to its end.

    The documents are those that the batch would have made: same ids, time and contents.

    Raises:
        WorkspaceError: ``batch-none``, there is none; ``batch-running``.
        TemplateError: no document can be written.
        WorkbookBusyError: as :func:`make_documents`.
    """
    workspace.refuse_open(register_path(workspace))
    with only_batch(workspace):
        plans = [plan for plan in unfinished_plans(workspace) if plan.kind == batch.kind]
        if not plans:
            raise WorkspaceError("batch-none", kind=batch.kind)
        earlier = tuple(map(unfinished, plans[:-1]))
        return _carried_out(workspace, batch, plans[-1], advance, earlier)


def _unfinished(workspace: Workspace, kind: str) -> tuple[Unfinished, ...]:
    return tuple(unfinished(plan) for plan in unfinished_plans(workspace) if plan.kind == kind)


def _carried_out(
    workspace: Workspace,
    batch: Batch,
    plan: Plan,
    advance: Advance | None,
    earlier: tuple[Unfinished, ...],
) -> Outcome:
    folder = workspace.documents_folder / plan.kind / plan.as_of.isoformat()
    made, failed = _rendered(workspace, batch, plan, folder, advance)
    refused = [*plan.refused, *failed]
    queued = None if plan.is_registered else _registered(workspace, plan, made)
    write_manifest(workspace, plan, folder, made, refused)
    sync_files()
    plan.finish()
    if queued is not None:
        raise queued
    note_seen(workspace, "docs make")
    combined = _combined(made, folder) if batch.combined and made else None
    pdfs, unconverted = _converted(made, folder, batch.workers) if batch.pdf else ([], [])
    return Outcome(
        plan.kind, tuple(made), tuple(refused + unconverted), tuple(pdfs), combined, earlier
    )


def _rendered(
    workspace: Workspace, batch: Batch, plan: Plan, folder: Path, advance: Advance | None
) -> tuple[list[Made], list[Refused]]:
    """Make the documents that are not there yet; none is ever there without its snapshot."""
    made, failed = [], []
    records = _Records(workspace, plan)
    cluster = cluster_executor(batch.scheduler) if batch.scheduler else nullcontext(None)
    with cluster as executor:
        results = _template(workspace, plan).render_each(
            records,
            folder,
            workspace.regulation.documents[plan.kind].file_name,
            batch.workers,
            advance,
            resume=True,
            executor=executor,
        )
        for one, result in zip(plan.documents(), results, strict=True):
            if result.path is None:
                failed.append(Refused(one.key, error=result.error))
                snapshot_path(workspace, one.document_id).unlink(missing_ok=True)
            else:
                made.append(_made(one, result))
    return made, failed


class _Records:
    """The records of a plan, drawn one at a time; each leaves its snapshot on the way."""

    def __init__(self, workspace: Workspace, plan: Plan) -> None:
        self._workspace = workspace
        self._plan = plan

    def __len__(self) -> int:
        return self._plan.count

    def __iter__(self) -> Iterator[Record]:
        for one in self._plan.documents():
            keep_snapshot(self._workspace, self._plan, one)
            yield self._record(one)

    def _record(self, one: Planned) -> Record:
        plan = self._plan
        properties = {
            "document_id": one.document_id,
            "kind": plan.kind,
            "template_version": plan.template,
            "subject": subject(self._workspace, plan.kind, one.key),
            "data_hash": one.hash,
            "generated_at": plan.now.isoformat(timespec="seconds"),
        }
        return Record(one.context, properties, plan.now)


def _template(workspace: Workspace, plan: Plan) -> Template:
    """Return the template that a batch began with, whatever became of the company's own."""
    own = workspace.folder / "templates" / f"{plan.kind}.docx"
    if own.is_file() and hash_of(own) == plan.template:
        return Template(own)
    return Template(kept_template(workspace, plan.template))


def _made(one: Planned, result: RenderResult) -> Made:
    assert result.path is not None
    return Made(one.document_id, one.key, result.path, one.hash, one.forced, result.sha256)


def _registered(workspace: Workspace, plan: Plan, made: list[Made]) -> WorkbookQueuedError | None:
    """Register documents; return why their rows wait if somebody opened the workbook just now."""
    queued = None
    try:
        register(workspace, plan.kind, made, plan.now)
    except WorkbookQueuedError as error:
        queued = error
    plan.note_registered()
    return queued


def _would_be(workspace: Workspace, chosen: planning.Chosen, template: Template) -> Outcome:
    """Return what a batch would make, without making it."""
    kind, made, refused = chosen.batch.kind, [], []
    folder = workspace.documents_folder / kind / chosen.as_of.isoformat()
    name = workspace.regulation.documents[kind].file_name
    planned = []
    for one in chosen.planned():
        if isinstance(one, Refused):
            refused.append(one)
        else:
            planned.append(one)
    items = plan_items(template.path.name, (Record(one.context) for one in planned), folder, name)
    for one, item in zip(planned, items, strict=True):
        if item.path is None:
            refused.append(Refused(one.key, error=item.error))
        else:
            made.append(Made(one.document_id, one.key, item.path, one.hash, one.forced))
    earlier = _unfinished(workspace, kind)
    return Outcome(kind, tuple(made), tuple(refused), unfinished=earlier)


def _combined(made: list[Made], folder: Path) -> Path:
    """Write one file with all the documents of a batch."""
    first, last = made[0].document_id, made[-1].document_id
    out = folder / f"{first}–{last}.docx"
    combine((one.path for one in made), out)
    return out


def _converted(made: list[Made], folder: Path, workers: int) -> tuple[list[Path], list[Refused]]:
    results = convert_to_pdf([one.path for one in made], folder, workers=workers)
    pairs = zip(made, results, strict=True)
    failed = [Refused(one.key, error=result.error) for one, result in pairs if result.error]
    return [result.path for result in results if result.path], failed
