from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import ScoreError
from sheetsales.scores.sampling import draw_sample, draw_samples, sample_size
from tests.builders import frames
from tests.scores.world import params

KEYS = [f"SO-{number:06d}" for number in range(1, 201)]


def test_of_200_rows_66_are_looked_at() -> None:
    assert sample_size(200, params()) == 66


@pytest.mark.parametrize(("population", "size"), [(0, 0), (1, 1), (10, 10), (10**9, 97)])
def test_never_more_than_there_are_and_never_more_than_enough(population: int, size: int) -> None:
    assert sample_size(population, params()) == size


def test_a_smaller_error_needs_more() -> None:
    assert sample_size(200, params(audit_error="5")) == 132


def test_an_error_of_nothing_is_refused() -> None:
    with pytest.raises(ScoreError, match="param-invalid"):
        sample_size(200, params(audit_error="0"))


def test_a_seed_draws_these_rows_on_every_machine() -> None:
    drawn = draw_sample(KEYS, 5, seed=20260401)
    assert drawn == ["SO-000015", "SO-000095", "SO-000100", "SO-000098", "SO-000189"]


@given(st.lists(st.text(max_size=5), max_size=30), st.integers(0, 9), st.integers(-2, 9))
def test_the_order_of_the_rows_does_not_matter_and_none_comes_twice(
    keys: list[str], seed: int, n: int
) -> None:
    drawn = draw_sample(keys, n, seed)
    assert drawn == draw_sample(reversed(keys), n, seed)
    assert len(set(drawn)) == len(drawn) == min(max(n, 0), len(set(keys)))


@given(st.integers(0, 99), st.integers(0, 200))
def test_a_larger_sample_extends_a_smaller_one(seed: int, n: int) -> None:
    assert draw_sample(KEYS, n + 10, seed)[:n] == draw_sample(KEYS, n, seed)


def test_another_seed_draws_others() -> None:
    assert draw_sample(KEYS, 20, seed=1) != draw_sample(KEYS, 20, seed=2)


def test_samples_are_drawn_from_what_was_signed_and_ordered_in_the_period() -> None:
    tables = frames(
        contract=[
            {"contract_id": "CON-000001", "signed_on": date(2026, 7, 1)},
            {"contract_id": "CON-000002", "signed_on": date(2026, 10, 1)},
            {"contract_id": "CON-000003", "signed_on": None},
        ],
        order=[{"order_id": f"SO-{n:06d}", "order_on": date(2026, 8, 1)} for n in range(1, 201)],
    )
    scope = (date(2026, 7, 1), date(2026, 9, 30))
    contracts, orders = draw_samples(tables, scope, 20260401, params())
    assert (contracts.table, contracts.size, contracts.keys) == ("contract", 1, ("CON-000001",))
    assert (orders.size, len(orders.keys)) == (200, 66)
    assert orders.keys[:2] == ("SO-000015", "SO-000095")
    turned = {**tables, "order": tables["order"][::-1].reset_index(drop=True)}
    assert draw_samples(turned, scope, 20260401, params()) == [contracts, orders]
