from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sheetsales.schema import load_regulation
from sheetsales.workbooks.conditions import (
    Blank,
    Condition,
    Days,
    Filled,
    InMonth,
    Is,
    IsNot,
    Moment,
    OfAnchor,
    OfAnchorKey,
    OfRow,
    OfRowKey,
    Place,
)
from sheetsales.workbooks.content import Content
from sheetsales.workbooks.figures import Count, Mean, Ratio, Rows, Sum, TextOf, Total
from sheetsales.workbooks.wording import Wording
from tests.builders import frames

WORDING = Wording(load_regulation(), "zh-Hant")
PLACE = Place(WORDING, "$C$3", row="$B$9", anchors={"month": "$C$4", "kpi": "$H$3"})
AS_OF = date(2026, 8, 15)

ORDERS: list[dict[str, object]] = [
    {"order_id": "SO-1", "order_on": date(2026, 8, 15), "state": "draft", "total": 1.5},
    {"order_id": "SO-2", "order_on": date(2026, 8, 31), "state": "completed", "total": 2},
    {"order_id": "SO-3", "order_on": date(2026, 9, 1), "state": None, "customer_id": "C-1"},
    {"order_id": "SO-4", "order_on": None, "state": "draft", "total": 10, "inactive": True},
    {"order_id": None, "order_on": date(2026, 8, 15), "state": "draft", "total": 100},
]


def moment(row: str = "", **anchors: str) -> Moment:
    found = frames(order=ORDERS)
    return Moment(found, Content(WORDING, found), AS_OF, row, anchors)


def counted(*where: Condition, at: Moment | None = None) -> float | int | None:
    return Count("order", where).value(at or moment())


def formula(*where: Condition) -> str:
    return Count("order", where).formula(PLACE)


def test_rows_without_a_key_and_inactive_rows_do_not_count() -> None:
    assert counted() == 3
    assert formula() == 'COUNTIFS(order[訂單編號],"<>",order[停用],"<>是")'


def test_the_index_counts_inactive_rows_too() -> None:
    assert Rows("order").value(moment()) == 4
    assert Rows("order").formula(PLACE) == "COUNTA(order[訂單編號])"


def test_several_codes_are_alternatives_that_are_added() -> None:
    either = Is("state", ("draft", "completed"))
    assert counted(either) == 2
    assert formula(either).count("COUNTIFS(") == 2
    assert 'order[狀態],"草稿")+COUNTIFS(' in formula(either)


def test_what_is_not_said_is_none_of_the_codes() -> None:
    assert counted(IsNot("state", ("draft",))) == 2
    assert formula(IsNot("state", ("draft",))).endswith('order[狀態],"<>草稿")')


def test_blank_and_filled_are_opposites() -> None:
    assert (counted(Blank("state")), counted(Filled("state"))) == (1, 2)
    assert formula(Blank("state")).endswith('order[狀態],"")')
    assert formula(Filled("state")).endswith('order[狀態],"<>")')


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0, 0, 1), (0, 16, 2), (1, None, 2), (None, -1, 0), (17, 17, 1)]
)
def test_days_count_from_the_date_of_reference_both_ends_included(
    low: int | None, high: int | None, expected: int
) -> None:
    assert counted(Days("order_on", low, high)) == expected


def test_days_are_read_from_the_cell_not_from_the_clock() -> None:
    assert formula(Days("order_on", 0, 60)).endswith(
        'order[訂單日],">="&$C$3+0,order[訂單日],"<"&$C$3+61)'
    )


def test_without_a_date_of_reference_nothing_is_due() -> None:
    blank = replace(moment(), as_of=None)
    assert counted(Days("order_on", high=-1), at=blank) == 0
    assert counted(InMonth("order_on"), at=blank) == 0


def test_a_month_is_that_of_the_row_of_an_anchor_or_of_the_reference() -> None:
    assert counted(InMonth("order_on")) == 2
    assert counted(InMonth("order_on"), at=moment("202609")) == 1
    year = InMonth("order_on", months=12, anchor="month")
    assert counted(year, at=moment(month="202508")) == 0
    assert counted(year, at=moment(month="202509")) == 2
    assert counted(year, at=moment(month="")) == 0
    assert "DATE(YEAR($C$3),MONTH($C$3)" not in formula(InMonth("order_on"))
    assert "MONTH($C$3)+1,1)" in Count("order", (InMonth("order_on"),)).formula(
        replace(PLACE, row="")
    )


def test_a_row_is_compared_by_its_cell_or_by_the_key_in_it() -> None:
    assert counted(OfRow("customer_id"), at=moment("C-1")) == 1
    assert counted(OfRowKey("customer_id"), at=moment("C-1")) == 1
    assert formula(OfRow("customer_id")).endswith("order[客戶],$B$9)")
    assert 'LEFT($B$9,FIND("｜",$B$9&"｜")-1)' in formula(OfRowKey("customer_id"))


def test_an_anchor_is_compared_by_its_cell_or_by_the_key_in_it() -> None:
    assert counted(OfAnchor("customer_id", "kpi"), at=moment(kpi="C-1")) == 1
    assert counted(OfAnchor("customer_id", "kpi"), at=moment(kpi="")) == 2
    assert formula(OfAnchor("customer_id", "kpi")).endswith('order[客戶],$H$3&"")')
    assert 'FIND("｜",$H$3&"｜")' in formula(OfAnchorKey("customer_id", "kpi"))


def test_a_sum_adds_what_is_there() -> None:
    assert Sum("order", "total").value(moment()) == 3.5
    assert Sum("order", "total").formula(PLACE).startswith("SUMIFS(order[訂單金額],order[")


def test_a_mean_of_nothing_is_nothing() -> None:
    assert Mean("order", "total").value(moment()) == 1.75
    assert Mean("order", "total", (Blank("state"),)).value(moment()) is None
    assert Mean("order", "total").formula(PLACE).startswith("IFERROR(AVERAGEIFS(")


def test_a_mean_over_alternatives_is_refused() -> None:
    with pytest.raises(ValueError, match="alternatives"):
        Mean("order", "total", (Is("state", ("draft", "completed")),)).formula(PLACE)


def test_a_ratio_without_a_denominator_is_nothing() -> None:
    drafts = Count("order", (Is("state", ("draft",)),))
    assert Ratio(drafts, Count("order")).value(moment()) == pytest.approx(100 / 3)
    assert Ratio(drafts, Count("order", (Days("order_on", 90),))).value(moment()) is None


def test_a_total_adds_the_numbers_of_a_panel() -> None:
    totals = {("months", "sales"): (1.5, None, "x", 2)}
    assert Total("months", "sales").value(replace(moment(), totals=totals)) == 3.5
    place = replace(PLACE, totals={("months", "sales"): "$C$9:$C$20"})
    assert Total("months", "sales").formula(place) == "SUM($C$9:$C$20)"


def test_a_text_is_found_by_row_and_anchor() -> None:
    rows = [{"cycle_id": "CY-1", "employee_id": "E-1", "grade": "A"}]
    found = frames(appraisal=rows)
    grade = TextOf("appraisal", "grade", "employee_id", "cycle_id", "cycle")
    here = Moment(found, Content(WORDING, found), AS_OF, "E-1", {"cycle": "CY-1"})
    assert grade.value(here) == "優"
    assert grade.value(replace(here, row="E-2")) is None
    assert "appraisal[[#Headers],[員工]]" in grade.formula(
        replace(PLACE, anchors={"cycle": "$H$3"})
    )
