from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.scores import recompute
from sheetsales.scores.contracts import (
    explain_contract_lines,
    explain_milestones,
    score_contract_lines,
    score_milestones,
)
from tests.builders import frames
from tests.scores.world import AS_OF, Row, only, params

YESTERDAY, TOMORROW = AS_OF - timedelta(days=1), AS_OF + timedelta(days=1)


def _receipt(amount: float, kind: str = "receipt", on: date | None = YESTERDAY) -> Row:
    return {
        "receipt_id": f"RC/{kind}/{amount}",
        "milestone_id": "MS-000001",
        "kind": kind,
        "received_on": on,
        "amount": amount,
    }


def _tables(*receipts: Row, **milestone: object) -> dict[str, pd.DataFrame]:
    return frames(
        milestone=[
            {
                "milestone_id": "MS-000001",
                "kind": "payment",
                "amount": 100,
                "due_on": TOMORROW,
                **milestone,
            }
        ],
        receipt=receipts,
    )


def _status(*receipts: Row, **milestone: object) -> object:
    tables = _tables(*receipts, **milestone)
    found = only(score_milestones(tables, params(), as_of=AS_OF))
    derivation = explain_milestones(tables, params(), "MS-000001", as_of=AS_OF)
    assert recompute(derivation) == derivation.value == found["status"]
    return found["status"]


def test_what_is_not_due_is_to_do() -> None:
    assert _status() == "todo"
    assert _status(due_on=AS_OF) == "todo"


def test_what_is_not_done_after_its_day_is_overdue() -> None:
    assert _status(due_on=YESTERDAY) == "overdue"
    assert _status(_receipt(40), due_on=YESTERDAY) == "overdue"


def test_a_payment_in_part_is_partial() -> None:
    assert _status(_receipt(40)) == "partial"


def test_a_payment_in_full_is_done() -> None:
    assert _status(_receipt(60), _receipt(40), due_on=YESTERDAY) == "done"


def test_refunds_and_later_receipts_do_not_pay() -> None:
    assert _status(_receipt(100), _receipt(30, "refund")) == "partial"
    assert _status(_receipt(100, on=TOMORROW)) == "todo"
    assert _status(_receipt(100, on=None)) == "todo"


def test_a_day_of_completion_is_done_once_it_has_come() -> None:
    assert _status(done_on=AS_OF, due_on=YESTERDAY, amount=None) == "done"
    assert _status(done_on=TOMORROW) == "todo"


def test_what_was_waived_stays_waived() -> None:
    assert _status(_receipt(100), status="waived", due_on=YESTERDAY) == "waived"


@pytest.mark.parametrize(("currency", "amount"), [("TWD", "38"), ("USD", "37.50")])
def test_a_line_is_quantity_times_price_in_minor_units(currency: str, amount: str) -> None:
    tables = frames(
        contract=[{"contract_id": "CON-000001", "currency": currency}],
        contract_line=[
            {"contract_id": "CON-000001", "line_no": 1, "qty": 3, "price": 12.5},
            {"contract_id": "CON-000001", "line_no": 2, "qty": 3},
            {"contract_id": "CON-000001", "qty": 3, "price": 1},
        ],
    )
    found = score_contract_lines(tables, params(), as_of=AS_OF)
    assert list(found["amount"]) == [Decimal(amount), None]
    assert list(found["reason"]) == ["", "no-price"]
    derivation = explain_contract_lines(tables, params(), "CON-000001/1", as_of=AS_OF)
    assert recompute(derivation) == Decimal(amount)


def test_a_milestone_without_key_is_left_out() -> None:
    tables = frames(milestone=[{"kind": "payment"}])
    assert score_milestones(tables, params(), as_of=AS_OF).empty


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_contract_lines(frames(), params(), "CON-000001/1", as_of=AS_OF)
    with pytest.raises(ScoreError, match="score-key-unknown"):
        explain_milestones(frames(), params(), "MS-000001", as_of=AS_OF)
