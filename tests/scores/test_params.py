from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import Params
from tests.builders import frames

JANUARY, JULY = date(2026, 1, 1), date(2026, 7, 1)


def _params(*rows: tuple[str, str | None, date | None], as_of: date = JULY) -> Params:
    given = [{"param_key": key, "value": value, "valid_from": since} for key, value, since in rows]
    return Params.of(frames(param=given), as_of)


def test_the_latest_row_that_is_valid_counts() -> None:
    rows = [("alpha", "0.6", JULY), ("alpha", "0.7", JANUARY), ("alpha", "0.9", date(2027, 1, 1))]
    assert _params(*rows).decimal("alpha") == Decimal("0.6")
    assert _params(*rows, as_of=date(2026, 6, 30)).decimal("alpha") == Decimal("0.7")


def test_the_row_in_force_can_be_named() -> None:
    assert _params(("alpha", "0.7", JANUARY)).row("alpha") == ("alpha", JANUARY)


def test_incomplete_rows_do_not_count() -> None:
    params = _params(("alpha", None, JANUARY), ("beta", "1", None))
    for key in ("alpha", "beta"):
        with pytest.raises(ScoreError, match="param-missing"):
            params.text(key)


def test_a_list_is_joined_by_semicolons() -> None:
    params = _params(("cuts", "90; 80;70;", JANUARY))
    assert params.decimals("cuts") == (Decimal(90), Decimal(80), Decimal(70))
    assert params.texts("cuts") == ("90", "80", "70")


@pytest.mark.parametrize("text", ["是", "Yes", "TRUE", "1"])
def test_yes_is_understood_in_any_locale(text: str) -> None:
    assert _params(("flag", text, JANUARY)).flag("flag") is True


@pytest.mark.parametrize("text", ["否", "no", "False", "0"])
def test_no_is_understood_in_any_locale(text: str) -> None:
    assert _params(("flag", text, JANUARY)).flag("flag") is False


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(ScoreError, match="param-invalid"):
        _params(("flag", "maybe", JANUARY)).flag("flag")


@pytest.mark.parametrize("text", ["many", "NaN", "90;eighty"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ScoreError, match="param-invalid"):
        _params(("cuts", text, JANUARY)).decimals("cuts")


def test_an_integer_has_no_fraction() -> None:
    assert _params(("days", "30.0", JANUARY)).integer("days") == 30
    with pytest.raises(ScoreError, match="param-invalid"):
        _params(("days", "30.5", JANUARY)).integer("days")


def test_an_input_says_what_its_cell_says() -> None:
    cell = _params(("alpha", " 0.70", JANUARY)).input("alpha")
    assert (cell.table, cell.key, cell.field) == ("param", "alpha/2026-01-01", "value")
    assert cell.value == "0.70"
