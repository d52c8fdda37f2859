"""A batch as it was fixed before its first document: kept until the last one is registered.

One file per batch in ``.sheetsales/batches``: a line for the batch, then one per document with its
id, its key and all that it shows, so that a batch that was killed goes on with the same contents.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from sheetsales.actions.documents.batch import Planned, Refused, Unfinished
from sheetsales.errors import WorkspaceError

if TYPE_CHECKING:
    from sheetsales.locale.messages import Messages
    from sheetsales.workspace import Workspace

_REGISTERED = ".registered"


@dataclass(frozen=True, slots=True)
class Plan:
    """A batch that is fixed.

    Attributes:
        path: its file.
        kind: the kind of document.
        as_of: date of reference of the contents.
        now: time of the making.
        template: hash of the template.
        count: how many documents it has.
        last_id: id of the last one.
        refused: records that get no document, and why.
    """

    path: Path
    kind: str
    as_of: date
    now: datetime
    template: str
    count: int
    last_id: str
    refused: tuple[Refused, ...]

    def documents(self) -> Iterator[Planned]:
        """Yield what to make, one at a time."""
        with self.path.open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                yield Planned(**json.loads(line))

    @property
    def is_registered(self) -> bool:
        """Whether the rows of the documents are written, or wait for the workbook."""
        return self.path.with_suffix(_REGISTERED).exists()

    def note_registered(self) -> None:
        """Note that the rows of the documents are written, or wait for the workbook."""
        self.path.with_suffix(_REGISTERED).touch()

    def finish(self) -> None:
        """Forget the batch: all is done."""
        # The mark first: left behind, it would count for a later batch of the same name.
        self.path.with_suffix(_REGISTERED).unlink(missing_ok=True)
        self.path.unlink()


def batches_folder(workspace: Workspace) -> Path:
    """Return the folder of the plans."""
    return workspace.own_folder / "batches"


@contextmanager
def only_batch(workspace: Workspace) -> Iterator[None]:
    """Keep others from making documents here meanwhile: they would take the same ids.

    Raises:
        WorkspaceError: ``batch-running``.
    """
    folder = batches_folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise WorkspaceError("batch-running") from error
    try:
        yield
    finally:
        lock.release()


def write_plan(
    workspace: Workspace,
    kind: str,
    planned: Iterable[Planned | Refused],
    head: dict[str, Any],
    messages: Messages,
) -> Plan:
    """Write a plan so that it stays after a power cut, and return it.

    Args:
        workspace: where it is kept.
        kind: the kind of document.
        planned: what to make, in order, and what not; drawn one at a time.
        head: ``as_of``, ``now`` and the hash of the ``template``.
        messages: in whose language the reasons of refusals are kept.
    """
    folder = batches_folder(workspace)
    body, count, last_id = folder / ".plan.tmp", 0, ""
    refused: list[Refused] = []
    with body.open("w", encoding="utf-8") as out:
        for one in planned:
            if isinstance(one, Refused):
                refused.append(one)
                continue
            out.write(json.dumps(one.as_object(), ensure_ascii=True) + "\n")
            count, last_id = count + 1, one.document_id
    texts = [{"key": one.key, "texts": list(one.reasons(messages))} for one in refused]
    described = {**head, "kind": kind, "count": count, "last_id": last_id, "refused": texts}
    whole = folder / ".whole.tmp"
    with whole.open("w", encoding="utf-8") as out, body.open(encoding="utf-8") as lines:
        out.write(json.dumps(described, ensure_ascii=True) + "\n")
        out.writelines(lines)
        out.flush()
        os.fsync(out.fileno())
    body.unlink()
    path = folder / f"{kind}.{last_id or 'none'}.jsonl"
    whole.replace(path)
    return replace(_read(path), refused=tuple(refused))


def unfinished_plans(workspace: Workspace) -> list[Plan]:
    """Return the plans of batches that did not come to their end, the oldest first."""
    found = []
    with suppress(FileNotFoundError):
        for path in batches_folder(workspace).glob("*.jsonl"):
            with suppress(ValueError, KeyError):
                found.append(_read(path))
    return sorted(found, key=lambda plan: (plan.now, plan.last_id))


def unfinished(plan: Plan) -> Unfinished:
    """Return what to tell of a batch that did not come to its end."""
    return Unfinished(plan.kind, plan.count, plan.now)


def _read(path: Path) -> Plan:
    with path.open(encoding="utf-8") as lines:
        head = json.loads(next(lines, ""))
    return Plan(
        path,
        head["kind"],
        date.fromisoformat(head["as_of"]),
        datetime.fromisoformat(head["now"]),
        head["template"],
        head["count"],
        head["last_id"],
        tuple(Refused(one["key"], texts=tuple(one["texts"])) for one in head["refused"]),
    )
