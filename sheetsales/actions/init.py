"""Make a workspace: folders, blank workbooks, the company's own templates, settings."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from sheetsales.errors import WorkspaceError
from sheetsales.locale.conversion import SIMPLIFIED, to_simplified
from sheetsales.resources import doc_templates, workbook_templates
from sheetsales.schema import Regulation, load_regulation
from sheetsales.starter import load_starter
from sheetsales.tables import build_frame
from sheetsales.workspace import SETTINGS, Settings, Workspace
from sheetsales.workspace.files import write_file
from sheetsales.workspace.simplified import simplified_rows
from sheetsales.workspace.writing import Writer

Furnish = Callable[[Workspace], object]

FOLDERS = ("workbooks", "templates", "documents", ".sheetsales")
_LOCALES = {"zh-Hant": "zh-TW", "zh-Hans": "zh-CN", "en": "en"}


def init(
    folder: Path,
    settings: Settings,
    *,
    tax_id: str = "",
    macros: bool = True,
    furnish: Furnish | None = None,
) -> Workspace:
    """Create a workspace for a company and return it.

    Everything is made beside the folder and moved there at the end: whatever fails or is
    interrupted, nothing is left that looks like a workspace.

    Args:
        folder: made if missing; must not hold a workspace yet.
        settings: company name, locale, currency, fiscal year.
        tax_id: the company's tax id; may be filled in later.
        macros: make workbooks with buttons (.xlsm); otherwise without any macro (.xlsx).
        furnish: fills the workspace before it is moved to its folder.

    Raises:
        WorkspaceError: the folder is a workspace already, holds other files, or cannot be written.
    """
    folder = folder.resolve()
    refuse_occupied(folder)
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    try:
        _make(beside, settings, macros=macros)
        _furnish(Workspace(beside, settings), tax_id, furnish)
        write_file(beside / SETTINGS, settings.to_toml())
        _move(beside, folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceError("workspace-not-made", folder=str(folder), reason=reason) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Workspace.open(folder)


def refuse_occupied(folder: Path) -> None:
    """Refuse a folder that a workspace cannot be made in.

    Raises:
        WorkspaceError: ``workspace-exists``, ``workspace-no-folder`` or ``workspace-occupied``.
    """
    if (folder / SETTINGS).exists():
        raise WorkspaceError("workspace-exists", folder=str(folder))
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError("workspace-no-folder", folder=str(folder))
    taken = [name for name in FOLDERS if (folder / name).exists()]
    if taken:
        raise WorkspaceError("workspace-occupied", folder=str(folder), names=taken)


def _make(folder: Path, settings: Settings, *, macros: bool) -> None:
    regulation = load_regulation()
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    _place_workbooks(folder / "workbooks", settings.locale, regulation, macros=macros)
    _place_templates(folder / "templates", settings.locale, regulation)


def _furnish(workspace: Workspace, tax_id: str, furnish: Furnish | None) -> None:
    _enter_company(workspace, tax_id)
    if furnish is not None:
        furnish(workspace)


def _move(made: Path, folder: Path) -> None:
    """Move a finished workspace to its place; the settings, which make it one, come last."""
    if not folder.exists():
        made.rename(folder)
        return
    moved: list[Path] = []
    try:
        for name in (*FOLDERS, SETTINGS):
            moved.append(folder / name)
            (made / name).rename(folder / name)
        moved.clear()
    finally:
        for path in moved:
            shutil.rmtree(path, ignore_errors=True)


def _place_workbooks(folder: Path, locale: str, regulation: Regulation, *, macros: bool) -> None:
    """Copy the shipped workbooks; those that are not shipped are built."""
    if macros and locale != SIMPLIFIED:
        for stem in regulation.workbooks:
            shutil.copyfile(workbook_templates(locale) / f"{stem}.xlsm", folder / f"{stem}.xlsm")
        return
    from sheetsales.workbooks.build import build_all  # noqa: PLC0415 - only where they are built

    starter = load_starter(locale)
    rows = simplified_rows(starter) if locale == SIMPLIFIED else starter
    build_all(regulation, locale, folder, rows, macros=macros)


def _place_templates(folder: Path, locale: str, regulation: Regulation) -> None:
    source = doc_templates("en" if locale == "en" else "zh-Hant")
    for kind in regulation.documents:
        template = source / f"{kind}.docx"
        if locale == SIMPLIFIED:
            from sheetsales.word import convert_template  # noqa: PLC0415 - only when derived

            convert_template(template, folder / template.name, to_simplified)
        else:
            shutil.copyfile(template, folder / template.name)


def _enter_company(workspace: Workspace, tax_id: str) -> None:
    settings = workspace.settings
    known = {
        "company_id": "C1",
        "name": settings.company or None,
        "tax_id": tax_id or None,
        "currency": settings.currency,
        "fiscal_start_month": settings.fiscal_start_month,
        "locale": _LOCALES[settings.locale],
    }
    table = workspace.regulation.tables["company"]
    frame = build_frame(table, [known])[[name for name, value in known.items() if value]]
    writer = Writer(workspace, "init")
    writer.write("company", frame)
    writer.save()
    workspace.reload()
