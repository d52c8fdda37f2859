from __future__ import annotations

from sheetsales.schema import load_regulation
from sheetsales.tables import build_frame, extended_enumerations
from sheetsales.tables.references import Keys, Labels
from sheetsales.tables.values import Fault

REGULATION = load_regulation()
KEYS = Keys(["C-000001", "C-000002", "C-000003", None], [["甲"], ["乙"], ["乙"], ["丙"]])


def fault(hit: object) -> tuple[str, str]:
    assert isinstance(hit, Fault)
    return hit.code, hit.variant


def test_the_key_decides_and_a_stale_label_is_no_matter():
    assert KEYS("C-000001") == KEYS("C-000001｜甲") == KEYS("C-000001 | 舊名") == "C-000001"


def test_a_label_alone_counts_if_one_row_bears_it():
    assert KEYS("甲") == "C-000001"


def test_an_ambiguous_label_lists_the_candidates():
    hit = KEYS("乙")
    assert fault(hit) == ("COL-reference-ambiguous", "")
    assert hit.arguments == {"candidates": "C-000002, C-000003"}


def test_an_unknown_key_is_refused_even_with_a_known_label():
    assert fault(KEYS("C-000009")) == fault(KEYS("C-000009｜甲")) == ("COL-foreign-key", "")


def test_a_row_that_has_no_key_yet_cannot_be_referred_to():
    assert fault(KEYS("丙")) == ("COL-foreign-key", "keyless")


def test_a_label_of_any_locale_and_the_code_stand_for_the_code():
    grade = REGULATION.enumerations["contract_type"]
    find = Labels(grade, simplify=lambda text: text.replace("銷售", "销售"))
    english = grade.label("sales", "en")
    assert {find(text) for text in ("sales", "銷售合同", "销售合同", english, english.upper())} == {
        "sales"
    }
    assert fault(find("租約")) == ("COL-enum", "")


def test_full_width_labels_are_understood():
    assert Labels(REGULATION.enumerations["size_band"])("１００0＋") == "s6"


def test_a_company_extends_open_lists_only():
    rows = build_frame(
        REGULATION.tables["enum"],
        [
            {"enum_name": "industry", "code": "drones", "label_zh": "無人機"},
            {"enum_name": "industry", "code": "food", "label_zh": "食品業"},
            {"enum_name": "grade", "code": "F", "label_zh": "劣"},
            {"enum_name": "nothing", "code": "x", "label_zh": "無"},
            {"enum_name": "industry", "code": None, "label_zh": "無碼"},
        ],
    )
    found = extended_enumerations(REGULATION, rows)
    assert found["industry"].codes == (*REGULATION.enumerations["industry"].codes, "drones")
    assert found["industry"].label("food", "en") == "食品業"
    assert found["grade"] is REGULATION.enumerations["grade"]
    both = Labels(found["industry"], REGULATION.enumerations["industry"])
    assert both("食品業") == both("食品與飲料") == "food"
