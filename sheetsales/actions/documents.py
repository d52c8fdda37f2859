"""Make documents: choose the records, refuse bad ones, render, register, keep snapshots.

Ids, numbers and time are fixed for the whole batch before the first document is rendered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsales.checks.computed import cell_texts
from sheetsales.contexts import KINDS, field_paths, keys_of
from sheetsales.contexts.hashing import data_hash
from sheetsales.errors import SheetsalesError, TemplateError, WorkspaceError
from sheetsales.locale.labels import title
from sheetsales.schema import KEY_JOINER, LIST_SEPARATOR
from sheetsales.store.owners import refuse_open_book
from sheetsales.word import Record, RenderResult, Template, convert_to_pdf
from sheetsales.word.batch import plan_jobs
from sheetsales.workspace.evidence import build_context
from sheetsales.workspace.files import read_json, write_file, write_files
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from sheetsales.locale.messages import Messages
    from sheetsales.problems import Problem, Report
    from sheetsales.workspace import Workspace

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """What to make.

    Attributes:
        kind: name of the document kind.
        keys: only these records; empty for all of the kind.
        where: only records whose subject row has these field values.
        force: make records whose rows have errors.
        workers: processes to render with.
        pdf: convert to PDF too.
        dry_run: render nothing, register nothing.
    """

    kind: str
    keys: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    force: bool = False
    workers: int = 1
    pdf: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that got no document: its rows have errors, or it could not be rendered."""

    key: str
    problems: tuple[Problem, ...] = ()
    error: SheetsalesError | None = None

    def reasons(self, messages: Messages) -> Iterator[str]:
        """Yield why, in the reader's language."""
        for problem in self.problems:
            yield f"{problem.place}  {messages.problem_texts(problem)[0]}"
        if self.error is not None:
            yield messages.error_texts(self.error)[0]


@dataclass(frozen=True, slots=True)
class Made:
    """One document that was made."""

    document_id: str
    key: str
    path: Path
    data_hash: str
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch came to."""

    kind: str
    documents: tuple[Made, ...]
    refused: tuple[Refused, ...]
    pdfs: tuple[Path, ...] = ()

    def as_object(self, messages: Messages) -> dict[str, Any]:
        """Return the parts of the JSON object."""
        return {
            "kind": self.kind,
            "documents": [
                {"document_id": one.document_id, "key": one.key, "path": str(one.path)}
                for one in self.documents
            ],
            "refused": [
                {"key": one.key, "reasons": list(one.reasons(messages))} for one in self.refused
            ],
            "counts": {"made": len(self.documents), "refused": len(self.refused)},
        }


@dataclass(frozen=True, slots=True)
class _Planned:
    """One document of the batch before it is rendered."""

    document_id: str
    key: str
    context: dict[str, Any]
    hash: str
    forced: bool


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
        WorkbookBusyError: somebody has the workbook open that documents are registered in.
    """
    template = Template(workspace.template(batch.kind))
    _refuse_unknown_fields(template, batch.kind)
    allowed, refused = _sorted_out(workspace, batch, report, as_of)
    planned, unbuilt = _plan(workspace, batch, allowed, as_of)
    refused += unbuilt
    records = [_record(workspace, batch.kind, template, one, now) for one in planned]
    folder = workspace.documents_folder / batch.kind / as_of.isoformat()
    name = workspace.regulation.documents[batch.kind].file_name
    if batch.dry_run:
        made, failed = _outcomes(planned, _would_be(template, records, folder, name))
        return Outcome(batch.kind, tuple(made), tuple(refused + failed))
    refuse_open_book(_register_path(workspace))
    results = template.render_many(
        records, folder, name=name, workers=batch.workers, progress=advance
    )
    made, failed = _outcomes(planned, results)
    _register(workspace, batch.kind, made, now)
    _keep_snapshots(workspace, batch.kind, template, planned, made, now)
    _write_manifest(workspace, batch.kind, folder, made, now)
    pdfs = convert_to_pdf([one.path for one in made], folder) if batch.pdf and made else []
    return Outcome(batch.kind, tuple(made), tuple(refused + failed), tuple(pdfs))


def _refuse_unknown_fields(template: Template, kind: str) -> None:
    """Refuse a template with a misspelt field at once, not once per record."""
    for problem in template.check(field_paths(KINDS[kind].context)):
        if problem.code == "DOC-unknown-field":
            raise TemplateError("template-field-unknown", **problem.arguments)


def _sorted_out(
    workspace: Workspace, batch: Batch, report: Report, as_of: date
) -> tuple[list[tuple[str, bool]], list[Refused]]:
    """Return the keys to make, each with whether it is forced, and the refused ones."""
    allowed, refused = [], []
    bad = _errors_by_subject(workspace, batch.kind, report)
    for key in _chosen(workspace, batch, as_of):
        problems = bad.get(_subject_key(workspace, batch.kind, key), [])
        if problems and not batch.force:
            refused.append(Refused(key, tuple(problems)))
        else:
            allowed.append((key, bool(problems)))
    return allowed, refused


def _chosen(workspace: Workspace, batch: Batch, as_of: date) -> list[str]:
    known = keys_of(batch.kind, workspace.frames, as_of=as_of)
    if batch.keys:
        _refuse_unknown_keys(workspace, batch)
    wanted = list(batch.keys) or list(known)
    if not batch.where:
        return wanted
    table = workspace.regulation.documents[batch.kind].table
    frame = workspace.frames[table]
    for field, _ in batch.where:
        if field not in frame.columns:
            raise WorkspaceError("field-unknown", table=table, field=field)
    keep = set(workspace.tables[table].keys())
    for field, value in batch.where:
        texts = cell_texts(frame[field])
        wanted = _code_of(workspace, table, field, value)
        rows = zip(workspace.tables[table].keys(), texts, strict=True)
        keep &= {key for key, text in rows if wanted in text.split(LIST_SEPARATOR)}
    return [key for key in wanted if _subject_key(workspace, batch.kind, key) in keep]


def _code_of(workspace: Workspace, table: str, field: str, value: str) -> str:
    """Return the code that a label stands for; any other value is meant as it is."""
    enumeration = workspace.regulation.enumeration_of(
        workspace.regulation.tables[table].by_name[field]
    )
    for option in enumeration.options if enumeration else ():
        if value == title(option.label, workspace.locale):
            return option.code
    return value


def _refuse_unknown_keys(workspace: Workspace, batch: Batch) -> None:
    table = workspace.regulation.documents[batch.kind].table
    known = set(workspace.tables[table].keys())
    for key in batch.keys:
        if _subject_key(workspace, batch.kind, key) not in known:
            raise WorkspaceError("record-missing", table=table, key=key)


def _subject_key(workspace: Workspace, kind: str, key: str) -> str:
    """Return the key of the row that a document is about; a target letter adds its plan."""
    table = workspace.regulation.tables[workspace.regulation.documents[kind].table]
    return KEY_JOINER.join(key.split(KEY_JOINER)[-len(table.primary_key) :])


def _errors_by_subject(workspace: Workspace, kind: str, report: Report) -> dict[str, list[Problem]]:
    """Return the errors by subject key, those of the subject's own detail rows included."""
    subject = workspace.regulation.documents[kind].table
    found: dict[str, list[Problem]] = {}
    errors = [problem for problem in report if problem.severity == "error"]
    concerned = {problem.table for problem in errors}
    owners = {name: _owners(workspace, name, subject) for name in concerned}
    for problem in errors:
        key = problem.key if problem.table == subject else owners[problem.table].get(problem.key)
        if key:
            found.setdefault(key, []).append(problem)
    return found


def _owners(workspace: Workspace, name: str, subject: str) -> dict[str, str]:
    """Return row key → subject key for a table whose rows are details of the subject's."""
    table = workspace.regulation.tables[name]
    home = workspace.regulation.tables[subject].workbook
    if "subject_id" in table.by_name:
        return _named_subjects(workspace, name, subject)
    for field in table.references:
        reference = field.reference
        assert reference is not None
        if reference.table != subject or table.workbook != home or name == subject:
            continue
        # A column called as the key says whose detail a row is; manager_id says who manages.
        if field.name == reference.field:
            data = workspace.tables[name]
            rows = zip(data.keys(), data.frame[field.name], strict=True)
            return {key: owner for key, owner in rows if key and owner}
    return {}


def _named_subjects(workspace: Workspace, name: str, subject: str) -> dict[str, str]:
    """Return row key → subject key for a table that names its subjects by type and key."""
    data = workspace.tables[name]
    rows = zip(data.keys(), data.frame["subject_type"], data.frame["subject_id"], strict=True)
    return {key: owner for key, kind, owner in rows if key and owner and kind == subject}


def _plan(
    workspace: Workspace, batch: Batch, allowed: list[tuple[str, bool]], as_of: date
) -> tuple[list[_Planned], list[Refused]]:
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
        planned.append(_Planned(document_id, key, context, data_hash(context), forced))
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
    workspace: Workspace, kind: str, template: Template, planned: _Planned, now: datetime
) -> Record:
    return Record(
        planned.context,
        {
            "document_id": planned.document_id,
            "kind": kind,
            "template_version": _hash_of(template.path),
            "subject": _subject(workspace, kind, planned.key),
            "data_hash": planned.hash,
            "generated_at": now.isoformat(timespec="seconds"),
        },
        now,
    )


def _subject(workspace: Workspace, kind: str, key: str) -> str:
    return f"{workspace.regulation.documents[kind].table}:{key}"


def _would_be(
    template: Template, records: list[Record], folder: Path, name: str
) -> list[RenderResult]:
    jobs = plan_jobs(template.path.name, records, folder, name)
    return [job if isinstance(job, RenderResult) else RenderResult(job.path) for job in jobs]


def _register_path(workspace: Workspace) -> Path:
    stem = workspace.regulation.tables["document"].workbook
    return workspace.books[stem][0]


def _outcomes(
    planned: list[_Planned], results: list[RenderResult]
) -> tuple[list[Made], list[Refused]]:
    made, failed = [], []
    for one, result in zip(planned, results, strict=True):
        if result.path is None:
            failed.append(Refused(one.key, error=result.error))
        else:
            made.append(Made(one.document_id, one.key, result.path, one.hash, one.forced))
    return made, failed


def _register(workspace: Workspace, kind: str, made: list[Made], now: datetime) -> None:
    """Add one row per document; older documents of the same subjects are superseded."""
    subjects = {_subject(workspace, kind, one.key) for one in made}
    writer = Writer(workspace)
    frame = workspace.frames["document"]
    older = frame[
        (frame["doc_type"] == kind)
        & frame["subject"].isin(subjects)
        & frame["state"].isin(["generated", "sent"])
    ]
    if not older.empty:
        writer.write("document", older[["document_id"]].assign(state="superseded"))
    writer.append(
        "document",
        [
            {
                "document_id": one.document_id,
                "doc_type": kind,
                "template_id": _template_key(workspace, kind),
                "subject": _subject(workspace, kind, one.key),
                "file": one.path.relative_to(workspace.folder).as_posix(),
                "file_hash": _hash_of(one.path),
                "data_hash": one.data_hash,
                "generated_at": now,
                "state": "generated",
            }
            for one in made
        ],
    )
    writer.save()
    workspace.reload()


def _template_key(workspace: Workspace, kind: str) -> str | None:
    frame = workspace.frames["template"]
    found = frame[(frame["doc_type"] == kind) & (frame["state"] == "approved")]
    return None if found.empty else str(found["template_id"].iloc[-1])


def _keep_snapshots(
    workspace: Workspace,
    kind: str,
    template: Template,
    planned: list[_Planned],
    made: list[Made],
    now: datetime,
) -> None:
    """Keep each document's context, and the template once, for a later comparison."""
    version = _hash_of(template.path)
    kept = workspace.own_folder / "templates" / f"{version}.docx"
    if not kept.exists():
        write_file(kept, template.path.read_bytes())
    contexts: Mapping[str, dict[str, Any]] = {one.document_id: one.context for one in planned}
    folder = workspace.own_folder / "documents"
    snapshots: dict[Path, str | bytes] = {}
    for one in made:
        snapshot = {
            "document_id": one.document_id,
            "kind": kind,
            "subject": _subject(workspace, kind, one.key),
            "template": version,
            "data_hash": one.data_hash,
            "generated_at": now.isoformat(timespec="seconds"),
            "context": contexts[one.document_id],
        }
        text = json.dumps(snapshot, ensure_ascii=False, indent=1)
        snapshots[folder / f"{one.document_id}.json"] = text
    write_files(snapshots)


def _write_manifest(
    workspace: Workspace, kind: str, folder: Path, made: list[Made], now: datetime
) -> None:
    """Say beside the documents what was made for whom, and what was made in spite of errors."""
    entries = [
        {
            "document_id": one.document_id,
            "subject": _subject(workspace, kind, one.key),
            "file": one.path.name,
            "file_hash": _hash_of(one.path),
            "data_hash": one.data_hash,
            "made_in_spite_of_errors": one.forced,
        }
        for one in made
    ]
    path = folder / "manifest.json"
    earlier = read_json(path)["documents"] if path.is_file() else []
    content = {
        "kind": kind,
        "generated_at": now.isoformat(timespec="seconds"),
        "documents": earlier + entries,
    }
    write_file(path, json.dumps(content, ensure_ascii=False, indent=1))


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
