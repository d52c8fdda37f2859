from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import pytest

from sheetsales.schema import load_regulation
from sheetsales.workbooks.content import Content
from sheetsales.workbooks.layout import OVERVIEW, PROBLEM
from sheetsales.workbooks.overview import OVERVIEWS, overview_places
from sheetsales.workbooks.overview.cells import (
    OverviewCell,
    OverviewValues,
    Snapshot,
    layout_mark,
    overview_values,
)
from sheetsales.workbooks.overview.model import Months, Overview
from sheetsales.workbooks.wording import Wording
from tests.workbooks.company import AS_OF, company_rows

REGULATION = load_regulation()
STEMS = REGULATION.workbooks
DECLARED = [pytest.param(stem, overview, id=stem) for stem, overview in OVERVIEWS.items()]


@lru_cache
def snapshot(locale: str = "zh-Hant") -> Snapshot:
    return Snapshot(Content.of_rows(Wording(REGULATION, locale), company_rows()), AS_OF)


@lru_cache
def blank(locale: str = "zh-Hant") -> Snapshot:
    return Snapshot(Content.of_rows(Wording(REGULATION, locale), {}))


def values(stem: str, given: Snapshot | None = None) -> OverviewValues:
    if given is None:
        return shown_in("zh-Hant", stem)
    return overview_values(overview_places(stem, given.content.wording), given)


@lru_cache
def shown_in(locale: str, stem: str) -> OverviewValues:
    return values(stem, snapshot(locale))


def card(stem: str, code: str, given: Snapshot | None = None) -> object:
    places = overview_places(stem, Wording(REGULATION, "zh-Hant"))
    row, column = next((r, c) for one, r, c in places.cards if one.code == code)
    return _at(values(stem, given), row + 1, column).value


def panel(stem: str, code: str, series: str) -> dict[object, object]:
    places = overview_places(stem, Wording(REGULATION, "zh-Hant"))
    place = next(one for one in places.panels if one.panel.code == code)
    index = [one.code for one in place.panel.series].index(series)
    shown = values(stem)
    labels = place.panel.rows.labels(places.wording)
    found = {}
    for row in range(place.first_row, place.last_row + 1):
        fixed = labels[row - place.first_row] if labels else None
        label = fixed or _at(shown, row, place.column).value
        if label:
            found[label] = _at(shown, row, place.series_column(index)).value
    return found


def _at(shown: OverviewValues, row: int, column: int) -> OverviewCell:
    return next(cell for cell in shown.cells if (cell.row, cell.column) == (row, column))


@pytest.mark.parametrize("locale", ["zh-Hant", "en"])
@pytest.mark.parametrize(("stem", "overview"), DECLARED)
def test_everything_declared_has_its_texts(stem: str, overview: Overview, locale: str) -> None:
    say = Wording(REGULATION, locale).text
    codes = [f"book-{stem}", f"book-{stem}-about", "card-errors", "card-errors-note"]
    codes += [f"card-{one.code}" for one in overview.cards]
    codes += [f"card-{one.code}-note" for one in overview.cards]
    codes += [f"panel-{one.code}" for one in overview.panels]
    codes += [f"series-{one.code}" for shown in overview.panels for one in shown.series]
    codes += [f"anchor-{one.code}" for one in overview.anchors]
    codes += [one.code for one in overview.items]
    assert [code for code in codes if say(code) == code] == []


@pytest.mark.parametrize(("stem", "overview"), DECLARED)
def test_panels_hold_together(stem: str, overview: Overview) -> None:
    del stem
    anchors = {anchor.code for anchor in overview.anchors}
    for shown in overview.panels:
        codes = [one.code for one in shown.series]
        assert 1 <= len(codes) <= 3
        assert len(set(codes)) == len(codes)
        assert {*shown.lines, *shown.undrawn} <= set(codes)
        assert len(shown.undrawn) < len(codes)
        if isinstance(shown.rows, Months):
            assert shown.rows.anchor in anchors


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
@pytest.mark.parametrize("stem", STEMS)
def test_formulas_read_the_own_book_only_and_columns_without_special_signs(
    stem: str, locale: str
) -> None:
    own = {table.name for table in REGULATION.of_workbook(stem)} | {PROBLEM.name, OVERVIEW.name}
    for cell in shown_in(locale, stem).cells:
        used = re.findall(r"(\w+)\[([^\[\]]+)\]", cell.formula)
        assert {table for table, _ in used} <= own, cell
        assert all(re.fullmatch(r"[\w ]+", title) for _, title in used), cell
        assert len(cell.formula) < 8192


@pytest.mark.parametrize("stem", STEMS)
def test_no_two_figures_share_a_cell(stem: str) -> None:
    addresses = [cell.address for cell in values(stem).cells]
    assert len(set(addresses)) == len(addresses)


@pytest.mark.parametrize("stem", STEMS)
def test_a_blank_book_shows_no_day_and_nothing_due(stem: str) -> None:
    shown = values(stem, blank())
    assert shown.rows == ()
    assert {cell.value for cell in shown.cells if cell.formula} <= {0, ""}


@pytest.mark.parametrize("stem", STEMS)
def test_the_data_do_not_change_the_layout(stem: str) -> None:
    assert layout_mark(values(stem)) == layout_mark(values(stem, blank()))
    moved = tuple(replace(cell, row=cell.row + 1) for cell in values(stem).cells)
    assert layout_mark(OverviewValues(moved)) != layout_mark(values(stem))


@pytest.mark.parametrize(
    ("stem", "code", "expected"),
    [
        ("org", "employees", 3),
        ("org", "leaving", 1),
        ("org", "units", 1),
        ("org", "territories", 1),
        ("org", "clauses", 1),
        ("market", "products", 2),
        ("customer", "customers", 2),
        ("customer", "visits-overdue", 1),
        ("customer", "visits-due", 1),
        ("customer", "key-reviews", 1),
        ("plan", "year-target", 1200.5),
        ("plan", "year-sales", 900.25),
        ("sales", "month-sales", 300.0),
        ("sales", "month-receipts", 600.25),
        ("sales", "orders-open", 2),
        ("sales", "deliveries-overdue", 1),
        ("sales", "year-sales-ordered", 900.25),
        ("contract", "contract-amount", 1500.5),
        ("contract", "contracts-ending", 1),
        ("contract", "milestones-overdue", 1),
        ("contract", "milestones-due", 1),
        ("performance", "appraised", 3),
        ("performance", "good-grades", 2),
        ("performance", "appeals", 1),
        ("talent", "sessions-soon", 1),
        ("talent", "sessions-ungraded", 1),
        ("talent", "pass-rate", 50.0),
        ("governance", "findings-late", 1),
        ("governance", "actions-due", 1),
        ("governance", "actions-late", 1),
    ],
)
def test_a_card_shows_its_figure(stem: str, code: str, expected: float) -> None:
    assert card(stem, code) == expected


def test_a_mean_leaves_out_who_has_no_score() -> None:
    assert card("performance", "mean-total") == pytest.approx((95.1 + 82.25) / 2)


def test_targets_of_people_and_drafts_are_not_added_to_those_of_the_unit() -> None:
    assert panel("plan", "target-by-month", "target")["202604"] == 700.5
    months = list(panel("plan", "target-by-month", "target"))
    assert (months[0], months[-1], len(months)) == ("202604", "202703", 12)


def test_sales_stand_beside_targets_month_by_month_and_person_by_person() -> None:
    assert panel("plan", "target-by-month", "actual")["202604"] == 600.25
    people = panel("plan", "target-by-person", "actual")
    assert people == {"E-000001｜林怡君": 360.15, "E-000002｜陳大文": 240.1}
    assert panel("plan", "target-by-month", "attainment")["202606"] == ""


def test_people_stand_by_rank_with_score_and_grade() -> None:
    assert panel("performance", "scores-by-person", "grade") == {
        "E-000001｜林怡君": "優",
        "E-000002｜陳大文": "良",
        "E-000003｜A. Lee": "",
    }


def test_customers_are_counted_by_value_class() -> None:
    assert panel("customer", "customers-by-value", "customers") == {
        "高價值": 1,
        "中等價值": 1,
        "低價值": 1,
    }


def test_figures_of_other_books_stand_with_their_day() -> None:
    assert values("customer").rows[0] == {
        "item": "銷售淨額（客戶）",
        "as_of": AS_OF,
        "period": "C-000001｜甲（股）公司",
        "value": 600.25,
    }
    assert {row["period"]: row["value"] for row in values("sales").rows} == {
        "202604": 700.5,
        "202605": 500.0,
    }


def test_problems_are_counted_by_sheet_and_severity() -> None:
    findings = [("客戶", "error"), ("客戶", "warning"), ("聯絡人", "info")]
    given = replace(snapshot(), findings=findings)
    assert card("customer", "errors", given) == 1
    places = overview_places("customer", Wording(REGULATION, "zh-Hant"))
    shown = values("customer", given)
    assert _at(shown, places.index_first, 4).value == 2
    assert _at(shown, places.index_first + 1, 4).value == 0


def test_a_part_of_a_spread_book_counts_its_own_rows() -> None:
    given = snapshot()
    own = dict(given.content.frames)
    own["order"] = own["order"].head(2)
    assert card("sales", "orders-open", replace(given, own=own)) == 1


def test_a_workbook_without_declarations_shows_the_index() -> None:
    places = overview_places("service", Wording(REGULATION, "en"))
    assert places.panels == ()
    assert places.table_row is None
    assert [one.code for one, _, _ in places.cards] == ["errors"]
