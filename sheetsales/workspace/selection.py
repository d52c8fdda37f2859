"""Which workbooks a command is about: those of a workspace, or any Excel file by its path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from sheetsales.errors import SheetsalesError, WorkbookError
from sheetsales.store import StoreFolder
from sheetsales.workspace.folder import SUFFIXES, Workspace


@dataclass(frozen=True)
class Selection:
    """Workbooks, and the store folder that keeps their history.

    Attributes:
        folder: the store folder.
        paths: the workbooks.
        workspace: the workspace that they belong to; None for a file from elsewhere.
        is_whole: whether the workspace as such was meant, not one of its workbooks.
    """

    folder: StoreFolder
    paths: tuple[Path, ...]
    workspace: Workspace | None = None
    is_whole: bool = False

    @classmethod
    def of(cls, start: Path, name: str | None = None) -> Self:
        """Return what is meant by a name.

        Args:
            start: where the workspace is looked for.
            name: a path, or the name of a workbook of the workspace such as ``customer``; None
                means the whole workspace.

        Raises:
            WorkspaceError: there is no workspace, and the name is no file.
            WorkbookError: ``workbook-missing``.
        """
        if name is not None and Path(name).is_file():
            return cls._of_file(Path(name).resolve())
        workspace = Workspace.open(start)
        folder = StoreFolder(workspace.folder)
        if name is None:
            paths = tuple(path for _, path in workspace.book_paths())
            return cls(folder, paths, workspace, is_whole=True)
        return cls(folder, (_named(workspace, name),), workspace)

    @classmethod
    def _of_file(cls, path: Path) -> Self:
        try:
            workspace = Workspace.open(path.parent)
        except SheetsalesError:
            return cls(StoreFolder.of(path), (path,))
        if path.parent != workspace.folder / "workbooks":
            return cls(StoreFolder.of(path), (path,))
        return cls(StoreFolder(workspace.folder), (path,), workspace)

    @property
    def path(self) -> Path:
        """The only workbook of a selection that is not a whole workspace."""
        return self.paths[0]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the workbooks in the journal."""
        return frozenset(map(self.folder.name_of, self.paths))

    def keys(self) -> Mapping[str, Sequence[str]]:
        """Return the headers of the key columns of the only workbook's tables, by table.

        A workbook of the workspace that cannot be read has none.
        """
        if self.workspace is None:
            return {}
        try:
            tables = self.workspace.tables
        except SheetsalesError:
            return {}
        return {
            name: [bound.headers[field] for field in data.table.primary_key]
            for name, data in tables.items()
            for bound in data.books
            if bound.book == self.path.name
        }


def _named(workspace: Workspace, name: str) -> Path:
    """Return a workbook by its file name, or by that without its ending."""
    folder = workspace.folder / "workbooks"
    found = [folder / f"{name}{suffix}" for suffix in ("", *SUFFIXES)]
    path = next((path for path in found if path.is_file()), None)
    if path is None:
        raise WorkbookError("workbook-missing", book=name)
    return path
