from __future__ import annotations

from sheetsales.schema import load_regulation
from sheetsales.workbooks.content import Content
from sheetsales.workbooks.lists import DropList, list_entries, list_title, lists_of
from sheetsales.workbooks.wording import Wording
from tests.builders import frames

REGULATION = load_regulation()


def content(locale: str = "zh-Hant", **rows: list[dict[str, object]]) -> Content:
    return Content(Wording(REGULATION, locale), frames(**rows))


def test_a_list_grows_by_its_cells_alone() -> None:
    assert DropList("enum", "grade", "AB").refers_to == (
        "=_lists!$AB$2:INDEX(_lists!$AB:$AB,1+COUNTA(_lists!$AB$2:$AB$1048576))"
    )


def test_each_list_of_a_workbook_has_one_column_and_one_name() -> None:
    for stem in REGULATION.workbooks:
        lists = lists_of(REGULATION, stem)
        assert len({one.column for one in lists}) == len(lists)
        assert len({one.defined_name for one in lists}) == len(lists)


def test_every_choice_of_a_workbook_has_its_list() -> None:
    for stem in REGULATION.workbooks:
        known = {(one.kind, one.name) for one in lists_of(REGULATION, stem)}
        for table in REGULATION.of_workbook(stem):
            for field in table.fields:
                if field.enumeration is not None:
                    assert ("enum", field.enumeration) in known
                if field.reference is not None:
                    assert ("table", field.reference.table) in known


def test_an_enumeration_offers_its_labels_in_the_locale() -> None:
    grades = DropList("enum", "customer_status", "A")
    assert list_entries(grades, content())[:2] == ["潛在", "有效"]
    assert list_entries(grades, content("zh-Hans"))[:2] == ["潜在", "有效"]


def test_an_open_enumeration_offers_what_the_company_added_and_still_uses() -> None:
    own = [
        {"enum_name": "industry", "code": "tea", "label_zh": "茶業", "is_active": True},
        {"enum_name": "industry", "code": "ice", "label_zh": "製冰", "is_active": False},
    ]
    offered = list_entries(DropList("enum", "industry", "A"), content(enum=own))
    assert "茶業" in offered
    assert "製冰" not in offered


def test_rows_are_offered_as_key_and_label_without_inactive_and_merged_ones() -> None:
    customers = [
        {"customer_id": "C-000001", "name": "甲"},
        {"customer_id": "C-000002", "name": "乙", "inactive": True},
        {"customer_id": "C-000003", "name": "丙", "merged_into": "C-000001"},
        {"customer_id": None, "name": "新"},
        {"customer_id": "C-000004", "name": None},
    ]
    offered = list_entries(DropList("table", "customer", "A"), content(customer=customers))
    assert offered == ["C-000001｜甲", "C-000004"]


def test_a_label_that_is_a_code_is_shown_as_its_label() -> None:
    templates = [{"template_id": "TPL-000001", "doc_type": "sales_contract"}]
    label = REGULATION.enumerations["doc_type"].label("sales_contract", "en")
    offered = list_entries(DropList("table", "template", "A"), content("en", template=templates))
    assert offered == [f"TPL-000001｜{label}"]


def test_nothing_is_offered_above_five_thousand_rows() -> None:
    rows: list[dict[str, object]] = [{"customer_id": f"C-{n:06d}"} for n in range(5001)]
    customers = DropList("table", "customer", "A")
    assert list_entries(customers, content(customer=rows)) == []
    assert len(list_entries(customers, content(customer=rows[1:]))) == 5000


def test_an_empty_list_says_why() -> None:
    wording = Wording(REGULATION, "zh-Hant")
    assert "客戶" in list_title(DropList("table", "customer", "A"), wording)
