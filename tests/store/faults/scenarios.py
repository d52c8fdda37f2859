"""What is done under faults, and what must hold whatever happened."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sheetsales.errors import WorkbookError, WorkbookQueuedError
from sheetsales.store import Pending, Workbook, apply_pending, restore, save_books, system
from sheetsales.store.folders import StoreFolder
from sheetsales.store.history import History
from sheetsales.store.journal import Journal
from tests.store import books
from tests.store.faults.hook import Ended

ROWS = 20
_MACROS = bytes(range(256)) * 64
_VBA = "application/vnd.ms-office.vbaProject"
_OLD_STANDS = ("workbook-not-written", "workbook-locked")


def make_book(path: Path, rows: int = ROWS) -> Path:
    """Write a book with a Table ``t`` of keys k001… and numbers; an .xlsm also has macros."""
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>鍵</t></is></c>'
    cells += '<c r="B1" t="inlineStr"><is><t>值</t></is></c></row>'
    for row in range(2, rows + 2):
        cells += f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>k{row - 1:03d}</t></is></c>'
        cells += f'<c r="B{row}"><v>0</v></c></row>'
    table = books.table_part(f"A1:B{rows + 1}")
    sheet = books.worksheet(
        cells, after='<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
    )
    content = books.parts(sheet, table)
    if path.suffix == ".xlsm":
        types = str(content["[Content_Types].xml"])
        content["[Content_Types].xml"] = types.replace(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
            "application/vnd.ms-excel.sheet.macroEnabled.main",
        ).replace(
            "<Override ",
            f'<Default Extension="bin" ContentType="{_VBA}"/><Override ',
            1,
        )
        content["xl/vbaProject.bin"] = _MACROS
    return books.write_parts(path, content)


def change(path: Path, key: str, value: int) -> Workbook:
    """Open a book and ask for one change."""
    book = Workbook.open(path)
    book.table("t", key=["鍵"]).update({key: {"值": value}})
    return book


def save(path: Path, key: str, value: int) -> None:
    """Change one row of a book and save it."""
    with change(path, key, value) as book:
        book.save()


@dataclass
class Scenario:
    """Something that is done to the books of a folder.

    Attributes:
        name: its name.
        names: the books.
        prepare: makes the folder ready for it.
        act: does it.
    """

    name: str
    names: tuple[str, ...]
    prepare: Callable[[Path], None]
    act: Callable[[Path], None]
    place: Path = field(default_factory=Path)

    def set_up(self, place: Path) -> None:
        """Make the folder that every run starts with; learn what the books are after each step."""
        self.place = place / self.name
        (self.place / "before").mkdir(parents=True)
        for name in self.names:
            make_book(self.before / name)
        self.prepare(self.before)

    @property
    def before(self) -> Path:
        """The folder as every run finds it."""
        return self.place / "before"

    def fresh(self) -> Path:
        """Return a new copy of the folder."""
        run = self.place / "run"
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(self.before, run)
        return run

    def digests(self, folder: Path) -> list[str]:
        """Return the SHA-256 of each book; "" for one that is missing."""
        paths = [folder / name for name in self.names]
        return [system.digest_of(path) if path.exists() else "" for path in paths]

    @cached_property
    def old(self) -> list[str]:
        """The books before."""
        return self.digests(self.before)

    @cached_property
    def new(self) -> list[str]:
        """The books after a run that nothing disturbed."""
        return self._after(self.act)

    @cached_property
    def old_next(self) -> list[str]:
        """The books after the next save, if this one did not come about."""
        return self._after(self.next_save, without_pending=True)

    @cached_property
    def new_next(self) -> list[str]:
        """The books after this and the next save."""
        return self._after(lambda folder: (self.act(folder), self.next_save(folder)))

    def next_save(self, folder: Path) -> None:
        """Do what everybody must be able to do afterwards: change another row of the first book."""
        save(folder / self.names[0], "k010", 1010)

    def _after(self, act: Callable[[Path], object], *, without_pending: bool = False) -> list[str]:
        folder = self.fresh()
        if without_pending:
            shutil.rmtree(folder / ".sheetsales" / "pending", ignore_errors=True)
        act(folder)
        for name in self.names:
            _open(folder / name)
        return self.digests(folder)

    def faults(self, folder: Path, ended: Ended) -> Iterator[str]:
        """Yield what is wrong in a folder after a run that was disturbed; then save once more."""
        if ended.state == "raised":
            yield f"raised {ended.detail}"
        found = self.digests(folder)
        for name, digest, old, new in zip(self.names, found, self.old, self.new, strict=True):
            if digest not in (old, new):
                yield f"{name} is neither old nor new: {digest or 'missing'}"
            if digest == new and not _keeps(folder, name, old):
                yield f"{name} was not kept"
        if ended.state == "done" and found != self.new:
            yield "acknowledged but absent"
        stands = ended.state == "refused" and ended.detail in _OLD_STANDS
        if stands and found != self.old and len(self.names) == 1:  # of several the rest follows
            yield f"{ended.detail}, but it was written"
        yield from self._journal_faults(folder)
        yield from self._faults_of_the_next_save(folder, was_new=found == self.new)

    def _journal_faults(self, folder: Path) -> Iterator[str]:
        for fault in Journal(StoreFolder(folder)).verify():
            if fault.is_tampering:
                yield f"journal: {fault}"

    def _faults_of_the_next_save(self, folder: Path, *, was_new: bool) -> Iterator[str]:
        must_be_new = was_new or self.name == "pending"
        self.next_save(folder)
        found = self.digests(folder)
        if found != self.new_next and (must_be_new or found != self.old_next):
            yield "the next save met neither the old nor the new books"
        for name in self.names[1:]:  # what was left beside a book goes when that book is saved
            save(folder / name, "k011", 1011)
        for fault in Journal(StoreFolder(folder)).verify():
            yield f"journal after the next save: {fault}"
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not self._belongs(path.relative_to(folder)):
                yield f"left over: {path.relative_to(folder)}"

    def _belongs(self, path: Path) -> bool:
        if path.parts[0] != ".sheetsales":
            return path.as_posix() in self.names
        place = path.parts[1]
        if place == "history":
            return path.suffix in (".xlsx", ".xlsm")
        if place == "locks":
            return path.suffix == ".lock" or path.name.endswith(".holder.json")
        return place in ("journal.jsonl", "journal.head.json", "journal.torn")


def scenarios() -> list[Scenario]:
    """Return what is done under faults."""
    one, two, macro = ("a.xlsx",), ("a.xlsx", "b.xlsx"), ("m.xlsm",)
    return [
        Scenario("first_save", one, _nothing, lambda place: save(place / "a.xlsx", "k001", 1)),
        Scenario("save", one, _saved_before, lambda place: _grow(place / "a.xlsx")),
        Scenario("xlsm", macro, _saved_before, lambda place: _grow(place / "m.xlsm")),
        Scenario("transaction", two, _saved_before, _save_both),
        Scenario("pending", one, _queued_before, _apply),
        Scenario("restore", one, _saved_before, _restore),
    ]


def _nothing(_: Path) -> None:
    """Leave the folder without a store folder."""


def _saved_before(folder: Path) -> None:
    for path in sorted(folder.glob("*.xls?")):
        save(path, "k002", 2)


def _queued_before(folder: Path) -> None:
    _saved_before(folder)
    owner_file = folder / "~$a.xlsx"
    owner_file.write_bytes(b"")
    try:
        save(folder / "a.xlsx", "k003", 3)
    except WorkbookQueuedError:
        owner_file.unlink()


def _grow(path: Path) -> None:
    """Change a row and add one, so that sheet and table part are written."""
    with change(path, "k001", 1) as book:
        book.table("t", key=["鍵"]).append([{"鍵": "n001", "值": 7}])
        book.save()


def _save_both(folder: Path) -> None:
    save_books([change(folder / name, "k001", 1) for name in ("a.xlsx", "b.xlsx")])


def _apply(folder: Path) -> None:
    outcomes = apply_pending(StoreFolder(folder))
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    if [outcome.state for outcome in outcomes] != ["applied"]:
        raise WorkbookError("pending-unreadable", left=Pending(StoreFolder(folder)).unreadable())


def _restore(folder: Path) -> None:
    book = folder / "a.xlsx"
    oldest = History(StoreFolder(folder)).versions(book)[-1]
    restore(book, oldest)


def _keeps(folder: Path, name: str, digest: str) -> bool:
    versions = History(StoreFolder(folder)).versions(folder / name)
    return any(digest.startswith(version.digest) for version in versions)


def _open(path: Path) -> None:
    """Open a book to the last byte."""
    with zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None:
            raise AssertionError(path)
        if path.suffix == ".xlsm" and archive.read("xl/vbaProject.bin") != _MACROS:
            raise AssertionError(path)
    books.values(path)
