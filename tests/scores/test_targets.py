from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import ScoreError
from sheetsales.scores.targets import PlannedTarget, Share, score_targets, split_target

MONTHS = [f"2026{month:02d}" for month in range(1, 13)]
WEIGHTS = [Decimal(weight) for weight in (6, 7, 9, 8, 8, 8, 8, 8, 9, 9, 10, 10)]


def _team(*weights: int) -> Share:
    people = tuple(
        Share("employee", f"E-{place:06d}", Decimal(weight))
        for place, weight in enumerate(weights, start=1)
    )
    return Share("unit", "U-000001", children=(Share("unit", "U-000002", children=people),))


def _plan(total: int, team: Share, weights: list[Decimal] = WEIGHTS) -> pd.DataFrame:
    planned = PlannedTarget("PL-000001", "SALES", Decimal(total))
    return score_targets(planned, team, dict(zip(MONTHS, weights, strict=True)))


def test_january_takes_its_weight_of_the_year() -> None:
    plan = _plan(12_000_000, _team(50, 30, 20))
    january = plan[(plan["subject_id"] == "U-000001") & (plan["period"] == "202601")]
    assert list(january["target_value"]) == [Decimal(720_000)]


def test_what_is_left_goes_to_the_largest_remainder() -> None:
    parts = split_target(Decimal(1_000_001), [Decimal(50), Decimal(30), Decimal(20)])
    assert parts == [Decimal(500_001), Decimal(300_000), Decimal(200_000)]


def test_equal_remainders_go_to_the_first() -> None:
    parts = split_target(Decimal(5), [Decimal(1), Decimal(1), Decimal(1)])
    assert parts == [Decimal(2), Decimal(2), Decimal(1)]


def test_a_smaller_unit_splits_finer() -> None:
    parts = split_target(Decimal("1.5"), [Decimal(1), Decimal(1)], Decimal("0.01"))
    assert parts == [Decimal("0.75"), Decimal("0.75")]


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2]])
def test_weights_without_a_sum_are_refused(weights: list[int]) -> None:
    with pytest.raises(ScoreError, match="target-weights"):
        split_target(Decimal(10), [Decimal(weight) for weight in weights])


def test_a_total_that_is_no_multiple_of_the_unit_is_refused() -> None:
    with pytest.raises(ScoreError, match="target-unit"):
        split_target(Decimal("10.5"), [Decimal(1)])


def test_small_numbers_reach_everybody_over_the_year() -> None:
    plan = _plan(24, _team(1, 1, 1), [Decimal(1)] * 12)
    years = plan[plan["subject_type"] == "employee"].groupby("subject_id")["target_value"].sum()
    assert set(years) == {Decimal(8)}


def test_month_weights_are_shown_in_percent() -> None:
    plan = _plan(24, _team(1), [Decimal(1)] * 12)
    assert sum(plan[plan["subject_id"] == "E-000001"]["month_weight_pct"]).quantize(
        Decimal(1)
    ) == Decimal(100)


def test_nothing_to_split_is_zero_for_everybody() -> None:
    assert set(_plan(0, _team(2, 1))["target_value"]) == {Decimal(0)}


@given(
    total=st.integers(0, 10**7),
    shares=st.lists(st.integers(1, 60), min_size=1, max_size=7),
    months=st.lists(st.integers(0, 20), min_size=12, max_size=12).filter(any),
)
def test_targets_add_up_exactly_in_every_month_and_over_the_year(
    total: int, shares: list[int], months: list[int]
) -> None:
    plan = _plan(total, _team(*shares), [Decimal(month) for month in months])
    assert plan["target_value"].map(lambda value: value >= 0 and value == int(value)).all()
    people = plan[plan["subject_type"] == "employee"]
    of_months = people.groupby("period")["target_value"].sum()
    for unit in ("U-000001", "U-000002"):
        own = plan[plan["subject_id"] == unit].set_index("period")["target_value"]
        assert own.sum() == total
        assert own.to_dict() == of_months.to_dict()
    years = people.groupby("subject_id")["target_value"].sum()
    assert list(years) == split_target(Decimal(total), [Decimal(share) for share in shares])


@given(st.integers(0, 10**9), st.lists(st.integers(0, 99), min_size=1, max_size=9).filter(any))
def test_no_part_is_a_whole_unit_from_its_share(total: int, weights: list[int]) -> None:
    parts = split_target(Decimal(total), [Decimal(weight) for weight in weights])
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Decimal(total) * weight / sum(weights)) < 1
