from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import recompute
from sheetsales.scores.customers import explain_customers, score_customers
from sheetsales.scores.derivation import recompute_component
from tests.builders import frames
from tests.scores.world import AS_OF, Row, joined, only, params, sale, shipped

MARCH_10 = date(2026, 3, 10)


def _high() -> dict[str, list[Row]]:
    """A customer whose last order was on 10 March, high by value."""
    return joined(
        *(
            sale(number, day, (1, 500_000))
            for number, day in enumerate((MARCH_10, date(2026, 2, 1), date(2026, 1, 5)), start=1)
        ),
    )


def _tables(*parts: dict[str, list[Row]], **customer: object) -> dict[str, pd.DataFrame]:
    base: dict[str, list[Row]] = {
        "class_rule": shipped("class_rule"),
        "customer": [{"customer_id": "C-000001", **customer}],
    }
    return frames(**joined(base, *parts))


def _customer(tables: dict[str, pd.DataFrame]) -> Row:
    return only(score_customers(tables, params(), as_of=AS_OF), customer_id="C-000001")


def _key(state: str) -> dict[str, list[Row]]:
    return {"key_account": [{"key_id": "KA-000001", "customer_id": "C-000001", "state": state}]}


def _result(day: date, override: str | None, approver: str | None) -> Row:
    return {
        "customer_id": "C-000001",
        "as_of": day,
        "override_class": override,
        "approved_by": approver,
    }


def test_a_high_customer_last_seen_on_10_march_is_due_on_9_april() -> None:
    found = _customer(_tables(_high()))
    assert (found["value_class"], found["last_order_on"]) == ("high", MARCH_10)
    assert found["next_visit_due"] == date(2026, 4, 9)


def test_a_key_account_is_due_sooner() -> None:
    found = _customer(_tables(_high(), _key("confirmed")))
    assert found["is_key"] is True
    assert found["next_visit_due"] == date(2026, 3, 24)


@pytest.mark.parametrize("state", ["candidate", "watch", "removed"])
def test_only_a_confirmed_key_account_is_key(state: str) -> None:
    assert _customer(_tables(_high(), _key(state)))["is_key"] is False


def test_a_recorded_contact_goes_before_the_last_order() -> None:
    found = _customer(_tables(_high(), last_contact_on=date(2026, 3, 20)))
    assert found["next_visit_due"] == date(2026, 4, 19)


def test_a_contact_without_class_waits_longest() -> None:
    found = _customer(_tables(last_contact_on=date(2026, 1, 1)))
    assert found["next_visit_due"] == date(2026, 5, 1)
    assert found["reason"] == "no-orders"


def test_who_was_never_seen_is_not_due() -> None:
    found = _customer(_tables())
    assert (found["last_order_on"], found["next_visit_due"]) == (None, None)


def test_an_approved_override_stands_until_the_next_classification() -> None:
    before, after = date(2026, 1, 31), date(2026, 2, 28)
    overridden = {"class_result": [_result(before, "low", "E-000001")]}
    assert _customer(_tables(_high(), overridden))["value_class"] == "low"
    newer = {"class_result": [_result(after, None, None)]}
    assert _customer(_tables(_high(), newer, overridden))["value_class"] == "high"


@pytest.mark.parametrize(
    "result",
    [
        _result(date(2026, 1, 31), "low", None),
        _result(date(2026, 4, 30), "low", "E-000001"),
    ],
)
def test_an_override_that_is_not_approved_or_lies_ahead_does_not_count(result: Row) -> None:
    assert _customer(_tables(_high(), {"class_result": [result]}))["value_class"] == "high"


def test_a_merged_customer_has_nothing_of_its_own() -> None:
    found = _customer(_tables(_high(), merged_into="C-000002"))
    assert found["reason"] == "customer-gone"
    assert (found["value_class"], found["is_key"], found["last_order_on"]) == (None, None, None)


def test_rows_without_key_are_left_out() -> None:
    nobody: dict[str, list[Row]] = {
        "customer": [{"name": "?"}],
        "key_account": [{"customer_id": "C-000001", "state": "confirmed"}],
        "class_result": [{"customer_id": "C-000001", "override_class": "low"}],
    }
    found = score_customers(_tables(_high(), nobody), params(), as_of=AS_OF)
    assert list(found["customer_id"]) == ["C-000001"]
    assert (found["is_key"][0], found["value_class"][0]) == (False, "high")


def test_the_explanation_folds_to_every_field() -> None:
    tables = _tables(_high(), _key("confirmed"))
    derivation = explain_customers(tables, params(), "C-000001", as_of=AS_OF)
    row = _customer(tables)
    assert recompute(derivation) == "high"
    for node in derivation.fields:
        assert recompute_component(node) == node.value == row[node.name]
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_customers(tables, params(), "C-000009", as_of=AS_OF)
