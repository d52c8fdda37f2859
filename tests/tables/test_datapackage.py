"""The public ``frictionless`` tool and our own checks find the same errors in the same data."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date, datetime

import pytest

from sheetsales.checks import check_columns
from sheetsales.schema import load_regulation
from sheetsales.tables import bind_tables, build_datapackage
from tests.builders import raw_table

REGULATION = load_regulation()
KINDS = {
    "COL-type": "type",
    "COL-error": "type",
    "COL-enum": "enum",
    "COL-required": "required",
    "COL-unique": "unique",
    "COL-key": "key",
    "COL-pattern": "pattern",
    "COL-minimum": "minimum",
    "COL-maximum": "maximum",
    "COL-max-length": "maxLength",
    "COL-foreign-key": "foreign key",
    "COL-reference-ambiguous": "foreign key",
}
CONSTRAINT = re.compile(r'constraint "(\w+)"')


def scored(day, score):
    return {"customer_id": "C-000001", "as_of": date(2026, 1, day), "r_score": score}


def planted():
    """At least two errors of each kind that both can see, among sound rows."""
    session = {"session_id": "TS-000001", "start_at": datetime.fromisoformat("2026-01-02T09:30")}
    scores = (0.0, -1.0, 6.0, 7.0, 2.5, "五")
    return [
        raw_table(
            "org_unit",
            {"unit_id": "U-000001", "name": "甲部", "unit_type": "部門", "is_active": "是"},
            {"unit_id": "U-000002", "name": "乙部", "unit_type": "隊", "is_active": "不"},
            {"unit_id": "U-000002", "name": "乙部", "parent_unit_id": "U-000009"},
            {"unit_id": "U-3", "unit_type": "系", "parent_unit_id": "乙部"},
            {"unit_id": "U-4", "name": "丁部", "unit_type": "team", "parent_unit_id": "甲部"},
        ),
        raw_table(
            "employee",
            {"employee_id": "E-000001", "name": "陳一", "email": "a@b.c", "login": "a"},
            {"employee_id": "E-000002", "name": "林二", "email": "a@b.c", "login": "a"},
            {"employee_id": "E-000001", "hire_date": "昨天", "inactive_reason": "長" * 256},
            {"employee_id": "E-000003", "hire_date": 5.0, "inactive_reason": "長" * 300},
        ),
        raw_table("class_result", *(scored(day, score) for day, score in enumerate(scores, 1))),
        raw_table("customer", {"customer_id": "C-000001", "credit_limit": "五", "is_key": "?"}),
        raw_table("session", session, {"session_id": "TS-000002", "start_at": "早上"}),
        raw_table("enum", {"enum_name": "industry", "code": "drones", "label_zh": "無人機"}),
        raw_table("audit", {"audit_id": "AU-000001", "unit_ids": "U-000001;甲部"}),
        raw_table("kpi", {"kpi_id": "S", "score_floor": "#N/A"}, {"kpi_id": "SALES", "name": "額"}),
    ]


def bind(raws):
    return bind_tables(REGULATION, {raw.name: [raw] for raw in raws})


def ours(tables):
    """Return what our checks find: table, row, field, kind."""
    found = Counter()
    for name, data in tables.items():
        for problem in [*data.problems, *check_columns(data)]:
            if problem.severity == "error":
                row = int(re.sub(r"\D", "", problem.place.cell))
                found[name, row, problem.field, KINDS[problem.code]] += 1
    return found


def theirs(tables, folder):
    """Return what frictionless finds in the exported package: table, row, field, kind."""
    frictionless = pytest.importorskip("frictionless")
    descriptor, files = build_datapackage(REGULATION, tables)
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    report = frictionless.validate(folder / "datapackage.json")
    assert report.errors == []
    found = Counter()
    for task in report.tasks:
        for error in task.errors:
            number = int(files[task.name][error.row_number - 1][-1])
            for field in fields_of(error, REGULATION.tables[task.name]):
                found[task.name, number, field, kind_of(error)] += 1
    return found


def fields_of(error, table):
    if error.type == "primary-key":
        return table.primary_key[:1]
    return error.field_names if error.type == "foreign-key" else [error.field_name]


def kind_of(error):
    if error.type == "constraint-error":
        return CONSTRAINT.search(error.note)[1]
    kinds = {"type-error": "type", "unique-error": "unique", "primary-key": "key"}
    return kinds.get(error.type, error.type.replace("-", " "))


def test_frictionless_finds_the_same_errors(tmp_path):
    tables = bind(planted())
    mine, found = ours(tables), theirs(tables, tmp_path)
    assert mine == found
    kinds = Counter(kind for _, _, _, kind in mine)
    assert set(kinds) == set(KINDS.values())
    assert min(kinds.values()) >= 2


# What each of the two finds where they differ, by table, row and field.
EXCEPTIONS = {
    # A number or a date stored as text reads as what it spells once it is a CSV file.
    ("customer", 4, "credit_limit"): ("12", {"type"}, set()),
    ("audit", 4, "notice_on"): ("2026-01-01", {"type"}, set()),
    # An Excel error in a text column is a text there.
    ("customer", 5, "website"): ("#N/A", {"type"}, set()),
    # An id that Excel turned into a number is a text of the wrong form there.
    ("customer", 6, "customer_id"): (5.0, {"type"}, {"pattern"}),
    # The format knows no references and no options of single items of a list.
    ("audit", 5, "unit_ids"): ("U-000009", {"foreign key"}, set()),
    ("audit", 6, "methods"): ("猜", {"enum"}, set()),
    # A row without a generated key is new for us.
    ("category", 4, "category_id"): (None, set(), {"required", "key"}),
    # Half a key is incomplete for us; there it repeats as well.
    ("order_line", 5, "order_id"): (None, {"required"}, {"required", "key"}),
}


def test_written_exceptions(tmp_path):
    rows = {"category": [{"name": "甲"}], "order_line": [{"line_no": 1.0}, {"line_no": 1.0}]}
    for (table, _, field), (value, _, _) in EXCEPTIONS.items():
        if value is not None:
            rows.setdefault(table, []).append({field: value})
    raws = {table: raw_table(table, *found) for table, found in rows.items()}
    raws["customer"].errors = {(1, raws["customer"].field_row.index("website")): "#N/A"}
    tables = bind(raws.values())
    for number, found in ((1, ours(tables)), (2, theirs(tables, tmp_path))):
        for place, expected in EXCEPTIONS.items():
            kinds = {kind for *where, kind in found if tuple(where) == place}
            assert kinds == expected[number], place


def test_rows_are_codes_bare_keys_and_iso_dates_with_their_place():
    raws = [
        raw_table("org_unit", {"unit_id": "U-000001", "name": "甲部", "is_active": "是"}),
        raw_table(
            "audit",
            {
                "audit_id": "AU-000001",
                "unit_ids": "甲部",
                "scope_from": date(2026, 1, 1),
                "score": 76.6,
                "sample_seed": 7.0,
                "methods": "實地考察;業務檔案查閱",
            },
        ),
        raw_table(
            "session",
            {"start_at": datetime.fromisoformat("2026-01-02T09:30"), "mandatory": "否"},
        ),
    ]
    _, files = build_datapackage(REGULATION, bind(raws))
    audit = dict(zip(*files["audit"], strict=True))
    assert audit["unit_ids"] == "U-000001"
    assert audit["scope_from"] == "2026-01-01"
    assert (audit["score"], audit["sample_seed"], audit["notice_on"]) == ("76.6", "7", "")
    assert audit["methods"] == "onsite;file_review"
    assert (audit["book"], audit["excel_row"]) == ("governance.xlsm", "4")
    session = dict(zip(*files["session"], strict=True))
    assert (session["start_at"], session["mandatory"]) == ("2026-01-02T09:30:00", "false")


def test_the_descriptor_names_every_table_and_only_tables_that_exist():
    descriptor, files = build_datapackage(REGULATION, bind([]))
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    assert set(resources) == set(REGULATION.tables) == set(files)
    for name, resource in resources.items():
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert names == files[name][0]
        for key in resource["schema"].get("foreignKeys", []):
            assert key["reference"]["resource"] in {"", *resources}


def test_options_of_the_company_are_options_of_the_descriptor():
    own = raw_table("enum", {"enum_name": "industry", "code": "drones", "label_zh": "無人機"})
    descriptor, _ = build_datapackage(REGULATION, bind([own]))
    (customer,) = [one for one in descriptor["resources"] if one["name"] == "customer"]
    (field,) = [one for one in customer["schema"]["fields"] if one["name"] == "industry"]
    assert field["constraints"]["enum"][-1] == "drones"
    assert field["categories"][-1] == {"value": "drones", "label": "無人機"}
