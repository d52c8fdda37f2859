from __future__ import annotations

import openpyxl
import pytest

from sheetsales.errors import WorkbookError
from sheetsales.workbooks.layout import SCHEMA_VERSION as BUILT
from sheetsales.workspace import meta
from sheetsales.workspace.meta import Meta, read_meta, refuse_newer


@pytest.fixture
def path(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.create_sheet("_meta")
    for row in (("workbook", "sales"), ("schema_version", 1), ("locale", "en")):
        sheet.append(row)
    book.save(tmp_path / "sales.xlsm")
    return tmp_path / "sales.xlsm"


def change(path, cell, value):
    book = openpyxl.load_workbook(path)
    book["_meta"][cell] = value
    book.save(path)


def test_a_book_says_what_it_is(path):
    assert read_meta(path) == Meta("sales", 1, "en")
    assert not read_meta(path).is_older


def test_what_is_built_is_what_is_read():
    assert int(BUILT) == meta.SCHEMA_VERSION


def test_an_older_layout_is_told(path):
    change(path, "B2", 0)
    assert read_meta(path).is_older


def test_a_newer_layout_is_refused(path):
    change(path, "B2", 7)
    with pytest.raises(WorkbookError) as refused:
        refuse_newer(path)
    assert refused.value.code == "meta-newer"
    assert refused.value.arguments == {"book": "sales.xlsm", "version": 7, "known": 1}


@pytest.mark.parametrize(("cell", "value"), [("A2", "other"), ("B2", "one")])
def test_a_book_that_says_nothing_may_pass_but_is_told(path, cell, value):
    change(path, cell, value)
    refuse_newer(path)
    with pytest.raises(WorkbookError) as refused:
        read_meta(path)
    assert refused.value.code == "meta-missing"


def test_a_book_without_the_sheet_says_nothing(tmp_path):
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookError):
        read_meta(tmp_path / "a.xlsx")
