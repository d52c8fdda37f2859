"""Problems are read in the order of the workbooks, counted, and told apart."""

from __future__ import annotations

from sheetsales.problems import Place, Problem, Report, Severity


def _problem(cell: str, severity: Severity = "error", code: str = "A-01", key: str = "") -> Problem:
    place = Place("sales.xlsm", "訂單", cell)
    return Problem(code, "order", key=key, severity=severity, place=place)


def test_a_report_goes_by_severity_then_row_then_column() -> None:
    given = [_problem("B10"), _problem("A4", "info"), _problem("C9"), _problem("B9"), _problem("")]
    read = [problem.place.cell for problem in Report.of(given)]
    assert read == ["", "B9", "C9", "B10", "A4"]


def test_a_report_counts_every_severity() -> None:
    report = Report.of([_problem("A4"), _problem("A5"), _problem("A6", "info")])
    assert (len(report), report.counts) == (3, {"error": 2, "warning": 0, "info": 1})


def test_the_errors_of_rows_are_those_of_their_table_and_keys() -> None:
    wanted = _problem("A4", key="SO-000001")
    others = [
        _problem("A5", key="SO-000002"),
        _problem("A6", "warning", key="SO-000001"),
        Problem("A-01", "receipt", key="SO-000001"),
    ]
    assert Report.of([wanted, *others]).errors_of("order", ["SO-000001"]) == (wanted,)


def test_a_variant_has_a_message_of_its_own_but_is_the_same_finding() -> None:
    plain = Problem("SAL-07", "order", key="SO-000001", field="total")
    returned = Problem("SAL-07", "order", key="SO-000001", field="total", variant="returned")
    assert (plain.message_id, returned.message_id) == ("SAL-07", "SAL-07.returned")
    assert plain.identity == returned.identity == ("SAL-07", "order", "SO-000001", "total")


def test_a_place_leaves_out_what_is_not_known() -> None:
    assert str(Place("a.xlsx", "訂單", "F17")) == "a.xlsx!訂單!F17"
    assert str(Place("a.xlsx")) == "a.xlsx"
