from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.locale.periods import (
    month_of,
    months_between,
    parse_period,
    quarter_of,
    shift_period,
    year_of,
)

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
STARTS = st.integers(1, 12)


def test_a_quarter_counts_from_the_first_fiscal_month():
    period = parse_period("2026Q4", fiscal_start=4)
    assert (period.start, period.end) == (date(2027, 1, 1), date(2027, 3, 31))
    assert period.months == ("202701", "202702", "202703")


def test_a_year_has_twelve_months_and_its_last_day():
    period = parse_period("2027", fiscal_start=3)
    assert (period.start, period.end) == (date(2027, 3, 1), date(2028, 2, 29))
    assert len(period.months) == 12


def test_a_month_ignores_the_fiscal_year():
    assert parse_period("202602", fiscal_start=7).end == date(2026, 2, 28)


def test_a_period_contains_its_first_and_last_day_only():
    period = parse_period("2026Q1")
    assert date(2026, 1, 1) in period
    assert date(2026, 3, 31) in period
    assert date(2026, 4, 1) not in period


@pytest.mark.parametrize("text", ["", "26", "2026Q5", "202613", "2026-07", "2026年"])
def test_other_texts_are_no_period(text):
    with pytest.raises(ValueError, match="not a period"):
        parse_period(text)


@given(DAYS, STARTS)
def test_a_day_lies_in_its_own_periods(day, start):
    for text in (month_of(day), quarter_of(day, start), year_of(day, start)):
        assert day in parse_period(text, start)


@given(DAYS, STARTS)
def test_the_next_period_begins_the_day_after(day, start):
    for text in (month_of(day), quarter_of(day, start), year_of(day, start)):
        following = parse_period(shift_period(text, 1, start), start)
        assert following.start == parse_period(text, start).end + timedelta(days=1)
        assert shift_period(following.text, -1, start) == text


def test_months_between_includes_both_ends():
    assert months_between(date(2025, 11, 30), date(2026, 1, 1)) == ("202511", "202512", "202601")
    assert months_between(date(2026, 2, 1), date(2026, 1, 31)) == ()
