"""Export the tables as a data package that any tool which knows the format can read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.errors import WorkspaceError
from sheetsales.tables import build_datapackage
from sheetsales.workspace.files import read_json, write_files

if TYPE_CHECKING:
    from sheetsales.workspace import Workspace

DESCRIPTOR = "datapackage.json"


def export_datapackage(workspace: Workspace, folder: Path) -> list[str]:
    """Write ``datapackage.json`` and a CSV file per table; return the names of the files.

    Args:
        workspace: whose rows are exported.
        folder: made if missing; an earlier export in it is replaced.

    Raises:
        WorkspaceError: ``folder-foreign``, the folder holds other files; ``file-not-written``.
    """
    descriptor, tables = build_datapackage(workspace.regulation, workspace.tables)
    _refuse_foreign(folder, str(descriptor["name"]))
    contents: dict[Path, str | bytes] = {
        folder / f"{name}.csv": _csv(rows) for name, rows in tables.items()
    }
    contents[folder / DESCRIPTOR] = json.dumps(descriptor, ensure_ascii=False, indent=1)
    write_files(contents)
    return [path.name for path in contents]


def _refuse_foreign(folder: Path, name: str) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise WorkspaceError("workspace-no-folder", folder=str(folder))
    earlier = folder / DESCRIPTOR
    ours = earlier.is_file() and read_json(earlier).get("name") == name
    if not ours and any(folder.iterdir()):
        raise WorkspaceError("folder-foreign", folder=str(folder))


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
