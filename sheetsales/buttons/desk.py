"""Where a press works: the workspace with its open workbooks, the selection, the words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sheetsales.actions.check import check, list_problems
from sheetsales.actions.documents import Batch, make_documents
from sheetsales.actions.explain import explain, list_explanation
from sheetsales.actions.sample import sample
from sheetsales.actions.score import score
from sheetsales.actions.split import split
from sheetsales.actions.update import update
from sheetsales.buttons.told import Told
from sheetsales.errors import WorkbookBusyError, WorkspaceError
from sheetsales.locale.messages import Messages
from sheetsales.store import StoreFolder
from sheetsales.store.locks import file_lock
from sheetsales.workbooks.layout import CHECKS_SHEET, EXPLANATION
from sheetsales.workspace import Workspace
from sheetsales.workspace.waiting import settle

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sheetsales.actions.documents import Outcome
    from sheetsales.problems import Report
    from sheetsales.store.live_screen import Screen

_MOST_REASONS = 3


@dataclass(frozen=True)
class Desk:
    """What one press works with.

    Attributes:
        screen: the workbook that was pressed in.
        workspace: its workspace; workbooks that are open beside it are live too.
    """

    screen: Screen
    workspace: Workspace

    @classmethod
    @contextmanager
    def at(cls, screen: Screen) -> Iterator[Desk]:
        """Open the workspace that a pressed workbook belongs to.

        Raises:
            WorkspaceError: ``press-outside``, it belongs to none; ``press-running``, another
                button is at work.
        """
        folder = screen.path.parent
        with ExitStack() as books:
            live = {one.path: books.enter_context(one) for one in screen.open_books(folder)}
            workspace = Workspace.open(folder, live)
            if all(path != screen.path for _, path in workspace.book_paths()):
                raise WorkspaceError("press-outside", book=screen.path.name)
            books.enter_context(_alone(workspace))
            settle(workspace)
            yield cls(screen, workspace)

    @property
    def as_of(self) -> date:
        """Date of reference."""
        return self.workspace.as_of()

    @cached_property
    def messages(self) -> Messages:
        """Texts in the language of the workspace."""
        return Messages.load(self.workspace.locale)

    def selected(self, table: str, field: str = "") -> tuple[str, ...]:
        """Return the keys of the selected rows that are shown, or what stands in a field of them.

        Raises:
            WorkspaceError: ``selection-none``, no row of the table is selected.
        """
        data = self.workspace.tables[table]
        areas = self.screen.selection()
        found: dict[str, None] = {}
        keys = data.keys()
        values = data.frame[field].tolist() if field else keys
        for position, row in enumerate(data.excel_rows):
            book = data.books[int(data.book_numbers[position])]
            is_here = (book.book, book.sheet) == (self.screen.path.name, self.screen.sheet)
            inside = any(area.first_row <= row <= area.last_row for area in areas)
            if is_here and inside and keys[position] and self.screen.is_shown(int(row)):
                found[str(values[position])] = None
        if not found:
            raise self._none_selected(table)
        return tuple(found)

    def _none_selected(self, table: str) -> WorkspaceError:
        title = self.workspace.regulation.tables[table].title.written(self.workspace.locale)
        return WorkspaceError("selection-none", title=title)

    def selected_people(self) -> tuple[str, ...]:
        """Return the employees whose targets are selected.

        Raises:
            WorkspaceError: ``selection-none``.
        """
        subjects = self.selected("target", "subject_id")
        known = set(self.workspace.tables["employee"].keys())
        people = tuple(one for one in subjects if one in known)
        if not people:
            raise self._none_selected("employee")
        return people

    def check(self, *tables: str) -> Told:
        """Check, list the problems of this workbook on its sheet 檢核, and say how many."""
        report = check(self.workspace, as_of=self.as_of, tables=tables)
        list_problems(self.workspace, self.screen.path, report)
        return self._told_problems(report)

    def update(self) -> Told:
        """Bring up to date whatever the engine owns, and say how much that was."""
        report = check(self.workspace, as_of=self.as_of)
        done = update(self.workspace, as_of=self.as_of, report=report)
        return self._with_busy(self.messages.counts("update", done.counts), done.busy)

    def score(self, *names: str) -> Told:
        """Compute scores, write them, and say of how many rows."""
        run = score(self.workspace, names, as_of=self.as_of)
        parts = [
            self.messages.text(
                "press-scored",
                name=self.messages.text(f"score-of-{one.name}"),
                scored=one.rows,
                without=one.without,
                changed=one.changed,
            )
            for one in run.scores
        ]
        return self._refreshed("\n".join(parts))

    def split(self, plans: Collection[str]) -> Told:
        """Split plans into targets, and say how many changed."""
        done = split(self.workspace, plans)
        text = self.messages.text("split-done", changed=done.changed, added=done.added)
        return self._refreshed(text)

    def sample(self, audits: Collection[str]) -> Told:
        """Draw the samples of audits, and say how many of how many."""
        report = check(self.workspace, as_of=self.as_of)
        done = sample(self.workspace, audits, report, as_of=self.as_of)
        tables = self.workspace.regulation.tables
        parts = [
            self.messages.text(
                "sample-drawn",
                title=tables[one.table].title.written(self.workspace.locale),
                drawn=len(one.keys),
                size=one.size,
            )
            for one in done.populations
        ]
        parts.append(self.messages.text("sample-done", added=done.added, failed=done.failed))
        return Told("\n".join(parts))

    def explain(self, name: str, key: str) -> Told:
        """List how a score came about on the sheet 說明, and say what it is."""
        locale = self.workspace.locale
        explanation = explain(self.workspace, name, key, as_of=self.as_of, locale=locale)
        list_explanation(self.workspace, self.screen.path, explanation)
        main = explanation.nodes[0]
        text = self.messages.text(
            "press-explained",
            key=key,
            subject=explanation.title,
            title=main.title,
            value=main.shown if main.step.value is not None else main.reason,
        )
        sheet = EXPLANATION.title.written(locale)
        return Told(text, target=f"#'{sheet}'!A1", label=sheet)

    def _refreshed(self, text: str) -> Told:
        """Bring up to date what rests on what was written; return what is said."""
        report = check(self.workspace, as_of=self.as_of)
        busy = update(self.workspace, as_of=self.as_of, report=report).busy
        return self._with_busy(text, busy)

    def make(self, kind: str, keys: Collection[str]) -> Told:
        """Make documents; say how many, why some were refused, and link to them."""
        report = check(self.workspace, as_of=self.as_of, documents=False)
        now = datetime.now().replace(microsecond=0)  # noqa: DTZ005 - as a person reads the clock
        batch = Batch(kind, keys=tuple(keys))
        outcome = make_documents(self.workspace, batch, report, as_of=self.as_of, now=now)
        return self._told_documents(outcome)

    def target(self, path: Path) -> str:
        """Return a file as a link from a workbook names it."""
        folder = self.screen.path.parent
        inside = path.relative_to(self.workspace.folder)
        up = [".."] * len(folder.relative_to(self.workspace.folder).parts)
        return quote("/".join([*up, *inside.parts]), safe="/")

    def _told_problems(self, report: Report) -> Told:
        here = sum(problem.place.book == self.screen.path.name for problem in report)
        counts = report.counts
        text = self.messages.text("press-checked", here=here, **counts)
        sheet = CHECKS_SHEET.written(self.workspace.locale)
        is_good = not (counts["error"] or counts["warning"])
        return Told(text, is_good, f"#'{sheet}'!A1" if here else "", sheet)

    def _told_documents(self, outcome: Outcome) -> Told:
        made = outcome.documents
        lines = [
            self.messages.text("docs-done", made=len(made), refused=len(outcome.refused)),
            *(
                f"{one.key}：{next(iter(one.reasons(self.messages)), '')}"
                for one in outcome.refused[:_MOST_REASONS]
            ),
        ]
        if len(made) == 1:
            link = (self.target(made[0].path), made[0].path.name)
        elif made:
            folder = made[0].path.parent
            link = (self.target(folder), self.messages.text("press-folder", count=len(made)))
        else:
            link = ("", "")
        return Told("\n".join(lines), not outcome.refused, *link)

    def _with_busy(self, text: str, busy: Iterable[WorkbookBusyError]) -> Told:
        lines = [self.messages.error_texts(error)[0] for error in busy]
        return Told("\n".join([text, *lines]), is_good=not lines)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Keep a second button from working at the same time: both would write the same cells."""
    lock = StoreFolder(workspace.folder).made().locks / "press.lock"
    lock.parent.mkdir(exist_ok=True)
    try:
        with file_lock(lock, lock.name, 0):
            yield
    except WorkbookBusyError as error:
        if error.code == "workbook-lock-timeout" and error.arguments.get("book") == lock.name:
            raise WorkspaceError("press-running") from error
        raise
