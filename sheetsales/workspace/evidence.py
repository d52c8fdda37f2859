"""What checks compare with: recomputed figures, today's documents, what was seen before."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sheetsales.checks import Evidence
from sheetsales.contexts import KINDS
from sheetsales.contexts.hashing import data_hash
from sheetsales.errors import ScoreError, SheetsalesError
from sheetsales.scores.actuals import score_actuals
from sheetsales.scores.params import Params
from sheetsales.workspace.computed import written_values
from sheetsales.workspace.runs import recomputed_appraisals
from sheetsales.workspace.seen import read_seen

if TYPE_CHECKING:
    import pandas as pd

    from sheetsales.workspace.folder import Workspace

_DATE_LENGTH = len("2026-09-30")
_CURRENT = ("generated", "sent", "signed")


def collect_evidence(workspace: Workspace, as_of: date, *, documents: bool = True) -> Evidence:
    """Return the evidence that rules need beyond the tables, with or without documents."""
    seen = read_seen(workspace)
    return Evidence(
        kpi_actuals=_actuals(workspace, as_of),
        appraisals=recomputed_appraisals(workspace),
        document_hashes=todays_hashes(workspace) if documents else {},
        written=written_values(workspace),
        sealed=seen.rows,
        known_keys=seen.keys,
    )


def todays_hashes(workspace: Workspace) -> dict[str, str]:
    """Return, for every document in use, the hash of what it would show today, by document id.

    The contents are built as of the day that the document was made for, so that only data that
    moved on changes the hash, never the calendar. Documents of rows that are gone are left out.
    """
    found = {}
    for row in workspace.frames["document"].to_dict("records"):
        kind, as_of = str(row["doc_type"]), made_for(row["file"], row["generated_at"])
        if row["state"] not in _CURRENT or kind not in KINDS or as_of is None:
            continue
        key = str(row["subject"]).partition(":")[2]
        try:
            context = build_context(workspace, kind, key, as_of=as_of, document_no="")
        except SheetsalesError:
            # A subject that cannot be shown any more has problems of its own.
            continue
        found[str(row["document_id"])] = data_hash(context)
    return found


def made_for(file: object, generated_at: object) -> date | None:
    """Return the date of reference of a document: its folder says it, else the day it was made."""
    for text in (PurePosixPath(str(file)).parent.name, str(generated_at)[:_DATE_LENGTH]):
        with suppress(ValueError):
            return date.fromisoformat(text)
    return None


def build_context(
    workspace: Workspace, kind: str, key: str, *, as_of: date, document_no: str
) -> dict[str, Any]:
    """Return what a document shows, as plain data.

    Raises:
        SheetsalesError: there is no such record, or it cannot be shown.
    """
    built = KINDS[kind].build(
        workspace.frames,
        key,
        regulation=workspace.regulation,
        locale=workspace.locale,
        as_of=as_of,
        document_no=document_no,
    )
    return dataclasses.asdict(built)


def _actuals(workspace: Workspace, as_of: date) -> pd.DataFrame | None:
    try:
        return score_actuals(workspace.frames, Params.of(workspace.frames, as_of), as_of=as_of)
    except ScoreError:
        # What hinders the computation, a missing parameter say, is a problem of its own.
        return None
