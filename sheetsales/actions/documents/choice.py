"""Which records of a kind get a document: those asked for whose own rows have no errors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sheetsales.actions.documents.batch import Batch, Refused
from sheetsales.checks.computed import cell_texts
from sheetsales.contexts import keys_of
from sheetsales.errors import WorkspaceError
from sheetsales.locale.labels import title
from sheetsales.schema import KEY_JOINER, LIST_SEPARATOR
from sheetsales.tables import extended_enumerations

if TYPE_CHECKING:
    from sheetsales.problems import Problem, Report
    from sheetsales.workspace import Workspace


def sorted_out(
    workspace: Workspace, batch: Batch, report: Report, as_of: date
) -> tuple[list[tuple[str, bool]], list[Refused]]:
    """Return the keys to make, each with whether it is forced, and the refused ones.

    Raises:
        WorkspaceError: ``record-missing``, ``field-unknown`` or ``value-unknown``.
    """
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
    chosen = list(known)
    if batch.keys:
        _refuse_unknown_keys(workspace, batch)
        chosen = [key for wanted in batch.keys for key in _meant(workspace, batch, wanted, known)]
    if not batch.where:
        return chosen
    keep = _subjects_where(workspace, batch)
    return [key for key in chosen if _subject_key(workspace, batch.kind, key) in keep]


def _meant(workspace: Workspace, batch: Batch, wanted: str, known: Sequence[str]) -> list[str]:
    """Return the records that a key means: itself, or all about the row of that key."""
    if wanted in known:
        return [wanted]
    about = [key for key in known if _subject_key(workspace, batch.kind, key) == wanted]
    return about or [wanted]


def _subjects_where(workspace: Workspace, batch: Batch) -> set[str]:
    """Return the keys of the rows that hold all the wanted values."""
    data = workspace.tables[workspace.regulation.documents[batch.kind].table]
    keys = data.keys()
    keep = set(keys)
    for field, value in batch.where:
        if field not in data.table.by_name:
            raise WorkspaceError("field-unknown", table=data.table.name, field=field)
        wanted = _code_of(workspace, data.table.name, field, value)
        texts = cell_texts(data.frame[field])
        rows = zip(keys, texts, strict=True)
        keep &= {key for key, text in rows if wanted in text.split(LIST_SEPARATOR)}
    return keep


def _code_of(workspace: Workspace, table: str, field: str, value: str) -> str:
    """Return the code that a label of a list stands for; other values are meant as they are."""
    described = workspace.regulation.tables[table].by_name[field]
    enumeration = extended_enumerations(workspace.regulation, workspace.frames["enum"]).get(
        described.enumeration or ""
    )
    if enumeration is None:
        return value
    labels = {title(one.label, workspace.locale): one.code for one in enumeration.options}
    if value not in labels and value not in enumeration.codes:
        raise WorkspaceError(
            "value-unknown", table=table, field=field, value=value, known=[*labels]
        )
    return labels.get(value, value)


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
