"""What supervisors, peers and people themselves say of attitude (F12; 三-4-b)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sheetsales.scores.columns import live, one_line, rows
from sheetsales.scores.decimals import decimal_of
from sheetsales.scores.derivation import Component, Input, argument, component
from sheetsales.scores.params import Params
from sheetsales.tables import Frames

RATER_TYPES = ("supervisor", "peer", "self")
"""Relations that count, in the order of the parameter ``rater_weights``."""

_Ratings = Mapping[str, Sequence[Input]]


@dataclass(frozen=True, eq=False)
class Ratings:
    """The ratings that count, read once for all cycles and people.

    A rating counts if the rater is somebody else, or oneself exactly where the relation is self.
    """

    tables: Frames
    params: Params

    @cached_property
    def weights(self) -> Mapping[str, Input]:
        """Cell of the weight by item."""
        return {
            item: Input("attitude_item", item, "weight_pct", weight)
            for item, weight in rows(live(self.tables["attitude_item"]), "item_id", "weight_pct")
            if item is not None and weight is not None
        }

    @cached_property
    def by_subject(self) -> Mapping[tuple[str, str, str], tuple[int, _Ratings]]:
        """By cycle, employee and relation: how many raters, and the ratings by item."""
        found: dict[tuple[str, str, str], dict[str, list[Input]]] = defaultdict(
            lambda: defaultdict(list)
        )
        raters: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        names = ("cycle_id", "employee_id", "rater_id", "item_id", "rater_type", "rating")
        for cycle, employee, rater, item, kind, rating in rows(
            live(self.tables["attitude_rating"]), *names
        ):
            counts = item in self.weights and rating is not None
            if counts and (kind == "self") == (rater == employee):
                key = one_line(cycle, employee, rater, item)
                cell = Input("attitude_rating", key, "rating", decimal_of(rating))
                found[cycle, employee, kind][item].append(cell)
                raters[cycle, employee, kind].add(rater)
        return {key: (len(raters[key]), items) for key, items in found.items()}


def build_attitude(ratings: Ratings, cycle: str, employee: str) -> Component:
    """Return the attitude score of an employee in a cycle (F12; 三-4-b).

    Per relation Σ item weight · mean rating · 20; the relations are weighed by ``rater_weights``
    (supervisor; peer; self) over those present. Fewer peers than ``min_peers`` do not count.
    """
    source = ratings.params.input("rater_weights")
    weights = ratings.params.decimals("rater_weights")
    parts = tuple(
        _relation(ratings, (cycle, employee, kind)).weighing(weight, source)
        for kind, weight in zip(RATER_TYPES, weights, strict=False)
    )
    return component("attitude", "F12-total", children=parts, reason="no-ratings")


def _relation(ratings: Ratings, subject: tuple[str, str, str]) -> Component:
    count, items = ratings.by_subject.get(subject, (0, {}))
    kind = subject[2]
    found = component(
        "peer_ratings" if kind == "peer" else kind,
        "F12-rater",
        children=tuple(
            component(
                item, "mean", inputs=tuple(items[item]), subject=f"attitude_item:{item}"
            ).weighing(_weight(ratings.weights[item]), ratings.weights[item])
            for item in sorted(items)
        ),
        reason="no-ratings",
    )
    if kind != "peer":
        return found
    return component(
        "peer",
        "F12-peers",
        children=(found,),
        inputs=(argument("peers", Decimal(count)), ratings.params.input("min_peers")),
        reason="too-few-peers",
    )


def _weight(cell: Input) -> Decimal | None:
    return cell.value if isinstance(cell.value, Decimal) else None
