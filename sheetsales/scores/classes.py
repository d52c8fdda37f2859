"""Customers by value, need and behaviour, and who might be a key account (F20, F21; 五-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import pandas as pd

from sheetsales.scores.columns import live, one_line, rows, scored_frame, whole_number
from sheetsales.scores.derivation import (
    Component,
    Derivation,
    Input,
    argument,
    component,
    given,
    unknown_key,
)
from sheetsales.scores.ledger import build_ledger
from sheetsales.scores.params import Params
from sheetsales.scores.rfm import Purchases, build_rfm
from sheetsales.tables import Frames

COLUMNS = (
    "customer_id",
    "as_of",
    "recency_days",
    "frequency",
    "monetary",
    "r_score",
    "f_score",
    "m_score",
    "rfm_score",
    "value_class",
    "behavior_class",
    "need_class",
    "growth",
    "strategic",
    "relationship",
    "key_score",
    "key_suggested",
    "reason",
    "no_value",
)
"""Columns of :func:`score_classes`."""
DECISION_ROLES = ("decision_maker", "influencer", "user", "gatekeeper", "buyer")
"""Roles that a well-known customer has a contact for."""

_RFM_PARTS = ("recency_days", "frequency", "monetary")
_RFM_SCORES = ("r_score", "f_score", "m_score")
_WHOLE = ("recency_days", "frequency", *_RFM_SCORES)


def score_classes(tables: Frames, params: Params, *, as_of: date) -> pd.DataFrame:
    """Return how each customer is classified on a day (F20, F21; 五-3-a, 五-3-b).

    Value: the class rules of the axis in force, without any the ``value_cuts`` on the RFM score.

    Behaviour: none without orders, dormant without any in the window, first time with a single
    one; else frequent where a class rule says so, and occasional.

    Need: leader, as staff or a key account say; then the first rule of the axis on another class
    than standard, without any rules innovator by ``innovator_share``; else standard.

    A key account is suggested for high value, leader or frequent, the first ``key_top_n`` by K
    score where that is above 0. K weighs RFM, growth (share of the later of two windows), strategic
    (nominated as such) and relationship (share of decision roles with an active contact) by
    ``key_weights``.

    Industry rank and discounts are not recorded, so no rule on them applies.

    Args:
        tables: needs customer, class_rule, key_account, contact and the orders.
        params: the rfm parameters, value_cuts, innovator_share, key_weights,
            key_top_n, new_product_days.
        as_of: days after it do not count.

    Returns:
        One row per customer that was not merged: :data:`COLUMNS`; ``reason`` names scores, numbers
        and rules, ``no_value`` is the code that says why there is no RFM score.

    Raises:
        ScoreError: a parameter is missing.
    """
    book = ClassBook(tables, params, as_of)
    found = (book.derivation(customer) for customer in sorted(book.customers))
    return scored_frame([_row(book, one) for one in found], COLUMNS)


def explain_classes(tables: Frames, params: Params, key: str, *, as_of: date) -> Derivation:
    """Return how a classification came about, down to the order lines.

    Args:
        tables: as for :func:`score_classes`.
        params: as for :func:`score_classes`.
        key: customer and day, ``C-000001/2026-06-30``; the day must be ``as_of``.
        as_of: days after it do not count.

    Raises:
        ScoreError: there is no such customer, or a parameter is missing.
    """
    book = ClassBook(tables, params, as_of, with_rows=True)
    for customer in book.customers:
        if one_line(customer, as_of) == key:
            return book.derivation(customer)
    raise unknown_key("classes", key)


@dataclass(frozen=True, slots=True)
class _Rule:
    rule_id: str
    metric: str
    class_code: str | None
    cells: tuple[Input, ...]


@dataclass(frozen=True, eq=False)
class ClassBook:
    """Everything that customers are classified by, read once."""

    tables: Frames
    params: Params
    as_of: date
    with_rows: bool = False

    @cached_property
    def purchases(self) -> Purchases:
        """What customers bought."""
        ledger = build_ledger(self.tables, as_of=self.as_of)
        return Purchases(ledger, self.params, self.as_of, self.with_rows)

    @cached_property
    def customers(self) -> Mapping[str, str | None]:
        """Need class by staff, of every customer that was not merged."""
        names = ("customer_id", "merged_into", "need_class")
        return {
            customer: need
            for customer, merged, need in rows(live(self.tables["customer"]), *names)
            if customer is not None and merged is None
        }

    @cached_property
    def rules(self) -> Mapping[str, Sequence[_Rule]]:
        """Class rules in force by axis, in the order of their rows."""
        found: dict[str, dict[date, list[_Rule]]] = defaultdict(lambda: defaultdict(list))
        names = ("rule_id", "axis", "metric", "valid_from", "class_code", "low", "high")
        for rule, axis, metric, since, *cells in rows(live(self.tables["class_rule"]), *names):
            if None not in (rule, axis, metric, since) and since <= self.as_of:
                inputs = tuple(
                    Input("class_rule", rule, name, value)
                    for name, value in zip(names[4:], cells, strict=True)
                )
                found[axis][since].append(_Rule(rule, metric, cells[0], inputs))
        return {axis: versions[max(versions)] for axis, versions in found.items()}

    @cached_property
    def nominations(self) -> Mapping[str, Sequence[Input]]:
        """Criteria of key accounts that were not removed, by customer."""
        found: dict[str, list[Input]] = defaultdict(list)
        names = ("key_id", "customer_id", "criteria", "state")
        for key, customer, criteria, state in rows(live(self.tables["key_account"]), *names):
            if None not in (key, customer) and state != "removed":
                found[customer].append(Input("key_account", key, "criteria", criteria))
        return found

    @cached_property
    def roles(self) -> Mapping[str, Sequence[Input]]:
        """Decision roles of active contacts, by customer."""
        found: dict[str, list[Input]] = defaultdict(list)
        names = ("contact_id", "customer_id", "decision_role", "status")
        for key, customer, role, status in rows(live(self.tables["contact"]), *names):
            if status == "active" and None not in (key, customer, role):
                found[customer].append(Input("contact", key, "decision_role", role))
        return found

    def derivation(self, customer: str) -> Derivation:
        """Return the classification of a customer."""
        nodes = self.classes(customer)
        return self._derivation(customer, nodes, self._key_parts(customer, *nodes))

    def classes(self, customer: str) -> tuple[Component, Component, Component, Component]:
        """Return RFM score, value class, behaviour class and need class of a customer."""
        rfm = build_rfm(self.purchases, customer)
        parts = {node.name: node for score in rfm.children for node in score.children}
        metrics = {"rfm_score": rfm, **parts}
        for name, value in self.purchases.metrics(customer).items():
            metrics[name] = given(name, value, reason="no-orders")
        return (
            rfm,
            self._value_class(rfm, metrics),
            self._behavior_class(customer, metrics),
            self._need_class(customer, metrics),
        )

    def _value_class(self, rfm: Component, metrics: Mapping[str, Component]) -> Component:
        if self.rules.get("value"):
            hits = self._hits("value", metrics)
            return component("value_class", "first", children=hits, reason="no-rule")
        cuts = (self.params.input("value_cuts"),)
        return component("value_class", "F20-value", children=(rfm,), inputs=cuts)

    def _behavior_class(self, customer: str, metrics: Mapping[str, Component]) -> Component:
        ever = Decimal(len(self.purchases.orders(customer)))
        band = component("band", "first", children=self._hits("behavior", metrics))
        return component(
            "behavior_class",
            "F20-behavior",
            children=(given("lifetime_orders", ever), metrics["frequency"], band),
        )

    def _need_class(self, customer: str, metrics: Mapping[str, Component]) -> Component:
        said = Input("customer", customer, "need_class", self.customers[customer])
        nominated = self.nominations.get(customer, ())
        leader = component("leader", "F20-leader", inputs=(said, *nominated))
        others = self._hits("need", metrics, without="standard")
        if not self.rules.get("need"):
            cell = self.params.input("innovator_share")
            share = metrics["new_product_share"]
            others = (component("innovator", "F20-innovator", children=(share,), inputs=(cell,)),)
        return component(
            "need_class", "first", children=(leader, *others, given("else", "standard"))
        )

    def _hits(
        self, axis: str, metrics: Mapping[str, Component], *, without: str = ""
    ) -> tuple[Component, ...]:
        """One node per rule of an axis: its class, or nothing; none for the class left out."""
        return tuple(
            component(
                rule.rule_id,
                "F20-rule",
                children=(metrics.get(rule.metric, _unrecorded(rule.metric)),),
                inputs=rule.cells,
                subject=f"class_rule:{rule.rule_id}",
            )
            for rule in self.rules.get(axis, ())
            if rule.class_code != without
        )

    def _key_parts(
        self, customer: str, rfm: Component, value: Component, behavior: Component, need: Component
    ) -> tuple[Component, Component]:
        """Whether a customer qualifies as key account, and his K score."""
        qualifies = component("qualifies", "F21-suggested", children=(value, need, behavior))
        purchases = self.purchases
        growth = component(
            "growth",
            "F21-growth",
            children=(
                purchases.amount_node("amount_now", purchases.recent(customer)),
                purchases.amount_node("amount_before", purchases.earlier(customer)),
            ),
            reason="no-orders",
        )
        strategic = component(
            "strategic", "F21-strategic", inputs=tuple(self.nominations.get(customer, ()))
        )
        roles = argument("roles", Decimal(len(DECISION_ROLES)))
        relationship = component(
            "relationship", "F21-relationship", inputs=(*self.roles.get(customer, ()), roles)
        )
        source, weights = self.params.input("key_weights"), self.params.decimals("key_weights")
        parts = (rfm, growth, strategic, relationship)
        weighed = tuple(
            part.weighing(weight, source) for part, weight in zip(parts, weights, strict=True)
        )
        return qualifies, component("key_score", "F21-score", children=weighed)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Place by K score among those that qualify; empty where their number has no cap."""
        if not self.params.integer("key_top_n"):
            return {}
        plain = ClassBook(self.tables, self.params, self.as_of)
        return _places(
            {
                customer: plain._key_parts(customer, *plain.classes(customer))
                for customer in sorted(self.customers)
            }
        )

    def _derivation(
        self,
        customer: str,
        nodes: tuple[Component, Component, Component, Component],
        key: tuple[Component, Component],
    ) -> Derivation:
        rfm, value, behavior, need = nodes
        qualifies, key_score = key
        place = self.places.get(customer)
        suggested = component(
            "key_suggested",
            "F21-ranked",
            children=(qualifies,),
            inputs=(
                argument("key_place", None if place is None else Decimal(place)),
                self.params.input("key_top_n"),
            ),
        )
        parts = tuple(node for score in rfm.children for node in score.children)
        fields = (rfm, *rfm.children, *parts, value, behavior, need, suggested)
        text = given("reason", _reason(rfm, value, behavior, need))
        name = one_line(customer, self.as_of)
        return Derivation("classes", name, (*fields, text), (key_score, *key_score.children[1:]))


def _unrecorded(metric: str) -> Component:
    return given(metric, None, reason="not-recorded")


def _places(keys: Mapping[str, tuple[Component, Component]]) -> dict[str, int]:
    """Place by K score among the customers that qualify; equal scores by key."""
    scores = {
        customer: score.value
        for customer, (qualifies, score) in keys.items()
        if qualifies.value is True and isinstance(score.value, Decimal)
    }
    ordered = sorted(scores, key=lambda customer: (-scores[customer], customer))
    return {customer: place for place, customer in enumerate(ordered, start=1)}


def _reason(rfm: Component, *classes: Component) -> str:
    """Scores, the numbers behind them, and the rules that applied: ``R4 (45) F4 (7) …``."""
    found = []
    for letter, score in zip("RFM", rfm.children, strict=True):
        found.append(f"{letter}{_plain(score.value)} ({_plain(score.children[0].value)})")
    if rfm.value is not None:
        found.append(f"= {_plain(rfm.value)}")
    for node in classes:
        rules = (one for one in node.walk() if one.operation == "F20-rule")
        found.extend([one.name for one in rules if one.value == node.value is not None][:1])
    return " ".join(found)


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else "–"


def _row(book: ClassBook, derivation: Derivation) -> dict[str, object]:
    found = {node.name: node.value for node in (*derivation.fields, *derivation.shown)}
    return {
        **found,
        **{name: whole_number(found[name]) for name in _WHOLE},
        "customer_id": derivation.key.rsplit("/", 1)[0],
        "as_of": book.as_of,
        "no_value": derivation.reason,
    }
