"""Check the workbooks: everything that is wrong in them; writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from sheetsales import checks
from sheetsales.problems import Report
from sheetsales.workspace.evidence import collect_evidence

if TYPE_CHECKING:
    from sheetsales.workspace import Workspace


def check(
    workspace: Workspace, *, as_of: date, tables: Collection[str] = (), documents: bool = True
) -> Report:
    """Return the problems of a workspace.

    Args:
        workspace: its tables are read if they were not yet.
        as_of: date of reference.
        tables: report only on these tables; empty for all.
        documents: whether to compare documents with the data they were made of, the slowest part.

    Raises:
        WorkbookError: a workbook cannot be read.
    """
    documents = documents and (not tables or "document" in tables)
    evidence = collect_evidence(workspace, as_of, documents=documents)
    report = checks.check(workspace.tables, workspace.regulation, as_of=as_of, evidence=evidence)
    if not tables:
        return report
    return Report.of(problem for problem in report if problem.table in tables)
