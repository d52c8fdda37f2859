"""Builds whole workbooks: 總覽, one sheet per table, 檢核, and the hidden sheets."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import xlsxwriter

from sheetsales.workbooks.content import Content
from sheetsales.workbooks.formats import ORANGE, RED, Styles
from sheetsales.workbooks.layout import (
    EXPLAINED,
    EXPLANATION,
    FIRST_ROW,
    LAST_ROW,
    LISTS_SHEET,
    META_SHEET,
    OVERVIEW_SHEET,
    PROBLEM,
    SCHEMA_VERSION,
    SEVERITY,
)
from sheetsales.workbooks.lists import DropList, list_entries, list_title, lists_of
from sheetsales.workbooks.overview import overview_places
from sheetsales.workbooks.overview.cells import Snapshot, layout_mark, overview_values
from sheetsales.workbooks.overview_sheet import OverviewWriter
from sheetsales.workbooks.sheets import SheetWriter, TableSheet
from sheetsales.workbooks.vba import macro_modules, vba_project
from sheetsales.workbooks.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from sheetsales.schema import Regulation

__all__ = ["build_all", "build_workbook", "layout_mark"]

_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed mark, so that equal input gives equal bytes
_SEVERITY_COLOURS = {"error": RED, "warning": ORANGE, "info": "#595959"}


def build_all(
    regulation: Regulation,
    locale: str,
    folder: Path,
    starter: Mapping[str, Iterable[Mapping[str, object]]] | None = None,
    *,
    as_of: date | None = None,
    macros: bool = True,
) -> tuple[Path, ...]:
    """Write all standard workbooks of a locale into a folder; see :func:`build_workbook`.

    With macros they are .xlsm files with buttons, without them .xlsx files.

    Returns:
        The files, in reading order.
    """
    content = Content.of_rows(Wording(regulation, locale), starter or {})
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for stem in regulation.workbooks:
        path = folder / f"{stem}{'.xlsm' if macros else '.xlsx'}"
        _build(stem, content, path, as_of)
        paths.append(path)
    return tuple(paths)


def build_workbook(
    stem: str,
    regulation: Regulation,
    locale: str,
    path: Path,
    *,
    starter: Mapping[str, Iterable[Mapping[str, object]]] | None = None,
    as_of: date | None = None,
) -> None:
    """Write one standard workbook.

    Args:
        stem: which one, such as ``sales``.
        regulation: describes its tables.
        locale: zh-Hant, zh-Hans or en.
        path: the file, replaced if it exists; an .xlsm gets buttons and their macros.
        starter: rows by table that stand in it from the start, as typed Python values; rows of
            other books' tables give the labels behind keys and the figures from other books.
        as_of: date of reference of the figures; None leaves them as in a blank book.
    """
    content = Content.of_rows(Wording(regulation, locale), starter or {})
    _build(stem, content, path, as_of)


def _build(stem: str, content: Content, path: Path, as_of: date | None) -> None:
    wording = content.wording
    places = overview_places(stem, wording)
    values = overview_values(places, Snapshot(content, as_of))
    lists = lists_of(wording.regulation, stem)
    macros = path.suffix == ".xlsm"
    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False}) as workbook:
        _describe(workbook, wording, stem)
        styles = Styles(workbook, wording.locale)
        overview = workbook.add_worksheet(wording.title(OVERVIEW_SHEET))
        writer = SheetWriter(workbook, styles, {(one.kind, one.name): one for one in lists})
        for table in wording.regulation.of_workbook(stem):
            writer.write(TableSheet(table, wording, macros), content.cells(table.name))
        if macros and stem == EXPLAINED:
            writer.write(TableSheet(EXPLANATION, wording, macros), ())
        checks = writer.write(TableSheet(PROBLEM, wording, macros), ())
        # Rows that are added take the height of the first: two lines of explanation.
        checks.set_row(FIRST_ROW - 1, 30)
        _colour_severities(workbook, checks, wording)
        _write_lists(workbook, lists, content)
        _write_meta(workbook, stem, wording, lists, layout_mark(values))
        OverviewWriter(workbook, styles, places, stem, macros).write(overview, values)
        if macros:
            _add_macros(workbook)


def _add_macros(workbook: Workbook) -> None:
    """Add the macros; the project names each sheet by the name that code knows it by."""
    workbook.set_vba_name("ThisWorkbook")
    names = [f"Sheet{number}" for number, _ in enumerate(workbook.worksheets(), start=1)]
    for sheet, name in zip(workbook.worksheets(), names, strict=True):
        sheet.set_vba_name(name)
    project = vba_project(macro_modules(), ["ThisWorkbook", *names])
    workbook.add_vba_project(BytesIO(project), is_stream=True)


def _describe(workbook: Workbook, wording: Wording, stem: str) -> None:
    title = wording.text(f"book-{stem}")
    workbook.set_properties({"title": title, "author": "sheetsales", "created": _CREATED})
    workbook.set_size(1600, 900)
    workbook.set_calc_mode("auto")


def _colour_severities(workbook: Workbook, sheet: Worksheet, wording: Wording) -> None:
    for option in SEVERITY.options:
        options = {
            "type": "formula",
            "criteria": f'=$A{FIRST_ROW}="{wording.title(option.label)}"',
            "format": workbook.add_format(
                {"font_color": _SEVERITY_COLOURS[option.code], "bold": option.code == "error"}
            ),
        }
        sheet.conditional_format(FIRST_ROW - 1, 0, LAST_ROW - 1, 1, options)
    sheet.set_tab_color(ORANGE)


def _write_lists(workbook: Workbook, lists: tuple[DropList, ...], content: Content) -> None:
    sheet = workbook.add_worksheet(LISTS_SHEET)
    for number, drop_list in enumerate(lists):
        texts = [list_title(drop_list, content.wording), *list_entries(drop_list, content)]
        for row, text in enumerate(texts):
            sheet.write_string(row, number, text)
        sheet.set_column(number, number, 24)
        workbook.define_name(drop_list.defined_name, drop_list.refers_to)
    sheet.hide()


def _write_meta(
    workbook: Workbook, stem: str, wording: Wording, lists: tuple[DropList, ...], mark: str
) -> None:
    sheet = workbook.add_worksheet(META_SHEET)
    lines: list[tuple[str, str | int]] = [
        ("workbook", stem),
        ("schema_version", SCHEMA_VERSION),
        ("locale", wording.locale),
        ("built_by", "sheetsales"),
        ("overview", mark),
        *((one.defined_name, one.column) for one in lists),
    ]
    for row, (key, value) in enumerate(lines):
        sheet.write_string(row, 0, key)
        sheet.write(row, 1, value)
    sheet.set_column(0, 1, 36)
    sheet.hide()
