from __future__ import annotations

from sheetsales.locale.conversion import to_simplified
from sheetsales.locale.labels import label, title, written
from sheetsales.schema import Enumeration, Option, Regulation, Text

GRADE = Enumeration("grade", (Option("draft", Text("草稿與計劃", "Draft")),))
REGULATION = Regulation({}, {"grade": GRADE}, {})


def test_a_label_is_in_the_locale():
    labels = [label(REGULATION, "grade", "draft", one) for one in ("zh-Hant", "zh-Hans", "en")]
    assert labels == ["草稿與計劃", "草稿与计划", "Draft"]


def test_an_unknown_code_stays_itself():
    assert label(REGULATION, "grade", "計劃", "zh-Hans") == "計劃"


def test_simplified_titles_are_derived():
    assert title(Text("銷售計劃", "Sales plan"), "zh-Hans") == "销售计划"
    assert title(Text("銷售計劃", "Sales plan"), "en") == "Sales plan"


def test_only_the_simplified_locale_is_converted():
    assert written("臺灣", "zh-Hant") == "臺灣"
    assert written("臺灣", "zh-Hans") == to_simplified("臺灣") == "台湾"
