"""Draw the samples of audits and answer the checks that data can answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetsales.errors import WorkspaceError
from sheetsales.locale.messages import Messages
from sheetsales.scores.columns import live, rows
from sheetsales.scores.params import Params
from sheetsales.scores.sampling import Population, draw_samples
from sheetsales.workspace.writing import Writer

if TYPE_CHECKING:
    from datetime import date

    from sheetsales.problems import Problem, Report
    from sheetsales.store import Plan
    from sheetsales.workspace import Workspace

OPEN_STATES = frozenset({"planned", "notified", "fieldwork"})
"""States of an audit in which results may still be added."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """What was drawn: per table how many of how many; results added; what a dry run would write."""

    populations: tuple[Population, ...]
    added: int
    failed: int
    plans: tuple[Plan, ...] = ()


def sample(
    workspace: Workspace,
    audits: Collection[str],
    report: Report,
    *,
    as_of: date,
    dry_run: bool = False,
) -> Sampled:
    """Draw the samples of audits by their published seeds, and add a result per check and sample.

    A check that names a rule is answered by it: a sample that the rule finds fault with does not
    conform, and what the rule says is the evidence. Results that are there already are kept.

    Args:
        workspace: where audits, checks and results are.
        audits: keys of the audits.
        report: problems of the whole workspace.
        as_of: date of reference.
        dry_run: draw and count; write nothing.

    Raises:
        WorkspaceError: ``audit-missing``, ``audit-closed``, ``audit-unplanned`` (it has no seed or
            no period).
        ScoreError: a parameter is missing.
        WorkbookQueuedError: somebody has the workbook open; the results wait.
    """
    work = _Sampling(workspace, report, Params.of(workspace.frames, as_of))
    for audit in audits:
        work.draw(audit)
    writer = Writer(workspace, "sample")
    writer.append("audit_result", work.added)
    shown = tuple(book.changes for book in writer.books)
    if not dry_run:
        writer.save()
        workspace.reload()
    failed = sum(row["result"] == "nonconform" for row in work.added)
    return Sampled(tuple(work.populations), len(work.added), failed, shown)


class _Sampling:
    """The results of some audits, one after the other."""

    def __init__(self, workspace: Workspace, report: Report, params: Params) -> None:
        self._workspace = workspace
        self._params = params
        self._messages = Messages.load(workspace.locale)
        names = ("audit_id", "check_id", "sample_ref")
        self._known = set(rows(workspace.frames["audit_result"], *names))
        self._problems: dict[tuple[str, str], Problem] = {}
        for problem in report:
            # Rows of details carry the key of what they belong to in front.
            self._problems.setdefault((problem.code, problem.key.partition("/")[0]), problem)
        self.populations: list[Population] = []
        self.added: list[dict[str, object]] = []

    def draw(self, audit: str) -> None:
        """Add the results of one audit."""
        start, end, seed, lead = self._plan(audit)
        checks = list(rows(live(self._workspace.frames["audit_check"]), "check_id", "query_code"))
        for drawn in draw_samples(self._workspace.frames, (start, end), seed, self._params):
            self.populations.append(drawn)
            for check, rule in checks:
                if rule is not None and rule.startswith(drawn.rules):
                    for key in drawn.keys:
                        self._add(audit, (check, rule), (drawn.table, key), lead)

    def _plan(self, audit: str) -> tuple[date, date, int, str | None]:
        names = ("audit_id", "scope_from", "scope_to", "sample_seed", "lead_id", "state")
        for key, start, end, seed, lead, state in rows(self._workspace.frames["audit"], *names):
            if key == audit:
                if None in (start, end, seed):
                    raise WorkspaceError("audit-unplanned", audit=audit)
                if state not in OPEN_STATES:
                    raise WorkspaceError("audit-closed", audit=audit, state=state)
                return start, end, int(seed), lead
        raise WorkspaceError("audit-missing", audit=audit)

    def _add(
        self, audit: str, check: tuple[str, str], sample: tuple[str, str], lead: str | None
    ) -> None:
        (check_id, rule), (table, key) = check, sample
        reference = f"{table}:{key}"
        if (audit, check_id, reference) in self._known:
            return
        problem = self._problems.get((rule, key))
        if problem is None:
            evidence = self._messages.text("sample-conforms", rule=rule)
        else:
            evidence = f"{problem.place} {self._messages.problem_texts(problem)[0]}"
        self.added.append(
            {
                "audit_id": audit,
                "check_id": check_id,
                "sample_ref": reference,
                "result": "conform" if problem is None else "nonconform",
                "evidence": evidence,
                "auditor_id": lead,
            }
        )
