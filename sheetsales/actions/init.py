"""Make a workspace: folders, blank workbooks, the company's own templates, settings."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from sheetsales.errors import WorkspaceError
from sheetsales.locale.conversion import SIMPLIFIED, to_simplified
from sheetsales.resources import doc_templates, workbook_templates
from sheetsales.schema import Regulation, load_regulation
from sheetsales.starter import load_starter
from sheetsales.tables import build_frame
from sheetsales.workspace import SETTINGS, Settings, Workspace
from sheetsales.workspace.writing import Writer

Row = dict[str, object]

_LOCALES = {"zh-Hant": "zh-TW", "zh-Hans": "zh-CN", "en": "en"}


def init(folder: Path, settings: Settings, *, tax_id: str = "") -> Workspace:
    """Create a workspace for a company and return it.

    Args:
        folder: made if missing; must not hold a workspace yet.
        settings: company name, locale, currency, fiscal year.
        tax_id: the company's tax id; may be filled in later.

    Raises:
        WorkspaceError: the folder is a workspace already, or holds other files.
    """
    _refuse_occupied(folder)
    regulation = load_regulation()
    for name in ("workbooks", "templates", "documents", ".sheetsales"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _place_workbooks(folder / "workbooks", settings.locale, regulation)
    _place_templates(folder / "templates", settings.locale, regulation)
    workspace = Workspace(folder.resolve(), settings)
    _enter_company(workspace, tax_id)
    # Last, because this file is what makes the folder a workspace.
    (folder / SETTINGS).write_text(settings.to_toml(), encoding="utf-8")
    return workspace


def _refuse_occupied(folder: Path) -> None:
    if (folder / SETTINGS).exists():
        raise WorkspaceError("workspace-exists", folder=str(folder))
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError("workspace-no-folder", folder=str(folder))
    taken = [name for name in ("workbooks", "templates") if (folder / name).exists()]
    if taken:
        raise WorkspaceError("workspace-occupied", folder=str(folder), names=", ".join(taken))


def _place_workbooks(folder: Path, locale: str, regulation: Regulation) -> None:
    if locale == SIMPLIFIED:
        from sheetsales.workbooks.build import build_all  # noqa: PLC0415 - only when derived

        build_all(regulation, locale, folder, _simplified(load_starter(locale)))
        return
    for stem in regulation.workbooks:
        shutil.copyfile(workbook_templates(locale) / f"{stem}.xlsx", folder / f"{stem}.xlsx")


def _simplified(starter: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """Return starter rows with our own texts in Simplified characters."""
    return {
        name: [
            {
                field: to_simplified(value) if isinstance(value, str) else value
                for field, value in row.items()
            }
            for row in rows
        ]
        for name, rows in starter.items()
    }


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
    writer = Writer(workspace)
    writer.write("company", frame)
    writer.save()
    workspace.reload()
