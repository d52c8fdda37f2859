"""What is kept of documents: a row of table ``document``, a snapshot, a line of the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsales.actions.documents.batch import Made, Planned
from sheetsales.workspace.files import read_json, write_file, write_files
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from sheetsales.word import Template
    from sheetsales.workspace import Workspace


def subject(workspace: Workspace, kind: str, key: str) -> str:
    """Return what a document is about, as ``table:key``."""
    return f"{workspace.regulation.documents[kind].table}:{key}"


def register_path(workspace: Workspace) -> Path:
    """Return the workbook that documents are registered in."""
    stem = workspace.regulation.tables["document"].workbook
    return workspace.books[stem][0]


def register(workspace: Workspace, kind: str, made: list[Made], now: datetime) -> None:
    """Add one row per document; older documents of the same subjects are superseded."""
    subjects = {subject(workspace, kind, one.key) for one in made}
    writer = Writer(workspace, "docs make")
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
                "subject": subject(workspace, kind, one.key),
                "file": one.path.relative_to(workspace.folder).as_posix(),
                "file_hash": hash_of(one.path),
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


def keep_snapshots(
    workspace: Workspace,
    kind: str,
    template: Template,
    planned: list[Planned],
    made: list[Made],
    now: datetime,
) -> None:
    """Keep each document's context, and the template once, for a later comparison."""
    version = hash_of(template.path)
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
            "subject": subject(workspace, kind, one.key),
            "template": version,
            "data_hash": one.data_hash,
            "generated_at": now.isoformat(timespec="seconds"),
            "context": contexts[one.document_id],
        }
        text = json.dumps(snapshot, ensure_ascii=False, indent=1)
        snapshots[folder / f"{one.document_id}.json"] = text
    write_files(snapshots)


def write_manifest(
    workspace: Workspace, kind: str, folder: Path, made: list[Made], now: datetime
) -> None:
    """Say beside the documents what was made for whom, and what was made in spite of errors."""
    entries = [
        {
            "document_id": one.document_id,
            "subject": subject(workspace, kind, one.key),
            "file": one.path.name,
            "file_hash": hash_of(one.path),
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


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
