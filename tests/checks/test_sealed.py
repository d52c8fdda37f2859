"""What was approved or signed stays, unless a supplement or a new version changes it."""

from __future__ import annotations

from datetime import date

import pytest

from sheetsales.checks import Evidence
from sheetsales.checks.known_keys import check_known_keys, keeps_keys, new_keys
from sheetsales.checks.sealed import GUARDS, rows_to_seal
from sheetsales.schema import load_regulation
from tests import builders
from tests.checks.judge import findings, judge

CONTRACT = {
    "contract_id": "CON-000001",
    "contract_type": "sales",
    "amount": 1000,
    "state": "signed",
    "end_on": date(2026, 12, 31),
    "special_terms": "含安裝",
}
LINE = {"contract_id": "CON-000001", "line_no": 1, "product_id": "PRD-000001", "qty": 10}
SUPPLEMENT = {
    "contract_id": "CON-000002",
    "contract_type": "supplement",
    "parent_id": "CON-000001",
    "state": "signed",
}
ROWS = {"contract": [CONTRACT], "contract_line": [LINE]}
PLAN = {"plan_id": "SP-000001", "version": 1, "state": "executing", "target_revenue": 1000}
TARGET = {"target_id": "TG-000001", "plan_id": "SP-000001", "target_value": 80}


def seals(sealed=None, **rows):
    """Return all seals after rows were seen: the ones before, and the new ones over them."""
    found = {name: dict(given) for name, given in (sealed or {}).items()}
    for name, given in rows_to_seal(builders.tables(**rows), found).items():
        found[name] = {**found.get(name, {}), **given}
    return found


def changed(code, sealed, **rows):
    return judge(code, Evidence(sealed=sealed), **rows)


def test_a_draft_is_not_sealed():
    assert seals(contract=[{**CONTRACT, "state": "approved"}], contract_line=[LINE]) == {}
    assert seals(sales_plan=[{**PLAN, "state": "submitted"}], target=[TARGET]) == {}


def test_what_is_sealed_and_left_alone_is_no_problem():
    assert changed("CON-07", seals(**ROWS), **ROWS) == []


def test_a_row_is_sealed_once():
    assert rows_to_seal(builders.tables(**ROWS), seals(**ROWS)) == {}


def test_both_values_of_a_changed_cell_are_told():
    moved = [{**CONTRACT, "end_on": date(2027, 12, 31)}]
    evidence = Evidence(sealed=seals(**ROWS))
    (found,) = findings("CON-07", evidence, contract=moved, contract_line=[LINE])
    assert (found.position, found.field) == (0, "end_on")
    assert found.arguments == {"old": "2026-12-31", "new": "2027-12-31"}


def test_what_the_rule_does_not_name_may_change():
    later = [{**CONTRACT, "state": "performing", "special_terms": "", "remark": "催款"}]
    assert changed("CON-07", seals(**ROWS), contract=later, contract_line=[LINE]) == []


def test_rows_are_known_by_their_keys_not_by_their_places():
    second = {**LINE, "line_no": 2, "qty": 5}
    sealed = seals(contract=[CONTRACT], contract_line=[LINE, second])
    assert changed("CON-07", sealed, contract=[CONTRACT], contract_line=[second, LINE]) == []
    swapped = [{**LINE, "qty": 5}, {**second, "qty": 10}]
    assert changed("CON-07", sealed, contract=[CONTRACT], contract_line=swapped) == [
        ("contract_line", 0, "qty", ""),
        ("contract_line", 1, "qty", ""),
    ]


def test_a_signed_supplement_allows_one_change():
    sealed = seals(**ROWS)
    amended = [{**CONTRACT, "amount": 1500}, SUPPLEMENT]
    more = [LINE, {**LINE, "line_no": 2}]
    assert changed("CON-07", sealed, contract=amended, contract_line=more) == []
    sealed = seals(sealed, contract=amended, contract_line=more)
    assert changed("CON-07", sealed, contract=amended, contract_line=more) == []
    again = [{**CONTRACT, "amount": 1700}, SUPPLEMENT]
    assert changed("CON-07", sealed, contract=again, contract_line=more) == [
        ("contract", 0, "amount", "")
    ]
    assert rows_to_seal(builders.tables(contract=again, contract_line=more), sealed) == {}


def test_a_supplement_waits_for_the_change_that_it_allows():
    sealed = seals(**ROWS)
    sealed = seals(sealed, contract=[CONTRACT, SUPPLEMENT], contract_line=[LINE])
    amended = [{**CONTRACT, "amount": 1500}, SUPPLEMENT]
    assert changed("CON-07", sealed, contract=amended, contract_line=[LINE]) == []


def test_an_unsigned_supplement_allows_nothing():
    draft = {**SUPPLEMENT, "state": "approved"}
    amended = [{**CONTRACT, "amount": 1500}, draft]
    assert changed("CON-07", seals(**ROWS), contract=amended, contract_line=[LINE]) == [
        ("contract", 0, "amount", "")
    ]


def test_a_supplement_of_another_contract_allows_nothing():
    other = {**SUPPLEMENT, "parent_id": "CON-000009"}
    amended = [{**CONTRACT, "amount": 1500}, other]
    assert changed("CON-07", seals(**ROWS), contract=amended, contract_line=[LINE]) == [
        ("contract", 0, "amount", "")
    ]


def test_a_new_version_of_a_plan_is_no_problem():
    sealed = seals(sales_plan=[PLAN], target=[TARGET])
    plans = [{**PLAN, "state": "superseded"}, {**PLAN, "plan_id": "SP-000002", "version": 2}]
    targets = [TARGET, {"target_id": "TG-000002", "plan_id": "SP-000002", "target_value": 90}]
    assert changed("PLN-04", sealed, sales_plan=plans, target=targets) == []


def test_a_target_may_not_leave_its_plan():
    sealed = seals(sales_plan=[PLAN], target=[TARGET])
    moved = [{**TARGET, "plan_id": "SP-000002"}]
    plans = [PLAN, {**PLAN, "plan_id": "SP-000002", "state": "draft"}]
    assert changed("PLN-04", sealed, sales_plan=plans, target=moved) == [
        ("target", 0, "plan_id", "")
    ]


@pytest.mark.parametrize("lines", [[LINE, LINE], [{**LINE, "line_no": None}]])
def test_a_row_whose_parts_cannot_be_told_apart_is_sealed_later(lines):
    assert seals(contract=[CONTRACT], contract_line=lines) == {}


def test_a_cell_that_cannot_be_read_is_a_problem_of_its_own():
    tables = builders.tables(**ROWS)
    tables["contract"].rejected["amount"] = {0: "很多"}
    sealed = rows_to_seal(tables, {})
    assert "amount" not in sealed["contract"]["CON-000001"]
    assert changed("CON-07", sealed, **ROWS) == []


def test_long_texts_are_cut_where_they_are_told():
    sealed = seals(sales_plan=[{**PLAN, "assumptions": "原" * 500}])
    rows = [{**PLAN, "assumptions": "改" * 500}]
    (found,) = findings("PLN-04", Evidence(sealed=sealed), sales_plan=rows)
    assert found.arguments == {"old": "原" * 60 + "…", "new": "改" * 60 + "…"}


def test_guarded_fields_exist_and_none_is_personal_or_computed():
    known = load_regulation().tables
    for guard in GUARDS:
        for name, fields in ((guard.table, guard.fields), (guard.parts, guard.part_fields)):
            described = [known[name].by_name[field] for field in fields]
            assert not any(field.personal or field.computed for field in described)
        codes = load_regulation().enumerations[known[guard.table].by_name["state"].enumeration]
        assert guard.states <= set(codes.codes)


def gone(keys, *rows):
    tables = builders.tables(contact=rows)
    return [
        (one.key, one.field, one.variant, one.place.cell)
        for one in check_known_keys(tables, {"contact": keys})
    ]


FIRST, SECOND, THIRD = ({"contact_id": f"CT-00000{number}"} for number in (1, 2, 3))


def test_keys_that_stay_and_keys_that_are_new_are_no_problem():
    assert gone(["CT-000001"], SECOND, FIRST, {"name": "新"}) == []


def test_a_row_that_is_gone_is_told_at_the_top_of_its_sheet():
    assert gone(["CT-000001", "CT-000002"], FIRST) == [("CT-000002", "", "", "A1")]


@pytest.mark.parametrize("row", [THIRD, {"name": "乙"}])
def test_a_key_that_was_changed_is_told_at_its_cell(row):
    found = gone(["CT-000001", "CT-000002"], FIRST, row)
    assert found == [("CT-000002", "contact_id", "changed", "A5")]


def test_which_key_became_which_is_not_guessed():
    found = gone(["CT-000001", "CT-000002"], THIRD)
    assert [one[2] for one in found] == ["", ""]


def test_only_keys_that_are_not_known_yet_are_new():
    tables = builders.tables(contact=[FIRST, SECOND, SECOND, {"name": "新"}])
    assert new_keys(tables, {"contact": ["CT-000001"]}) == {"contact": ["CT-000002"]}


def test_rows_named_by_what_they_belong_to_come_and_go_with_it():
    known = load_regulation().tables
    kept = [
        name for name in ("customer", "kpi", "contract_line", "target") if keeps_keys(known[name])
    ]
    assert kept == ["customer", "kpi"]
