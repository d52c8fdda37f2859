"""Compare documents with what they were made from: their text, their data, their template.

Nothing is written. A document says which one it is in its properties, whatever its file is called.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sheetsales.actions.documents.archive import hash_of, kept_template, snapshot_path
from sheetsales.actions.documents.moved import Moved, moved_fields
from sheetsales.contexts import KINDS
from sheetsales.errors import SheetsalesError, TemplateError, WorkspaceError
from sheetsales.word import Record, Template, read_properties
from sheetsales.word.comparing import Edit, compare_readings
from sheetsales.word.reading import Reading, Tracked, read_document
from sheetsales.workspace.evidence import build_context, made_for
from sheetsales.workspace.files import read_json

if TYPE_CHECKING:
    from sheetsales.workspace import Workspace

Verdict = Literal[
    "unchanged",
    "saved-again",
    "edited",
    "data-moved",
    "template-outdated",
    "superseded",
    "record-gone",
    "no-snapshot",
    "template-gone",
    "foreign",
    "unknown",
    "damaged",
]
FINE: frozenset[Verdict] = frozenset({"unchanged", "saved-again"})
"""Verdicts that ask nothing of anybody."""

Advance = Callable[[int, int | None, float | None], None]

_NUMBER = re.compile(r"\bDOC-[0-9]{6}\b")
_OTHER_OFFICE = re.compile(r"LibreOffice|OpenOffice|WPS", re.IGNORECASE)


@dataclass(slots=True)
class Verified:
    """What there is to say about one file.

    Attributes:
        path: the file.
        verdicts: all that hold, never none.
        document_id: which document it is; empty if that is unknown.
        found_by: how it was recognised: ``properties``, ``hash``, ``number`` or "".
        kind: its kind; empty if unknown.
        subject: the row that it is about, as ``table:key``.
        made: when it was made.
        edits: paragraphs and pictures that differ from what was made.
        moved: fields whose values differ from what it was made with.
        tracked: changes in it that nobody has accepted or rejected.
        comments: how many comments it has.
        formats: whether bold and the like were compared; another office suite writes its own.
        template_matters: whether today's template would change the text; None if that is unknown.
        newer: the document that superseded it.
        error: why the file cannot be read, or its record cannot be shown any more.
    """

    path: Path
    verdicts: list[Verdict] = field(default_factory=list)
    document_id: str = ""
    found_by: str = ""
    kind: str = ""
    subject: str = ""
    made: str = ""
    edits: list[Edit] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    tracked: list[Tracked] = field(default_factory=list)
    comments: int = 0
    formats: bool = True
    template_matters: bool | None = None
    newer: str = ""
    error: SheetsalesError | None = None

    @property
    def is_fine(self) -> bool:
        """Whether nothing differs from what was made."""
        return FINE.issuperset(self.verdicts)


def verify_documents(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    as_of: date | None = None,
    locale: str = "",
    advance: Advance | None = None,
) -> list[Verified]:
    """Return what there is to say about some files; all Word files of a folder are meant by it.

    Args:
        workspace: whose documents they are.
        paths: files and folders.
        as_of: date of reference of the contents now; None for the day each was made for, so that
            the calendar alone changes nothing.
        locale: language of the titles of fields; the workspace's if none is given.
        advance: called with files done, files to do, and None for the time left.
    """
    files = list(_files(paths))
    verifier = _Verifier(workspace, as_of, locale or workspace.locale)
    found = []
    for number, path in enumerate(files, start=1):
        found.append(verifier.verified(path))
        if advance is not None:
            advance(number, len(files), None)
    return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            # Word keeps a file of such a name beside one that is open.
            yield from (one for one in sorted(path.rglob("*.docx")) if one.name[:2] != "~$")
        else:
            yield path


class _Verifier:
    """Verifies files of one workspace; what several need is read once."""

    def __init__(self, workspace: Workspace, as_of: date | None, locale: str) -> None:
        self._workspace = workspace
        self._locale = locale
        self._as_of = as_of
        self._templates: dict[Path, Template] = {}
        self._versions: dict[str, str] = {}

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[str, Any]]:
        """Rows of table ``document`` by document id."""
        rows = self._workspace.frames["document"].to_dict("records")
        return {str(row["document_id"]): {str(k): v for k, v in row.items()} for row in rows}

    @cached_property
    def _by_hash(self) -> Mapping[str, str]:
        return {str(row["file_hash"]): key for key, row in self._rows.items() if row["file_hash"]}

    def verified(self, path: Path) -> Verified:
        found = Verified(path)
        try:
            blob = path.read_bytes()
            properties = read_properties(path)
            reading = read_document(blob, path.name)
        except OSError as error:
            reason = error.strerror or str(error)
            return _damaged(
                found, TemplateError("document-unreadable", file=path.name, reason=reason)
            )
        except TemplateError as error:
            reason = str(error.arguments.get("reason", ""))
            return _damaged(
                found, TemplateError("document-unreadable", file=path.name, reason=reason)
            )
        found.comments, found.tracked = reading.comments, reading.tracked
        digest = hashlib.sha256(blob).hexdigest()
        snapshot = self._snapshot(found, properties, digest, reading)
        if snapshot is None:
            return found
        found.kind, found.subject = str(snapshot["kind"]), str(snapshot["subject"])
        found.made = str(snapshot["generated_at"])
        self._compare_text(found, snapshot, digest, reading)
        self._compare_data(found, snapshot)
        self._compare_template(found, snapshot)
        self._find_newer(found)
        found.verdicts = found.verdicts or ["unchanged"]
        return found

    def _snapshot(
        self, found: Verified, properties: Mapping[str, str], digest: str, reading: Reading
    ) -> Mapping[str, Any] | None:
        """Find out which document it is; return its snapshot, or say what cannot be told."""
        self._recognise(found, properties, digest, reading)
        if not found.document_id:
            found.verdicts.append("unknown")
            return None
        path = snapshot_path(self._workspace, found.document_id)
        try:
            snapshot: Mapping[str, Any] = read_json(path)
        except WorkspaceError:
            row = self._rows.get(found.document_id)
            # Documents of ours are registered; a number that was never given is somebody else's.
            found.verdicts.append("foreign" if row is None else "no-snapshot")
            if row is not None:
                found.kind, found.subject = str(row["doc_type"]), str(row["subject"])
                self._find_newer(found)
            return None
        if found.found_by == "properties" and not _is_same(snapshot, properties):
            found.verdicts.append("foreign")
            return None
        return snapshot

    def _recognise(
        self, found: Verified, properties: Mapping[str, str], digest: str, reading: Reading
    ) -> None:
        if properties.get("document_id"):
            found.document_id, found.found_by = properties["document_id"], "properties"
        elif digest in self._by_hash:
            found.document_id, found.found_by = self._by_hash[digest], "hash"
        else:
            numbers = {one for one in _NUMBER.findall(reading.text) if one in self._rows}
            if len(numbers) == 1:
                found.document_id, found.found_by = numbers.pop(), "number"

    def _compare_text(
        self, found: Verified, snapshot: Mapping[str, Any], digest: str, reading: Reading
    ) -> None:
        row = self._rows.get(found.document_id)
        if row is not None and row["file_hash"] == digest:
            return
        kept = kept_template(self._workspace, str(snapshot["template"]))
        try:
            old = self._rendered(kept, snapshot)
        except TemplateError as error:
            found.verdicts.append("template-gone")
            found.error = error
            return
        found.formats = not _OTHER_OFFICE.search(reading.application)
        found.edits = compare_readings(old, reading, formats=found.formats)
        found.verdicts.append("edited" if found.edits or found.tracked else "saved-again")

    def _rendered(self, template: Path, snapshot: Mapping[str, Any]) -> Reading:
        compiled = self._templates.setdefault(template, Template(template))
        record = Record(snapshot["context"], {"subject": str(snapshot["subject"])})
        return read_document(compiled.render_bytes(record), template.name)

    def _compare_data(self, found: Verified, snapshot: Mapping[str, Any]) -> None:
        row = self._rows.get(found.document_id, {})
        made = found.made
        day = self._as_of or made_for(row.get("file", ""), row.get("generated_at") or made)
        if found.kind not in KINDS or day is None:
            return
        key = found.subject.partition(":")[2]
        number = str(snapshot["context"].get("letterhead", {}).get("document_no", ""))
        try:
            context = build_context(self._workspace, found.kind, key, as_of=day, document_no=number)
        except SheetsalesError as error:
            found.verdicts.append("record-gone")
            found.error = error
            return
        regulation = self._workspace.regulation
        now = json.loads(json.dumps(context))
        found.moved = moved_fields(snapshot["context"], now, regulation, found.kind, self._locale)
        if found.moved:
            found.verdicts.append("data-moved")

    def _compare_template(self, found: Verified, snapshot: Mapping[str, Any]) -> None:
        try:
            path = self._workspace.template(found.kind)
        except WorkspaceError:
            return
        if found.kind not in self._versions:
            self._versions[found.kind] = hash_of(path)
        if self._versions[found.kind] == snapshot["template"]:
            return
        found.verdicts.append("template-outdated")
        try:
            kept = kept_template(self._workspace, str(snapshot["template"]))
            old, new = self._rendered(kept, snapshot), self._rendered(path, snapshot)
        except TemplateError:
            # Either template is gone or broken; that it is another one is all there is to say.
            return
        found.template_matters = bool(compare_readings(old, new))

    def _find_newer(self, found: Verified) -> None:
        row = self._rows.get(found.document_id)
        newer = [
            key
            for key, other in self._rows.items()
            if key > found.document_id
            and (other["doc_type"], other["subject"]) == (found.kind, found.subject)
            and other["state"] != "void"
        ]
        if newer or (row is not None and row["state"] == "superseded"):
            found.newer = max(newer, default="")
            found.verdicts.append("superseded")


def _damaged(found: Verified, error: SheetsalesError) -> Verified:
    found.verdicts.append("damaged")
    found.error = error
    return found


def _is_same(snapshot: Mapping[str, Any], properties: Mapping[str, str]) -> bool:
    """Tell whether a snapshot is of this very document, not of one of another company."""
    return all(
        name not in properties or properties[name] == snapshot[name]
        for name in ("kind", "subject", "data_hash", "generated_at")
    )
