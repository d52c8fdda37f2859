"""What contract lines amount to and how milestones stand (F17; 六-1/3.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import pandas as pd

from sheetsales.scores.columns import live, lookup, one_line, rows, scored_frame
from sheetsales.scores.derivation import (
    Component,
    Derivation,
    Input,
    as_of_input,
    component,
    unknown_key,
)
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

LINE_COLUMNS = ("contract_id", "line_no", "amount", "reason")
"""Columns of :func:`score_contract_lines`."""
MILESTONE_COLUMNS = ("milestone_id", "paid", "status", "reason")
"""Columns of :func:`score_milestones`."""


def score_contract_lines(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return quantity times price of every contract line, in the contract's currency (六-1/3.1).

    Args:
        tables: needs contract and contract_line.
        params: not used.
        as_of: not used.

    Returns:
        One row per line: :data:`LINE_COLUMNS`.
    """
    del params, as_of
    found = [
        {
            "contract_id": contract,
            "line_no": line_no,
            "amount": derivation.value,
            "reason": derivation.reason,
        }
        for (contract, line_no), derivation in _lines(tables)
    ]
    return scored_frame(found, LINE_COLUMNS)


def score_milestones(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return how every milestone of a contract stands (F17; 六-1/3.1).

    Done is what has a day of completion up to ``as_of``, or a payment milestone whose receipts
    less refunds reach its amount; overdue what is not done after its due day; partial what is
    paid in part; waived what was waived by hand; all else is to do.

    Args:
        tables: needs milestone and receipt.
        params: not used.
        as_of: receipts and completions after this day do not count.

    Returns:
        One row per milestone: :data:`MILESTONE_COLUMNS`.
    """
    del params
    found = [
        {
            "milestone_id": derivation.key,
            "paid": derivation.components[0].value,
            "status": derivation.value,
            "reason": derivation.reason,
        }
        for derivation in _milestones(tables, as_of)
    ]
    return scored_frame(found, MILESTONE_COLUMNS)


def explain_contract_lines(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how the amount of a contract line came about.

    Raises:
        ScoreError: there is no line of this key.
    """
    del params, as_of
    for _, derivation in _lines(tables):
        if derivation.key == key:
            return derivation
    raise unknown_key("contract_lines", key)


def explain_milestones(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how the status of a milestone came about.

    Raises:
        ScoreError: there is no milestone of this key.
    """
    del params
    for derivation in _milestones(tables, as_of):
        if derivation.key == key:
            return derivation
    raise unknown_key("milestones", key)


def _lines(tables: Frames) -> Iterator[tuple[tuple[str, int], Derivation]]:
    currencies = lookup(tables["contract"], "contract_id", "currency")
    names = ("contract_id", "line_no", "qty", "price")
    for contract, line_no, qty, price in rows(tables["contract_line"], *names):
        if contract is None or line_no is None:
            continue
        key = one_line(contract, line_no)
        amount = component(
            "amount",
            "F17-amount",
            inputs=(
                Input("contract_line", key, "qty", qty),
                Input("contract_line", key, "price", price),
                Input("contract", contract, "currency", currencies.get(contract)),
            ),
            reason="no-price",
        )
        yield (contract, line_no), Derivation("contract_lines", key, (amount,))


def _milestones(tables: Frames, as_of: date) -> Iterator[Derivation]:
    payments = _payments(tables, as_of)
    names = ("milestone_id", "status", "done_on", "due_on", "amount")
    for key, *cells in rows(tables["milestone"], *names):
        if key is not None:
            inputs = tuple(
                Input("milestone", key, name, value)
                for name, value in zip(names[1:], cells, strict=True)
            )
            status = component(
                "status",
                "F17-milestone",
                children=(_paid(payments.get(key, {})),),
                inputs=(*inputs, as_of_input(as_of)),
            )
            yield Derivation("milestones", key, (status,))


def _payments(tables: Frames, as_of: date) -> Mapping[str, Mapping[str, list[Input]]]:
    """Amounts received and refunded by milestone and kind."""
    found: dict[str, dict[str, list[Input]]] = defaultdict(lambda: defaultdict(list))
    names = ("receipt_id", "milestone_id", "kind", "received_on", "amount")
    for key, milestone, kind, received_on, amount in rows(live(tables["receipt"]), *names):
        if None not in (milestone, received_on, amount) and received_on <= as_of:
            found[milestone][kind].append(Input("receipt", key, "amount", amount))
    return found


def _paid(payments: Mapping[str, list[Input]]) -> Component:
    parts = tuple(
        component(name, "tally", inputs=tuple(payments.get(kind, ())))
        for name, kind in (("receipts", "receipt"), ("refunds", "refund"))
    )
    return component("paid", "difference", children=parts)
