"""What is kept of documents: a row of table ``document``, a snapshot, a line of the manifest."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsales.actions.documents.batch import Made, Planned, Refused
from sheetsales.locale.messages import Messages
from sheetsales.word.files import write_bytes
from sheetsales.word.manifest import csv_bytes
from sheetsales.workspace.files import read_json, write_file, write_files
from sheetsales.workspace.waiting import waiting_texts
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from sheetsales.actions.documents.plan import Plan
    from sheetsales.workspace import Workspace

_COLUMNS = (
    "document_id",
    "subject",
    "file",
    "file_hash",
    "data_hash",
    "made_in_spite_of_errors",
    "reasons",
)


def subject(workspace: Workspace, kind: str, key: str) -> str:
    """Return what a document is about, as ``table:key``."""
    return f"{workspace.regulation.documents[kind].table}:{key}"


def register_path(workspace: Workspace) -> Path:
    """Return the workbook that documents are registered in."""
    stem = workspace.regulation.tables["document"].workbook
    return workspace.books[stem][0]


def register(workspace: Workspace, kind: str, made: list[Made], now: datetime) -> None:
    """Add one row per document; older documents of the same subjects are superseded.

    A document whose row is there, or waits for the workbook, keeps it.
    """
    frame = workspace.frames["document"]
    there = {*frame["document_id"], *waiting_texts(workspace)}
    new = [one for one in made if one.document_id not in there]
    if not new:
        return
    subjects = {subject(workspace, kind, one.key) for one in new}
    writer = Writer(workspace, "docs make")
    older = frame[
        (frame["doc_type"] == kind)
        & frame["subject"].isin(subjects)
        & frame["state"].isin(["generated", "sent"])
    ]
    if not older.empty:
        writer.write("document", older[["document_id"]].assign(state="superseded"))
    template_id = _template_key(workspace, kind)
    writer.append(
        "document",
        [
            {
                "document_id": one.document_id,
                "doc_type": kind,
                "template_id": template_id,
                "subject": subject(workspace, kind, one.key),
                "file": one.path.relative_to(workspace.folder).as_posix(),
                "file_hash": one.file_hash,
                "data_hash": one.data_hash,
                "generated_at": now,
                "state": "generated",
            }
            for one in new
        ],
    )
    writer.save()
    workspace.reload()


def _template_key(workspace: Workspace, kind: str) -> str | None:
    frame = workspace.frames["template"]
    found = frame[(frame["doc_type"] == kind) & (frame["state"] == "approved")]
    return None if found.empty else str(found["template_id"].iloc[-1])


def keep_template(workspace: Workspace, path: Path) -> str:
    """Keep a template for a later comparison, once per version; return its hash."""
    version = hash_of(path)
    kept = kept_template(workspace, version)
    if not kept.exists():
        write_file(kept, path.read_bytes())
    return version


def kept_template(workspace: Workspace, version: str) -> Path:
    """Return where the template of a hash is kept."""
    return workspace.own_folder / "templates" / f"{version}.docx"


def snapshot_path(workspace: Workspace, document_id: str) -> Path:
    """Return where the snapshot of a document is kept."""
    return workspace.own_folder / "documents" / f"{document_id}.json"


def keep_snapshot(workspace: Workspace, plan: Plan, one: Planned) -> None:
    """Keep what a document shows, for a later comparison.

    The plan of the batch makes it durable: until its end all snapshots can be written anew.
    """
    snapshot = {
        "document_id": one.document_id,
        "kind": plan.kind,
        "subject": subject(workspace, plan.kind, one.key),
        "template": plan.template,
        "data_hash": one.hash,
        "generated_at": plan.now.isoformat(timespec="seconds"),
        "context": one.context,
    }
    text = json.dumps(snapshot, ensure_ascii=False, indent=1)
    write_bytes(snapshot_path(workspace, one.document_id), text.encode())


def write_manifest(
    workspace: Workspace, plan: Plan, folder: Path, made: list[Made], refused: list[Refused]
) -> None:
    """Say beside the documents what was made for whom, what in spite of errors, and what not.

    What earlier batches made on the same day stays.
    """
    new = {one.document_id: _entry(workspace, plan, one) for one in made}
    path = folder / "manifest.json"
    earlier = read_json(path) if path.is_file() else {"documents": []}
    kept = [one for one in earlier["documents"] if one["document_id"] not in new]
    messages = Messages.load(workspace.locale)
    content = {
        "kind": plan.kind,
        "generated_at": plan.now.isoformat(timespec="seconds"),
        "documents": [*kept, *new.values()],
        "refused": [
            {
                "subject": subject(workspace, plan.kind, one.key),
                "reasons": list(one.reasons(messages)),
            }
            for one in refused
        ],
    }
    rows = [
        *content["documents"],
        *({**one, "reasons": "; ".join(one["reasons"])} for one in content["refused"]),
    ]
    write_files(
        {
            path: json.dumps(content, ensure_ascii=False, indent=1),
            folder / "manifest.csv": csv_bytes(_COLUMNS, rows),
        }
    )


def _entry(workspace: Workspace, plan: Plan, one: Made) -> dict[str, Any]:
    return {
        "document_id": one.document_id,
        "subject": subject(workspace, plan.kind, one.key),
        "file": one.path.name,
        "file_hash": one.file_hash,
        "data_hash": one.data_hash,
        "made_in_spite_of_errors": one.forced,
    }


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
