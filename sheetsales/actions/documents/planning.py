"""Which documents a batch makes, with which ids and contents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsales.actions.documents.archive import keep_template, snapshot_path, subject
from sheetsales.actions.documents.batch import Batch, Planned, Refused
from sheetsales.actions.documents.choice import sorted_out
from sheetsales.actions.documents.plan import Plan, unfinished_plans, write_plan
from sheetsales.contexts.hashing import data_hash
from sheetsales.errors import SheetsalesError, TemplateError
from sheetsales.locale.messages import Messages
from sheetsales.workspace.evidence import build_context

if TYPE_CHECKING:
    from sheetsales.problems import Report
    from sheetsales.workspace import Workspace

_BREAKS = re.compile("[\a\f]")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is asked for, and of what.

    Attributes:
        workspace: where the data come from.
        batch: what to make.
        report: problems of the data.
        as_of: date of reference of the contents.
        file: name of the template.
    """

    workspace: Workspace
    batch: Batch
    report: Report
    as_of: date
    file: str

    def planned(self) -> Iterator[Planned | Refused]:
        """Return the records that are refused, then what to make, built one at a time.

        Raises:
            WorkspaceError: a key belongs to no record, or a condition makes no sense.
        """
        allowed, refused = sorted_out(self.workspace, self.batch, self.report, self.as_of)
        return chain(refused, self._built(allowed))

    def write(self, planned: Iterable[Planned | Refused], template: Path, now: datetime) -> Plan:
        """Fix the batch in a file, keep its template, and return the plan."""
        head = {
            "as_of": self.as_of.isoformat(),
            "now": now.isoformat(),
            "template": keep_template(self.workspace, template),
        }
        messages = Messages.load(self.workspace.locale)
        return write_plan(self.workspace, self.batch.kind, planned, head, messages)

    def _built(self, allowed: list[tuple[str, bool]]) -> Iterator[Planned | Refused]:
        # Drawn under the lock: ids that another batch has taken meanwhile are not given again.
        ids = _new_ids(self.workspace)
        for key, forced in allowed:
            document_id = next(ids)
            try:
                context = self._context(key, document_id)
            except SheetsalesError as error:
                yield Refused(key, error=error)
            else:
                yield Planned(document_id, key, context, data_hash(context), forced)

    def _context(self, key: str, document_id: str) -> dict[str, Any]:
        kind = self.batch.kind
        context = build_context(
            self.workspace, kind, key, as_of=self.as_of, document_no=document_id
        )
        # Through the plan's JSON, so that a batch makes the same whether it was killed or not.
        context = dict(json.loads(json.dumps(context)))
        _refuse_breaks(context, "", file=self.file, record=subject(self.workspace, kind, key))
        return context


def _refuse_breaks(value: object, field: str, **where: str) -> None:
    """Refuse the characters that a template takes for a new paragraph or page.

    Raises:
        TemplateError: ``record-character``.
    """
    if isinstance(value, str):
        found = _BREAKS.search(value)
        if found:
            character = f"U+{ord(found.group()):04X}"
            raise TemplateError("record-character", field=field, character=character, **where)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _refuse_breaks(part, f"{field}.{key}" if field else str(key), **where)
    elif isinstance(value, list):
        for position, part in enumerate(value, start=1):
            _refuse_breaks(part, f"{field}[{position}]", **where)


def _new_ids(workspace: Workspace) -> Iterator[str]:
    """Yield ids that no document has, also none whose row waits or whose batch was killed."""
    table = workspace.regulation.tables["document"]
    keys = workspace.tables["document"].keys()
    used = {key for key in keys if key}
    used |= {path.stem for path in snapshot_path(workspace, "x").parent.glob("*.json")}
    used |= {plan.last_id for plan in unfinished_plans(workspace)}
    number = max(map(_number, used), default=0)
    while True:
        number += 1
        yield f"{table.key_prefix}-{number:06d}"


def _number(document_id: str) -> int:
    digits = document_id.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0
