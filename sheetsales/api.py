"""A company from Python: what the command line does, on one object.

Nothing is decided here; each method calls the action of the same name. The examples are of a small
company with three customers, one of them without an address::

    import sheetsales

    company = sheetsales.open("acme")
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.actions.check import check
from sheetsales.actions.documents import Batch, make_documents
from sheetsales.actions.explain import explain
from sheetsales.actions.init import init
from sheetsales.actions.score import score
from sheetsales.actions.status import status
from sheetsales.actions.tables import export_datapackage
from sheetsales.actions.update import update
from sheetsales.errors import WorkspaceError
from sheetsales.locale.messages import Messages
from sheetsales.workspace import Settings, Workspace
from sheetsales.workspace.waiting import settle

if TYPE_CHECKING:
    import pandas as pd

    from sheetsales.actions.documents import Outcome
    from sheetsales.actions.explain import Explanation
    from sheetsales.actions.score import ScoreRun
    from sheetsales.actions.status import Matter
    from sheetsales.actions.update import Updated
    from sheetsales.problems import Problem, Report


def open_company(folder: str | Path, *, as_of: date | None = None) -> Company:
    """Return the company whose workspace a folder belongs to.

    Args:
        folder: the workspace, or a folder within it.
        as_of: date of reference; by default as ``sheetsales.toml`` says, else today.

    Raises:
        WorkspaceError: there is no workspace, or its settings cannot be used.
    """
    return Company(Workspace.open(Path(folder)), as_of)


def create(
    folder: str | Path,
    company: str,
    *,
    locale: str = "zh-Hant",
    currency: str = "TWD",
    tax_id: str = "",
    as_of: date | None = None,
    macros: bool = True,
) -> Company:
    """Create the workspace of a new company: blank workbooks, document templates, settings.

    Args:
        folder: made if missing; must not hold a workspace yet.
        company: the company's name, as on contracts.
        locale: zh-Hant, zh-Hans or en.
        currency: ISO code of its currency.
        tax_id: its tax id; may be filled in later.
        as_of: fixed date of reference, written into the settings.
        macros: make workbooks with buttons (.xlsm); otherwise without any macro (.xlsx).

    Raises:
        WorkspaceError: the folder is taken or cannot be written.
    """
    settings = Settings(company=company, locale=locale, currency=currency, as_of=as_of)
    return Company(init(Path(folder), settings, tax_id=tax_id, macros=macros))


class Company:
    """A company's workspace: its tables, and what can be done with them.

    Rows are read on first use and after every method that writes; :meth:`reload` reads them again.

    Args:
        workspace: its folder.
        as_of: date of reference; None takes the settings', else today.
    """

    def __init__(self, workspace: Workspace, as_of: date | None = None) -> None:
        self._workspace = workspace
        self._given = as_of

    def __repr__(self) -> str:
        return f"Company({str(self.folder)!r})"

    @property
    def folder(self) -> Path:
        """The workspace."""
        return self._workspace.folder

    @property
    def as_of(self) -> date:
        """Date of reference of whatever is computed."""
        return self._workspace.as_of(self._given)

    def reload(self) -> None:
        """Read the workbooks again at the next use."""
        self._workspace.reload()

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows of a table, typed: codes, bare keys, numbers, dates.

        The frame is a copy; changing it changes no workbook.

        >>> company.table("customer")["name"].tolist()
        ['宏遠電子股份有限公司', '台光精密有限公司', '旭日食品行']

        Raises:
            WorkspaceError: ``table-unknown``.
            WorkbookError: a workbook cannot be read.
        """
        if name not in self._workspace.regulation.tables:
            known = list(self._workspace.regulation.tables)
            raise WorkspaceError("table-unknown", table=name, known=known)
        return self._workspace.tables[name].frame.copy()

    def check(self, *tables: str) -> Report:
        """Return everything that is wrong in the workbooks, or in the named tables.

        >>> [(problem.code, str(problem.place)) for problem in company.check("customer")]
        [('COL-required', 'customer.xlsm!客戶!I5')]
        """
        return check(self._workspace, as_of=self.as_of, tables=tables)

    def texts(self, problem: Problem, lang: str | None = None) -> tuple[str, str, str]:
        """Return what is wrong, why it matters and what to do, in a language.

        >>> company.texts(company.check("customer").problems[0], lang="en")[0]
        '“Address” is empty.'
        """
        return Messages.load(lang or self._workspace.locale).problem_texts(problem)

    def status(self) -> list[Matter]:
        """Return what is due, wrong, open or out of date: kinds of matters and how many."""
        report = check(self._workspace, as_of=self.as_of)
        return status(self._workspace, report, as_of=self.as_of)

    def score(self, *names: str, period: str | None = None, dry_run: bool = False) -> ScoreRun:
        """Compute scores, write them back, and refresh what depends on them.

        >>> [(one.name, one.rows) for one in company.score("customers", dry_run=True).scores]
        [('customers', 2)]

        Args:
            names: such as ``appraisal``; none for all.
            period: appraise only the cycles within it, such as ``2026Q3``.
            dry_run: compute and count; write nothing.

        Raises:
            ScoreError: there is no such score, or a parameter is missing.
            WorkspaceError: ``period-unknown``.
            WorkbookQueuedError: somebody has a workbook open that has to be written; the scores
                wait until it is closed.
        """
        run = score(self._workspace, names, as_of=self.as_of, period=period, dry_run=dry_run)
        if not dry_run:
            self.update()
        return run

    def update(self, *, dry_run: bool = False) -> Updated:
        """Write what the engine owns: keys, computed columns, lists, overview, problems.

        What is to be written into a workbook that somebody has open waits; ``busy`` says so. What
        waited for workbooks that are closed by now is written first.

        >>> company.update(dry_run=True).books
        ()

        Raises:
            ConflictError: somebody changed the same cells in the meantime.
        """
        if not dry_run:
            settle(self._workspace)
        report = check(self._workspace, as_of=self.as_of)
        return update(self._workspace, as_of=self.as_of, report=report, dry_run=dry_run)

    def docs(
        self,
        kind: str,
        keys: Collection[str] = (),
        *,
        where: Mapping[str, str] | None = None,
        workers: int = 1,
        force: bool = False,
        pdf: bool = False,
        dry_run: bool = False,
    ) -> Outcome:
        """Produce documents of a kind; records with errors in their own rows are refused.

        >>> made = company.docs("customer_card", keys=["C-000001"], dry_run=True)
        >>> [(one.key, one.path.name) for one in made.documents]
        [('C-000001', 'DOC-000001 宏遠電子股份有限公司.docx')]

        Args:
            kind: such as ``sales_contract``.
            keys: only these records.
            where: only records whose subject row has these values.
            workers: processes to render with.
            force: make records whose rows have errors.
            pdf: convert to PDF too.
            dry_run: render nothing, register nothing.

        Raises:
            WorkspaceError: there is no such kind, record or field, or the template is missing.
            TemplateError: the template cannot be rendered.
            WorkbookBusyError: somebody has the workbook open that documents are registered in.
        """
        if kind not in self._workspace.regulation.documents:
            known = list(self._workspace.regulation.documents)
            raise WorkspaceError("kind-unknown", kind=kind, known=known)
        batch = Batch(
            kind,
            keys=tuple(keys),
            where=tuple((where or {}).items()),
            force=force,
            workers=workers,
            pdf=pdf,
            dry_run=dry_run,
        )
        report = check(self._workspace, as_of=self.as_of, documents=False)
        now = datetime.now().replace(microsecond=0)  # noqa: DTZ005 - as a person reads the clock
        return make_documents(self._workspace, batch, report, as_of=self.as_of, now=now)

    def explain(self, score: str, key: str, *, lang: str | None = None) -> Explanation:
        """Return how a score came about, down to the cells.

        >>> company.explain("customers", "C-000001").nodes[0].title
        '價值分類'

        Raises:
            ScoreError: there is no such score or row.
        """
        locale = lang or self._workspace.locale
        return explain(self._workspace, score, key, as_of=self.as_of, locale=locale)

    def export(self, folder: str | Path) -> list[str]:
        """Write the tables as a data package into a folder; return the names of the files.

        Raises:
            WorkspaceError: the folder holds other files or cannot be written.
        """
        return export_datapackage(self._workspace, Path(folder))
