"""An error is a code with arguments; texts come later, in the reader's language."""

from __future__ import annotations

from sheetsales.errors import SheetsalesError, WorkbookBusyError, WorkbookError


def test_an_error_says_its_code_and_arguments() -> None:
    error = WorkbookError("workbook-missing", file="a.xlsx", folder="acme")
    assert str(error) == "workbook-missing (file=a.xlsx, folder=acme)"
    assert str(SheetsalesError("broken")) == "broken"


def test_an_argument_may_be_called_code() -> None:
    error = SheetsalesError("broken", code="X-1")
    assert (error.code, error.arguments) == ("broken", {"code": "X-1"})


def test_an_error_without_a_code_has_that_of_its_family() -> None:
    assert (SheetsalesError().code, str(SheetsalesError())) == ("error", "error")


def test_a_busy_workbook_is_a_workbook_that_cannot_be_written() -> None:
    assert isinstance(WorkbookBusyError("workbook-open"), WorkbookError)
