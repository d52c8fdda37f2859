"""What the customer list shows of each customer (F20 to F22; 五-2-a, 五-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from sheetsales.scores.classes import ClassBook
from sheetsales.scores.columns import live, lookup, one_line, rows, scored_frame
from sheetsales.scores.derivation import (
    Component,
    Derivation,
    Input,
    component,
    given,
    unknown_key,
)
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

COLUMNS = (
    "customer_id",
    "value_class",
    "behavior_class",
    "is_key",
    "last_order_on",
    "next_visit_due",
    "reason",
)
"""Columns of :func:`score_customers`."""

_NAMES = COLUMNS[1:-1]


def score_customers(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return class, key mark, last order and next visit of every customer (F20 to F22; 五-2-a).

    The value class is the computed one, unless the latest stored classification carries an
    approved override; a newer classification ends it. Key is who has a confirmed key account. The
    next visit is due one interval (``visit_interval_days``: key, high, mid, low) after the last
    contact, where none is recorded after the last order; who has no class waits longest. A merged
    or inactive customer has none of this.

    Args:
        tables: needs customer, class_result, class_rule, key_account, contact and the orders.
        params: those of the classes, and visit_interval_days.
        as_of: days after it do not count.

    Returns:
        One row per customer: :data:`COLUMNS`; ``reason`` says why there is no value class.

    Raises:
        ScoreError: a parameter is missing.
    """
    book = _Book(tables, params, as_of)
    found = [
        {
            "customer_id": one.key,
            **{node.name: node.value for node in one.fields},
            "reason": one.reason,
        }
        for one in map(book.derivation, book.keys)
    ]
    return scored_frame(found, COLUMNS)


def explain_customers(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how the computed fields of a customer came about.

    Raises:
        ScoreError: there is no customer of this key, or a parameter is missing.
    """
    book = _Book(tables, params, as_of, with_rows=True)
    if key not in book.keys:
        raise unknown_key("customers", key)
    return book.derivation(key)


@dataclass(frozen=True, eq=False)
class _Book:
    tables: Frames
    params: Params
    as_of: date
    with_rows: bool = False

    @cached_property
    def classes(self) -> ClassBook:
        return ClassBook(self.tables, self.params, self.as_of, self.with_rows)

    @cached_property
    def overrides(self) -> Mapping[str, tuple[Input, Input]]:
        """Override and approver on the latest stored classification, by customer."""
        latest: dict[str, date] = {}
        found: dict[str, tuple[Input, Input]] = {}
        names = ("customer_id", "as_of", "override_class", "approved_by")
        for customer, day, override, approver in rows(self.tables["class_result"], *names):
            if None in (customer, day) or day > self.as_of or day < latest.get(customer, day):
                continue
            latest[customer] = day
            key = one_line(customer, day)
            found[customer] = (
                Input("class_result", key, "override_class", override),
                Input("class_result", key, "approved_by", approver),
            )
        return found

    @cached_property
    def key_states(self) -> Mapping[str, Sequence[Input]]:
        """States of the key accounts by customer."""
        found: dict[str, list[Input]] = defaultdict(list)
        names = ("key_id", "customer_id", "state")
        for key, customer, state in rows(live(self.tables["key_account"]), *names):
            if None not in (key, customer):
                found[customer].append(Input("key_account", key, "state", state))
        return found

    @cached_property
    def keys(self) -> Sequence[str]:
        """Keys of all customers, in the order of the rows."""
        found = rows(self.tables["customer"], "customer_id")
        return [customer for (customer,) in found if customer is not None]

    @cached_property
    def contacts(self) -> Mapping[str, date | None]:
        """Last contact by customer."""
        return lookup(self.tables["customer"], "customer_id", "last_contact_on")

    def derivation(self, customer: str) -> Derivation:
        """Return the computed fields of a customer."""
        if customer in self.classes.customers:
            return Derivation("customers", customer, self._fields(customer))
        gone = tuple(given(name, None, reason="customer-gone") for name in _NAMES)
        return Derivation("customers", customer, gone)

    def _fields(self, customer: str) -> tuple[Component, ...]:
        _, computed, behavior, _ = self.classes.classes(customer)
        value_class = component(
            "value_class",
            "F20-effective",
            children=(computed,),
            inputs=self.overrides.get(customer, ()),
        )
        is_key = component("is_key", "F21-key", inputs=tuple(self.key_states.get(customer, ())))
        last_order = self._last_order(customer)
        visit = component(
            "next_visit_due",
            "F22-due",
            children=(last_order, value_class, is_key),
            inputs=(
                Input("customer", customer, "last_contact_on", self.contacts.get(customer)),
                self.params.input("visit_interval_days"),
            ),
        )
        return value_class, behavior, is_key, last_order, visit

    def _last_order(self, customer: str) -> Component:
        orders = self.classes.purchases.orders(customer)[-1:]
        cells = tuple(Input("order", one.order_id, "order_on", one.order_on) for one in orders)
        return component("last_order_on", "value", inputs=cells, reason="no-orders")
