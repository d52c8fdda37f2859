from __future__ import annotations

from datetime import date

import pytest

from sheetsales.schema import load_regulation
from sheetsales.tables import bind_tables, frames
from tests.builders import raw_table

REGULATION = load_regulation()


def bind(*raws):
    by_name = {}
    for raw in raws:
        by_name.setdefault(raw.name, []).append(raw)
    return bind_tables(REGULATION, by_name)


def found(data):
    return [(problem.code, problem.variant, problem.field) for problem in data.problems]


CUSTOMERS = raw_table(
    "customer",
    {"customer_id": "C-000001", "name": "甲公司", "status": "有效", "is_key": "是"},
    {"customer_id": "C-000002", "name": "乙公司", "status": "prospect", "credit_limit": 5.0},
)


def test_every_table_is_bound_even_without_a_workbook():
    tables = bind()
    assert set(tables) == set(REGULATION.tables)
    assert all(len(data) == 0 for data in tables.values())
    assert set(frames(tables)) == set(tables)


def test_labels_become_codes_and_references_keys():
    orders = raw_table(
        "order",
        {"order_id": "SO-000001", "customer_id": "C-000001｜舊名", "order_on": date(2026, 1, 5)},
        {"order_id": "SO-000002", "customer_id": "乙公司", "state": "已確認"},
    )
    tables = bind(CUSTOMERS, orders)
    assert tables["customer"].frame["status"].tolist() == ["active", "prospect"]
    assert tables["order"].frame["customer_id"].tolist() == ["C-000001", "C-000002"]
    assert tables["order"].frame["state"].tolist() == [None, "confirmed"]
    assert tables["order"].problems == ()


def test_a_problem_names_place_value_and_what_is_allowed():
    data = bind(raw_table("kpi", {"kpi_id": "SALES", "direction": "斜著走"}, locale="en"))["kpi"]
    (problem,) = data.problems
    assert (problem.code, problem.key, problem.field) == ("COL-enum", "SALES", "direction")
    assert str(problem.place) == f"performance.xlsm!{REGULATION.tables['kpi'].title.en}!D4"
    assert problem.arguments["value"] == "斜著走"
    labels = [option.label.en for option in REGULATION.enumerations["direction"].options]
    assert problem.arguments["allowed"] == ", ".join(labels)
    assert data.rejected["direction"] == {0: "斜著走"}


def test_an_unknown_reference_names_the_table_it_should_be_in():
    orders = raw_table("order", {"order_id": "SO-000001", "customer_id": "C-000009"})
    data = bind(CUSTOMERS, orders)["order"]
    assert found(data) == [("COL-foreign-key", "", "customer_id")]
    assert data.problems[0].arguments == {"value": "C-000009", "target": "customer"}
    assert data.frame["customer_id"].tolist() == [None]


def test_lists_hold_several_references_or_options():
    units = raw_table("org_unit", {"unit_id": "U-000001"}, {"unit_id": "U-000002"})
    methods = [option.label.zh_hant for option in REGULATION.enumerations["audit_method"].options]
    audits = raw_table(
        "audit",
        {"unit_ids": "U-000001; U-000002；U-000001", "methods": f"{methods[0]};{methods[1]}"},
        {"unit_ids": "U-000001;U-000009", "methods": ""},
    )
    data = bind(units, audits)["audit"]
    assert data.frame["unit_ids"].tolist() == [("U-000001", "U-000002"), None]
    assert data.frame["methods"].iat[0] == REGULATION.enumerations["audit_method"].codes[:2]
    assert found(data) == [("COL-foreign-key", "", "unit_ids")]
    assert data.problems[0].arguments["value"] == "U-000009"


def test_blank_rows_are_no_rows_and_places_stay_true():
    raw = raw_table(
        "customer",
        {},
        {"customer_id": " ", "is_key": "是"},
        {"name": "丙公司"},
        {},
    )
    data = bind(raw)["customer"]
    assert data.frame["name"].tolist() == ["丙公司"]
    assert str(data.place(0, "name")) == "customer.xlsm!客戶!B6"


def test_a_row_of_an_excel_error_is_a_row_with_a_problem():
    raw = raw_table("customer", {}, {"customer_id": "C-000001", "name": ""})
    raw.errors = {(0, 1): "#N/A", (1, 1): "#REF!", (1, 99): "#NUM!"}
    data = bind(raw)["customer"]
    assert len(data) == 2
    assert found(data) == [("COL-error", "", "name")] * 2
    assert [problem.arguments["value"] for problem in data.problems] == ["#N/A", "#REF!"]
    assert data.problems[1].key == "C-000001"


def test_an_excel_error_is_reported_once_whatever_the_reader_gives_for_it():
    raw = raw_table("customer", {"customer_id": "C-000001", "credit_limit": "#DIV/0!"})
    column = REGULATION.tables["customer"].names.index("credit_limit")
    raw.errors = {(0, column): "#DIV/0!"}
    assert found(bind(raw)["customer"]) == [("COL-error", "", "credit_limit")]


def test_a_table_may_be_spread_over_several_books():
    more = raw_table("customer", {}, {"customer_id": "C-000003"}, book="customer.E-000003.xlsx")
    more.errors = {(1, 1): "#N/A"}
    data = bind(CUSTOMERS, more)["customer"]
    assert data.keys() == ["C-000001", "C-000002", "C-000003"]
    assert str(data.place(2, "name")) == "customer.E-000003.xlsx!客戶!B5"
    assert found(data) == [("COL-error", "", "name")]
    assert data.problems[0].key == "C-000003"


def test_a_column_that_one_book_lacks_is_empty_there():
    more = raw_table("customer", {"customer_id": "C-000003", "website": "x.example"})
    less = raw_table("customer", {"customer_id": "C-000004"})
    cut = REGULATION.tables["customer"].names.index("website")
    for part in (less.headers, less.columns, less.field_row):
        del part[cut]
    data = bind(more, less)["customer"]
    assert data.frame["website"].tolist() == ["x.example", None]


def test_own_options_of_the_company_are_understood():
    own = raw_table("enum", {"enum_name": "industry", "code": "drones", "label_zh": "無人機"})
    data = bind(own, raw_table("customer", {"customer_id": "C-000001", "industry": "無人機"}))
    assert data["customer"].frame["industry"].tolist() == ["drones"]


def test_a_label_that_is_itself_coded_is_found_in_any_locale():
    templates = raw_table("template", {"template_id": "TPL-000001", "doc_type": "sales_contract"})
    label = REGULATION.enumerations["doc_type"].label("sales_contract", "zh-Hant")
    documents = raw_table("document", {"document_id": "DOC-000001", "template_id": label})
    assert bind(templates, documents)["document"].frame["template_id"].tolist() == ["TPL-000001"]


@pytest.mark.parametrize("value", [5.0, date(2026, 1, 1), True])
def test_a_key_that_is_no_text_is_an_error(value):
    data = bind(raw_table("customer", {"customer_id": value, "name": "甲"}))["customer"]
    assert found(data) == [("COL-type", "text", "customer_id")]
    assert data.problems[0].key == ""


def test_a_long_value_is_shown_shortened():
    data = bind(raw_table("kpi", {"kpi_id": "SALES", "direction": "斜" * 200}))["kpi"]
    assert len(str(data.problems[0].arguments["value"])) == 80


def test_a_number_in_a_reference_or_list_of_labels_is_looked_up_as_its_digits():
    order = raw_table("order", {"order_id": "SO-000001", "customer_id": 5.0, "risk": 3.0})
    data = bind(CUSTOMERS, order)["order"]
    assert found(data) == [("COL-enum", "", "risk"), ("COL-foreign-key", "", "customer_id")]
    assert [problem.arguments["value"] for problem in data.problems] == ["3", "5"]


def test_repeated_wrong_labels_are_reported_in_every_row():
    rows = [{"order_id": f"SO-00000{n}", "risk": "很高" if n % 2 else "高"} for n in range(5)]
    data = bind(raw_table("order", *rows))["order"]
    assert data.frame["risk"].tolist() == ["high", None, "high", None, "high"]
    assert [problem.key for problem in data.problems] == ["SO-000001", "SO-000003"]


def test_a_table_without_labels_is_referred_to_by_key_alone():
    orders = raw_table("order", {"order_id": "SO-000001"})
    lines = raw_table("order_line", {"order_id": "SO-000001"}, {"order_id": "甲公司的訂單"})
    data = bind(orders, lines)["order_line"]
    assert data.frame["order_id"].tolist() == ["SO-000001", None]
    assert found(data) == [("COL-foreign-key", "", "order_id")]
