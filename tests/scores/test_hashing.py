from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sheetsales.scores import Input
from sheetsales.scores.formulas import FORMULAS
from sheetsales.scores.hashing import FORMULA_VERSIONS, canonical_json, read_inputs, score_hash

CELLS = (
    Input("kpi_actual", "E-000001/SALES/202603", "actual", Decimal("1250000.0")),
    Input("kpi", "SALES", "direction", "higher"),
    Input("", "", "as_of", date(2026, 3, 31)),
    Input("audit_check", "AC-000001", "is_critical", False),
    Input("appraisal", "CY-000001/E-000001", "market_adj", None),
    Input("class_rule", "CR-000001", "low", Decimal(0)),
)

VALUES = st.one_of(
    st.none(), st.booleans(), st.text(max_size=4), st.decimals(-999, 999, places=2), st.dates()
)
INPUTS = st.builds(
    Input, st.sampled_from(["a", "b"]), st.text(max_size=3), st.sampled_from(["x", "y"]), VALUES
)


def test_the_json_says_table_key_field_and_value() -> None:
    assert canonical_json(CELLS[:2]) == (
        '[["kpi","SALES","direction","higher"],'
        '["kpi_actual","E-000001/SALES/202603","actual","1250000"]]'
    )
    assert read_inputs(canonical_json(CELLS))[0] == ("", "", "as_of", "2026-03-31")


def test_the_hash_of_these_inputs_is_this_one_for_good() -> None:
    assert score_hash(CELLS) == "95f5613e32cfdcdc2efcf79165731c951f97d9023690e9a2a6a49cf15f474b0d"


@given(st.lists(INPUTS, max_size=8), st.randoms())
def test_neither_order_nor_repetition_changes_the_hash(cells: list[Input], random: object) -> None:
    shuffled = [*cells, *cells[:2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert score_hash(shuffled) == score_hash(cells)


@given(st.decimals(-(10**9), 10**9, places=4))
def test_trailing_zeros_do_not_change_the_hash(value: Decimal) -> None:
    longer = value.quantize(Decimal("0.000001"))
    assert score_hash([Input("a", "k", "x", value)]) == score_hash([Input("a", "k", "x", longer)])


def test_another_value_changes_the_hash() -> None:
    assert score_hash(CELLS) != score_hash(
        [*CELLS[:-1], Input("class_rule", "CR-000001", "low", Decimal(1))]
    )


def test_a_number_is_not_the_text_of_a_yes() -> None:
    assert score_hash([Input("a", "k", "x", True)]) != score_hash([Input("a", "k", "x", "True")])


def test_every_formula_has_a_version() -> None:
    numbered = {code.split("-")[0] for code in FORMULAS if code.startswith("F")}
    assert numbered | {"F08"} == set(FORMULA_VERSIONS)
