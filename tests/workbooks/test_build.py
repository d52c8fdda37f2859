from __future__ import annotations

import re
import warnings
import zipfile
from importlib.metadata import version
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import sheetsales.workbooks.__main__ as rebuild
from sheetsales.resources import workbook_templates
from sheetsales.schema import LOCALES, Table, load_regulation
from sheetsales.starter import load_starter
from sheetsales.workbooks.build import build_all, build_workbook
from sheetsales.workbooks.layout import (
    CHECKS_SHEET,
    EXPLAINED,
    EXPLANATION,
    FIELD_ROW,
    FIRST_ROW,
    HEADER_ROW,
    LAST_ROW,
    LISTS_SHEET,
    META_SHEET,
    OVERVIEW_SHEET,
    PROBLEM,
    PROBLEM_FIELDS,
    SCHEMA_VERSION,
)
from tests.workbooks.company import AS_OF, company_rows

REGULATION = load_regulation()
XLSXWRITER = "3.3.1"
"""The version that the committed templates are built with; pinned in the project's extra dev."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the standard workbooks of every locale, blank but for starter rows."""
    path = tmp_path_factory.mktemp("workbooks")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build_all(REGULATION, "zh-Hans", path / "zh-Hans", load_starter("zh-Hans"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rebuild, "workbook_templates", lambda locale: path / locale)
            rebuild.main()
    return path


@pytest.fixture(scope="module")
def books(folder: Path) -> dict[str, Workbook]:
    """Return the workbooks in zh-Hant by stem."""
    return {
        stem: openpyxl.load_workbook(folder / "zh-Hant" / f"{stem}.xlsm")
        for stem in REGULATION.workbooks
    }


def sheet_of(books: dict[str, Workbook], table: str) -> Worksheet:
    described = REGULATION.tables[table]
    found = books[described.workbook][described.title.zh_hant]
    assert isinstance(found, Worksheet)
    return found


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def rules(sheet: Worksheet, table: Table, field: str) -> list[str]:
    column = openpyxl.utils.get_column_letter(table.names.index(field) + 1)
    return [
        rule.type
        for rule in sheet.data_validations.dataValidation
        if f"{column}{FIRST_ROW}:{column}{LAST_ROW}" in str(rule.sqref)
    ]


def test_a_book_is_overview_tables_checks_and_two_hidden_sheets(
    books: dict[str, Workbook],
) -> None:
    for stem, book in books.items():
        tables = [table.title.zh_hant for table in REGULATION.of_workbook(stem)]
        explained = [EXPLANATION.title.zh_hant] if stem == EXPLAINED else []
        own = [OVERVIEW_SHEET.zh_hant, *tables, *explained, CHECKS_SHEET.zh_hant]
        assert book.sheetnames == [*own, LISTS_SHEET, META_SHEET]
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
        assert hidden == [LISTS_SHEET, META_SHEET]
        assert book.active is book.worksheets[0]


@pytest.mark.parametrize("table", REGULATION.tables.values(), ids=lambda table: table.name)
def test_a_table_stands_on_its_sheet(books: dict[str, Workbook], table: Table) -> None:
    sheet = sheet_of(books, table.name)
    excel = sheet.tables[table.name]
    first, last = excel.ref.split(":")
    assert first == f"A{HEADER_ROW}"
    assert int(re.sub(r"\D", "", last)) >= FIRST_ROW
    headers = [cell.value for cell in sheet[HEADER_ROW][: len(table.fields)]]
    assert headers == [field.title.zh_hant for field in table.fields]
    assert headers == [column.name for column in excel.tableColumns]
    assert [cell.value for cell in sheet[FIELD_ROW][: len(table.fields)]] == list(table.names)
    assert sheet.row_dimensions[FIELD_ROW].hidden
    assert sheet["A1"].value == table.title.zh_hant
    assert sheet.freeze_panes is not None
    assert excel.autoFilter is not None


@pytest.mark.parametrize("table", REGULATION.tables.values(), ids=lambda table: table.name)
def test_every_column_guides_entry_down_to_the_last_row(
    books: dict[str, Workbook], table: Table
) -> None:
    sheet = sheet_of(books, table.name)
    for field in table.fields:
        assert len(rules(sheet, table, field.name)) == 1, field.name


def test_new_rows_inherit_the_format_of_their_column(books: dict[str, Workbook]) -> None:
    sheet = sheet_of(books, "customer")
    below = sheet.column_dimensions["A"].number_format
    assert below == sheet[f"A{FIRST_ROW}"].number_format == "@"
    last_order = REGULATION.tables["customer"].names.index("last_order_on") + 1
    letter = openpyxl.utils.get_column_letter(last_order)
    assert sheet[f"{letter}{FIRST_ROW}"].number_format == "yyyy-mm-dd"


def test_required_optional_and_engine_columns_differ_in_colour(books: dict[str, Workbook]) -> None:
    sheet, table = sheet_of(books, "customer"), REGULATION.tables["customer"]
    fills = [
        sheet.cell(HEADER_ROW, table.names.index(name) + 1).fill.fgColor.rgb
        for name in ("customer_id", "name", "short_name", "value_class")
    ]
    assert len(set(fills)) == 3
    assert fills[0] == fills[3]


def test_lists_are_named_and_hold_labels_and_starter_rows(books: dict[str, Workbook]) -> None:
    book = books["performance"]
    name = book.defined_names["list_table_kpi"].attr_text
    column = name.split("$")[1]
    assert name == (
        f"_lists!${column}$2:INDEX(_lists!${column}:${column},"
        f"1+COUNTA(_lists!${column}$2:${column}$1048576))"
    )
    texts = [cell.value for cell in book[LISTS_SHEET][column] if cell.value]
    assert "SALES｜銷售額" in texts
    known = {row[0]: row[1] for row in book[META_SHEET].values}
    assert known["list_table_kpi"] == column


@pytest.mark.parametrize("locale", [*LOCALES, "zh-Hans"])
def test_a_book_knows_what_it_is(folder: Path, locale: str) -> None:
    book = openpyxl.load_workbook(folder / locale / "sales.xlsm", read_only=True)
    known = {row[0]: row[1] for row in book[META_SHEET].values}
    assert known["workbook"] == "sales"
    assert int(str(known["schema_version"])) == SCHEMA_VERSION
    assert known["locale"] == locale
    assert known["built_by"] == "sheetsales"


def test_simplified_books_hold_no_traditional_title(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "zh-Hans" / "customer.xlsm", read_only=True)
    assert book.sheetnames[:2] == ["总览", "客户"]


def test_starter_rows_stand_in_the_blank_books(books: dict[str, Workbook]) -> None:
    sheet, table = sheet_of(books, "kpi_scheme"), REGULATION.tables["kpi_scheme"]
    row = [cell.value for cell in sheet[FIRST_ROW][: len(table.fields)]]
    shown = dict(zip(table.names, row, strict=True))
    assert shown["kpi_id"] == "SALES｜銷售額"
    assert shown["method"] == REGULATION.enumerations["score_method"].label("mixed", "zh-Hant")


def test_the_sheet_of_problems_has_one_blank_row(books: dict[str, Workbook]) -> None:
    for book in books.values():
        sheet = book[CHECKS_SHEET.zh_hant]
        assert sheet.tables[PROBLEM.name].ref == f"A{HEADER_ROW}:J{FIRST_ROW}"
        assert tuple(cell.value for cell in sheet[FIELD_ROW][:10]) == PROBLEM_FIELDS


def test_text_that_looks_like_a_formula_or_a_link_stays_text(tmp_path: Path) -> None:
    rows = {"customer": [{"customer_id": "C-000001", "name": "=1+1", "website": "http://a.b"}]}
    build_workbook("customer", REGULATION, "en", tmp_path / "customer.xlsm", starter=rows)
    sheet = openpyxl.load_workbook(tmp_path / "customer.xlsm")["Customer"]
    names = REGULATION.tables["customer"].names
    name, website = (sheet.cell(FIRST_ROW, names.index(field) + 1) for field in ("name", "website"))
    assert (name.value, name.data_type) == ("=1+1", "s")
    assert website.hyperlink is None


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        path = tmp_path / f"{name}.xlsx"
        build_workbook("plan", REGULATION, "zh-Hant", path, starter=company_rows(), as_of=AS_OF)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.skipif(version("XlsxWriter") != XLSXWRITER, reason=f"needs XlsxWriter {XLSXWRITER}")
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("stem", REGULATION.workbooks)
def test_the_committed_templates_are_what_the_regulation_gives(
    folder: Path, stem: str, locale: str
) -> None:
    """Rebuild them with ``python -m sheetsales.workbooks`` after a change of the regulation."""
    built = members(folder / locale / f"{stem}.xlsm")
    committed = members(workbook_templates(locale) / f"{stem}.xlsm")
    assert sorted(built) == sorted(committed)
    assert [name for name in built if built[name] != committed[name]] == []
