"""Make documents: choose the records, refuse bad ones, render, register, keep snapshots.

Ids, numbers and time are fixed for the whole batch before the first document is rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.actions.documents.archive import (
    hash_of,
    keep_snapshots,
    register,
    register_path,
    subject,
    write_manifest,
)
from sheetsales.actions.documents.batch import Batch, Made, Outcome, Planned, Refused
from sheetsales.actions.documents.choice import sorted_out
from sheetsales.contexts import KINDS, field_paths
from sheetsales.contexts.hashing import data_hash
from sheetsales.errors import SheetsalesError, TemplateError, WorkbookQueuedError
from sheetsales.store.owners import refuse_open_book
from sheetsales.word import Record, RenderResult, Template, convert_to_pdf
from sheetsales.word.batch import plan_items
from sheetsales.workspace.evidence import build_context
from sheetsales.workspace.seen import note_seen

if TYPE_CHECKING:
    from sheetsales.problems import Problem, Report
    from sheetsales.workspace import Workspace

__all__ = ["Advance", "Batch", "Made", "Outcome", "Refused", "check_templates", "make_documents"]

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
        advance: called with documents done and documents planned.

    Raises:
        WorkspaceError: the template is missing, or a key belongs to no record.
        TemplateError: the template cannot be rendered, or shows a field that there is not.
        WorkbookBusyError: somebody has the workbook open that documents are registered in; if it
            was opened while they were made, they are there, and their rows wait.
    """
    template = Template(workspace.template(batch.kind))
    _refuse_unknown_fields(template, batch.kind)
    allowed, refused = sorted_out(workspace, batch, report, as_of)
    planned, unbuilt = _plan(workspace, batch, allowed, as_of)
    refused += unbuilt
    records = [_record(workspace, batch.kind, template, one, now) for one in planned]
    folder = workspace.documents_folder / batch.kind / as_of.isoformat()
    name = workspace.regulation.documents[batch.kind].file_name
    if batch.dry_run:
        made, failed = _outcomes(planned, _would_be(template, records, folder, name))
        return Outcome(batch.kind, tuple(made), tuple(refused + failed))
    refuse_open_book(register_path(workspace))
    results = template.render_many(
        records, folder, name=name, workers=batch.workers, progress=advance
    )
    made, failed = _outcomes(planned, results)
    queued = _registered(workspace, batch.kind, made, now)
    keep_snapshots(workspace, batch.kind, template, planned, made, now)
    write_manifest(workspace, batch.kind, folder, made, now)
    if queued is not None:
        raise queued
    note_seen(workspace, "docs make")
    pdfs, unconverted = _converted(made, folder, batch.workers) if batch.pdf else ([], [])
    return Outcome(batch.kind, tuple(made), tuple(refused + failed + unconverted), tuple(pdfs))


def _converted(made: list[Made], folder: Path, workers: int) -> tuple[list[Path], list[Refused]]:
    results = convert_to_pdf([one.path for one in made], folder, workers=workers)
    pairs = zip(made, results, strict=True)
    failed = [Refused(one.key, error=result.error) for one, result in pairs if result.error]
    return [result.path for result in results if result.path], failed


def _registered(
    workspace: Workspace, kind: str, made: list[Made], now: datetime
) -> WorkbookQueuedError | None:
    """Register documents; return why their rows wait if somebody opened the workbook just now."""
    try:
        register(workspace, kind, made, now)
    except WorkbookQueuedError as error:
        return error
    return None


def _refuse_unknown_fields(template: Template, kind: str) -> None:
    """Refuse a template with a misspelt field at once, not once per record."""
    for problem in template.check(field_paths(KINDS[kind].shape)):
        if problem.code == "DOC-unknown-field":
            raise TemplateError("template-field-unknown", **problem.arguments)


def _plan(
    workspace: Workspace, batch: Batch, allowed: list[tuple[str, bool]], as_of: date
) -> tuple[list[Planned], list[Refused]]:
    ids = _new_ids(workspace)
    planned, refused = [], []
    for key, forced in allowed:
        document_id = next(ids)
        try:
            context = build_context(
                workspace, batch.kind, key, as_of=as_of, document_no=document_id
            )
        except SheetsalesError as error:
            refused.append(Refused(key, error=error))
            continue
        planned.append(Planned(document_id, key, context, data_hash(context), forced))
    return planned, refused


def _new_ids(workspace: Workspace) -> Iterator[str]:
    table = workspace.regulation.tables["document"]
    document_keys = workspace.tables["document"].keys()
    used = [key for key in document_keys if key]
    number = max((int(key.rpartition("-")[2]) for key in used), default=0)
    while True:
        number += 1
        yield f"{table.key_prefix}-{number:06d}"


def _record(
    workspace: Workspace, kind: str, template: Template, planned: Planned, now: datetime
) -> Record:
    return Record(
        planned.context,
        {
            "document_id": planned.document_id,
            "kind": kind,
            "template_version": hash_of(template.path),
            "subject": subject(workspace, kind, planned.key),
            "data_hash": planned.hash,
            "generated_at": now.isoformat(timespec="seconds"),
        },
        now,
    )


def _would_be(
    template: Template, records: list[Record], folder: Path, name: str
) -> list[RenderResult]:
    items = plan_items(template.path.name, records, folder, name)
    return [one if isinstance(one, RenderResult) else RenderResult(one.path) for one in items]


def _outcomes(
    planned: list[Planned], results: list[RenderResult]
) -> tuple[list[Made], list[Refused]]:
    made, failed = [], []
    for one, result in zip(planned, results, strict=True):
        if result.path is None:
            failed.append(Refused(one.key, error=result.error))
        else:
            made.append(Made(one.document_id, one.key, result.path, one.hash, one.forced))
    return made, failed


def check_templates(workspace: Workspace, kinds: Iterable[str] = ()) -> list[Problem]:
    """Return every mistake in the company's own templates.

    Args:
        workspace: whose templates are examined.
        kinds: kinds of document; empty for all.

    Raises:
        WorkspaceError: a template is missing.
        TemplateError: a template is no Word file.
    """
    return [
        problem
        for kind in tuple(kinds) or tuple(workspace.regulation.documents)
        for problem in Template(workspace.template(kind)).check(field_paths(KINDS[kind].shape))
    ]
