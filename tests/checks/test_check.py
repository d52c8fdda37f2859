from __future__ import annotations

from sheetsales.checks import check
from sheetsales.schema import load_regulation
from sheetsales.tables import bind_tables
from tests import builders
from tests.builders import raw_table
from tests.checks.judge import AS_OF, PARAMS
from tests.checks.sound import EVIDENCE, ROWS

REGULATION = load_regulation()


def test_cells_columns_and_rules_come_in_one_report():
    raw = raw_table("class_rule", {"rule_id": "CR-1", "axis": "x", "metric": "y"})
    tables = bind_tables(
        REGULATION,
        {
            "class_rule": [raw],
            "customer": [
                raw_table("customer", {"customer_id": "C-000001", "merged_into": "C-000001"})
            ],
        },
    )
    report = check(tables, REGULATION, as_of=AS_OF)
    codes = {problem.code for problem in report}
    assert {"COL-enum", "COL-pattern", "COL-required", "CUS-08"} <= codes
    (merged,) = [problem for problem in report if problem.code == "CUS-08"]
    assert merged.key == "C-000001"
    assert str(merged.place).startswith("customer.xlsm!客戶!")
    assert merged.clause == "五-1-a"
    assert merged.severity == "error"


def test_what_a_new_company_has_to_fill_in_is_one_problem():
    tables = builders.tables(param=PARAMS, company=[{"company_id": "C1", "name": "甲"}])
    (problem,) = check(tables, REGULATION, as_of=AS_OF)
    assert problem.message_id == "COL-required.particulars"
    assert problem.arguments["fields"][:2] == ("tax_id", "legal_rep")


def test_a_sound_company_has_no_problem_of_any_rule():
    report = check(
        builders.tables(param=PARAMS, **ROWS), REGULATION, as_of=AS_OF, evidence=EVIDENCE
    )
    assert {problem.code for problem in report if not problem.code.startswith("COL-")} == set()


def test_a_rule_whose_parameter_is_missing_is_reported_as_not_applied():
    tables = builders.tables(customer=[{"customer_id": "C-000001", "name": "甲"}])
    (problem,) = [one for one in check(tables, REGULATION, as_of=AS_OF) if one.code == "PRM-01"]
    assert (problem.variant, problem.key, str(problem.place)) == ("missing", "", "")
    assert problem.arguments == {"rule": "CUS-02", "parameter": "name_tails"}


def test_an_unreadable_parameter_is_reported_at_its_cell():
    broken = [
        {**row, "value": "很高"} if row["param_key"] == "dup_threshold" else row for row in PARAMS
    ]
    tables = builders.tables(customer=[{"name": "甲"}], param=broken)
    (problem,) = [one for one in check(tables, REGULATION, as_of=AS_OF) if one.code == "PRM-01"]
    assert problem.variant == "invalid"
    assert problem.key.startswith("dup_threshold/")
    assert problem.place.cell.startswith("B")


def test_broken_rows_never_stop_a_check():
    rows = {
        name: [{field.name: None for field in table.fields}, dict.fromkeys(["remark"], "x")]
        if "remark" in table.by_name
        else [{}]
        for name, table in REGULATION.tables.items()
    }
    report = check(builders.tables(**rows), REGULATION, as_of=AS_OF, evidence=EVIDENCE)
    assert len(report) > 0
