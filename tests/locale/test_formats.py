from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.locale import formats


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [(2.675, 2, "2.68"), (0.125, 2, "0.13"), (-0.5, 0, "-1"), (2.5, 0, "3"), (-0.001, 2, "0.00")],
)
def test_halves_round_away_from_zero_on_their_decimal_writing(value, decimals, rounded):
    assert str(formats.round_half_up(value, decimals)) == rounded


def test_what_is_no_finite_number_is_refused():
    with pytest.raises(ValueError, match="not a finite number"):
        formats.round_half_up(float("nan"))


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=4))
def test_a_formatted_number_reads_back_rounded(value):
    assert Decimal(formats.format_number(value, 4).replace(",", "")) == value


@given(st.floats(min_value=-(10**15), max_value=10**15), st.integers(0, 4))
def test_a_number_has_exactly_its_decimals_and_no_exponent(value, decimals):
    text = formats.format_number(value, decimals)
    assert len(text.partition(".")[2]) == decimals
    assert "E" not in text
    assert not text.startswith("-0") or Decimal(text.replace(",", "")) != 0


@pytest.mark.parametrize(
    ("currency", "locale", "text"),
    [
        ("TWD", "zh-Hant", "NT$ 1,250,001"),
        ("TWD", "en", "TWD 1,250,001"),
        ("USD", "zh-Hans", "US$ 1,250,000.50"),
        ("THB", "zh-Hant", "THB 1,250,000.50"),
    ],
)
def test_money_has_the_decimals_of_its_currency(currency, locale, text):
    assert formats.format_money(1250000.5, currency, locale) == text


def test_a_quantity_has_no_idle_zeros():
    assert formats.format_quantity(1200) == "1,200"
    assert formats.format_quantity(Decimal("12.5000"), "箱") == "12.5 箱"


def test_a_percentage_is_shown_as_given():
    assert formats.format_percent(104.166667) == "104.17%"
    assert formats.format_percent(60, 0) == "60%"


@pytest.mark.parametrize(
    ("locale", "calendar", "text"),
    [
        ("zh-Hant", "ce", "2026年3月13日"),
        ("zh-Hant", "roc", "民國115年3月13日"),
        ("zh-Hans", "roc", "民国115年3月13日"),
        ("en", "ce", "13 March 2026"),
        ("en", "roc", "13 March 2026"),
    ],
)
def test_dates(locale, calendar, text):
    assert formats.format_date(date(2026, 3, 13), locale, calendar) == text


def test_years_before_the_republic():
    assert formats.format_date(date(1911, 10, 10), "zh-Hant", "roc") == "民國前1年10月10日"
    assert formats.format_date(date(1912, 1, 1), "zh-Hant", "roc") == "民國1年1月1日"


def test_a_moment_has_hour_and_minute():
    moment = datetime.fromisoformat("2026-03-13T09:05")
    assert formats.format_datetime(moment, "zh-Hant") == "2026年3月13日 09:05"
    assert formats.format_datetime(moment, "en") == "13 March 2026, 09:05"


@pytest.mark.parametrize(
    ("period", "chinese", "english"),
    [
        ("2026", "2026年", "2026"),
        ("2026Q3", "2026年第3季", "Q3 2026"),
        ("202607", "2026年7月", "July 2026"),
        ("202613", "202613", "202613"),
        ("soon", "soon", "soon"),
    ],
)
def test_periods(period, chinese, english):
    assert formats.format_period(period, "zh-Hant") == chinese
    assert formats.format_period(period, "en") == english
