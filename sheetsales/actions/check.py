"""Check the workbooks: everything that is wrong in them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales import checks
from sheetsales.problems import Report
from sheetsales.workspace.evidence import collect_evidence
from sheetsales.workspace.refresh import BookSheets
from sheetsales.workspace.writing import Writer

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


def list_problems(workspace: Workspace, book: Path, report: Report) -> None:
    """List the problems of one workbook on its sheet 檢核, in place of those of an earlier check.

    Args:
        workspace: the workbook's workspace.
        book: file of the workbook.
        report: what a check found.

    Raises:
        WorkbookError: the workbook could not be written.
    """
    stem = next(stem for stem, path in workspace.book_paths() if path == book)
    writer = Writer(workspace, "check")
    sheets = BookSheets(workspace, stem, book, writer.book(book))
    sheets.refresh_problems(one for one in report if one.place.book == book.name)
    writer.save_refreshed()
    workspace.reload()
