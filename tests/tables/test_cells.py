from __future__ import annotations

from datetime import date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsales.schema import load_regulation
from sheetsales.tables import bind_tables, build_frame, cell_values, reference_labels
from tests import builders

REGULATION = load_regulation()


def written(name, row, locale="zh-Hant", simplify=None, **tables):
    bound = builders.tables(**tables)
    (cells,) = cell_values(
        REGULATION.tables[name],
        builders.frames(**{name: [row]})[name][list(row)],
        enumerations=REGULATION.enumerations,
        labels=reference_labels(REGULATION, bound, locale, simplify),
        locale=locale,
        simplify=simplify,
    )
    return cells


def test_codes_become_labels_of_the_locale():
    row = {"direction": "higher"}
    assert written("kpi", row) == {"direction": "越高越好"}
    assert written("kpi", row, "en")["direction"] == REGULATION.enumerations["direction"].label(
        "higher", "en"
    )
    simplified = written("kpi", {"direction": "lower"}, "zh-Hans", lambda text: f"<{text}>")
    assert simplified == {"direction": "<越低越好>"}


def test_references_show_key_and_label():
    units = [{"unit_id": "U-000001", "name": "業務部"}, {"unit_id": "U-000002"}]
    row = {"unit_ids": ("U-000001", "U-000002"), "lead_id": "E-000009"}
    assert written("audit", row, org_unit=units) == {
        "unit_ids": "U-000001｜業務部;U-000002",
        "lead_id": "E-000009",
    }


def test_a_coded_label_is_shown_in_the_locale():
    template = [{"template_id": "TPL-000001", "doc_type": "sales_contract"}]
    label = REGULATION.enumerations["doc_type"].label("sales_contract", "en")
    row = {"template_id": "TPL-000001"}
    assert written("document", row, "en", template=template) == {
        "template_id": f"TPL-000001｜{label}"
    }


def test_plain_values_are_plain():
    row = {"final_score": 85.2, "passed": True, "reaction": 4, "pre_score": None, "feedback": None}
    assert written("enrollment", row) == {
        "final_score": 85.2,
        "passed": "是",
        "reaction": 4,
        "pre_score": None,
        "feedback": None,
    }
    moment = {"start_at": datetime.fromisoformat("2026-01-02T09:30"), "mandatory": None}
    assert written("session", moment) == moment
    day = {"scope_from": date(2026, 1, 1), "unit_ids": None}
    assert written("audit", day, "en") == day


text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda value: value == value.strip()
)


@settings(max_examples=25, deadline=None)
@given(
    name=st.none() | text,
    limit=st.none() | st.floats(-1e15, 1e15),
    is_key=st.none() | st.booleans(),
    ordered=st.none() | st.dates(date(1900, 3, 1), date(2200, 1, 1)),
    status=st.none() | st.sampled_from(REGULATION.enumerations["customer_status"].codes),
    locale=st.sampled_from(["zh-Hant", "en"]),
)
def test_what_is_written_is_read_back(name, limit, is_key, ordered, status, locale):
    table = REGULATION.tables["customer"]
    row = {
        "customer_id": "C-000001",
        "name": name,
        "credit_limit": limit,
        "is_key": is_key,
        "last_order_on": ordered,
        "status": status,
    }
    typed = build_frame(table, [row])
    cells = cell_values(
        table, typed, enumerations=REGULATION.enumerations, labels={}, locale=locale
    )
    raw = builders.raw_table("customer", *cells, locale=locale)
    data = bind_tables(REGULATION, {"customer": [raw]})["customer"]
    again = cell_values(
        table, data.frame, enumerations=REGULATION.enumerations, labels={}, locale=locale
    )
    assert data.problems == ()
    assert again[0]["name"] == (None if name is None else data.frame["name"].iat[0])
    assert {**again[0], "name": None} == {**cells[0], "name": None}
