from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.scores.decimals import (
    clamp,
    decimal_of,
    mean,
    median,
    percentage,
    ratio,
    round4,
    round_money,
    weighted_mean,
)

NUMBERS = st.decimals(min_value=-(10**6), max_value=10**6, places=4)


def test_a_float_is_the_decimal_that_it_is_written_as() -> None:
    assert decimal_of(0.1) == Decimal("0.1")


def test_nothing_and_not_a_number_are_no_number() -> None:
    assert decimal_of(None) is None
    assert decimal_of(float("nan")) is None


def test_integers_and_decimals_stay_what_they_are() -> None:
    assert decimal_of(7) == Decimal(7)
    assert decimal_of(Decimal("7.50")) == Decimal("7.5")


def test_text_is_refused() -> None:
    with pytest.raises(TypeError, match="not a number"):
        decimal_of("7")


@pytest.mark.parametrize(
    ("value", "kept"), [("1.00005", "1.0001"), ("-1.00005", "-1.0001"), ("1.00004", "1.0000")]
)
def test_scores_round_half_up_at_the_fourth_decimal(value: str, kept: str) -> None:
    assert str(round4(Decimal(value))) == kept


@pytest.mark.parametrize(("currency", "kept"), [("TWD", "38"), ("USD", "37.50"), (None, "37.50")])
def test_money_rounds_to_the_minor_unit_of_its_currency(currency: str | None, kept: str) -> None:
    assert str(round_money(Decimal("37.5"), currency)) == kept


def test_a_zero_denominator_gives_no_value() -> None:
    assert ratio(Decimal(1), Decimal(0)) is None
    assert percentage(Decimal(1), Decimal(0)) is None


def test_a_missing_part_gives_no_value() -> None:
    assert ratio(None, Decimal(1)) is None
    assert percentage(Decimal(1), None) is None


def test_nothing_has_no_mean_and_no_median() -> None:
    assert mean([]) is None
    assert median([]) is None


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    assert median([Decimal(4), Decimal(1), Decimal(3), Decimal(2)]) == Decimal("2.5")


def test_a_missing_part_leaves_its_weight_to_the_others() -> None:
    parts = [(Decimal(60), Decimal(90)), (Decimal(25), None), (Decimal(15), Decimal(80))]
    assert weighted_mean(parts) == Decimal(88)


def test_without_weight_there_is_no_mean() -> None:
    assert weighted_mean([(Decimal(0), Decimal(5)), (None, Decimal(7))]) is None


@given(st.lists(st.tuples(st.decimals(1, 100, places=2), NUMBERS), min_size=1, max_size=8))
def test_a_weighted_mean_lies_between_its_parts(parts: list[tuple[Decimal, Decimal]]) -> None:
    found = weighted_mean(parts)
    values = [value for _, value in parts]
    assert found is not None
    assert min(values) - Decimal("1e-9") <= found <= max(values) + Decimal("1e-9")


@given(NUMBERS, NUMBERS)
def test_a_clamped_value_lies_between_its_bounds(value: Decimal, bound: Decimal) -> None:
    assert bound <= clamp(value, bound, bound + 10) <= bound + 10
