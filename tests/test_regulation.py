from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from sheetsales.resources import regulation_folder
from sheetsales.schema import LOCALES, WORKBOOKS, Enumeration, Table, Text, load_regulation
from sheetsales.starter import load_starter

REGULATION = load_regulation()
STARTER = load_starter("en")
FIELD_COUNTS = {
    "action": 19,
    "appraisal": 15,
    "attitude_item": 7,
    "attitude_rating": 8,
    "audit": 18,
    "audit_check": 11,
    "audit_result": 8,
    "category": 6,
    "channel": 11,
    "class_result": 17,
    "class_rule": 11,
    "clause": 8,
    "company": 12,
    "contact": 16,
    "contract": 31,
    "contract_line": 8,
    "course": 12,
    "customer": 32,
    "cycle": 9,
    "document": 12,
    "employee": 15,
    "enrollment": 12,
    "enum": 6,
    "finding": 15,
    "key_account": 11,
    "kpi": 12,
    "kpi_actual": 8,
    "kpi_scheme": 8,
    "metric": 7,
    "milestone": 11,
    "order": 20,
    "order_credit": 5,
    "order_line": 11,
    "org_unit": 9,
    "param": 7,
    "position": 6,
    "product": 15,
    "receipt": 12,
    "sales_level": 8,
    "sales_plan": 17,
    "session": 13,
    "strategy": 17,
    "target": 11,
    "template": 12,
    "territory": 7,
    "training_plan": 12,
}
GIVEN_KEYS = {"company": "C1", "clause": "六-1/3.2(1)", "sales_level": "L1", "kpi": "SALES"}
SHEET_TITLE = re.compile(r"[^\[\]:*?/\\]{1,31}")
INPUT_MESSAGE = 255
"""Most characters of an input message in Excel."""
every_table = pytest.mark.parametrize("table", REGULATION.tables.values(), ids=lambda one: one.name)
every_enumeration = pytest.mark.parametrize(
    "enumeration", REGULATION.enumerations.values(), ids=lambda one: one.name
)


def test_the_tables_have_the_agreed_number_of_fields() -> None:
    assert {name: len(table.fields) for name, table in REGULATION.tables.items()} == FIELD_COUNTS


def test_nothing_is_left_to_fill_in() -> None:
    unfinished = [
        path.name
        for path in regulation_folder().rglob("*.toml")
        if "FILL" in path.read_text(encoding="utf-8")
    ]

    assert unfinished == []


@pytest.mark.parametrize("locale", LOCALES)
def test_table_titles_are_unique_and_fit_a_sheet(locale: str) -> None:
    titles = [table.title.written(locale) for table in REGULATION.tables.values()]

    assert repeated(title.casefold() for title in titles) == []
    assert [title for title in titles if not SHEET_TITLE.fullmatch(title)] == []


@every_table
def test_a_header_names_one_field_in_every_locale(table: Table) -> None:
    """A header in any locale decides which column is which."""
    headers = {(title, field.name) for field in table.fields for title in both(field.title)}

    assert repeated(title for title, _ in headers) == []


@every_table
def test_every_field_has_help_that_fits_an_input_message(table: Table) -> None:
    wrong = [
        field.name
        for field in table.fields
        if not all(0 < len(text) <= INPUT_MESSAGE for text in both(field.description))
    ]

    assert wrong == []


@every_table
def test_a_table_says_what_it_is_for(table: Table) -> None:
    assert all(both(table.description))
    assert table.workbook in WORKBOOKS
    assert table.items
    assert table.clause in clauses()


def test_sheets_of_a_workbook_have_distinct_positions() -> None:
    positions = Counter((table.workbook, table.position) for table in REGULATION.tables.values())

    assert [place for place, count in positions.items() if count > 1] == []


@pytest.mark.parametrize(
    "table",
    [table for table in REGULATION.tables.values() if len(table.primary_key) == 1],
    ids=lambda one: one.name,
)
def test_a_single_key_is_generated_or_given(table: Table) -> None:
    field = table.by_name[table.primary_key[0]]

    assert field.required
    assert field.unique
    if table.name in GIVEN_KEYS:
        assert table.key_prefix is None
        assert re.fullmatch(field.pattern or "", GIVEN_KEYS[table.name])
    else:
        assert table.key_prefix


def test_key_prefixes_are_unique() -> None:
    prefixes = [table.key_prefix for table in REGULATION.tables.values() if table.key_prefix]

    assert repeated(prefixes) == []


@every_table
def test_parts_of_a_key_are_required(table: Table) -> None:
    assert [name for name in table.primary_key if not table.by_name[name].required] == []


@every_table
def test_patterns_can_be_compiled_and_bounds_are_in_order(table: Table) -> None:
    for field in table.fields:
        re.compile(field.pattern or "")
        if field.minimum is not None and field.maximum is not None:
            assert field.minimum < field.maximum


@every_table
def test_plain_text_is_bounded(table: Table) -> None:
    unbounded = [
        field.name
        for field in table.fields
        if field.is_text and field.max_length is None and field.pattern is None
    ]

    assert unbounded == []


@every_table
def test_nobody_is_asked_to_fill_a_computed_field(table: Table) -> None:
    assert [name for name in table.computed if table.by_name[name].required] == []


@every_enumeration
@pytest.mark.parametrize("locale", LOCALES)
def test_labels_of_an_enumeration_are_unique(enumeration: Enumeration, locale: str) -> None:
    labels = [option.label.written(locale) for option in enumeration.options]

    assert all(labels)
    assert repeated(labels) == []


def test_every_enumeration_is_used() -> None:
    used = {field.enumeration for table in REGULATION.tables.values() for field in table.fields} - {
        None
    }

    assert set(REGULATION.enumerations) == used


def test_the_regulation_knows_62_kinds_of_document() -> None:
    codes = REGULATION.enumerations["doc_type"].codes

    assert len(codes) == 62
    assert {kind.name: codes.index(kind.name) + 1 for kind in REGULATION.documents.values()} == {
        kind.name: int(kind.code.removeprefix("D")) for kind in REGULATION.documents.values()
    }


def test_every_kind_of_document_has_an_approved_template() -> None:
    approved = [row["doc_type"] for row in STARTER["template"] if row["state"] == "approved"]

    assert sorted(map(str, approved)) == sorted(REGULATION.documents)


def test_every_clause_in_force_has_an_audit_check() -> None:
    checked = {row["clause_id"] for row in STARTER["audit_check"]}
    in_force = {row["clause_id"] for row in STARTER["clause"] if not row.get("effective_to")}

    assert in_force - checked == set()


def test_weights_of_each_scheme_sum_to_100() -> None:
    totals: dict[object, float] = {}
    for row in STARTER["kpi_scheme"]:
        scheme = row["scheme_id"]
        totals[scheme] = totals.get(scheme, 0) + number(row["weight_pct"])

    assert totals == {"REP-2026": 100, "SUP-2026": 100, "MGR-2026": 100}


def test_weights_of_the_attitude_items_sum_to_100() -> None:
    weights = {row["dimension"]: number(row["weight_pct"]) for row in STARTER["attitude_item"]}

    assert weights == {"initiative": 40, "responsibility": 35, "teamwork": 25}


@pytest.mark.parametrize("row", STARTER["attitude_item"], ids=lambda row: str(row["dimension"]))
def test_an_attitude_item_describes_each_rating(row: dict[str, object]) -> None:
    anchors = re.findall(r"^([1-5]): .+$", str(row["behavior"]), re.MULTILINE)

    assert anchors == ["1", "2", "3", "4", "5"]


def test_class_bands_leave_no_gap_and_do_not_overlap() -> None:
    for bands in class_bands().values():
        bands.sort(key=lambda band: float("-inf") if band[0] is None else band[0])
        lows, highs = zip(*bands, strict=True)
        assert (lows[0], highs[-1]) == (None, None)
        assert lows[1:] == highs[:-1]


@pytest.mark.parametrize("key", ["rfm_weights", "key_weights", "rater_weights", "training_weights"])
def test_weights_among_the_parameters_sum_to_one(key: str) -> None:
    assert sum(values(key)) == pytest.approx(1)


@pytest.mark.parametrize("key", ["cycle_weights", "audit_weights"])
def test_percentages_among_the_parameters_sum_to_100(key: str) -> None:
    assert sum(values(key)) == 100


@pytest.mark.parametrize(
    "key", ["value_cuts", "grade_cuts", "audit_cuts", "rfm_frequency_cuts", "rfm_monetary_cuts"]
)
def test_cuts_among_the_parameters_fall(key: str) -> None:
    assert values(key) == sorted(set(values(key)), reverse=True)


def test_bands_of_the_value_axis_agree_with_the_parameters() -> None:
    lows = sorted(
        (low for low, _ in class_bands()["value", "rfm_score"] if low is not None), reverse=True
    )

    assert lows == values("value_cuts")


def test_levels_rise_in_rank_and_score() -> None:
    levels = [(number(row["rank"]), number(row["min_score"])) for row in STARTER["sales_level"]]

    assert [rank for rank, _ in levels] == [1, 2, 3, 4, 5]
    assert [score for _, score in levels] == sorted({score for _, score in levels})


def both(text: Text) -> tuple[str, ...]:
    return tuple(text.written(locale) for locale in LOCALES)


def repeated(values: Iterable[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


def clauses() -> set[object]:
    return {row["clause_id"] for row in STARTER["clause"]}


def values(key: str) -> list[float]:
    (row,) = (row for row in STARTER["param"] if row["param_key"] == key)
    return [float(part) for part in str(row["value"]).split(";")]


def number(value: object) -> float:
    assert isinstance(value, int | float)
    return value


def class_bands() -> dict[tuple[object, object], list[tuple[float | None, float | None]]]:
    found: dict[tuple[object, object], list[tuple[float | None, float | None]]] = {}
    for row in STARTER["class_rule"]:
        low, high = (None if row.get(end) is None else number(row[end]) for end in ("low", "high"))
        found.setdefault((row["axis"], row["metric"]), []).append((low, high))
    return found
