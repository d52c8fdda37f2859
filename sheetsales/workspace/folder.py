"""A company's folder: where things are, its tables loaded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.errors import WorkbookError, WorkspaceError
from sheetsales.locale.conversion import to_simplified
from sheetsales.schema import Field, Regulation, load_regulation
from sheetsales.store import RawTable, Workbook, read_tables
from sheetsales.store.owners import refuse_open_book
from sheetsales.workspace.meta import refuse_newer
from sheetsales.workspace.settings import SETTINGS, Settings, read_settings

if TYPE_CHECKING:
    from sheetsales.store.live import LiveBook
    from sheetsales.tables import Frames, Tables

SUFFIXES = (".xlsx", ".xlsm")


class Workspace:
    """A company's folder; workbooks are read once, on first use.

    Args:
        folder: the folder that holds ``sheetsales.toml``.
        settings: its settings.
        live: workbooks that are open in the application that this process works for, by file:
            they are read and written there, unsaved values included.
    """

    def __init__(
        self, folder: Path, settings: Settings, live: Mapping[Path, LiveBook] | None = None
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.live = dict(live or {})
        self._read: dict[Path, tuple[tuple[int, int, int], Mapping[str, RawTable]]] = {}

    @classmethod
    def open(cls, folder: Path, live: Mapping[Path, LiveBook] | None = None) -> Workspace:
        """Return the workspace that a folder belongs to, looking upwards.

        Args:
            folder: where to begin.
            live: see the class.

        Raises:
            WorkspaceError: no folder up to the root holds ``sheetsales.toml``, or it is not valid.
        """
        start = folder.resolve()
        for candidate in (start, *start.parents):
            if (candidate / SETTINGS).is_file():
                return cls(candidate, read_settings(candidate / SETTINGS), live)
        raise WorkspaceError("workspace-missing", folder=str(folder), file=SETTINGS)

    @property
    def regulation(self) -> Regulation:
        """The regulation that the workspace runs by."""
        return load_regulation()

    @property
    def locale(self) -> str:
        """Language of workbooks and documents."""
        return self.settings.locale

    @property
    def own_folder(self) -> Path:
        """Folder of the engine's own files."""
        return self.folder / ".sheetsales"

    @property
    def documents_folder(self) -> Path:
        """Folder of the generated documents."""
        return self.folder / "documents"

    def as_of(self, given: date | None = None) -> date:
        """Return the date of reference: the given one, the settings' one, else today."""
        return given or self.settings.as_of or date.today()  # noqa: DTZ011 - the user's own day

    def template(self, kind: str) -> Path:
        """Return the company's Word template of a document kind.

        Raises:
            WorkspaceError: the file is not there.
        """
        path = self.folder / "templates" / f"{kind}.docx"
        if not path.is_file():
            raise WorkspaceError("own-template-missing", file=f"templates/{kind}.docx", kind=kind)
        return path

    @cached_property
    def books(self) -> Mapping[str, tuple[Path, ...]]:
        """Files by stem: the book itself, then its parts (``sales.E-000003.xlsx``) by name.

        Raises:
            WorkbookError: a book is missing, or stands there with both extensions.
        """
        return {stem: self._book_files(stem) for stem in self.regulation.workbooks}

    def _book_files(self, stem: str) -> tuple[Path, ...]:
        folder = self.folder / "workbooks"
        mains = [folder / (stem + suffix) for suffix in SUFFIXES]
        found = [path for path in mains if path.is_file()]
        if len(found) > 1:
            raise WorkbookError(
                "workbook-doubled", book=stem, files="、".join(p.name for p in found)
            )
        parts = sorted(
            path
            for path in folder.glob(f"{stem}.*.xls?")
            if path.suffix in SUFFIXES and not path.name.startswith(("~$", "."))
        )
        if not found and not parts:
            raise WorkbookError("workbook-missing", book=f"workbooks/{stem}.xlsm")
        return (*found, *parts)

    def book_paths(self) -> Iterator[tuple[str, Path]]:
        """Yield stem and file of every workbook."""
        for stem, paths in self.books.items():
            for path in paths:
                yield stem, path

    @cached_property
    def raws(self) -> Mapping[str, Sequence[RawTable]]:
        """Raw tables by table name, one entry per book that holds the table.

        Raises:
            WorkbookError: a workbook lacks the Excel Table of one of its tables, or its layout is
                newer than this program.
        """
        found: dict[str, list[RawTable]] = {name: [] for name in self.regulation.tables}
        for stem, path in self.book_paths():
            wanted = [table.name for table in self.regulation.of_workbook(stem)]
            raws = self._read_book(path, wanted)
            for name in wanted:
                if name not in raws:
                    self._refuse_missing_table(path, name, main=path.stem == stem)
                    continue
                found[name].append(raws[name])
        return found

    def _read_book(self, path: Path, wanted: Sequence[str]) -> Mapping[str, RawTable]:
        """Read a workbook, unless it is the very file that was read before.

        Every save puts a new file in the place of the old one, so inode, size and time tell.
        """
        file = self.live[path].copy if path in self.live else path
        stat = file.stat()
        mark = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        known = self._read.get(path)
        if known is None or known[0] != mark:
            refuse_newer(file)
            known = self._read[path] = (mark, read_tables(file, wanted))
        return known[1]

    def _refuse_missing_table(self, path: Path, name: str, *, main: bool) -> None:
        """A part of a spread book may hold some of the tables; the book itself holds all."""
        if main:
            title = self.regulation.tables[name].title.written(self.locale)
            raise WorkbookError("table-missing", book=path.name, table=name, title=title)

    @cached_property
    def tables(self) -> Tables:
        """All tables, typed and placed."""
        from sheetsales.tables import bind_tables  # noqa: PLC0415 - pandas only when data is read

        return bind_tables(self.regulation, self.raws, simplify=to_simplified)

    @property
    def frames(self) -> Frames:
        """Typed frames by table name."""
        from sheetsales.tables import frames  # noqa: PLC0415 - pandas only when data is read

        return frames(self.tables)

    def reload(self) -> None:
        """Forget what was read; the next use reads the workbooks again."""
        for name in ("books", "raws", "tables", "_personal_columns"):
            self.__dict__.pop(name, None)
        for live in self.live.values():
            live.forget_copy()

    def open_book(self, path: Path) -> Workbook:
        """Return a workbook ready to be edited.

        Raises:
            WorkbookBusyError: the file is not the one that the tables were read from.
        """
        if path in self.live:
            return self.live[path].open()
        digest = self._digests.get(path.name)
        return Workbook.open(path, digest=digest)

    def refuse_open(self, path: Path) -> None:
        """Refuse to write a workbook that somebody has open, unless it can be written there.

        Raises:
            WorkbookBusyError: ``workbook-open`` or ``workbook-open-unknown``.
        """
        if path not in self.live:
            refuse_open_book(path)

    def is_personal(self, table: str, header: str) -> bool:
        """Tell whether a column of an Excel Table shows personal data, itself or by a reference.

        Single cells, which belong to no Table, are all taken to: lists and figures repeat what
        stands in Tables.
        """
        return not table or (table, header) in self._personal_columns

    @cached_property
    def _personal_columns(self) -> frozenset[tuple[str, str]]:
        """Table and header of the columns with personal data, in the words of every book."""
        return frozenset(
            (name, header)
            for name, data in self.tables.items()
            for bound in data.books
            for field, header in bound.headers.items()
            if self._shows_personal(data.table.by_name[field])
        )

    def _shows_personal(self, field: Field) -> bool:
        """Tell whether cells of a field show personal data; a reference shows a label."""
        if field.personal or field.reference is None:
            return field.personal
        target = self.regulation.tables[field.reference.table]
        return target.label_field is not None and target.by_name[target.label_field].personal

    @property
    def _digests(self) -> Mapping[str, str]:
        """Hashes of the files that were read, by file name."""
        raws: Mapping[str, Sequence[RawTable]] = self.__dict__.get("raws", {})
        return {raw.book: raw.digest for found in raws.values() for raw in found}

    def path_of(self, book: str) -> Path:
        """Return the full path of a workbook given by its file name."""
        return self.folder / "workbooks" / book
