from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sheetsales.schema import load_regulation
from sheetsales.scores.derivation import Derivation, argument, component, given
from sheetsales.scores.formulas import FORMULAS, Part, Parts
from sheetsales.scores.formulas.appraising import GRADES
from sheetsales.scores.formulas.governing import ATTENDED
from sheetsales.scores.formulas.selling import (
    DELIVERED_STATES,
    UNDECIDED_STATES,
    VALUE_CLASSES,
)

NOTHING = Parts()


@pytest.mark.parametrize("code", ["value", "first", "sum", "mean", "difference", "weighted"])
def test_plain_arithmetic_of_nothing_is_nothing(code: str) -> None:
    assert FORMULAS[code](NOTHING) is None


def test_a_tally_of_nothing_is_zero() -> None:
    assert FORMULAS["tally"](NOTHING) == 0


@pytest.mark.parametrize("code", ["percent", "F17-delivered"])
def test_a_share_of_what_is_missing_is_nothing(code: str) -> None:
    assert FORMULAS[code](Parts((Part("part", None), Part("whole", Decimal(2))))) is None


def test_a_difference_needs_both_sides() -> None:
    assert FORMULAS["difference"](Parts((Part("a", Decimal(3)), Part("b", None)))) is None


@pytest.mark.parametrize(
    "code",
    [
        "F26-median",
        "F26-mad",
        "F26-mean",
        "F11-place",
        "F11-score",
        "F13-grade",
        "F25-opinion",
        "F20-value",
        "F20-rule",
    ],
)
def test_without_numbers_there_is_no_value(code: str) -> None:
    assert FORMULAS[code](NOTHING) is None


def test_without_a_value_of_its_own_nobody_stands_apart() -> None:
    parts = (Part("peers", Decimal(9)), Part("alert_min_n", Decimal(5)))
    assert FORMULAS["F26-z"](Parts((), parts)) is None


def test_text_dates_and_numbers_are_asked_for_by_name() -> None:
    parts = Parts((Part("n", Decimal(1)),), (Part("t", "0.5"), Part("d", date(2026, 1, 1))))
    assert (parts.number("n"), parts.number("t")) == (Decimal(1), Decimal("0.5"))
    assert parts.number("d") is None
    assert (parts.text("n"), parts.day("n"), parts.day("d")) == (None, None, date(2026, 1, 1))


def test_what_is_always_given_must_be_given() -> None:
    with pytest.raises(KeyError, match="alpha"):
        NOTHING.needed("alpha")


def test_a_node_says_why_its_child_has_no_value_before_its_own_reason() -> None:
    missing = component("actual", "sum", reason="no-actual")
    assert component("kpi", "F10", children=(missing,), reason="zero-target").reason == "no-actual"


def test_a_node_with_a_value_has_no_reason() -> None:
    missing = component("peer", "sum", reason="too-few-peers")
    there = given("supervisor", Decimal(80), reason="never")
    node = component("sum", "sum", children=(missing, there), reason="none")
    assert (node.value, node.reason, there.reason) == (80, "", "")


def test_a_derivation_is_asked_for_its_nodes_by_name() -> None:
    derivation = Derivation("orders", "SO-000001", (given("total", Decimal(5)),))
    assert derivation.node("total").value == 5
    with pytest.raises(KeyError, match="profit"):
        derivation.node("profit")


def test_values_are_kept_with_four_decimals() -> None:
    node = component("mean", "mean", inputs=tuple(argument("x", Decimal(n)) for n in (0, 0, 1)))
    assert str(node.value) == "0.3333"


def test_codes_are_those_of_the_regulation() -> None:
    enumerations = load_regulation().enumerations
    assert enumerations["grade"].codes == GRADES
    assert enumerations["value_class"].codes == VALUE_CLASSES
    assert set(enumerations["attendance"].codes) > ATTENDED
    assert set(enumerations["order_state"].codes) > DELIVERED_STATES | UNDECIDED_STATES
